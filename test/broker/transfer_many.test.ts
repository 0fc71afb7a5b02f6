// Several messages in pieces, at once and by chance; and those that are too large for it.

import { describe, expect, it } from 'vitest'
import { FULL_PACKET } from '../../src/broker/counters'
import {
  connect, connectWithConnack, publish, publishStart, receivePublish, refused, subscribe,
} from '../support/client'
import { packet, TYPE } from '../support/bytes'
import { memoryWorld } from '../support/memory_world'
import type { AnyPacket } from '../support/peer'
import { Random } from '../model/random'
import { LARGE, home, payloadOf, readAll } from './transfer_home'

describe('messages in pieces', () => {
  it('come to two clients at once from one record', async () => {
    const one = await home()
    const { world } = one
    const payload = payloadOf(LARGE)
    await publish(await connect(world), 'devices', payload, { qos: 1, retain: true })
    const readers = [await connect(world, { version: 4 }), await connect(world, { version: 5 })]
    for (const reader of readers) {
      reader.sip()
      await reader.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'devices', qos: 0 }] })
    }
    const parts: AnyPacket[][] = [[], []]
    for (let turn = 0; turn < 300; turn++) {
      await readers[turn & 1].read(1_700)
      parts[turn & 1].push(...await readers[turn & 1].drain())
      if (turn % 37 === 0) one.moveAll()
    }
    for (const packets of parts) expect(packets.filter(({ topic }) => topic).map(part => payload.equals(part.payload)))
      .toEqual([true])
    expect(one.records.count).toBe(1)
  })

  it('are retained ones, several for one filter, and small ones between them', async () => {
    const { world } = await home()
    const publisher = await connect(world)
    const sizes = [100, 60_000, 20, 90_000, 3_000, 30]
    for (const [index, size] of sizes.entries()) {
      await publish(publisher, `r/${index}`, payloadOf(size, index), { qos: 1, retain: true })
    }
    for (const qos of [0, 1, 2] as const) {
      const reader = await connect(world)
      reader.sip()
      await reader.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'r/#', qos }] })
      const packets = (await readAll(reader)).slice(1)
      expect(packets.map(({ payload }) => payload.length)).toEqual(sizes)
      expect(packets.every(({ payload }, index) => payloadOf(sizes[index], index).equals(payload))).toBe(true)
    }
  })

  it('are not for a client of a smaller Maximum Packet Size', async () => {
    const one = await home()
    const { world } = one
    const reader = await connect(world, { properties: { maximumPacketSize: 50_000 } })
    await subscribe(reader, { topic: '+', qos: 1 })
    const publisher = await connect(world)
    for (const size of [60_000, 40_000]) await publish(publisher, 'devices', payloadOf(size), { qos: 1, retain: true })
    expect((await receivePublish(reader)).payload.length).toBe(40_000)
    await reader.silence()
    expect(one.counter(FULL_PACKET)).toBe(1)
  })

  it('are there after a power cut', async () => {
    const { world, records } = await home()
    const payload = payloadOf(LARGE)
    await publish(await connect(world), 'devices', payload, { qos: 1, retain: true })
    const again = await memoryWorld('esp32', {}, 1, records.after(records.changes))
    const reader = await connect(again)
    await subscribe(reader, { topic: 'devices', qos: 1 })
    expect(payload.equals((await receivePublish(reader)).payload)).toBe(true)
  })

  it('go on with the tick where the port says nothing', async () => {
    const { world } = await home()
    const reader = await connect(world)
    await subscribe(reader, { topic: 'devices', qos: 0 })
    const { portControls } = world.core
    const { unsent } = portControls
    portControls.unsent = () => 0
    const before = reader.raw.length
    reader.pauseReading()
    await publishStart(await connect(world), 'devices', payloadOf(9_000))
    for (let i = 0; i < 5; i++) await world.advance(1_000)
    portControls.unsent = unsent
    await reader.resumeReading()
    expect(reader.raw.length - before).toBeGreaterThan(9_000)
  })
})

