import { deepEqual, equal, ok } from 'node:assert/strict'
import { connectBytes, field, packet, publishBytes, TYPE, uint16, type Bytes } from '../support/bytes'
import {
  acknowledged, connackCode, connect, connectFailed, connectRefused, connectStart, connectWithConnack, publish,
  receivePublish, refused, subscribe,
} from '../support/client'
import { in3, in5, inBoth, type Case } from './case'

const PROTOCOL_ERROR = 0x82
const MALFORMED = 0x81

const users = { ada: 'secret' }

/** CONNECTs whose flags and payload contradict each other, with the statements (3.1.1, 5.0) they break. */
const CONTRADICTIONS: [what: string, flags: number, payload: (none: Bytes) => Bytes, ids3: string, ids5: string][] = [
  ['Will Flag without Will Topic', 0x06, () => field('c'), '3.1.2-9', '3.1.2-9'],
  ['Will Flag without Will Payload', 0x06, (none) => [...field('c'), ...none, ...field('w')], '3.1.2-9', '3.1.2-9'],
  ['Will fields without Will Flag', 0x02, (none) => [...field('c'), ...none, ...field('w'), ...field('p')], '3.1.2-11',
    ''],
  ['Will QoS without Will Flag', 0x0a, () => field('c'), '3.1.2-11 3.1.2-13', '3.1.2-11'],
  ['Will Retain without Will Flag', 0x22, () => field('c'), '3.1.2-11 3.1.2-15', '3.1.2-13'],
  ['Will QoS 3', 0x1e, (none) => [...field('c'), ...none, ...field('w'), ...field('p')], '3.1.2-14', '3.1.2-12'],
  ['User Name Flag without User Name', 0x82, () => field('c'), '3.1.2-19', '3.1.2-17'],
  ['User Name without its flag', 0x02, () => [...field('c'), ...field('u')], '3.1.2-18', '3.1.2-16'],
  ['Password Flag without Password', 0xc2, () => [...field('c'), ...field('u')], '3.1.2-21', '3.1.2-19'],
  ['Password without its flag', 0x82, () => [...field('c'), ...field('u'), ...field('p')], '3.1.2-20', '3.1.2-18'],
  ['no Client Identifier', 0x02, () => [], '3.1.3-3', '3.1.3-3'],
  ['the reserved flag', 0x03, () => field('c'), '3.1.2-3', '3.1.2-3'],
]

