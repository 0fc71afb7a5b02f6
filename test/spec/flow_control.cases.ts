import { deepEqual, equal } from 'node:assert/strict'
import {
  acknowledged, connect, publish, publishStart, receivePublish, refused, subscribe,
} from '../support/client'
import type { AnyPacket, Peer } from '../support/peer'
import type { World } from '../support/world'
import { in3, in5, inBoth, type Case } from './case'
import { lasting } from './qos1.cases'

const RECEIVE_MAXIMUM_EXCEEDED = 0x93

async function readerWith(world: World, receiveMaximum: number | undefined): Promise<Peer> {
  const reader = await connect(world, {
    clientId: 'reader', properties: { sessionExpiryInterval: 1_000, ...(receiveMaximum ? { receiveMaximum } : {}) },
  })
  await subscribe(reader, { topic: 'a', qos: 2 })
  return reader
}

const payloads = (packets: AnyPacket[]): string[] => packets.map(({ payload }) => payload.toString())

export const flowControlCases: Case[] = [
  in5('the client\'s Receive Maximum with QoS 1', '3.3.4-9 4.9.0-1 4.9.0-2', async (world) => {
    const reader = await readerWith(world, 2)
    const sender = await connect(world)
    for (let number = 0; number < 6; number++) await publish(sender, 'a', `${number}`, { qos: 1 })
    const first = await reader.drain()
    deepEqual(payloads(first), ['0', '1'])
    await reader.send({ cmd: 'puback', messageId: first[1].messageId })
    deepEqual(payloads(await reader.drain()), ['2'])
    await reader.send({ cmd: 'puback', messageId: first[0].messageId })
    deepEqual(payloads(await reader.drain()), ['3'])
    await reader.silence()
  }),
  in5('the client\'s Receive Maximum with QoS 2: until PUBCOMP', '3.3.4-9 4.9.0-2', async (world) => {
    const reader = await readerWith(world, 1)
    const sender = await connect(world)
    for (const payload of ['0', '1']) await publish(sender, 'a', payload, { qos: 2 })
    const [{ messageId }] = await reader.drain() as [AnyPacket]
    await reader.send({ cmd: 'pubrec', messageId })
    deepEqual((await reader.drain()).map(({ cmd }) => cmd), ['pubrel'])
    await reader.send({ cmd: 'pubcomp', messageId })
    deepEqual(payloads(await reader.drain()), ['1'])
  }),
  in5('a PUBREC of 0x80 and above gives the quota back', '3.3.4-9 4.9.0-2', async (world) => {
    const reader = await readerWith(world, 1)
    const sender = await connect(world)
    for (const payload of ['0', '1']) await publish(sender, 'a', payload, { qos: 2 })
    const [{ messageId }] = await reader.drain() as [AnyPacket]
    await reader.send({ cmd: 'pubrec', messageId, reasonCode: 0x80 } as never)
    deepEqual(payloads(await reader.drain()), ['1'])
  }),
  in5('at the Receive Maximum everything else goes on', '3.3.4-10 4.9.0-3', async (world) => {
    const reader = await readerWith(world, 1)
    const sender = await connect(world)
    await publish(sender, 'a', 'held', { qos: 1 })
    await publish(sender, 'a', 'waiting', { qos: 1 })
    equal((await reader.receive('publish')).payload.toString(), 'held')
    await publish(sender, 'a', 'free', { qos: 0 })
    equal((await reader.receive('publish')).payload.toString(), 'free')
    await reader.send({ cmd: 'pingreq' })
    await reader.receive('pingresp')
    deepEqual(await subscribe(reader, 'b'), [0])
    await publish(reader, 'c', 'p', { qos: 2 })
    await reader.silence()
  }),
  in5('the quota starts anew with each connection', '4.9.0-1', async (world) => {
    const reader = await readerWith(world, 2)
    const sender = await connect(world)
    for (let number = 0; number < 5; number++) await publish(sender, 'a', `${number}`, { qos: 1 })
    deepEqual(payloads(await reader.drain()), ['0', '1'])
    await reader.drop()
    const again = await connect(world, {
      clientId: 'reader', clean: false, properties: { sessionExpiryInterval: 1_000, receiveMaximum: 3 },
    })
    deepEqual(payloads(await again.drain()), ['0', '1', '2'])
    await again.drop()
    const third = await connect(world, {
      clientId: 'reader', clean: false, properties: { sessionExpiryInterval: 1_000, receiveMaximum: 1 },
    })
    const seen: string[] = []
    for (let number = 0; number < 5; number++) {
      const packets = await third.drain()
      equal(packets.length, 1)
      seen.push(...payloads(packets))
      await third.send({ cmd: 'puback', messageId: packets[0].messageId })
    }
    deepEqual(seen, ['0', '1', '2', '3', '4'])
  }),
  in5('a session resumes with all of its exchanges open, and publishes before it releases', '4.9.0-1',
    async (world) => {
    const options = { clientId: 'sender', clean: false, properties: { sessionExpiryInterval: 1_000 } }
    const max = world.board.RECEIVE_MAX
    let sender = await connect(world, options)
    for (let id = 1; id <= max; id++) await publishStart(sender, 'a', 'x', { qos: 2, messageId: id })
    for (let id = 1; id <= max; id++) await acknowledged(sender, 'pubrec', id)
    await sender.drop()
    sender = await connect(world, options)
    await publishStart(sender, 'a', 'y', { qos: 2, messageId: max + 1 })
    equal(await acknowledged(sender, 'pubrec', max + 1), 0x10)
    // One that is sent again is open on this connection.
    await publishStart(sender, 'a', 'x', { qos: 2, messageId: 1, dup: true })
    equal(await acknowledged(sender, 'pubrec', 1), 0)
    for (let id = 1; id <= max + 1; id++) {
      await sender.send({ cmd: 'pubrel', messageId: id })
      equal(await acknowledged(sender, 'pubcomp', id), 0)
    }
    for (let id = 1; id <= max; id++) await publishStart(sender, 'a', 'z', { qos: 2, messageId: id })
    for (let id = 1; id <= max; id++) equal(await acknowledged(sender, 'pubrec', id), 0x10)
    await publishStart(sender, 'a', 'z', { qos: 2, messageId: max + 1 })
    await refused(sender, RECEIVE_MAXIMUM_EXCEEDED)
  }, { needs: ['FEATURE_QOS2'], applies: ({ RECEIVE_MAX, QUEUE_MAX }) => RECEIVE_MAX < QUEUE_MAX }),
  in3('a client that opens too many exchanges waits, and releases them when it comes again', '', async (world) => {
    const options = { version: 4 as const, clientId: 'sender', clean: false }
    const max = world.board.QUEUE_MAX
    let sender = await connect(world, options)
    for (let id = 1; id <= max + 1; id++) await publishStart(sender, 'a', 'x', { qos: 2, messageId: id })
    for (let id = 1; id <= max; id++) await acknowledged(sender, 'pubrec', id)
    await world.advance(20_000)
    await sender.silence()
    await sender.drop()
    sender = await connect(world, options)
    for (let id = 1; id <= max; id++) {
      await sender.send({ cmd: 'pubrel', messageId: id })
      await acknowledged(sender, 'pubcomp', id)
    }
    await publishStart(sender, 'a', 'x', { qos: 2, messageId: max + 1, dup: true })
    await acknowledged(sender, 'pubrec', max + 1)
  }, { needs: ['FEATURE_QOS2', 'FEATURE_WAIT'], applies: ({ TABLES_GROW }) => !TABLES_GROW, longTime: true }),
  in5('a smaller Receive Maximum does not hold up PUBREL', '3.3.4-10 4.4.0-1 4.9.0-3 4.3.3-5', async (world) => {
    const sender = await connect(world)
    // Of three messages some stay without their PUBREC, the others wait for PUBCOMP.
    for (const released of [[1, 2], [0, 2], [0, 1], [0, 1, 2], [2]]) {
      const reader = await readerWith(world, undefined)
      for (const payload of ['0', '1', '2']) await publish(sender, 'a', payload, { qos: 2 })
      const identifiers = (await reader.drain()).map(({ messageId }) => messageId)
      for (const index of released) await reader.send({ cmd: 'pubrec', messageId: identifiers[index] })
      equal((await reader.drain()).length, released.length)
      await reader.drop()
      const again = await connect(world, {
        clientId: 'reader', clean: false, properties: { sessionExpiryInterval: 1_000, receiveMaximum: 1 },
      })
      const seen = new Set<number>()
      for (let packets = await again.drain(), round = 0; packets.length > 0; packets = await again.drain(), round++) {
        const releases = packets.filter(({ cmd }) => cmd === 'pubrel').map(({ messageId }) => messageId)
        // All of them at once, however many messages wait for the quota.
        if (round === 0) deepEqual(releases, released.map((index) => identifiers[index]), `${released}`)
        for (const { cmd, messageId } of packets) {
          seen.add(messageId)
          await again.send({ cmd: cmd === 'publish' ? 'pubrec' : 'pubcomp', messageId })
        }
      }
      deepEqual([...seen].sort((a, b) => a - b), identifiers)
      await again.drop()
      await (await connect(world, { clientId: 'reader' })).drop()
    }
  }, { needs: ['FEATURE_QOS2'] }),
  in3('a 3.1.1 client has the window of the broker', '', async (world) => {
    const reader = await connect(world, lasting(4))
    await subscribe(reader, { topic: 'a', qos: 1 })
    const sender = await connect(world, { version: 4 })
    for (let number = 0; number < world.board.INFLIGHT_MAX + 2; number++) await publish(sender, 'a', `${number}`,
      { qos: 1 })
    equal((await reader.drain()).length, world.board.INFLIGHT_MAX)
  }, { applies: (board) => board.INFLIGHT_MAX < 100 }),
  in5('the broker\'s Receive Maximum', '4.13.1-1 3.14.2-1', async (world) => {
    const sender = await connect(world)
    const count = world.board.RECEIVE_MAX
    for (let messageId = 1; messageId <= count; messageId++) {
      await publishStart(sender, 'a', '', { qos: 2, messageId })
      await acknowledged(sender, 'pubrec', messageId)
    }
    // One that is sent again counts once, QoS 1 does not count, and a completed one is free.
    await publishStart(sender, 'a', '', { qos: 2, messageId: 1, dup: true })
    await acknowledged(sender, 'pubrec', 1)
    await sender.send({ cmd: 'pubrel', messageId: 1 })
    await acknowledged(sender, 'pubcomp', 1)
    await publishStart(sender, 'a', '', { qos: 2, messageId: count + 1 })
    await acknowledged(sender, 'pubrec', count + 1)
    await publishStart(sender, 'a', '', { qos: 2, messageId: count + 2 })
    await refused(sender, RECEIVE_MAXIMUM_EXCEEDED)
  }, { needs: ['FEATURE_QOS2'], applies: (board) => board.RECEIVE_MAX < 1_000 }),
  ...inBoth('a client that does not read holds up nobody else', '', '', async (world, version) => {
    const slow = await connect(world, { version, clientId: 'slow' })
    const quick = await connect(world, { version, clientId: 'quick' })
    for (const peer of [slow, quick]) await subscribe(peer, { topic: 'a', qos: 0 })
    slow.pauseReading()
    const sender = await connect(world, { version })
    const payload = 'x'.repeat(60)
    for (let number = 0; number < 40; number++) {
      await publish(sender, 'a', payload, { qos: 0 })
      equal((await receivePublish(quick)).payload.length, 60)
    }
    await slow.resumeReading()
    const received = (await slow.drain()).filter(({ cmd }) => cmd === 'publish')
    // What it did not get was dropped, in whole messages.
    equal(received.length > 0 && received.length < 40, true, `${received.length}`)
    await publish(sender, 'a', payload, { qos: 0 })
    if (!slow.isClosed) await receivePublish(slow)
  }, { applies: (board) => board.TX_CREDIT_SIZE < 2_000 }),
  ...inBoth('a client that does not read loses no QoS 1 message', '4.5.0-1', '4.5.0-1', async (world, version) => {
    const slow = await connect(world, lasting(version, 'slow'))
    await subscribe(slow, { topic: 'a', qos: 1 })
    slow.pauseReading()
    const sender = await connect(world, { version })
    for (let number = 0; number < 6; number++) {
      equal(await publish(sender, 'a', `${number}${'x'.repeat(80)}`, { qos: 1 }), 0)
    }
    await slow.resumeReading()
    for (let number = 0; number < 6; number++) {
      equal((await receivePublish(slow)).payload.toString().startsWith(`${number}`), true)
    }
    await slow.silence()
  }),
]
