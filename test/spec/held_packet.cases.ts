// Packets whose head is larger than a board's receive ring: CONNECT with a long Will or password, a long Topic Filter
// or Topic Name. They are put together in the pool, or refused with an answer.
import { deepEqual, equal } from 'node:assert/strict'
import {
  connect, connectRefused, publish, receivePublish, refused, subscribe, unsubscribe, type Filter,
} from '../support/client'
import { field, packet, TYPE, uint16 } from '../support/bytes'
import type { Peer, Version } from '../support/peer'
import type { Board } from '../support/world'
import { in3, in5, inBoth, type Case } from './case'

const PACKET_TOO_LARGE = 0x95
const QUOTA_EXCEEDED = 0x97
const TOPIC_NAME_INVALID = 0x90
const SERVER_UNAVAILABLE = 3

const isBoard = (board: Board): boolean => board.FEATURE_STREAM && !board.RX_SHARED
const takesAny = { applies: (board: Board) => board.FEATURE_STREAM || board.RX_SHARED }
const ofBoards = { applies: isBoard }

/** The levels of a filter that is longer than the ring, 2 bytes each, and of a topic, 1 byte each. */
const levelsFor = (board: Board): number => Math.min(320, board.RX_RING_SIZE / 2 + 8)
const LONG_FILTER = `${'+/'.repeat(300)}#`
/** Longer than any board's ring. */
const LONG_TOPIC = `t/${'x'.repeat(600)}`
const LONG_PAYLOAD = 'w'.repeat(700)
const longestTopic = ({ TOPIC_BYTES_MAX, RX_RING_SIZE }: Board): number => TOPIC_BYTES_MAX || RX_RING_SIZE

async function expectAlive(peer: Peer): Promise<void> {
  await peer.send({ cmd: 'pingreq' })
  await peer.receive('pingresp')
}

async function willArrives(peerOf: () => Promise<Peer>, watcher: Peer, payload: string): Promise<void> {
  await (await peerOf()).drop()
  equal((await receivePublish(watcher)).payload.toString(), payload)
}

/** A PUBLISH of 5.0 or 3.1.1, whole. */
const publishBytes = (version: Version, qos: number, topic: string, messageId: number): number[] =>
  packet(TYPE.publish, qos << 1, field(topic), qos ? uint16(messageId) : [], version === 5 ? [0] : [], [0x70])

