import { deepEqual, equal } from 'node:assert/strict'
import {
  connect, connectRefused, connectSend, disconnect, publish, receivePublish, refused, subscribe, type ConnectOptions,
} from '../support/client'
import { publishUserProperties } from '../support/frame'
import type { Peer, Version } from '../support/peer'
import type { World } from '../support/world'
import { in5, inBoth, needing, type Case } from './case'

const WILL = { topic: 'will', payload: 'gone', qos: 0 as const }
const DISCONNECT_WITH_WILL = 0x04
const SESSION_TAKEN_OVER = 0x8e

async function watcherOf(world: World, version: Version): Promise<Peer> {
  const watcher = await connect(world, { version, clientId: 'watcher' })
  await subscribe(watcher, { topic: 'will', qos: 2 })
  return watcher
}

const delayed = (seconds: number, sessionExpiryInterval: number, clean = false): ConnectOptions => ({
  clientId: 'c', clean, will: { ...WILL, properties: { willDelayInterval: seconds } },
  properties: { sessionExpiryInterval },
})

/** The ways in which a connection ends other than by DISCONNECT. */
const ENDS: [how: string, end: (world: World, peer: Peer) => Promise<void>][] = [
  ['the network is lost', (_, peer) => peer.drop()],
  ['the client breaks the protocol', async (_, peer) => {
    await peer.send([0x00, 0x00])
    await peer.drain()
  }],
  ['the client sends a second CONNECT', async (_, peer) => {
    await connectSend(peer, { clientId: 'c' })
    await peer.drain()
  }],
]

