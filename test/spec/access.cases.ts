import { deepEqual, equal } from 'node:assert/strict'
import { publishBytes, type Bytes } from '../support/bytes'
import {
  connect, connectRefused, publish, receivePublish, refused, subscribe, type ConnectOptions,
} from '../support/client'
import type { Version } from '../support/peer'
import {
  ACCESS_DENY, ACCESS_READ, ACCESS_SUBSCRIBE, ACCESS_WRITE, RULE_CLIENT, RULE_PATTERN, RULE_USER,
} from '../../src/broker/access/access_kind'
import { inBoth, type Case, type CaseOptions } from './case'

const NOT_AUTHORIZED = 0x87
const ALL = ACCESS_READ | ACCESS_WRITE | ACCESS_SUBSCRIBE

const options: CaseOptions = {
  needs: ['FEATURE_ACCESS'],
  configuration: {
    users: { ada: 'a', bob: 'b' },
    rules: [
      { kind: RULE_USER, name: 'ada', access: ALL, filter: '#' },
      { kind: RULE_USER, name: 'bob', access: ALL, filter: 'home/#' },
      { kind: RULE_CLIENT, name: 'meter', access: ACCESS_WRITE, filter: 'power' },
      { kind: RULE_PATTERN, name: '', access: ALL | ACCESS_DENY, filter: 'never' },
    ],
  },
}

const ada = (version: Version, clientId: string): ConnectOptions =>
  ({ version, clientId, username: 'ada', password: 'a' })
const bob = (version: Version, clientId: string): ConnectOptions =>
  ({ version, clientId, username: 'bob', password: 'b' })

