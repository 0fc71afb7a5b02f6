import { deepEqual } from 'node:assert/strict'
import { field, packet, TYPE, uint16 } from '../support/bytes'
import { connect, publish, receivePublish, refused, subscribe, unsubscribe } from '../support/client'
import { in5, inBoth, type Case } from './case'

const MALFORMED = 0x81
const PROTOCOL_ERROR = 0x82
const NO_SUBSCRIPTION_EXISTED = 0x11

export const unsubscribeCases: Case[] = [
  ...inBoth('UNSUBACK: identifier, one answer', '2.3.1-7 3.10.4-4 3.10.4-5 3.10.4-6',
    '2.2.1-6 3.10.4-4 3.10.4-5 3.10.4-6 2.2.2-1',
    async (world, version) => {
      const none = version === 5 ? [0] : []
      const peer = await connect(world, { version })
      await subscribe(peer, ['a', 'b', 'c'])
      const before = peer.raw.length
      await peer.send(packet(TYPE.unsubscribe, 2, uint16(0xfffd), none, field('a'), field('b')))
      await peer.receive('unsuback')
      deepEqual([...peer.raw.subarray(before)],
        packet(TYPE.unsuback, 0, uint16(0xfffd), none, version === 5 ? [0, 0] : []))
      for (const topic of ['a', 'b', 'c']) await publish(peer, topic, topic)
      deepEqual((await receivePublish(peer)).topic, 'c')
      await peer.silence()
      await unsubscribe(peer, 'never')
      await peer.silence()
    }),
  in5('UNSUBACK: one Reason Code per filter, in their order', '3.11.3-1 3.11.3-2', async (world) => {
    const peer = await connect(world)
    await subscribe(peer, ['a', 'b/#', 'c'])
    deepEqual(await unsubscribe(peer, 'x', 'c', 'b/#', 'b/#', 'a'),
      [NO_SUBSCRIPTION_EXISTED, 0, 0, NO_SUBSCRIPTION_EXISTED, 0])
  }),
  ...inBoth('filters are compared byte for byte', '3.10.4-1', '3.10.4-1', async (world, version) => {
    const peer = await connect(world, { version })
    await subscribe(peer, ['a/b', 'a/+'])
    await unsubscribe(peer, '#', 'a/#', '+/b', 'a/B', 'a/b/', '/a/b', 'a')
    await publish(peer, 'a/b', '1')
    await receivePublish(peer)
    await unsubscribe(peer, 'a/+')
    await publish(peer, 'a/b', '2')
    await publish(peer, 'a/c', '3')
    deepEqual((await receivePublish(peer)).payload.toString(), '2')
    await unsubscribe(peer, 'a/b')
    await publish(peer, 'a/b', '4')
    await peer.silence()
  }),
  ...inBoth('another client\'s subscription is not touched', '3.10.4-1', '3.10.4-1', async (world, version) => {
    const one = await connect(world, { version })
    const two = await connect(world, { version })
    await subscribe(one, 'a')
    await subscribe(two, 'a')
    await unsubscribe(one, 'a')
    await publish(one, 'a', 'p')
    await receivePublish(two)
    await one.silence()
  }),
  ...inBoth('after UNSUBSCRIBE nothing new is sent', '3.10.4-2', '3.10.4-2', async (world, version) => {
    const peer = await connect(world, { version })
    await subscribe(peer, { topic: 'a', qos: 1 })
    const sender = await connect(world, { version })
    await publish(sender, 'a', '1', { qos: 1 })
    await receivePublish(peer)
    await unsubscribe(peer, 'a')
    await publish(sender, 'a', '2', { qos: 1 })
    await peer.silence()
  }),
  ...inBoth('flags of UNSUBSCRIBE', '3.10.1-1 2.2.2-2', '3.10.1-1 2.1.3-1', async (world, version) => {
    for (const flags of [0, 1, 3, 6, 10, 15]) {
      const peer = await connect(world, { version })
      await peer.send(packet(TYPE.unsubscribe, flags, uint16(1), version === 5 ? [0] : [], field('a')))
      await refused(peer, MALFORMED)
    }
  }),
  ...inBoth('UNSUBSCRIBE without a filter', '3.10.3-2', '3.10.3-2', async (world, version) => {
    const peer = await connect(world, { version })
    await peer.send(packet(TYPE.unsubscribe, 2, uint16(1), version === 5 ? [0] : []))
    await refused(peer, PROTOCOL_ERROR, MALFORMED)
  }),
  ...inBoth('many filters in one UNSUBSCRIBE', '3.10.4-6', '3.10.4-6', async (world, version) => {
    const peer = await connect(world, { version })
    const filters = Array.from({ length: 20 }, (_, index) => `some/longer/topic/${index}`)
    await subscribe(peer, filters)
    const codes = await unsubscribe(peer, ...filters)
    if (version === 5) deepEqual(codes, filters.map(() => 0))
    for (const topic of filters) await publish(peer, topic, 'p')
    await peer.silence()
  }, { applies: (board) => board.FEATURE_STREAM || board.RX_SHARED }),
]
