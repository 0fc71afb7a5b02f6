// Messages in records that are larger than a connection's credit: they go out in pieces, whatever happens meanwhile.

import { generate } from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import { FULL_TRANSMIT } from '../../src/broker/counters'
import { connect, publish, receivePublish, subscribe } from '../support/client'
import type { AnyPacket } from '../support/peer'
import { LARGE, home, payloadOf, readAll } from './transfer_home'

const VERSIONS = [4, 5] as const

const kindsOf = (packets: AnyPacket[]): string[] => packets.map(({ cmd, topic }) => topic ? `${cmd} ${topic}` : cmd)

describe.each(VERSIONS)('a message of 128 KB (version %i)', version => {
  it.each([0, 1, 2] as const)('is retained and sent whole at QoS %i', async qos => {
    const { world, records } = await home()
    const payload = payloadOf(LARGE)
    const publisher = await connect(world, { version })
    await publish(publisher, 'devices', payload, { qos, retain: true })
    const reader = await connect(world, { version })
    await subscribe(reader, { topic: 'devices', qos })
    const message = await receivePublish(reader)
    expect([message.qos, message.retain, payload.equals(message.payload)]).toEqual([qos, true, true])
    expect(records.count).toBe(1)
    await publish(publisher, 'devices', '', { qos, retain: true })
    expect(records.count).toBe(0)
  })

  it.each([0, 1, 2] as const)('is sent whole at QoS %i to who subscribes, and gone then', async qos => {
    const { world, records } = await home()
    const payload = payloadOf(LARGE)
    const readers = [await connect(world, { version }), await connect(world, { version: 4 }),
      await connect(world, { version: 5 })]
    for (const reader of readers) await subscribe(reader, { topic: 'devices', qos })
    await publish(await connect(world, { version }), 'devices', payload, { qos })
    for (const reader of readers) {
      const message = await receivePublish(reader)
      expect([message.qos, message.retain, payload.equals(message.payload)]).toEqual([qos, false, true])
    }
    expect(records.count).toBe(0)
  })

  it('comes whole to a client that reads slowly, and all else behind it', async () => {
    const one = await home()
    const { world, credit } = one
    const payload = payloadOf(LARGE)
    const publisher = await connect(world, { version })
    await publish(publisher, 'devices', payload, { qos: 1, retain: true })
    const reader = await connect(world, { version })
    await subscribe(reader, [{ topic: 'fast', qos: 0 }, { topic: 'sure', qos: 1 }])
    reader.sip()
    const before = reader.raw.length
    const messageId = reader.identifier()
    await reader.send({ cmd: 'subscribe', messageId, subscriptions: [{ topic: 'devices', qos: 1 }] })
    expect(reader.raw.length - before).toBeLessThanOrEqual(credit + 100)
    // It has another value, and lies elsewhere.
    await publish(publisher, 'devices', 'none', { qos: 1, retain: true })
    one.moveAll()
    await reader.read(credit)
    for (let i = 0; i < 3; i++) await reader.send({ cmd: 'pingreq' })
    await publish(publisher, 'fast', 'f'.repeat(100))
    await publish(publisher, 'sure', 's'.repeat(100), { qos: 1 })
    const later = reader.identifier()
    await reader.send({ cmd: 'subscribe', messageId: later, subscriptions: [{ topic: 'more', qos: 0 }] })
    await publish(publisher, 'more', 'm'.repeat(900))
    one.moveAll()
    const seen = reader.raw.length
    expect(seen - before).toBeLessThanOrEqual(2 * credit + 100)
    const packets = await readAll(reader)
    const whole = packets.find(({ cmd }) => cmd === 'publish')!
    expect(payload.equals(whole.payload)).toBe(true)
    expect(kindsOf(packets)).toEqual(['suback', 'publish devices', 'pingresp', 'pingresp', 'pingresp', 'publish fast',
      'suback', 'publish more', 'publish devices', 'publish sure'])
    expect(packets.filter(({ topic }) => topic === 'devices').map(({ retain }) => retain)).toEqual([true, false])
    await reader.send({ cmd: 'puback', messageId: whole.messageId })
    // The large one is nobody's any more.
    expect(one.records.all().every(({ bytes }) => bytes.length < LARGE)).toBe(true)
  })

  it('is let go when its connection ends in its middle', async () => {
    const { world, records } = await home()
    const publisher = await connect(world, { version })
    for (const ends of ['drop', 'disconnect', 'takeover', 'answers'] as const) {
      const reader = await connect(world, { version, clientId: 'reader' })
      await subscribe(reader, { topic: 'devices', qos: 1 })
      reader.sip()
      const before = reader.raw.length
      await publish(publisher, 'devices', payloadOf(LARGE), { qos: 1 })
      await reader.read(10_000)
      const sent = reader.raw.length - before
      await reader.send({ cmd: 'pingreq' })
      expect(records.count).toBe(1)
      if (ends === 'drop') await reader.drop()
      else if (ends === 'disconnect') await reader.send({ cmd: 'disconnect' })
      else if (ends === 'takeover') await (await connect(world, { version, clientId: 'reader' })).drop()
      else for (let i = 0; i < world.board.TX_CREDIT_SIZE; i += 100) await reader.send(new Uint8Array(200).fill(0xc0))
      // The last one is not answered at all: its packets are ill-formed.
      expect([ends, reader.isClosed, records.count]).toEqual([ends, true, 0])
      // Nothing was written in the middle of it.
      expect(reader.raw.length - before).toBe(sent)
    }
  })

  it('ends the connection of a client that asks and asks in its middle', async () => {
    const one = await home()
    const { world, credit } = one
    const reader = await connect(world, { version })
    await subscribe(reader, { topic: 'devices', qos: 1 })
    reader.sip()
    await publish(await connect(world, { version }), 'devices', payloadOf(LARGE), { qos: 1 })
    const ping = Uint8Array.from({ length: credit / 2 }, (_, i) => i % 2 ? 0 : 0xc0)
    for (let i = 0; i < 2; i++) await reader.send(ping)
    expect(reader.isClosed).toBe(false)
    // The pool has no room for as many as the credit allows.
    for (let i = 0; i < 3; i++) await reader.send(ping)
    expect(reader.isClosed).toBe(true)
    expect(one.counter(FULL_TRANSMIT)).toBe(1)
    expect(one.records.count).toBe(0)
  })

  it('gives way to nothing: a second one waits for its end, at QoS 0 it is dropped', async () => {
    const one = await home()
    const { world } = one
    const reader = await connect(world, { version })
    await subscribe(reader, [{ topic: 'once', qos: 0 }, { topic: 'sure/+', qos: 2 }])
    reader.sip()
    const publisher = await connect(world, { version })
    const payloads = [1, 2, 3].map(seed => payloadOf(50_000, seed))
    await publish(publisher, 'sure/1', payloads[0], { qos: 1 })
    await publish(publisher, 'sure/2', payloads[1], { qos: 2 })
    await publish(publisher, 'once', payloads[2])
    expect(one.counter(FULL_TRANSMIT)).toBe(1)
    const packets = await readAll(reader)
    expect(kindsOf(packets)).toEqual(['publish sure/1', 'publish sure/2'])
    expect(packets.map(({ payload }, index) => payloads[index].equals(payload))).toEqual([true, true])
  })

  it('leaves room to a packet of another client that has begun to come, whatever is held behind it', async () => {
    const one = await home()
    const { world } = one
    const reader = await connect(world, { version })
    await subscribe(reader, { topic: '#', qos: 0 })
    // Filters take what they may of the pool, and lie in records then.
    for (let i = 0; i < 60; i++) await subscribe(reader, { topic: `device/${String(i).padStart(30, '0')}`, qos: 0 })
    reader.sip()
    const publisher = await connect(world, { version })
    await publish(publisher, 'devices', payloadOf(LARGE), { qos: 1, retain: true })
    for (let i = 0; i < 40; i++) await publish(publisher, `config/${i}`, payloadOf(100), { qos: 1, retain: true })
    const rings = await Promise.all([1, 2].map(() => connect(world, { version })))
    for (const client of rings) {
      await client.send(generate(
        { cmd: 'publish', topic: 'begun', payload: payloadOf(560), qos: 0, retain: false, dup: false },
        { protocolVersion: version },
      ).subarray(0, 536))
    }
    expect(rings.map(({ isClosed }) => isClosed)).toEqual([false, false])
  })

  it('is sent again with DUP where its client comes back', async () => {
    const { world } = await home()
    const session = { version, clientId: 'reader', clean: false,
      ...version === 5 ? { properties: { sessionExpiryInterval: 1_000 } } : {} }
    const payload = payloadOf(LARGE)
    const first = await connect(world, session)
    await subscribe(first, { topic: 'devices', qos: 1 })
    first.sip()
    await publish(await connect(world, { version }), 'devices', payload, { qos: 1 })
    await first.read(10_000)
    await first.drop()
    const message = await receivePublish(await connect(world, session))
    expect([message.dup, payload.equals(message.payload)]).toEqual([true, true])
  })
})
