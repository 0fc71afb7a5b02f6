import { deepEqual, equal } from 'node:assert/strict'
import {
  acknowledged, connect, disconnect, publish, publishStart, receivePublish, subscribe, unsubscribe,
} from '../support/client'
import type { Peer, Version } from '../support/peer'
import { isSmall } from '../support/small_board'
import type { World } from '../support/world'
import { in3, in5, inBoth, needing, type Case } from './case'

/** What a new subscriber to `topic` is sent: [topic, payload, QoS, RETAIN] of each message. */
async function retained(world: World, version: Version, topic = '#'): Promise<unknown[]> {
  const peer = await connect(world, { version, clientId: 'retained' })
  await subscribe(peer, { topic, qos: 2 })
  return collect(peer)
}

async function collect(peer: Peer): Promise<unknown[]> {
  const seen: unknown[] = []
  for (const packet of await peer.drain()) {
    if (packet.cmd !== 'publish') continue
    seen.push([packet.topic, packet.payload.toString(), packet.qos, packet.retain])
    if (packet.qos === 1) await peer.send({ cmd: 'puback', messageId: packet.messageId })
    if (packet.qos === 2) await peer.send({ cmd: 'pubrec', messageId: packet.messageId, reasonCode: 0x80 } as never)
  }
  return seen.sort()
}

