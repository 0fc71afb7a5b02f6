// Messages leave nothing behind: after many of a kind the real engine has as many variables in use as before, but for
// counters. ESPRUINO names it, and MIDGE_MESSAGES how many messages; the goal is stated for 10,000 of each kind.

import { ok } from 'node:assert'
import { describe, it } from 'vitest'
import { ESPRUINO } from '../build/espruino'
import { connect, disconnect, publishStart, subscribe, unsubscribe } from '../support/client'
import { engineWorld, type EngineWorld } from '../support/engine_world'
import type { Peer, Version } from '../support/peer'

const MESSAGES = Number(process.env.MIDGE_MESSAGES ?? 200)
/** Messages between two moments at which everything has come: fewer than a session's queue holds. */
const BATCH = 8
const WARM_UPS = 3
/** Numbers of the broker that grow with what it does: above 8,191 each takes a variable of its own, and no more. */
const COUNTERS = 8

type Batch = () => Promise<void>

/** Acknowledges until nothing comes any more. */
async function acknowledgeAll(peers: Peer[]): Promise<void> {
  for (let isBusy = true; isBusy;) {
    isBusy = false
    for (const peer of peers) {
      for (const { cmd, qos, messageId } of await peer.drain()) {
        const answer = cmd === 'publish' ? [undefined, 'puback', 'pubrec'][qos]
          : { pubrec: 'pubrel', pubrel: 'pubcomp' }[cmd as string]
        if (!answer) continue
        await peer.send({ cmd: answer, messageId } as never)
        isBusy = true
      }
    }
  }
}

/** Until nothing happens any more, and the lane has told the broker what it counted, as it does once a second. */
async function settle(world: EngineWorld): Promise<void> {
  await world.advance(1_000)
  await world.settle()
}

/** PUBLISH from one version to clients of these, of each QoS, in chunks of their own. */
const publishing = (version: Version, versions: Version[], qos: 0 | 1 | 2, topics: string[], retain = false) =>
  async (world: EngineWorld): Promise<Batch> => {
    const readers: Peer[] = []
    for (const reader of versions) {
      readers.push(await connect(world, { version: reader }))
      await subscribe(readers.at(-1)!, { topic: 'home/#', qos })
    }
    const sender = await connect(world, { version })
    let count = 0
    return async () => {
      world.isHurried = true
      for (let i = 0; i < BATCH; i++) {
        const topic = topics[count++ % topics.length]
        await publishStart(sender, topic, 'x'.repeat(20 + count % 3), { qos, retain })
      }
      world.isHurried = false
      await world.settle()
      await acknowledgeAll([sender, ...readers])
    }
  }

const repeatedly = (once: (world: EngineWorld) => Promise<void>) => (world: EngineWorld): Promise<Batch> =>
  Promise.resolve(async () => {
    for (let i = 0; i < BATCH; i++) await once(world)
  })

const ONE = ['home/livingroom/temperature']
const SEVERAL = ['home/a', 'home/b', 'home/c/d', 'home/e', 'home/f']

const KINDS: Record<string, (world: EngineWorld) => Promise<Batch>> = {
  'QoS 0, a topic repeated': publishing(4, [4, 4], 0, ONE),
  'QoS 0, topics in turn': publishing(4, [4], 0, SEVERAL),
  'QoS 0, 5.0 and 3.1.1 mixed': publishing(5, [4, 5], 0, ONE),
  'QoS 0, retained': publishing(4, [4], 0, SEVERAL, true),
  'QoS 1': publishing(4, [4], 1, ONE),
  'QoS 1, mixed, topics in turn': publishing(5, [5, 4], 1, SEVERAL),
  'QoS 2': publishing(5, [4], 2, SEVERAL),
  'CONNECT and DISCONNECT': repeatedly(async (world) => disconnect(await connect(world, { version: 5 }))),
  'CONNECT, SUBSCRIBE and a lost network': repeatedly(async (world) => {
    const peer = await connect(world, { version: 4 })
    await subscribe(peer, ['home/+', 'home/livingroom/temperature'])
    await peer.drop()
  }),
  'a Will': repeatedly(async (world) => {
    const will = { topic: 'home/a', payload: Buffer.from('gone'), qos: 0 as const, retain: false }
    await (await connect(world, { version: 4, will })).drop()
  }),
  'a session that is resumed, with messages': (world) => Promise.resolve(async () => {
    const lasting = { version: 4, clientId: 'lasting', clean: false } as const
    const peer = await connect(world, lasting)
    await subscribe(peer, { topic: 'home/a', qos: 1 })
    await peer.drop()
    const sender = await connect(world, { version: 4 })
    for (let i = 0; i < BATCH; i++) await publishStart(sender, 'home/a', `${i}`, { qos: 1 })
    const back = await connect(world, lasting)
    await acknowledgeAll([sender, back])
    await sender.drop()
    await back.drop()
  }),
  'SUBSCRIBE, UNSUBSCRIBE, PINGREQ': async (world) => {
    const peer = await connect(world, { version: 5 })
    return async () => {
      for (let i = 0; i < BATCH; i++) {
        await subscribe(peer, `home/${i}/#`)
        await unsubscribe(peer, `home/${i}/#`)
        await peer.send({ cmd: 'pingreq' })
        await peer.receive('pingresp')
      }
    }
  },
  'packets that are refused': repeatedly(async (world) => {
    const peer = await connect(world, { version: 5 })
    await peer.send([0x30, 0x03, 0x00, 0x01, 0x23])
    await peer.receive('disconnect')
  }),
}

describe.skipIf(!ESPRUINO)(`${MESSAGES} of a kind leave no variable behind`, () => {
  it.each(Object.keys(KINDS))('%s', async (kind) => {
    const world = await engineWorld('esp32')
    try {
      const batch = await KINDS[kind](world)
      for (let i = 0; i < WARM_UPS; i++) await batch()
      await settle(world)
      const before = world.usage
      for (let done = 0; done < MESSAGES; done += BATCH) await batch()
      await settle(world)
      ok(world.usage <= before + COUNTERS, `${before} before, ${world.usage} after`)
    } finally {
      await world.close()
    }
  }, 20_000 + 100 * MESSAGES)
})
