import { deepEqual, equal } from 'node:assert/strict'
import { field, packet, publishBytes, TYPE, uint16, type Bytes } from '../support/bytes'
import { acknowledged, connect, disconnect, publish, receivePublish, refused, subscribe } from '../support/client'
import type { Version } from '../support/peer'
import type { World } from '../support/world'
import { in3, in5, inBoth, type Case } from './case'

const MALFORMED = 0x81
const PROTOCOL_ERROR = 0x82
const TOPIC_NAME_INVALID = 0x90
const NO_MATCHING_SUBSCRIBERS = 0x10

/** Each PUBLISH is refused, and a bystander that is subscribed to everything hears nothing. */
async function publishRefused(world: World, version: Version, packets: Bytes[],
  ...reasonCodes: number[]): Promise<void> {
  const bystander = await connect(world, { version })
  await subscribe(bystander, '#')
  for (const bytes of packets) {
    const peer = await connect(world, { version })
    await peer.send(bytes)
    await refused(peer, ...reasonCodes)
  }
  await bystander.silence()
}

export const publishCases: Case[] = [
  ...inBoth('QoS 0: the bytes that are forwarded', '2.3.1-5 3.3.1-2 3.3.2-3 4.3.1-1 3.3.1-9',
    '2.2.1-2 3.3.1-2 3.3.2-3 4.3.1-1 2.2.2-1 3.3.1-12',
    async (world, version) => {
      const reader = await connect(world, { version })
      await subscribe(reader, [{ topic: 'a/b', qos: 2 }, 'c'])
      const before = reader.raw.length
      await publish(await connect(world, { version }), 'a/b', 'hello', { retain: true })
      await receivePublish(reader)
      deepEqual([...reader.raw.subarray(before)], publishBytes(version, 0, 'a/b', undefined, [0],
        [...Buffer.from('hello')]))
    }),
  ...inBoth('a PUBLISH is answered as its QoS asks', '3.3.4-1 2.3.1-6 4.3.2-2 4.3.3-2',
    '3.3.4-1 2.2.1-5 4.3.2-4 4.3.3-8 4.3.3-11 3.4.2-1 3.5.2-1 3.7.2-1',
    async (world, version) => {
      const peer = await connect(world, { version })
      await publish(peer, 'a', 'p', { qos: 0 })
      await peer.silence()
      for (const messageId of [1, 0x100, 0xffff]) {
        await peer.send(publishBytes(version, 2, 'a', messageId))
        const puback = await peer.receive('puback')
        deepEqual([puback.messageId, puback.reasonCode ?? NO_MATCHING_SUBSCRIBERS],
          [messageId, NO_MATCHING_SUBSCRIBERS])
        await peer.send(publishBytes(version, 4, 'a', messageId))
        const pubrec = await peer.receive('pubrec')
        deepEqual([pubrec.messageId, pubrec.reasonCode ?? NO_MATCHING_SUBSCRIBERS],
          [messageId, NO_MATCHING_SUBSCRIBERS])
        await peer.send({ cmd: 'pubrel', messageId })
        equal(await acknowledged(peer, 'pubcomp', messageId), 0)
      }
      await peer.silence()
    }, { needs: ['FEATURE_QOS2'] }),
  in5('the Reason Code of an acknowledgement says whether anybody listens', '3.4.2-1 3.5.2-1', async (world) => {
    const peer = await connect(world)
    equal(await publish(peer, 'a', 'p', { qos: 1 }), NO_MATCHING_SUBSCRIBERS)
    equal(await publish(peer, 'a', 'p', { qos: 2 }), NO_MATCHING_SUBSCRIBERS)
    const reader = await connect(world)
    await subscribe(reader, 'a')
    equal(await publish(peer, 'a', 'p', { qos: 1 }), 0)
    equal(await publish(peer, 'a', 'p', { qos: 2 }), 0)
  }),
  ...inBoth('both QoS bits set', '3.3.1-4', '3.3.1-4 4.13.1-1', (world, version) =>
    publishRefused(world, version, [publishBytes(version, 6, 'a', 1), publishBytes(version, 7, 'a', 1)], MALFORMED)),
  ...inBoth('wildcards in a Topic Name', '3.3.2-2 4.7.1-1', '3.3.2-2 4.7.0-1', (world, version) =>
    publishRefused(world, version, ['#', '+', 'a/#', 'a/+/b', 'a#',
      '+a'].map((topic) => publishBytes(version, 0, topic)),
      TOPIC_NAME_INVALID, MALFORMED, PROTOCOL_ERROR)),
  ...inBoth('an empty Topic Name', '4.7.3-1 3.3.2-1', '4.7.3-1 3.3.2-1', (world, version) =>
    publishRefused(world, version, [publishBytes(version, 0, '')], PROTOCOL_ERROR, TOPIC_NAME_INVALID, MALFORMED)),
  ...inBoth('U+0000 in a Topic Name', '4.7.3-2 1.5.3-2', '4.7.3-2 1.5.4-2', (world, version) =>
    publishRefused(world, version, [publishBytes(version, 0, 'a\0b'), publishBytes(version, 0, '\0')], MALFORMED)),
  ...inBoth('a PUBLISH without its topic', '3.3.2-1', '3.3.2-1', (world, version) =>
    publishRefused(world, version, [
      packet(TYPE.publish, 0), packet(TYPE.publish, 0, [0]), packet(TYPE.publish, 0, [0, 5, 0x61]),
    ], MALFORMED)),
  ...inBoth('Packet Identifier 0', '2.3.1-1', '', async (world, version) => {
    const none = version === 5 ? [0] : []
    await publishRefused(world, version, [
      publishBytes(version, 2, 'a', 0), publishBytes(version, 4, 'a', 0),
      packet(TYPE.subscribe, 2, uint16(0), none, field('a'), [0]),
      packet(TYPE.unsubscribe, 2, uint16(0), none, field('a')),
    ], PROTOCOL_ERROR, MALFORMED)
  }),
  ...inBoth('DUP in a PUBLISH with QoS 0', '3.3.1-2', '3.3.1-2', (world, version) =>
    publishRefused(world, version, [publishBytes(version, 8, 'a')], MALFORMED, PROTOCOL_ERROR)),
  ...inBoth('DUP is not passed on', '3.3.1-3 4.3.2-1 4.3.3-1', '3.3.1-3 4.3.2-2 4.3.3-2', async (world, version) => {
    const peer = await connect(world, { version })
    await subscribe(peer, { topic: 'a', qos: 2 })
    const sender = await connect(world, { version })
    // The same again and again: a board hands on what it knows.
    for (const qos of [1, 1, 1, 2, 2] as const) {
      await publish(sender, 'a', 'p', { qos, dup: true })
      const message = await receivePublish(peer)
      equal(message.dup, false)
      equal(message.qos, qos)
    }
  }, { needs: ['FEATURE_QOS2'] }),
  ...inBoth('a message reaches everybody who subscribed, its sender too', '4.5.0-1', '4.5.0-1', async (
    world, version,
  ) => {
    const peers = [await connect(world, { version }), await connect(world, { version }),
      await connect(world, { version })]
    for (const peer of peers) await subscribe(peer, { topic: 'a', qos: 1 })
    const other = await connect(world, { version })
    await subscribe(other, 'b')
    for (const qos of [0, 1] as const) {
      await publish(peers[0], 'a', `q${qos}`, { qos })
      for (const peer of peers) equal((await receivePublish(peer)).payload.toString(), `q${qos}`)
    }
    await other.silence()
  }),
  ...inBoth('payloads of many sizes arrive whole', '', '', async (world, version) => {
    const reader = await connect(world, { version })
    await subscribe(reader, { topic: 'a', qos: 1 })
    const sender = await connect(world, { version })
    for (const size of [0, 1, 2, 30, 31, 32, 33, 63, 64, 65, 95, 110]) {
      const payload = Uint8Array.from({ length: size }, (_, index) => (index * 7 + size) & 255)
      for (const qos of [0, 1] as const) {
        await publish(sender, 'a', payload, { qos })
        deepEqual([...(await receivePublish(reader)).payload], [...payload])
      }
    }
  }),
  ...inBoth('a large PUBLISH', '', '', async (world, version) => {
    const reader = await connect(world, { version })
    await subscribe(reader, { topic: 'a', qos: 1 })
    const sender = await connect(world, { version })
    for (const size of [200, 700, 1_500]) {
      const payload = Uint8Array.from({ length: size }, (_, index) => (index * 13 + size) & 255)
      await publish(sender, 'a', payload, { qos: 1 })
      deepEqual([...(await receivePublish(reader)).payload], [...payload])
    }
  }, { applies: (board) => board.FEATURE_STREAM || board.RX_SHARED }),
  ...inBoth('the longest topic', '4.7.3-3', '4.7.3-3', async (world, version) => {
    const topic = `t/${'x'.repeat(65_533)}`
    const reader = await connect(world, { version })
    await subscribe(reader, ['t/#', { topic, qos: 1 }])
    await publish(await connect(world, { version }), topic, 'p', { qos: 1 })
    const message = await receivePublish(reader)
    equal(message.topic === topic, true)
    equal(message.qos, 1)
  }, { applies: (board) => board.PACKET_SIZE_MAX > 200_000 }),
  in5('a packet above the Maximum Packet Size of the broker', '4.13.1-1 3.14.2-1', async (world) => {
    const peer = await connect(world)
    await peer.send([0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 0x61])
    await refused(peer, 0x95)
  }),
  in3('a packet at QoS 1 above the largest of the broker', '4.8.0-1', async (world) => {
    const peer = await connect(world, { version: 4 })
    await peer.send([0x32, 0xff, 0xff, 0xff, 0x7f, 0, 1, 0x61])
    await refused(peer)
    await disconnect(await connect(world, { version: 4 }))
  }),
]
