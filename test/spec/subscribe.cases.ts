import { deepEqual, equal } from 'node:assert/strict'
import { field, packet, properties, property, TYPE, uint16, type Bytes } from '../support/bytes'
import { connect, connectWithConnack, publish, receivePublish, refused, subscribe } from '../support/client'
import type { Version } from '../support/peer'
import { in3, in5, inBoth, type Case } from './case'

const MALFORMED = 0x81
const PROTOCOL_ERROR = 0x82
const TOPIC_FILTER_INVALID = 0x8f

const none = (version: Version): Bytes => version === 5 ? [0] : []

const subscribeBytes = (version: Version, ...filters: [string, number][]): Bytes =>
  packet(TYPE.subscribe, 2, uint16(10), none(version), filters.flatMap(([topic, options]) =>
    [...field(topic), options]))

export const subscribeCases: Case[] = [
  ...inBoth('SUBACK: identifier, one code per filter, in their order',
    '2.3.1-7 3.8.4-1 3.8.4-2 3.8.4-4 3.8.4-5 3.9.3-1 3.9.3-2',
    '2.2.1-6 3.8.4-1 3.8.4-2 3.8.4-5 3.8.4-6 3.8.4-7 3.9.3-1 3.9.3-2 2.2.2-1', async (world, version) => {
      const peer = await connect(world, { version })
      const before = peer.raw.length
      await peer.send(packet(TYPE.subscribe, 2, uint16(0xfffe), none(version),
        ...['a', 'b', 'c', 'd/+'].map((topic, index) => [...field(topic), [2, 0, 1, 2][index]])))
      await peer.receive('suback')
      deepEqual([...peer.raw.subarray(before)], packet(TYPE.suback, 0, uint16(0xfffe), none(version), [2, 0, 1, 2]))
      for (const [topic, qos] of [['a', 2], ['b', 0], ['c', 1], ['d/x', 2]] as const) {
        await publish(await connect(world, { version, clientId: 'probe' }), topic, 'p', { qos: 2 })
        equal((await receivePublish(peer)).qos, qos)
      }
    }, { needs: ['FEATURE_QOS2'] }),
  ...inBoth('messages have the lower QoS of publication and subscription', '3.8.4-6', '3.8.4-8', async (
    world, version,
  ) => {
    const peer = await connect(world, { version })
    const sender = await connect(world, { version })
    for (const granted of [0, 1, 2] as const) {
      await subscribe(peer, { topic: 't', qos: granted })
      for (const qos of [0, 1, 2] as const) {
        await publish(sender, 't', 'p', { qos })
        equal((await receivePublish(peer)).qos, Math.min(qos, granted))
      }
    }
  }, { needs: ['FEATURE_QOS2'] }),
  ...inBoth('an identical filter replaces the subscription', '3.8.4-3', '3.8.4-3 3.8.4-4', async (world, version) => {
    const peer = await connect(world, { version })
    const sender = await connect(world, { version })
    await subscribe(peer, { topic: 't/#', qos: 1 })
    await publish(sender, 't/a', '1', { qos: 1 })
    await peer.send(subscribeBytes(version, ['t/#', 0]))
    // What was on its way is not lost.
    equal((await peer.receive('publish')).payload.toString(), '1')
    await peer.receive('suback')
    await publish(sender, 't/a', '2', { qos: 1 })
    const message = await peer.receive('publish')
    deepEqual([message.payload.toString(), message.qos], ['2', 0])
    await peer.silence()
  }),
  ...inBoth('the same filter twice in one SUBSCRIBE: the last one counts', '3.8.4-4', '3.8.4-5', async (
    world, version,
  ) => {
    const peer = await connect(world, { version })
    deepEqual(await subscribe(peer, [{ topic: 't', qos: 1 }, { topic: 't', qos: 0 }]), [1, 0])
    await publish(await connect(world, { version }), 't', 'p', { qos: 1 })
    equal((await receivePublish(peer)).qos, 0)
    await peer.silence()
  }),
  ...inBoth('overlapping subscriptions: one copy with the highest QoS', '3.3.5-1', '3.3.4-2', async (
    world, version,
  ) => {
    const sender = await connect(world, { version })
    const orders = [['t/a', 't/+', '#'], ['#', 't/a', 't/+'], ['t/+', '#', 't/a']]
    for (const order of orders) {
      const peer = await connect(world, { version, clientId: 'overlap' })
      await subscribe(peer, order.map((topic, index) => ({ topic, qos: ([1, 2, 0] as const)[index] })))
      await publish(sender, 't/a', 'p', { qos: 2 })
      equal((await receivePublish(peer)).qos, 2)
      await peer.silence()
    }
  }, { needs: ['FEATURE_QOS2'] }),
  ...inBoth('many filters in one SUBSCRIBE', '3.8.4-5 3.9.3-1', '3.8.4-6 3.9.3-1', async (world, version) => {
    const peer = await connect(world, { version })
    const filters = Array.from({ length: 20 }, (_, index) =>
      ({ topic: `some/longer/topic/${index}`, qos: (index % 2) as 0 | 1 }))
    deepEqual(await subscribe(peer, filters), filters.map(({ qos }) => qos))
    const sender = await connect(world, { version })
    for (const { topic, qos } of filters) {
      await publish(sender, topic, 'p', { qos: 1 })
      const message = await receivePublish(peer)
      deepEqual([message.topic, message.qos], [topic, qos])
    }
  }, { applies: (board) => board.FEATURE_STREAM || board.RX_SHARED }),
  ...inBoth('flags of SUBSCRIBE', '3.8.1-1 2.2.2-1 2.2.2-2', '3.8.1-1 2.1.3-1', async (world, version) => {
    for (const flags of [0, 1, 3, 6, 10, 15]) {
      const peer = await connect(world, { version })
      await peer.send(packet(TYPE.subscribe, flags, uint16(1), none(version), field('a'), [0]))
      await refused(peer, MALFORMED)
    }
  }),
  ...inBoth('SUBSCRIBE without a filter', '3.8.3-3 4.8.0-1', '3.8.3-2', async (world, version) => {
    const peer = await connect(world, { version })
    await peer.send(packet(TYPE.subscribe, 2, uint16(1), none(version)))
    await refused(peer, PROTOCOL_ERROR, MALFORMED)
  }),
  in3('reserved bits and QoS 3 in SUBSCRIBE', '3.8.3-4', async (world) => {
    for (const options of [3, 4, 8, 16, 32, 64, 128]) {
      const peer = await connect(world, { version: 4 })
      await peer.send(subscribeBytes(4, ['a', 0], ['b', options]))
      await refused(peer)
    }
  }),
  in5('reserved bits, QoS 3 and Retain Handling 3 in SUBSCRIBE', '3.8.3-5', async (world) => {
    for (const options of [3, 0x40, 0x80, 0x30]) {
      const peer = await connect(world)
      await peer.send(subscribeBytes(5, ['a', 0], ['b', options]))
      await refused(peer, MALFORMED, PROTOCOL_ERROR)
    }
  }),
  ...inBoth('filters that are not valid', '4.7.1-2 4.7.1-3 4.7.3-1', '4.7.1-1 4.7.1-2 4.7.3-1', async (
    world, version,
  ) => {
    for (const topic of ['', 'a#', '#/a', 'a/#/b', '##', 'a+', '+a', 'a/b+/c', '++', 'a/+b']) {
      const peer = await connect(world, { version })
      await peer.send(subscribeBytes(version, [topic, 0]))
      // Either this filter fails, or the connection is closed.
      const [answer] = await peer.drain()
      if (answer?.cmd === 'suback') {
        deepEqual(answer.granted, [version === 5 ? TOPIC_FILTER_INVALID : 0x80])
        await peer.drop()
      } else {
        if (version === 5) equal([MALFORMED, PROTOCOL_ERROR, TOPIC_FILTER_INVALID].includes(answer.reasonCode), true)
        await peer.closed()
      }
    }
  }),
  ...inBoth('a filter with U+0000', '4.7.3-2', '4.7.3-2', async (world, version) => {
    const peer = await connect(world, { version })
    await peer.send(subscribeBytes(version, ['a\0', 0]))
    await refused(peer, MALFORMED)
  }),
  in5('No Local', '3.8.3-3', async (world) => {
    const peer = await connect(world, { clientId: 'c' })
    const other = await connect(world)
    await subscribe(peer, [{ topic: 'n', nl: true, qos: 1 }, { topic: 'y', nl: false, qos: 1 }])
    for (const qos of [0, 1] as const) {
      await publish(peer, 'n', 'own', { qos })
      await peer.silence()
      await publish(other, 'n', 'foreign', { qos })
      equal((await receivePublish(peer)).payload.toString(), 'foreign')
      await peer.send(packet(TYPE.publish, 0, field('y'), [0]))
      equal((await receivePublish(peer)).topic, 'y')
    }
  }),
  in5('No Local beside a subscription without it', '3.8.3-3 3.3.4-2', async (world) => {
    const peer = await connect(world, { clientId: 'c' })
    await subscribe(peer, [{ topic: 'n/#', nl: true, qos: 1 }, { topic: 'n/a', nl: false, qos: 0 }])
    await publish(peer, 'n/b', 'p')
    await peer.silence()
    await peer.send(packet(TYPE.publish, 2, field('n/a'), uint16(1), [0]))
    const packets = await peer.drain()
    deepEqual(packets.map(({ cmd }) => cmd).sort(), ['puback', 'publish'])
    equal(packets.find(({ cmd }) => cmd === 'publish')!.qos, 0)
  }),
  in5('Subscription Identifiers of all matching subscriptions', '3.3.4-3 3.3.4-4', async (world) => {
    const peer = await connect(world)
    await subscribe(peer, { topic: 's/a', qos: 1 }, 1)
    await subscribe(peer, { topic: 's/+', qos: 2 }, 268_435_455)
    await subscribe(peer, { topic: 's/#', qos: 0 })
    await subscribe(peer, { topic: 'x', qos: 0 }, 300)
    const identifiers = async (topic: string): Promise<number[]> => {
      await publish(await connect(world, { clientId: 'sender' }), topic, 'p', { qos: 1 })
      const message = await receivePublish(peer)
      const value = (message.properties as Record<string, unknown> | undefined)?.subscriptionIdentifier
      return ([value ?? []].flat() as number[]).sort((a, b) => a - b)
    }
    deepEqual(await identifiers('s/a'), [1, 268_435_455])
    deepEqual(await identifiers('s/b'), [268_435_455])
    deepEqual(await identifiers('s/b/c'), [])
    deepEqual(await identifiers('x'), [300])
    // A new subscription to the same filter has the new identifier, or none.
    await subscribe(peer, { topic: 'x', qos: 0 }, 2)
    deepEqual(await identifiers('x'), [2])
    await subscribe(peer, { topic: 'x', qos: 0 })
    deepEqual(await identifiers('x'), [])
    await peer.silence()
  }, { needs: ['FEATURE_SUBSCRIPTION_IDENTIFIER'] }),
  in5('a Subscription Identifier with a retained message', '3.3.4-3', async (world) => {
    const peer = await connect(world)
    await publish(peer, 'r', 'p', { retain: true })
    await subscribe(peer, 'r', 77)
    deepEqual([((await receivePublish(peer)).properties as unknown as Record<string, unknown>)
      .subscriptionIdentifier].flat(), [77])
  }, { needs: ['FEATURE_SUBSCRIPTION_IDENTIFIER'] }),
  in5('a Subscription Identifier where the broker takes none', '', async (world) => {
    const { peer, connack } = await connectWithConnack(world)
    equal((connack.properties as Record<string, unknown>).subscriptionIdentifiersAvailable, false)
    await peer.send(packet(TYPE.subscribe, 2, uint16(1), properties(property('subscriptionIdentifier', 1)), field('a'),
      [0]))
    await refused(peer, 0xa1)
  }, { applies: (board) => !board.FEATURE_SUBSCRIPTION_IDENTIFIER }),
  in5('a Subscription Identifier that is not valid', '4.13.1-1', async (world) => {
    for (const bytes of [property('subscriptionIdentifier', 0), [0x0b, 0x80, 0x80, 0x80, 0x80, 1],
      [...property('subscriptionIdentifier', 1), ...property('subscriptionIdentifier', 2)]]) {
      const peer = await connect(world)
      await peer.send(packet(TYPE.subscribe, 2, uint16(1), properties(bytes), field('a'), [0]))
      await refused(peer, PROTOCOL_ERROR, MALFORMED)
    }
  }),
  ...inBoth('more subscriptions than the broker has', '3.9.3-2', '3.9.3-2 3.8.4-7', async (world, version) => {
    const peer = await connect(world, { version })
    const codes: number[] = []
    for (let number = 0; number < world.board.SUBSCRIPTIONS_MAX + 2; number++) {
      codes.push(...await subscribe(peer, { topic: `t${number}`, qos: 1 }))
    }
    deepEqual(codes.slice(-2), version === 5 ? [0x97, 0x97] : [0x80, 0x80])
    equal(codes.slice(0, -2).every((code) => code === 1), true)
    await publish(peer, 't0', 'p')
    await receivePublish(peer)
    deepEqual(await subscribe(peer, { topic: 't0', qos: 0 }), [0])
  }, { applies: (board) => board.SUBSCRIPTIONS_MAX < 100 }),
]