export const accessCases: Case[] = [
  ...inBoth('a PUBLISH that is not authorised', '3.3.5-2', '3.4.2-1 3.5.2-1', async (world, version) => {
    const watcher = await connect(world, ada(version, 'watcher'))
    await subscribe(watcher, '#')
    const peer = await connect(world, bob(version, 'bob1'))
    for (const qos of [0, 1, 2] as const) {
      const code = await publish(peer, 'office', 'p', { qos, retain: true })
      if (version === 5 && qos > 0) equal(code, NOT_AUTHORIZED)
    }
    await peer.silence()
    await watcher.silence()
    await publish(peer, 'home/door', 'p', { qos: 1 })
    equal((await receivePublish(watcher)).topic, 'home/door')
    const late = await connect(world, ada(version, 'late'))
    await subscribe(late, 'office')
    await late.silence()
  }, { ...options, needs: ['FEATURE_ACCESS', 'FEATURE_QOS2'] }),
  ...inBoth('a filter that a rule denies', '', '3.9.3-2', async (world, version) => {
    const peer = await connect(world, ada(version, 'ada1'))
    deepEqual(await subscribe(peer, ['never', 'home/a']), [version === 5 ? NOT_AUTHORIZED : 0x80, 0])
  }, options),
  ...inBoth('what begins with $ is opened by rules that begin so', '4.7.2-1', '4.7.2-1', async (world, version) => {
    const peer = await connect(world, ada(version, 'ada1'))
    const denied = version === 5 ? NOT_AUTHORIZED : 0x80
    deepEqual(await subscribe(peer, ['$SYS/#', '$else/a', '#']), [denied, denied, 0])
    await publish(peer, '$else/a', 'p', { qos: 1 })
    await world.advance(60_000)
    deepEqual((await peer.drain()).filter(({ topic }) => String(topic).startsWith('$')), [])
  }, options),
  // A bridge of mosquitto has one, and must come in.
  ...inBoth('a Will on what is the broker\'s alone is never published', '', '', async (world, version) => {
    const watcher = await connect(world, { version })
    await subscribe(watcher, '$SYS/broker/connection/#')
    for (const topic of ['$SYS/broker/connection/other/state', '$SYS/broker/connection/liar/stated', '$SYS/a']) {
      const liar = await connect(world, {
        version, clientId: 'liar', will: { topic, payload: Buffer.from('w'), qos: 0, retain: true },
      })
      await liar.drop()
    }
    await watcher.silence()
    const late = await connect(world, { version })
    await subscribe(late, '$SYS/broker/connection/#')
    await late.silence()
  }, { needs: ['FEATURE_SYS', 'FEATURE_WILL'] }),
  // Whatever the rules say of it, it is no Topic Name.
  ...inBoth('an ill-formed PUBLISH by rules', '1.5.3-1 3.3.2-2', '1.5.4-1 3.3.2-2', async (world, version) => {
    const topics: [string | Bytes, number][] = [[[0xc3, 0x28], 0x81], ['office/+', 0x90], ['$SYS/+', 0x90]]
    for (const [topic, code] of topics) {
      const peer = await connect(world, bob(version, 'bob1'))
      await peer.send(publishBytes(version, 0, topic))
      await refused(peer, code)
    }
  }, options),
  ...inBoth('a SUBSCRIBE that is not authorised', '3.9.3-2 3.8.4-5', '3.9.3-2 3.8.4-7', async (world, version) => {
    const peer = await connect(world, bob(version, 'bob1'))
    deepEqual(await subscribe(peer, ['home/a', 'office', 'home/+']), [0, version === 5 ? NOT_AUTHORIZED : 0x80, 0])
    await publish(await connect(world, ada(version, 'ada1')), 'office', 'p')
    await peer.silence()
  }, options),
  // Denied is what a rule denies wholly: `home/#` matches `home` and `home/a/b` too.
  ...inBoth('a SUBSCRIBE of which a part is denied', '3.9.3-2 3.8.4-5', '3.9.3-2 3.8.4-7', async (world, version) => {
    const denied = version === 5 ? NOT_AUTHORIZED : 0x80
    const peer = await connect(world, ada(version, 'ada1'))
    deepEqual(await subscribe(peer, ['part/#', 'part/+', 'all/#', 'all/+/b', '#', 'deep/#', 'deep/a/#']),
      [0, denied, denied, denied, 0, 0, denied])
    await publish(peer, 'part/a', 'no')
    await publish(peer, 'part/a/b', 'yes')
    equal((await receivePublish(peer)).payload.toString(), 'yes')
    await peer.silence()
  }, {
    ...options,
    configuration: {
      ...options.configuration,
      rules: [
        ...options.configuration!.rules!,
        { kind: RULE_PATTERN, name: '', access: ALL | ACCESS_DENY, filter: 'part/+' },
        { kind: RULE_PATTERN, name: '', access: ALL | ACCESS_DENY, filter: 'all/#' },
        { kind: RULE_PATTERN, name: '', access: ALL | ACCESS_DENY, filter: 'deep/+/#' },
      ],
    },
  }),
  ...inBoth('a session that another user resumes', '', '', async (world, version) => {
    const lasting = version === 5 ? { properties: { sessionExpiryInterval: 100 } } : {}
    const watcher = await connect(world, ada(version, 'watcher'))
    await subscribe(watcher, '#')
    const first = await connect(world, { ...ada(version, 'shared'), clean: false, ...lasting })
    await publish(first, 'office', '1')
    equal((await receivePublish(watcher)).payload.toString(), '1')
    await first.drop()
    const second = await connect(world, { ...bob(version, 'shared'), clean: false, ...lasting })
    await publish(second, 'office', '2')
    await watcher.silence()
    await publish(second, 'home/a', '3')
    equal((await receivePublish(watcher)).payload.toString(), '3')
  }, options),
  ...inBoth('a session that another user may not resume is its user\'s still', '', '', async (world, version) => {
    const lasting = version === 5 ? { properties: { sessionExpiryInterval: 100 } } : {}
    const first = await connect(world, { ...ada(version, 'shared'), clean: false, ...lasting })
    await subscribe(first, { topic: 'office', qos: 1 })
    const will = { topic: 'office', payload: Buffer.from('w'), qos: 0 as const, retain: false }
    await connectRefused(world, { ...bob(version, 'shared'), clean: false, ...lasting, will }, NOT_AUTHORIZED, 5)
    await publish(await connect(world, ada(version, 'other')), 'office', 'p', { qos: 1 })
    const third = await connect(world, { ...ada(version, 'shared'), clean: false, ...lasting })
    equal((await receivePublish(third)).payload.toString(), 'p')
  }, { ...options, needs: ['FEATURE_ACCESS', 'FEATURE_WILL'] }),
  ...inBoth('rules of a user, a client and everybody', '', '', async (world, version) => {
    const watcher = await connect(world, ada(version, 'watcher'))
    await subscribe(watcher, '#')
    await publish(await connect(world, bob(version, 'meter')), 'power', '1')
    equal((await receivePublish(watcher)).payload.toString(), '1')
    await publish(await connect(world, bob(version, 'other')), 'power', '2')
    await watcher.silence()
  }, options),
]
