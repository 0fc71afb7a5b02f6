// A message that no RAM of a board could hold: it lies in flash, and goes out from there in pieces. The cases of
// test/broker/transfer.test.ts are the core's; here are the bundle, its express lane and the engine's queues.

import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, test } from 'vitest'
import { ESPRUINO } from '../build/espruino'
import { RECORDS_MAKE } from '../../scripts/lib/espruino.mjs'
import { boardWorld } from '../support/board_world'
import { connect, publish, receivePublish, subscribe } from '../support/client'
import { EngineWorld } from '../support/engine_world'
import type { AnyPacket, Peer } from '../support/peer'
import type { World } from '../support/world'

const LARGE = 120_000
const payload = Buffer.from(Uint8Array.from({ length: LARGE }, (_, i) => (i * 7 + (i >> 8) * 13 + (i >> 16)) & 0xff))

/** Looks at what has come until a message must be whole. */
const READS_MAX = 1_000
/** Variables that a transfer may take: the credit of one client in the engine's queue, and some. */
const VARIABLES_MAX = 400

/** What has come once there are so many packets: the network takes some bytes at a time. */
async function packetsOf (peer: Peer, count: number): Promise<AnyPacket[]> {
  const packets: AnyPacket[] = []
  for (let left = READS_MAX; packets.length < count && left; left--) packets.push(...await peer.drain())
  return packets
}

/** A client that reads nothing while others publish, and then all of it. */
async function slowReader (world: World): Promise<void> {
  const publisher = await connect(world, { version: 4 })
  const sender = await connect(world, { version: 4 })
  const other = await connect(world, { version: 4 })
  await subscribe(other, { topic: 'own', qos: 1 })
  const reader = await connect(world, { version: 4 })
  await subscribe(reader, [{ topic: 'small', qos: 0 }, { topic: 'devices', qos: 1 }])
  const own = (messageId: number): Promise<void> =>
    reader.send({ cmd: 'publish', topic: 'own', payload: 'x', qos: 1, messageId, dup: false, retain: false })
  // The lane knows both ways before the message comes.
  for (let i = 0; i < 3; i++) await publish(publisher, 'small', `${i}`)
  for (let i = 1; i < 4; i++) {
    await own(i)
    await receivePublish(other)
  }
  deepEqual((await reader.drain()).map(({ cmd }) => cmd), Array(3).fill('publish').concat(Array(3).fill('puback')))
  reader.pauseReading()
  await publish(sender, 'devices', payload, { qos: 1, retain: true })
  for (let i = 3; i < 6; i++) await publish(publisher, 'small', `${i}`)
  for (let i = 4; i < 7; i++) await own(i)
  await reader.resumeReading()
  const packets = await packetsOf(reader, 7)
  deepEqual(packets.map(({ cmd, topic }) => topic ? topic : cmd),
    ['devices', 'small', 'small', 'small', 'puback', 'puback', 'puback'])
  ok(payload.equals(packets[0].payload))
  await publish(publisher, 'small', 'again')
  equal((await receivePublish(reader)).payload.toString(), 'again')
}

describe('a message of 120 KB', () => {
  test('comes whole from a board to a client that reads slowly', async () => {
    const world = await boardWorld('esp32')
    await slowReader(world)
    await world.close()
  })

  test('some of them in the first minutes do not make its flash look worn', async () => {
    const world = await boardWorld('esp32')
    const client = await connect(world, { version: 4 })
    for (let i = 0; i < 8; i++) {
      await publish(client, 'devices', payload, { qos: 1, retain: true })
      // A sector a second is erased for the next ones.
      await world.advance(45_000)
    }
    await subscribe(client, { topic: '$SYS/broker/flash/+', qos: 0 })
    await world.advance(60_000)
    const said = new Map((await client.drain()).filter(({ cmd }) => cmd === 'publish')
      .map(({ topic, payload: text }) => [topic.split('/').at(-1), Number(text.toString())]))
    ok(said.get('erases')! > 100, `${said.get('erases')} erases`)
    // Of 160 sectors, as if the day brought no more.
    ok(said.get('years left')! > 10, `${said.get('years left')} years`)
    await world.close()
  })

  test.skipIf(!ESPRUINO)('comes whole from the real interpreter, which holds no more than a piece of it', async () => {
    const world = await EngineWorld.start('esp32', RECORDS_MAKE)
    const publisher = await connect(world, { version: 4 })
    await publish(publisher, 'devices', payload, { qos: 1, retain: true })
    const before = world.usage
    for (const qos of [0, 1, 2] as const) {
      const reader = await connect(world, { version: 5 })
      await reader.send({
        cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'devices', qos, nl: false, rap: false, rh: 0 }],
      })
      const packets = await packetsOf(reader, 2)
      ok(payload.equals(packets[1].payload))
      ok(world.usageMax - before < VARIABLES_MAX, `${before} variables, and ${world.usageMax} in between`)
      await reader.drop()
    }
    await world.close()
  })
})