export const retainCases: Case[] = needing('FEATURE_RETAINED', [
  ...inBoth('a retained message is stored with its QoS and sent to new subscribers', '3.3.1-5 3.3.1-6 3.3.1-8',
    '3.3.1-5 3.3.1-9',
    async (world, version) => {
      const sender = await connect(world, { version })
      for (const qos of [0, 1, 2] as const) await publish(sender, `r/${qos}`, `q${qos}`, { qos, retain: true })
      deepEqual(await retained(world, version),
        [['r/0', 'q0', 0, true], ['r/1', 'q1', 1, true], ['r/2', 'q2', 2, true]])
      deepEqual(await retained(world, version, 'r/1'), [['r/1', 'q1', 1, true]])
      deepEqual(await retained(world, version, 'x'), [])
    }, { needs: ['FEATURE_QOS2'] }),
  ...inBoth('the last retained message counts', '3.3.1-5 3.3.1-6', '3.3.1-5', async (world, version) => {
    const sender = await connect(world, { version })
    for (const payload of ['1', '2', 'a longer one that takes more room than those before', '4']) {
      await publish(sender, 'r', payload, { qos: 1, retain: true })
      deepEqual(await retained(world, version), [['r', payload, 1, true]])
    }
  }),
  ...inBoth('a retained message with QoS 0 replaces too', '3.3.1-7', '3.3.1-5', async (world, version) => {
    const sender = await connect(world, { version })
    await publish(sender, 'r', '1', { qos: 1, retain: true })
    await publish(sender, 'r', '0', { qos: 0, retain: true })
    deepEqual(await retained(world, version), [['r', '0', 0, true]])
  }),
  ...inBoth('an empty retained message removes, and is delivered', '3.3.1-10 3.3.1-11', '3.3.1-6 3.3.1-7', async (
    world, version,
  ) => {
    const reader = await connect(world, { version })
    await subscribe(reader, 'r')
    const sender = await connect(world, { version })
    await publish(sender, 'r', 'p', { retain: true })
    await receivePublish(reader)
    await publish(sender, 'r', '', { retain: true })
    const empty = await receivePublish(reader)
    deepEqual([empty.payload.length, empty.retain], [0, false])
    deepEqual(await retained(world, version), [])
    await publish(sender, 'r', '', { qos: 1, retain: true })
    deepEqual(await retained(world, version), [])
  }),
  ...inBoth('a message without RETAIN changes nothing that is retained', '3.3.1-12', '3.3.1-8', async (
    world, version,
  ) => {
    const sender = await connect(world, { version })
    await publish(sender, 'r', 'kept', { retain: true })
    await publish(sender, 'r', 'passing', { qos: 1 })
    await publish(sender, 'r', '')
    await publish(sender, 'other', 'passing')
    deepEqual(await retained(world, version), [['r', 'kept', 0, true]])
  }),
  ...inBoth('RETAIN is 0 for an established subscription', '3.3.1-9', '3.3.1-12', async (world, version) => {
    const reader = await connect(world, { version })
    await subscribe(reader, { topic: 'r', qos: 1 })
    const sender = await connect(world, { version })
    for (const qos of [0, 1] as const) {
      await publish(sender, 'r', 'p', { qos, retain: true })
      equal((await receivePublish(reader)).retain, false)
    }
  }),
  ...inBoth('retained messages are sent with the QoS granted at most', '3.8.4-6', '3.8.4-8', async (world, version) => {
    const sender = await connect(world, { version })
    await publish(sender, 'r', 'p', { qos: 2, retain: true })
    const reader = await connect(world, { version })
    for (const qos of [0, 1] as const) {
      await subscribe(reader, { topic: 'r', qos })
      equal((await receivePublish(reader)).qos, qos)
    }
  }, { needs: ['FEATURE_QOS2'] }),
  ...inBoth('subscribing again sends retained messages again', '3.8.4-3', '3.8.4-4', async (world, version) => {
    const peer = await connect(world, { version })
    await publish(peer, 'r', 'p', { retain: true })
    for (let round = 0; round < 3; round++) {
      await subscribe(peer, 'r')
      equal((await receivePublish(peer)).retain, true)
    }
    await peer.silence()
  }),
  in5('Retain Handling 0, 1 and 2', '3.3.1-9 3.3.1-10 3.3.1-11', async (world) => {
    const peer = await connect(world)
    await publish(peer, 'r', 'p', { retain: true })
    const counts: number[] = []
    for (const rh of [2, 0, 1, 0, 2, 1] as const) {
      await subscribe(peer, { topic: 'r', rh })
      counts.push((await collect(peer)).length)
    }
    deepEqual(counts, [0, 1, 0, 1, 0, 0])
    await unsubscribe(peer, 'r')
    await subscribe(peer, { topic: 'r', rh: 1 })
    equal((await collect(peer)).length, 1)
    // Another session's subscription is none of this one's.
    const other = await connect(world)
    await subscribe(other, { topic: 'r', rh: 1 })
    equal((await collect(other)).length, 1)
  }),
  in5('Retain Handling 1 with a session that is resumed', '3.3.1-10', async (world) => {
    const options = { clientId: 'c', clean: false, properties: { sessionExpiryInterval: 100 } }
    const peer = await connect(world, options)
    await publish(peer, 'r', 'p', { retain: true })
    await subscribe(peer, { topic: 'r', rh: 1 })
    await receivePublish(peer)
    await disconnect(peer)
    const again = await connect(world, options)
    await subscribe(again, { topic: 'r', rh: 1 })
    await again.silence()
  }),
  in5('Retain As Published', '3.3.1-12 3.3.1-13', async (world) => {
    const plain = await connect(world)
    await subscribe(plain, { topic: 'r', qos: 1, rap: false })
    const published = await connect(world)
    await subscribe(published, { topic: 'r', qos: 1, rap: true })
    for (const qos of [0, 1] as const) {
      for (const retain of [true, false]) {
        await publish(plain, 'r', 'p', { qos, retain })
        equal((await receivePublish(plain)).retain, false)
        equal((await receivePublish(published)).retain, retain)
      }
    }
  }),
  in5('Retain As Published beside clients of the other kind and version', '3.3.1-12 3.3.1-13', async (world) => {
    // The copies of one message that many clients share must not be mixed up, in whatever order they are made.
    const kinds = [{ version: 5, rap: true }, { version: 4, rap: false }, { version: 5, rap: false }] as const
    const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0], [0, 1, 2, 0], [2, 1, 0, 2]]
    const sender = await connect(world)
    for (const order of orders) {
      const peers: Peer[] = []
      for (const kind of order) {
        const peer = await connect(world, { version: kinds[kind].version })
        await subscribe(peer, { topic: 'p', rap: kinds[kind].rap, rh: 2 })
        peers.push(peer)
      }
      await publish(sender, 'p', 'x', { retain: true })
      for (const [index, peer] of peers.entries()) {
        const message = (await peer.drain()).at(-1)!
        equal(message.retain, kinds[order[index]].rap, `${order} ${index}`)
        await peer.drop()
      }
      await publish(sender, 'p', '', { retain: true })
    }
  }),
  in5('retained messages expire', '3.3.2-5 3.3.2-6', async (world) => {
    const sender = await connect(world)
    await publish(sender, 'r', 'p', { retain: true, properties: { messageExpiryInterval: 30 } })
    await world.advance(10_000)
    const reader = await connect(world)
    await subscribe(reader, 'r')
    const left = (await receivePublish(reader)).properties as unknown as { messageExpiryInterval: number }
    equal(left.messageExpiryInterval >= 19 && left.messageExpiryInterval <= 20, true, `${left.messageExpiryInterval}`)
    await world.advance(22_000)
    deepEqual(await retained(world, 5), [])
  }, { longTime: true }),
  in5('a message that is retained is acknowledged, though the only queue for it is full', '3.4.2-1', async (world) => {
    const away = await connect(world, { clientId: 'away', clean: false, properties: { sessionExpiryInterval: 1_000 } })
    await subscribe(away, { topic: 'r', qos: 1 })
    await away.drop()
    const sender = await connect(world)
    for (let number = 0; number < world.board.QUEUE_MAX; number++) await publish(sender, 'r', `${number}`, { qos: 1 })
    equal(await publish(sender, 'r', 'last', { qos: 1 }), 0x97)
    equal(await publish(sender, 'r', 'kept', { qos: 1, retain: true }), 0)
    deepEqual(await retained(world, 5, 'r'), [['r', 'kept', 1, true]])
  }, { applies: isSmall }),
  in5('more retained messages than the broker keeps', '3.4.2-1', async (world) => {
    const sender = await connect(world)
    const topics = Array.from({ length: world.board.RETAINED_MAX }, (_, index) => `r/${index}`)
    for (const topic of topics) await publish(sender, topic, 'kept', { qos: 1, retain: true })
    equal(await publish(sender, 'r/more', 'no', { qos: 1, retain: true }), 0x97)
    await publish(sender, 'r/more', 'no', { qos: 0, retain: true })
    await publish(sender, topics[0], 'new', { qos: 1, retain: true })
    for (const [index, topic] of topics.entries()) {
      deepEqual(await retained(world, 5, topic), [[topic, index === 0 ? 'new' : 'kept', 1, true]])
    }
    deepEqual(await retained(world, 5, 'r/more'), [])
  }, { applies: (board) => board.RETAINED_MAX < 100 }),
  in3('a retained message that finds no room is not acknowledged before there is some', '4.3.2-2', async (world) => {
    const sender = await connect(world, { version: 4 })
    const other = await connect(world, { version: 4 })
    for (let number = 0; number < world.board.RETAINED_MAX; number++) {
      await publish(sender, `r/${number}`, 'kept', { qos: 1, retain: true })
    }
    const messageId = await publishStart(sender, 'r/more', 'late', { qos: 1, retain: true })
    await sender.silence()
    await publish(other, 'r/0', '', { retain: true })
    await world.advance(3_000)
    await acknowledged(sender, 'puback', messageId)
    deepEqual(await retained(world, 4, 'r/more'), [['r/more', 'late', 1, true]])
    // And one that waits for too long is told by closing.
    await publishStart(sender, 'r/one more', 'never', { qos: 1, retain: true })
    await world.advance(60_000)
    await sender.closed()
    deepEqual(await retained(world, 4, 'r/one more'), [])
  }, { needs: ['FEATURE_WAIT'], applies: (board) => board.RETAINED_MAX < 100, longTime: true }),
])