export const connectCases: Case[] = [
  ...inBoth('the first packet must be CONNECT', '3.1.0-1', '3.1.0-1 3.14.0-1', async (world, version) => {
    const none = version === 5 ? [0] : []
    const firsts: Bytes[] = [
      packet(TYPE.pingreq, 0), packet(TYPE.publish, 0, field('a'), none), packet(TYPE.disconnect, 0),
      packet(TYPE.subscribe, 2, uint16(1), none, field('a'), [0]), packet(TYPE.puback, 0, uint16(1)),
      packet(TYPE.connack, 0, [0, 0], none), packet(TYPE.auth, 0),
    ]
    for (const first of firsts) {
      const peer = await world.open(version)
      await peer.send(first)
      await peer.closed()
    }
  }),
  ...inBoth('a second CONNECT is a protocol error', '3.1.0-2 4.8.0-1', '3.1.0-2 4.13.1-1', async (world, version) => {
    const bystander = await connect(world, { version })
    const peer = await connect(world, { version })
    await peer.send(connectBytes({ level: version }))
    await refused(peer, PROTOCOL_ERROR)
    await bystander.silence()
  }),
  ...inBoth('a wrong protocol name', '3.1.2-1', '3.1.2-1', async (world, version) => {
    for (const name of ['MQTS', 'mqtt', 'MQTT ', 'MQT', '', 'MQTTMQTT']) {
      const peer = await world.open(version)
      await peer.send(connectBytes({ level: version, protocolName: name }))
      await connectFailed(peer, 0x84, MALFORMED)
    }
  }),
  in3('an unsupported protocol level', '3.1.2-2 3.2.2-4 3.2.2-5', async (world) => {
    for (const level of [0, 1, 2]) {
      const peer = await world.open(4)
      await peer.send(connectBytes({ level }))
      equal((await peer.receive('connack')).returnCode, 1)
      await peer.closed()
      deepEqual([...peer.raw], [0x20, 2, 0, 1])
    }
  }),
  // A bridge sets the highest bit, and comes back without it when it hears 3.1.1's refusal.
  in3('a level with the bit of a bridge that is not understood', '3.1.2-2', async (world) => {
    const known = world.board.FEATURE_BRIDGE_LEVEL ? [] : [[0x84, 'MQTT'], [0x83, 'MQIsdp']] as const
    for (const [level, protocolName] of [...known, [0x85, 'MQTT'], [0xf4, 'MQTT'], [0x80, 'MQTT']] as const) {
      const peer = await world.open(4)
      await peer.send(connectBytes({ level, protocolName }))
      await peer.drain()
      await peer.closed()
      deepEqual([...peer.raw], protocolName === 'MQTT' || world.board.FEATURE_MQTT31 ? [0x20, 2, 0, 1] : [])
    }
  }),
  in3('MQTT 3.1 has no reserved flags', '', async (world) => {
    const peer = await world.open(3)
    await peer.send(connectBytes({ level: 3, flags: 3, payload: field('old') }))
    equal((await peer.receive('connack')).returnCode, 0)
    await peer.send(packet(TYPE.subscribe, 10, uint16(1), field('a'), [1]))
    equal((await peer.receive('suback')).messageId, 1)
    await peer.send(publishBytes(3, 4, 'b', 7))
    equal((await peer.receive('pubrec')).messageId, 7)
    await peer.send(packet(TYPE.pubrel, 10, uint16(7)))
    equal((await peer.receive('pubcomp')).messageId, 7)
    await peer.send(packet(TYPE.unsubscribe, 10, uint16(2), field('a')))
    equal((await peer.receive('unsuback')).messageId, 2)
  }, { needs: ['FEATURE_MQTT31', 'FEATURE_QOS2'] }),
  in5('a Maximum Packet Size that admits no CONNACK', '3.1.2-24 3.14.0-1', async (world) => {
    const peer = await connectStart(world, { properties: { maximumPacketSize: 5 } })
    await peer.closed()
    equal(peer.raw.length, 0)
  }),
  in5('nothing comes in the place of a CONNACK that does not fit', '3.2.0-1 3.1.2-24', async (world) => {
    const options = { clientId: 'reader', clean: false }
    const lasting = { sessionExpiryInterval: 1_000 }
    const reader = await connect(world, { ...options, properties: lasting })
    await subscribe(reader, { topic: 'a', qos: 2 })
    await publish(await connect(world), 'a', 'x', { qos: 2 })
    const { messageId } = await reader.receive('publish')
    await reader.send({ cmd: 'pubrec', messageId })
    await reader.receive('pubrel')
    await reader.drop()
    const small = await connectStart(world, { ...options, properties: { ...lasting, maximumPacketSize: 5 } })
    await small.closed()
    equal(small.raw.length, 0)
  }, { needs: ['FEATURE_QOS2'] }),
  in5('a Maximum Packet Size that admits no SUBACK', '3.1.2-24', async (world) => {
    const peer = await connect(world, { properties: { maximumPacketSize: 60 } })
    const filters = Array.from({ length: 60 }, (_, number) => [...field(`${number}`), 0]).flat()
    await peer.send(packet(TYPE.subscribe, 2, uint16(1), [0], filters))
    await refused(peer, 0x95)
  }, { applies: ({ RX_RING_SIZE, SUBSCRIPTIONS_MAX }) => RX_RING_SIZE > 320 && SUBSCRIPTIONS_MAX > 60 }),
  in5('an unsupported protocol version', '3.1.2-2', async (world) => {
    for (const level of [6, 7, 200]) {
      const peer = await world.open(4)
      await peer.send(connectBytes({ level }))
      await peer.drain()
      await peer.closed()
      const answer = [...peer.raw]
      ok([[], [0x20, 2, 0, 1], [0x20, 3, 0, 0x84, 0]].some((allowed) => allowed.join() === answer.join()),
        answer.join())
    }
  }),
  in3('MQTT 3.1 clients are served', '', async (world) => {
    const { peer, connack } = await connectWithConnack(world, { version: 3 })
    equal(connack.sessionPresent, false)
    deepEqual(await subscribe(peer, { topic: 'a', qos: 1 }), [1])
  }, { needs: ['FEATURE_MQTT31'] }),
  ...CONTRADICTIONS.flatMap(([what, flags, payload, ids3, ids5]) => inBoth(`CONNECT with ${what}`,
    `3.1.4-1 3.2.2-6 ${ids3}`, `3.1.4-1 ${ids5}`,
    async (world, version) => {
      const peer = await world.open(version)
      await peer.send(connectBytes({ level: version, flags, payload: payload(version === 5 ? [0] : []) }))
      await connectFailed(peer, MALFORMED, PROTOCOL_ERROR)
    })),
  in3('a Password without a User Name', '3.1.2-22', async (world) => {
    const peer = await world.open(4)
    await peer.send(connectBytes({ level: 4, flags: 0x42, payload: [...field('c'), ...field('p')] }))
    await connectFailed(peer)
  }),
  in5('a Password without a User Name is allowed', '3.1.2-16', async (world) => {
    const peer = await world.open(5)
    await peer.send(connectBytes({ level: 5, flags: 0x42, payload: [...field('c'), ...field('p')] }))
    equal((await peer.receive('connack')).reasonCode, 0)
  }),
  ...inBoth('all fields of the payload in their order', '3.1.3-1 3.1.2-9 3.1.2-19 3.1.2-21',
    '3.1.3-1 3.1.2-9 3.1.2-17 3.1.2-19',
    async (world, version) => {
      const watcher = await connect(world, { version, username: 'ada', password: 'secret' })
      await subscribe(watcher, 'w')
      const peer = await connect(world, {
        version, clientId: 'all', username: 'ada', password: 'secret', will: { topic: 'w', payload: 'last', qos: 0 },
      })
      await peer.drop()
      equal((await receivePublish(watcher)).payload.toString(), 'last')
    }, { needs: ['FEATURE_WILL', 'FEATURE_ACCESS'], configuration: { users } }),
  ...inBoth('a wrong password', '3.2.2-4 3.2.2-5', '3.1.4-2 3.2.2-6 3.2.2-7 3.2.2-8 4.13.2-1', (world, version) =>
    connectRefused(world, { version, username: 'ada', password: 'wrong' }, 0x86, 4),
      { needs: ['FEATURE_ACCESS'], configuration: { users } }),
  ...inBoth('a client that may not connect', '3.2.2-4 3.2.2-5', '3.1.4-2 3.2.2-7 3.2.2-8', (world, version) =>
    connectRefused(world, { version }, 0x87, 5), { needs: ['FEATURE_ACCESS'], configuration: { users } }),
  ...inBoth('nothing after a rejected CONNECT is processed', '3.1.4-5', '3.1.4-6', async (world, version) => {
    const watcher = await connect(world, { version, username: 'ada', password: 'secret' })
    await subscribe(watcher, '#')
    const peer = await world.open(version)
    await peer.send([
      ...connectBytes({ level: version }),
      ...packet(TYPE.publish, 0x03, field('a'), uint16(7), version === 5 ? [0] : []),
    ])
    equal((await peer.receive('connack')).sessionPresent, false)
    await peer.closed()
    await watcher.silence()
  }, { needs: ['FEATURE_ACCESS'], configuration: { users } }),
  ...inBoth('packets right behind CONNECT are processed', '3.1.4-4', '3.1.4-5', async (world, version) => {
    const peer = await world.open(version)
    await peer.send([
      ...connectBytes({ level: version }),
      ...packet(TYPE.publish, 0x02, field('a'), uint16(7), version === 5 ? [0] : []),
    ])
    await peer.receive('connack')
    await acknowledged(peer, 'puback', 7)
  }),
  ...inBoth('an answer about the user that comes late', '3.1.4-4 3.2.0-1', '3.1.4-5 3.2.0-1', async (
    world, version,
  ) => {
    const good = await connectStart(world, { version, username: 'ada', password: 'secret' })
    const bad = await connectStart(world, { version, username: 'ada', password: 'no' })
    await good.send(packet(TYPE.publish, 0x02, field('a'), uint16(7), version === 5 ? [0] : []))
    await good.silence()
    await world.authenticationRelease()
    equal((await good.receive('connack')).sessionPresent, false)
    await acknowledged(good, 'puback', 7)
    await bad.receive('connack')
    await bad.closed()
  }, { needs: ['FEATURE_ACCESS', 'FEATURE_LATE_ANSWER'], configuration: { users, authenticateLater: true } }),
  ...inBoth('a late refusal is in the version of who is refused', '', '', async (world, version) => {
    const other = version === 5 ? 4 : 5
    const bad = await connectStart(world, { version, username: 'ada', password: 'no' })
    await connectStart(world, { version: other, username: 'ada', password: 'secret' })
    await world.authenticationRelease()
    equal(connackCode(await bad.receive('connack')), version === 5 ? 0x86 : 4)
    await bad.closed()
  }, { needs: ['FEATURE_ACCESS', 'FEATURE_LATE_ANSWER'], configuration: { users, authenticateLater: true } }),
  ...inBoth('a connection that never sends CONNECT is closed', '', '', async (world, version) => {
    const peer = await world.open(version)
    await world.advance(world.board.CONNECT_TIMEOUT_MS - 1_000)
    await peer.silence()
    await world.advance(3_000)
    await peer.closed()
  }, { longTime: true }),
]
