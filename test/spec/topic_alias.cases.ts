import { deepEqual, equal } from 'node:assert/strict'
import { properties, property, publishBytes } from '../support/bytes'
import { connect, publish, receivePublish, refused, subscribe } from '../support/client'
import { in5, type Case, type CaseOptions } from './case'

const PROTOCOL_ERROR = 0x82
const TOPIC_ALIAS_INVALID = 0x94
const needs: CaseOptions = { needs: ['FEATURE_TOPIC_ALIAS'] }

const withAlias = (topic: string, alias: number, payload: string): number[] =>
  publishBytes(5, 0, topic, undefined, properties(property('topicAlias', alias)), [...Buffer.from(payload)])

const aliasOf = (packet: { properties?: unknown }): number | undefined =>
  (packet.properties as { topicAlias?: number } | undefined)?.topicAlias

export const topicAliasCases: Case[] = [
  in5('a Topic Alias where the broker takes none', '3.3.2-9', async (world) => {
    for (const topic of ['', 'topic']) {
      const sender = await connect(world)
      await sender.send(withAlias(topic, 1, 'p'))
      await refused(sender, TOPIC_ALIAS_INVALID)
    }
  }, { applies: (board) => !board.FEATURE_TOPIC_ALIAS && board.FEATURE_MQTT5 }),
  in5('every Topic Alias up to the broker\'s maximum', '3.3.2-12', async (world) => {
    const sender = await connect(world)
    const reader = await connect(world)
    await subscribe(reader, '#')
    const maximum = world.board.TOPIC_ALIAS_MAX
    for (let alias = 1; alias <= maximum; alias++) {
      await sender.send(withAlias(`topic/${alias}`, alias, 'set'))
      const message = await receivePublish(reader)
      deepEqual([message.topic, aliasOf(message)], [`topic/${alias}`, undefined])
    }
    for (let alias = maximum; alias >= 1; alias--) {
      await sender.send(withAlias('', alias, 'used'))
      deepEqual((await receivePublish(reader)).topic, `topic/${alias}`)
    }
    await sender.send(withAlias('new', 1, 'changed'))
    await sender.send(withAlias('', 1, 'used'))
    deepEqual([(await receivePublish(reader)).topic, (await receivePublish(reader)).topic], ['new', 'new'])
  }, needs),
  in5('Topic Alias 0 and above the maximum', '3.3.2-8 4.13.1-1', async (world) => {
    for (const alias of [0, world.board.TOPIC_ALIAS_MAX + 1, 65_535]) {
      const peer = await connect(world)
      await peer.send(withAlias('a', alias, 'p'))
      await refused(peer, TOPIC_ALIAS_INVALID)
    }
  }, needs),
  in5('a Topic Alias that was never set', '3.3.2-1', async (world) => {
    const peer = await connect(world)
    await peer.send(withAlias('', 1, 'p'))
    await refused(peer, PROTOCOL_ERROR, TOPIC_ALIAS_INVALID)
  }, needs),
  in5('Topic Aliases end with their connection', '3.3.2-7', async (world) => {
    const options = { clientId: 'c', clean: false, properties: { sessionExpiryInterval: 100 } }
    const peer = await connect(world, options)
    await peer.send(withAlias('a', 1, 'p'))
    await peer.silence()
    await peer.drop()
    const again = await connect(world, options)
    await again.send(withAlias('', 1, 'p'))
    await refused(again, PROTOCOL_ERROR, TOPIC_ALIAS_INVALID)
  }, needs),
  in5('Topic Aliases of two clients stay apart', '3.3.2-7', async (world) => {
    const one = await connect(world)
    const two = await connect(world)
    const reader = await connect(world)
    await subscribe(reader, '#')
    await one.send(withAlias('one', 1, 'p'))
    await two.send(withAlias('two', 1, 'p'))
    await one.send(withAlias('', 1, 'p'))
    await two.send(withAlias('', 1, 'p'))
    deepEqual((await reader.drain()).map(({ topic }) => topic), ['one', 'two', 'one', 'two'])
  }, needs),
  in5('no Topic Alias to a client that takes none', '3.1.2-27', async (world) => {
    const absent = await connect(world)
    const zero = await connect(world, { properties: { topicAliasMaximum: 0 } })
    for (const peer of [absent, zero]) await subscribe(peer, { topic: '#', qos: 1 })
    for (let round = 0; round < 5; round++) {
      await publish(await connect(world, { clientId: 's' }), 'a/long/topic/name', 'p', { qos: (round % 2) as 0 | 1 })
      for (const peer of [absent, zero]) {
        const message = await receivePublish(peer)
        deepEqual([message.topic, aliasOf(message)], ['a/long/topic/name', undefined])
      }
    }
  }),
  in5('a client that takes no Topic Alias after one that did', '3.1.2-27 3.3.2-7', async (world) => {
    const sender = await connect(world)
    for (const version of [4, 5] as const) {
      const taker = await connect(world, { properties: { topicAliasMaximum: 2 } })
      await subscribe(taker, 'a/long/topic/name')
      await publish(sender, 'a/long/topic/name', 'p')
      await receivePublish(taker)
      await taker.drop()
      // The broker may well give it the slot that has just become free.
      const next = await connect(world, { version })
      await subscribe(next, 'a/long/topic/name')
      for (let round = 0; round < 2; round++) {
        await publish(sender, 'a/long/topic/name', 'p')
        const message = await receivePublish(next)
        deepEqual([message.topic, aliasOf(message)], ['a/long/topic/name', undefined])
      }
      await next.drop()
    }
  }, needs),
  in5('Topic Aliases of the broker stay within the client\'s maximum', '3.1.2-26 3.3.2-11 3.3.2-7', async (world) => {
    const options = { clientId: 'c', clean: false, properties: { sessionExpiryInterval: 100, topicAliasMaximum: 2 } }
    let peer = await connect(world, options)
    await subscribe(peer, { topic: '#', qos: 1 })
    const sender = await connect(world)
    for (let connection = 0; connection < 2; connection++) {
      const known = new Map<number, string>()
      for (let round = 0; round < 24; round++) {
        const topic = `a/long/topic/name/${round % 3}`
        await publish(sender, topic, 'p', { qos: (round % 2) as 0 | 1 })
        const message = await receivePublish(peer)
        const alias = aliasOf(message)
        if (alias !== undefined) {
          equal(alias > 0 && alias <= 2, true, `alias ${alias}`)
          if (message.topic !== '') known.set(alias, message.topic)
        }
        equal(message.topic === '' ? known.get(alias!) : message.topic, topic)
      }
      await peer.drop()
      peer = await connect(world, options)
    }
  }, needs),
  in5('a Topic Alias of the broker makes no packet too large', '3.1.2-24', async (world) => {
    const peer = await connect(world, { properties: { topicAliasMaximum: 2, maximumPacketSize: 60 } })
    await subscribe(peer, 'a')
    const sender = await connect(world)
    // With fixed header, Topic Name and Property Length the last has 60 bytes.
    for (let size = 50; size <= 54; size++) {
      await publish(sender, 'a', 'p'.repeat(size))
      equal((await receivePublish(peer)).payload.length, size)
    }
  }, needs),
]