export const willCases: Case[] = needing('FEATURE_WILL', [
  ...ENDS.flatMap(([how, end]) => inBoth(`a Will Message is published when ${how}`, '3.1.2-8 3.1.2-16',
    '3.1.2-7 3.1.2-8 3.1.2-14',
    async (world, version) => {
      const watcher = await watcherOf(world, version)
      const peer = await connect(world, { version, will: WILL })
      await watcher.silence()
      await end(world, peer)
      const message = await receivePublish(watcher)
      equal(message.payload.toString(), 'gone')
      equal(message.topic, 'will')
      equal(message.retain, false)
      await watcher.silence()
      const late = await connect(world, { version })
      await subscribe(late, 'will')
      await late.silence()
    })),
  ...inBoth('a Will Message is published when the Keep Alive passed', '3.1.2-8 3.1.2-24', '3.1.2-8 3.1.2-22', async (
    world, version,
  ) => {
    const watcher = await watcherOf(world, version)
    await connect(world, { version, will: WILL, keepalive: 10 })
    await world.advance(14_000)
    await watcher.silence()
    await world.advance(3_000)
    await receivePublish(watcher)
  }, { longTime: true }),
  ...inBoth('a Will Message is published when another connection takes over', '3.1.2-8', '3.1.2-8', async (
    world, version,
  ) => {
    const watcher = await watcherOf(world, version)
    const peer = await connect(world, { version, clientId: 'c', will: WILL })
    await connect(world, { version, clientId: 'c' })
    await refused(peer, SESSION_TAKEN_OVER)
    await receivePublish(watcher)
    await watcher.silence()
  }),
  ...inBoth('DISCONNECT discards the Will Message', '3.1.2-10 3.14.4-3', '3.1.2-10 3.14.4-3 3.1.2-8', async (
    world, version,
  ) => {
    const watcher = await watcherOf(world, version)
    const peer = await connect(world, { version, clientId: 'c', will: WILL })
    await disconnect(peer)
    await watcher.silence()
    // Nor does it come back with the next connection, which has none.
    await (await connect(world, { version, clientId: 'c', clean: false })).drop()
    await watcher.silence()
  }),
  ...inBoth('a Will Message is published once', '3.1.2-10 3.1.2-12', '3.1.2-10', async (world, version) => {
    const watcher = await watcherOf(world, version)
    await (await connect(world, { version, clientId: 'c', clean: false, will: WILL })).drop()
    await receivePublish(watcher)
    await (await connect(world, { version, clientId: 'c', clean: false })).drop()
    await watcher.silence()
  }),
  ...inBoth('without Will Flag nothing is published', '3.1.2-12', '', async (world, version) => {
    const watcher = await connect(world, { version })
    await subscribe(watcher, '#')
    await (await connect(world, { version })).drop()
    await watcher.silence()
  }),
  ...inBoth('a retained Will Message', '3.1.2-17', '3.1.2-15', async (world, version) => {
    const watcher = await watcherOf(world, version)
    await (await connect(world, { version, will: { ...WILL, retain: true } })).drop()
    equal((await receivePublish(watcher)).retain, false)
    const late = await connect(world, { version })
    await subscribe(late, 'will')
    const message = await receivePublish(late)
    equal(message.retain, true)
    equal(message.payload.toString(), 'gone')
  }),
  ...inBoth('a Will Message with each QoS, empty and not', '3.1.2-9 3.1.2-14', '3.1.2-9 3.1.2-12', async (
    world, version,
  ) => {
    const watcher = await watcherOf(world, version)
    for (const qos of [0, 1, 2] as const) {
      for (const payload of ['', 'x']) {
        await (await connect(world, { version, will: { topic: 'will', payload, qos } })).drop()
        const message = await receivePublish(watcher)
        equal(message.qos, qos)
        equal(message.payload.toString(), payload)
      }
    }
    await watcher.silence()
  }, { needs: ['FEATURE_QOS2'] }),
  in5('DISCONNECT 0x04 publishes the Will Message', '3.1.2-8 3.14.4-3', async (world) => {
    const watcher = await watcherOf(world, 5)
    await disconnect(await connect(world, { will: WILL }), DISCONNECT_WITH_WILL)
    await receivePublish(watcher)
  }),
  in5('DISCONNECT with another Reason Code publishes the Will Message', '3.1.2-8 3.1.2-10', async (world) => {
    const watcher = await watcherOf(world, 5)
    await disconnect(await connect(world, { will: WILL }), 0x80)
    await receivePublish(watcher)
  }),
  in5('the properties of the Will Message', '3.1.3-10 3.1.2-9', async (world) => {
    const watcher = await watcherOf(world, 5)
    const userProperties = { z: 'last', a: ['first', 'again'] }
    await (await connect(world, {
      clientId: 'c',
      will: {
        ...WILL, properties: {
          payloadFormatIndicator: true, contentType: 'text', responseTopic: 'r', correlationData: Buffer.from([0, 1]),
          messageExpiryInterval: 60, userProperties,
        },
      },
    })).drop()
    const message = await receivePublish(watcher)
    const received = message.properties as unknown as Record<string, unknown>
    equal(received.payloadFormatIndicator, true)
    equal(received.contentType, 'text')
    equal(received.responseTopic, 'r')
    deepEqual([...received.correlationData as Buffer], [0, 1])
    equal(received.messageExpiryInterval, 60)
    equal(received.willDelayInterval, undefined)
    deepEqual(publishUserProperties(message.bytes), [['z', 'last'], ['a', 'first'], ['a', 'again']])
  }),
  in5('the Will Delay Interval', '3.1.2-8', async (world) => {
    const watcher = await watcherOf(world, 5)
    await (await connect(world, delayed(10, 100))).drop()
    await world.advance(9_000)
    await watcher.silence()
    await world.advance(3_000)
    await receivePublish(watcher)
    await world.advance(120_000)
    await watcher.silence()
  }, { longTime: true }),
  in5('the Will Delay Interval ends with the session', '3.1.2-8', async (world) => {
    const watcher = await watcherOf(world, 5)
    await (await connect(world, delayed(1_000, 10))).drop()
    await world.advance(9_000)
    await watcher.silence()
    await world.advance(3_000)
    await receivePublish(watcher)
  }, { longTime: true }),
  in5('a session without expiry ends the Will Delay Interval at once', '3.1.2-8', async (world) => {
    const watcher = await watcherOf(world, 5)
    await (await connect(world, delayed(1_000, 0))).drop()
    await receivePublish(watcher)
  }),
  in5('a new connection within the Will Delay Interval: no Will Message', '3.1.3-9', async (world) => {
    const watcher = await watcherOf(world, 5)
    await (await connect(world, delayed(10, 100))).drop()
    await world.advance(5_000)
    const peer = await connect(world, { clientId: 'c', clean: false, properties: { sessionExpiryInterval: 100 } })
    await world.advance(60_000)
    await watcher.silence()
    await disconnect(peer)
    await watcher.silence()
  }, { longTime: true }),
  in5('a take-over within the Will Delay Interval: no Will Message', '3.1.3-9', async (world) => {
    const watcher = await watcherOf(world, 5)
    const peer = await connect(world, delayed(10, 100))
    await connect(world, { clientId: 'c', clean: false, properties: { sessionExpiryInterval: 100 } })
    await refused(peer, SESSION_TAKEN_OVER)
    await world.advance(20_000)
    await watcher.silence()
  }, { longTime: true }),
  in5('a clean start within the Will Delay Interval ends the session and publishes', '3.1.2-8', async (world) => {
    const watcher = await watcherOf(world, 5)
    await (await connect(world, delayed(10, 100))).drop()
    await watcher.silence()
    await connect(world, { clientId: 'c', clean: true })
    await receivePublish(watcher)
    await world.advance(20_000)
    await watcher.silence()
  }, { longTime: true }),
  in5('a Will Message that finds no room', '3.2.2-7 3.1.4-2', async (world) => {
    const sender = await connect(world)
    let count = 0
    for (let number = 0; number < world.board.RETAINED_MAX; number++) {
      await publish(sender, `r/${number}`, 'p', { qos: 1, retain: true })
      count++
    }
    for (let number = 0; count < world.board.MESSAGES_MAX; number++) {
      const away = await connect(world, {
        clientId: `away${number}`, properties: { sessionExpiryInterval: 100 },
      })
      await subscribe(away, { topic: `a/${number}`, qos: 1 })
      await away.drop()
      for (let each = 0; each < world.board.QUEUE_MAX && count < world.board.MESSAGES_MAX; each++, count++) {
        equal(await publish(sender, `a/${number}`, 'p', { qos: 1 }), 0)
      }
    }
    await connectRefused(world, { clientId: 'c', will: WILL }, 0x97, 3)
    await disconnect(await connect(world, { clientId: 'c' }))
  }, { needs: ['FEATURE_RETAINED'], applies: (board) => board.MESSAGES_MAX < 100 }),
  ...inBoth('a Will Message waits for sessions like any other', '3.1.2-5', '4.5.0-1', async (world, version) => {
    const options = { version, clientId: 'watcher', clean: false,
      ...(version === 5 ? { properties: { sessionExpiryInterval: 99 } } : {}) }
    const watcher = await connect(world, options)
    await subscribe(watcher, { topic: 'will', qos: 1 })
    await disconnect(watcher)
    await (await connect(world, { version, will: { ...WILL, qos: 1 } })).drop()
    const again = await connect(world, options)
    equal((await receivePublish(again)).payload.toString(), 'gone')
    await publish(again, 'x', '')
    await again.silence()
  }),
])