export const heldPacketCases: Case[] = [
  ...inBoth('a Topic Filter that is longer than a receive ring', '', '', async (world, version) => {
    const reader = await connect(world, { version })
    const filter = `${'+/'.repeat(levelsFor(world.board))}#`
    const topic = `${'/'.repeat(levelsFor(world.board) - 1)}x`
    deepEqual(await subscribe(reader, ['a', { topic: filter, qos: 1 }]), [0, 1])
    const sender = await connect(world, { version })
    await publish(sender, topic, 'p')
    equal((await receivePublish(reader)).topic, topic)
    await unsubscribe(reader, filter)
    await publish(sender, topic, 'p')
    await publish(sender, 'a', 'last')
    equal((await receivePublish(reader)).topic, 'a')
  }, takesAny),
  ...inBoth('a CONNECT that is larger than a receive ring', '', '', async (world, version) => {
    const watcher = await connect(world, { version })
    await subscribe(watcher, 'will')
    const will = { topic: 'will', payload: LONG_PAYLOAD as never, qos: 0 as const }
    await willArrives(() => connect(world, { version, will }), watcher, LONG_PAYLOAD)
    const credentials = { username: 'u'.repeat(100), password: 'p'.repeat(600) }
    await willArrives(() =>
      connect(world, { version, will: { ...will, payload: 'short' as never }, ...credentials }), watcher, 'short')
  }, { applies: (board) => takesAny.applies(board) && board.FEATURE_WILL }),
  ...inBoth('a CONNECT that is larger than a board holds', '', '', async (world, version) => {
    for (const size of [1_100, 5_000, 65_500]) {
      const will = { topic: 'will', payload: 'w'.repeat(size) as never, qos: 0 as const }
      await connectRefused(world, { version, will }, PACKET_TOO_LARGE, SERVER_UNAVAILABLE)
    }
    await expectAlive(await connect(world, { version }))
  }, ofBoards),
  in5('a CONNECT that is too large, its first bytes one by one', '', async (world) => {
    for (const count of [1, 4, 7, 11, 12]) {
      const peer = await world.open(5)
      const bytes = [0x10, 0xff, 0xff, 0xff, 0x7f, ...field('MQTT'), 5, 2, 0, 0, 0, ...field('c')]
      for (const byte of bytes.slice(0, count)) await peer.send([byte])
      await peer.send(bytes.slice(count))
      equal((await peer.receive('connack')).reasonCode, PACKET_TOO_LARGE)
      await peer.closed()
    }
  }),
  ...inBoth('a CONNECT for which the pool has no room', '', '', async (world, version) => {
    const sender = await connect(world, { version: 4 })
    const rows = Math.min(world.board.RETAINED_MAX, 60)
    for (let row = 0; row < rows; row++) {
      await publish(sender, `r/${row}`, 'x'.repeat(world.board.POOL_BLOCK_SIZE * 12), { retain: true })
    }
    const will = { topic: 'will', payload: LONG_PAYLOAD as never, qos: 0 as const }
    const held = []
    for (let number = 0; number < 3; number++) {
      const peer = await world.open(version)
      await peer.send(packet(TYPE.connect, 0, field('MQTT'), [version, 6], uint16(0), Array(400).fill(0),
        Array(500).fill(0)).slice(0, 600))
      held.push(peer)
    }
    await connectRefused(world, { version, will }, QUOTA_EXCEEDED, SERVER_UNAVAILABLE)
    for (const peer of held) await peer.drop()
  }, { applies: (board) => isBoard(board) && board.RETAINED_MAX >= 60 }),
  ...inBoth('a Will topic that is longer than a board takes', '', '3.1.4-2', async (world, version) => {
    const will = { topic: LONG_TOPIC, payload: 'w' as never, qos: 0 as const }
    if (version === 5) return connectRefused(world, { version, will }, TOPIC_NAME_INVALID, 0)
    const peer = await world.open(version)
    await peer.send({
      cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId: 'c', clean: true, keepalive: 0, will,
    })
    await peer.closed()
  }, { applies: (board) => isBoard(board) && board.FEATURE_WILL }),
  in5('a Topic Name that is longer than a board takes', '3.3.2-2', async (world) => {
    const reader = await connect(world)
    await subscribe(reader, { topic: '#', qos: 2 })
    const sender = await connect(world)
    // Whether or not a ring has room for it.
    for (const topic of [LONG_TOPIC, 't'.repeat(longestTopic(world.board) + 1)]) {
      await sender.send(publishBytes(5, 1, topic, 7))
      const puback = await sender.receive('puback')
      deepEqual([puback.messageId, puback.reasonCode], [7, TOPIC_NAME_INVALID])
      await sender.send(publishBytes(5, 2, topic, 8))
      const pubrec = await sender.receive('pubrec')
      deepEqual([pubrec.messageId, pubrec.reasonCode], [8, TOPIC_NAME_INVALID])
      await sender.send(publishBytes(5, 0, topic, 0))
    }
    await publish(sender, 'a', 'last', { qos: 2 })
    equal((await receivePublish(reader)).topic, 'a')
  }, { ...ofBoards, needs: ['FEATURE_QOS2'] }),
  in3('a Topic Name that is longer than a board takes', '', async (world) => {
    const reader = await connect(world, { version: 4 })
    await subscribe(reader, '#')
    const sender = await connect(world, { version: 4 })
    await sender.send(publishBytes(4, 1, LONG_TOPIC, 7))
    equal((await sender.receive('puback')).messageId, 7)
    await sender.send(publishBytes(4, 0, LONG_TOPIC, 0))
    await publish(sender, 'a', 'last')
    equal((await receivePublish(reader)).topic, 'a')
  }, ofBoards),
  in5('a long Topic Name with a wildcard', '3.3.2-2', async (world) => {
    const sender = await connect(world)
    await sender.send(publishBytes(5, 1, `${LONG_TOPIC}/#`, 7))
    await refused(sender, TOPIC_NAME_INVALID)
  }, ofBoards),
  ...inBoth('the longest Topic Name that a board takes', '', '', async (world, version) => {
    const topic = 't'.repeat(longestTopic(world.board))
    const reader = await connect(world, { version })
    await subscribe(reader, { topic: '#', qos: 1 })
    const sender = await connect(world, { version })
    for (const payload of ['p', 'x'.repeat(90)]) {
      for (const qos of [0, 1] as const) {
        await publish(sender, topic, payload, { qos, retain: true })
        const message = await receivePublish(reader)
        deepEqual([message.topic === topic, message.payload.toString(), message.qos], [true, payload, qos])
      }
    }
    await subscribe(await connect(world, { version }), 'other')
    const late = await connect(world, { version })
    await subscribe(late, '#')
    equal((await receivePublish(late)).topic === topic, true)
  }, { applies: (board) => isBoard(board) && board.FEATURE_RETAINED }),
  ...inBoth('a long Topic Filter among many in one packet', '', '', async (world, version) => {
    const reader = await connect(world, { version })
    const short = (number: number): string => `f/${number}/${'y'.repeat(90)}`
    const filters: Filter[] = Array.from({ length: 14 }, (_, number) =>
      ({ topic: number === 5 || number === 13 ? `${number}/${LONG_FILTER}` : short(number), qos: 1 }))
    const refusal = version === 5 ? QUOTA_EXCEEDED : 0x80
    deepEqual(await subscribe(reader, filters),
      filters.map(({ topic }) => topic.endsWith(LONG_FILTER) ? refusal : 1))
    const sender = await connect(world, { version })
    await publish(sender, short(12), 'p')
    equal((await receivePublish(reader)).topic, short(12))
  }, { applies: (board) => isBoard(board) && board.SUBSCRIPTIONS_MAX > 14 }),
]
