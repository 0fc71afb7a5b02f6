import { deepEqual, equal } from 'node:assert/strict'
import {
  connect, connectWithConnack, disconnect, publish, receivePublish, refused, subscribe, type ConnectOptions,
} from '../support/client'
import type { Peer, Version } from '../support/peer'
import type { World } from '../support/world'
import { in3, in5, inBoth, type Case } from './case'

const PROTOCOL_ERROR = 0x82
const SESSION_TAKEN_OVER = 0x8e

/** A client whose session outlives its connection. */
const stored = (version: Version, clientId: string, clean = false): ConnectOptions => ({
  version, clientId, clean, ...(version === 5 ? { properties: { sessionExpiryInterval: 1_000 } } : {}),
})

const sessionPresent = async (world: World, options: ConnectOptions): Promise<boolean> => {
  const { peer, connack } = await connectWithConnack(world, options)
  await disconnect(peer)
  return connack.sessionPresent
}

async function storedWithSubscription(world: World, version: Version, clientId: string): Promise<void> {
  const peer = await connect(world, stored(version, clientId, version === 5))
  await subscribe(peer, { topic: 't', qos: 1 })
  await disconnect(peer)
}

export const sessionCases: Case[] = [
  ...inBoth('a session is created, stored and resumed', '3.1.2-4 3.1.3-2 3.1.4-3 3.2.2-2 3.2.2-3 4.1.0-1',
    '3.1.2-5 3.1.2-6 3.1.2-23 3.1.3-2 3.1.4-4 3.2.2-3', async (world, version) => {
      const first = await connectWithConnack(world, stored(version, 'c'))
      equal(first.connack.sessionPresent, false)
      deepEqual(await subscribe(first.peer, { topic: 't', qos: 1 }), [1])
      await disconnect(first.peer)
      equal(await sessionPresent(world, stored(version, 'other')), false)
      const second = await connectWithConnack(world, stored(version, 'c'))
      equal(second.connack.sessionPresent, true)
      await publish(second.peer, 't', 'p', { qos: 1 })
      equal((await receivePublish(second.peer)).payload.toString(), 'p')
    }),
  ...inBoth('a session is resumed after the network was lost', '3.1.2-4 3.2.2-2', '3.1.2-5 3.1.2-23', async (
    world, version,
  ) => {
    const peer = await connect(world, stored(version, 'c'))
    await subscribe(peer, 't')
    await peer.drop()
    const second = await connectWithConnack(world, stored(version, 'c'))
    equal(second.connack.sessionPresent, true)
    await publish(second.peer, 't', 'p')
    await receivePublish(second.peer)
  }),
  ...inBoth('messages wait for a client that is away', '3.1.2-5 4.5.0-1 4.1.0-1', '4.5.0-1 3.1.2-23', async (
    world, version,
  ) => {
    await storedWithSubscription(world, version, 'c')
    const sender = await connect(world, { version })
    await publish(sender, 't', 'one', { qos: 1 })
    await publish(sender, 't', 'two', { qos: 1 })
    const peer = await connect(world, stored(version, 'c'))
    equal((await receivePublish(peer)).payload.toString(), 'one')
    equal((await receivePublish(peer)).payload.toString(), 'two')
    await peer.silence()
  }),
  ...inBoth('a clean start discards the session', '3.1.2-6 3.1.4-3 3.2.2-1', '3.1.2-4 3.1.4-4 3.2.2-2', async (
    world, version,
  ) => {
    await storedWithSubscription(world, version, 'c')
    const sender = await connect(world, { version })
    await publish(sender, 't', 'lost', { qos: 1 })
    const { peer, connack } = await connectWithConnack(world, { version, clientId: 'c', clean: true })
    equal(connack.sessionPresent, false)
    await publish(sender, 't', 'lost too', { qos: 1 })
    await peer.silence()
  }),
  ...inBoth('a clean session ends with its connection', '3.1.2-6 3.2.2-3 4.1.0-2', '4.1.0-2 3.2.2-3', async (
    world, version,
  ) => {
    const peer = await connect(world, { version, clientId: 'c' })
    await subscribe(peer, { topic: 't', qos: 1 })
    await world.advance(2_000)
    await publish(peer, 't', 'still there', { qos: 1 })
    await receivePublish(peer)
    await disconnect(peer)
    equal(await sessionPresent(world, { version, clientId: 'c', clean: false }), false)
  }),
  ...inBoth('retained messages outlive the session', '3.1.2-7', '', async (world, version) => {
    const peer = await connect(world, { version, clientId: 'c' })
    await publish(peer, 't', 'kept', { retain: true })
    await disconnect(peer)
    await connect(world, { version, clientId: 'c' })
    const reader = await connect(world, { version })
    await subscribe(reader, 't')
    equal((await receivePublish(reader)).payload.toString(), 'kept')
  }, { needs: ['FEATURE_RETAINED'] }),
  ...inBoth('a client that connects again takes its session over', '3.1.4-2 3.1.3-2', '3.1.4-3 3.14.2-1 3.1.3-2',
    async (world, version) => {
      const first = await connect(world, stored(version, 'c'))
      await subscribe(first, 't')
      const second = await connectWithConnack(world, stored(version, 'c'))
      await refused(first, SESSION_TAKEN_OVER)
      equal(second.connack.sessionPresent, true)
      await publish(second.peer, 't', 'p')
      await receivePublish(second.peer)
      const third = await connectWithConnack(world, { version, clientId: 'c' })
      equal(third.connack.sessionPresent, false)
      await refused(second.peer, SESSION_TAKEN_OVER)
    }),
  in3('a session of 3.1.1 does not expire', '4.1.0-1', async (world) => {
    await storedWithSubscription(world, 4, 'c')
    await world.advance(86_400_000)
    equal(await sessionPresent(world, stored(4, 'c')), true)
  }, { longTime: true, applies: (board) => board.SESSION_EXPIRY_MAX > 100_000 }),
  in5('a session expires when its interval passed', '4.1.0-2 3.1.2-23', async (world) => {
    const options = { clientId: 'c', clean: false, properties: { sessionExpiryInterval: 20 } }
    await disconnect(await connect(world, options))
    await world.advance(19_000)
    equal(await sessionPresent(world, options), true)
    await world.advance(22_000)
    equal(await sessionPresent(world, options), false)
  }, { longTime: true }),
  in5('a session does not expire while its connection is open', '4.1.0-1', async (world) => {
    const options = { clientId: 'c', clean: false, properties: { sessionExpiryInterval: 5 } }
    const peer = await connect(world, options)
    await subscribe(peer, 't')
    await world.advance(30_000)
    await publish(peer, 't', 'p')
    await receivePublish(peer)
    await peer.drop()
    equal(await sessionPresent(world, options), true)
  }, { longTime: true }),
  in5('the longest interval never expires', '3.1.2-23', async (world) => {
    const options = { clientId: 'c', clean: false, properties: { sessionExpiryInterval: 0xffff_ffff } }
    await disconnect(await connect(world, options))
    await world.advance(86_400_000)
    equal(await sessionPresent(world, options), true)
  }, { longTime: true, applies: (board) => board.SESSION_EXPIRY_MAX === 0xffff_ffff }),
  in5('DISCONNECT changes the interval', '4.1.0-2', async (world) => {
    const options = { clientId: 'c', clean: false, properties: { sessionExpiryInterval: 1_000 } }
    await disconnect(await connect(world, options), 0, { sessionExpiryInterval: 5 })
    await world.advance(8_000)
    equal(await sessionPresent(world, options), false)
    await disconnect(await connect(world, options), 0, { sessionExpiryInterval: 0 })
    equal(await sessionPresent(world, options), false)
  }, { longTime: true }),
  in5('DISCONNECT may not give an interval to a session that had none', '3.1.2-23', async (world) => {
    const peer = await connect(world, { clientId: 'c' })
    await peer.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 10 } } as never)
    await refused(peer, PROTOCOL_ERROR)
    equal(await sessionPresent(world, { clientId: 'c', clean: false }), false)
  }),
  in5('an interval of the new connection replaces the old one', '3.1.2-23', async (world) => {
    await disconnect(await connect(world, { clientId: 'c', properties: { sessionExpiryInterval: 1_000 } }))
    await disconnect(await connect(world, { clientId: 'c', clean: false }))
    equal(await sessionPresent(world, { clientId: 'c', clean: false }), false)
  }),
  ...inBoth('a session moves between protocol versions', '3.1.2-4', '3.1.2-5', async (world, version) => {
    const other: Version = version === 5 ? 4 : 5
    await storedWithSubscription(world, version, 'c')
    const sender = await connect(world, { version })
    await publish(sender, 't', 'p', { qos: 1 })
    const { peer, connack } = await connectWithConnack(world, stored(other, 'c'))
    equal(connack.sessionPresent, true)
    equal((await receivePublish(peer)).payload.toString(), 'p')
  }, { needs: ['FEATURE_MQTT5'] }),
  ...inBoth('sessions of several clients stay apart', '3.1.3-2', '3.1.3-2', async (world, version) => {
    const peers: Peer[] = []
    for (const clientId of ['a', 'aa', 'A', 'b']) {
      const peer = await connect(world, { version, clientId })
      await subscribe(peer, `to/${clientId}`)
      peers.push(peer)
    }
    for (const peer of peers) await publish(peers[0], `to/${peer.clientId}`, peer.clientId)
    for (const peer of peers) {
      equal((await receivePublish(peer)).payload.toString(), peer.clientId)
      await peer.silence()
    }
  }),
]