describe('a packet over the limit', () => {
  const head = (size: number, flags: number): number[] =>
    packet(TYPE.publish, flags, [...new Uint8Array(size)]).slice(0, 5)

  it('at QoS 0 of a client of 3.1.1 passes: it is counted, and the client stays', async () => {
    const one = await home()
    const { world } = one
    const reader = await connect(world, { version: 4 })
    await subscribe(reader, { topic: '+', qos: 0 })
    const publisher = await connect(world, { version: 4 })
    for (const size of [140_001, 300_000]) {
      await publisher.sendSplit([...packet(TYPE.publish, 1, [0, 1, 0x61, ...payloadOf(size)]), 0xc0, 0], [536])
      expect((await publisher.receive('pingresp')).cmd).toBe('pingresp')
    }
    expect(one.counter(FULL_PACKET)).toBe(2)
    expect(one.records.changes).toBe(0)
    await publish(publisher, 'b', 'on')
    expect((await receivePublish(reader)).topic).toBe('b')
  })

  it('is refused at QoS 1, and of a client of 5.0, which was told the limit', async () => {
    const { world } = await home()
    const { connack } = await connectWithConnack(world)
    expect(connack.properties).toMatchObject({ maximumPacketSize: 140_000 })
    for (const [version, flags] of [[4, 2], [5, 0], [5, 2]] as const) {
      const publisher = await connect(world, { version })
      await publisher.send(head(140_000, flags))
      await refused(publisher, 0x95)
    }
  })
})

/** Two readers that sip, at QoS 1 and 0, a publisher, and a store that cleans. */
async function randomHome (seed: number): Promise<void> {
  const random = new Random(seed)
  const one = await home()
  const { world } = one
  const publisher = await connect(world)
  const readers = [await connect(world, { version: 4 }), await connect(world, { version: 5 })]
  const seen: AnyPacket[][] = readers.map(() => [])
  for (const reader of readers) {
    await subscribe(reader, [{ topic: 'sure', qos: 1 }, { topic: 'once', qos: 0 }])
    reader.sip()
  }
  const take = async (index: number, size: number): Promise<void> => {
    const reader = readers[index]
    await reader.read(size)
    for (const part of await reader.drain()) {
      if (part.cmd !== 'publish') continue
      seen[index].push(part)
      if (part.qos) await reader.send({ cmd: 'puback', messageId: part.messageId })
    }
  }
  const sent: { topic: string, payload: Buffer }[] = []
  for (let step = 0; step < 120; step++) {
    const act = random.below(10)
    const index = random.below(2)
    if (act < 4) await take(index, random.below(6_000))
    else if (act < 5) one.moveAll()
    else if (act < 6) await readers[index].send({ cmd: 'pingreq' })
    else if (act < 7) await world.advance(1_000)
    else {
      const topic = random.below(2) ? 'sure' : 'once'
      const payload = payloadOf(random.pick([10, 100, 1_900, 2_100, 9_000, 20_000]) + random.below(100), step)
      const qos = topic === 'sure' ? 1 : 0
      if (await publish(publisher, topic, payload, { qos, retain: random.below(3) === 0 }) < 0x80) {
        sent.push({ topic, payload })
      }
    }
  }
  for (const index of [0, 1]) {
    for (let size = -1; size !== readers[index].raw.length;) {
      size = readers[index].raw.length
      await take(index, 100_000)
    }
    const sure = sent.filter(({ topic }) => topic === 'sure')
    const got = seen[index].filter(({ topic }) => topic === 'sure')
    expect([seed, got.length]).toEqual([seed, sure.length])
    expect(got.every(({ payload }, at) => sure[at].payload.equals(payload))).toBe(true)
    let at = 0
    const once = sent.filter(({ topic }) => topic === 'once')
    for (const { payload } of seen[index].filter(({ topic }) => topic === 'once')) {
      while (at < once.length && !once[at].payload.equals(payload)) at++
      expect([seed, at < once.length]).toEqual([seed, true])
      at++
    }
  }
  // No more than what is retained.
  expect(one.records.all().map(({ marks, isCommitted }) => [marks, isCommitted]))
    .toEqual(one.records.all().map(() => [0, true]))
  expect(one.records.count).toBeLessThanOrEqual(2)
}

describe('homes by chance', () => {
  it.each(Array.from({ length: 20 }, (_, seed) => seed))('slow readers get all, in order: seed %i', randomHome)
})
