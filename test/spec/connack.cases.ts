import { equal, notEqual, ok } from 'node:assert/strict'
import {
  acknowledged, connackCode, connect, connectRefused, connectSend, connectWithConnack, disconnect, publishStart,
} from '../support/client'
import { in3, in5, inBoth, type Case } from './case'

/** Every character that a server must allow in a Client Identifier, in pieces of 23. */
const CLIENT_IDENTIFIERS = ['0123456789abcdefghijklm', 'nopqrstuvwxyzABCDEFGHIJ', 'KLMNOPQRSTUVWXYZ', 'x']

const RESUMED = { sessionExpiryInterval: 100 }

export const connackCases: Case[] = [
  ...inBoth('CONNACK is first, and there is one', '3.2.0-1 3.1.4-4 3.2.2-1',
    '3.2.0-1 3.2.0-2 3.1.4-5 3.2.2-1 3.2.2-2 3.2.2-8',
    async (world, version) => {
      const { peer, connack } = await connectWithConnack(world, { version })
      equal(connack.bytes[0], 0x20)
      equal(connack.bytes[2], 0)
      equal(connack.bytes[3], 0)
      const messageId = await publishStart(peer, 'a', 'p', { qos: 1 })
      await acknowledged(peer, 'puback', messageId)
      await peer.silence()
    }),
  in5('CONNACK announces the limits of the broker', '3.2.2-8', async (world) => {
    const { connack } = await connectWithConnack(world)
    const announced = connack.properties as unknown as Record<string, unknown>
    equal(announced.receiveMaximum, world.board.RECEIVE_MAX)
    equal(announced.maximumPacketSize, world.board.PACKET_SIZE_MAX)
    equal(announced.topicAliasMaximum, world.board.TOPIC_ALIAS_MAX)
    for (const absentOrTrue of ['retainAvailable', 'wildcardSubscriptionAvailable', 'subscriptionIdentifiersAvailable',
      'sharedSubscriptionAvailable']) notEqual(announced[absentOrTrue], false)
    equal(announced.maximumQoS, undefined)
  }, { needs: ['FEATURE_QOS2', 'FEATURE_TOPIC_ALIAS', 'FEATURE_SHARED_SUBSCRIPTION'] }),
  in5('no Response Information unless it is asked for', '3.1.2-28', async (world) => {
    for (const requestResponseInformation of [false, undefined]) {
      const properties = requestResponseInformation === undefined ? {} : { requestResponseInformation }
      const { connack } = await connectWithConnack(world, { properties })
      equal((connack.properties as Record<string, unknown> | undefined)?.responseInformation, undefined)
    }
  }),
  ...inBoth('Client Identifiers that must be allowed', '3.1.3-5', '3.1.3-5', async (world, version) => {
    for (const clientId of CLIENT_IDENTIFIERS) {
      const peer = await connect(world, { version, clientId })
      await disconnect(peer)
    }
  }),
  ...inBoth('a Client Identifier that is too long', '3.1.3-9 3.2.2-5', '3.1.3-8 3.2.2-7', (world, version) =>
    connectRefused(world, { version, clientId: 'x'.repeat(world.board.CLIENT_IDENTIFIER_SIZE_MAX + 1) }, 0x85, 2),
  { applies: (board) => board.CLIENT_IDENTIFIER_SIZE_MAX + 16 < board.RX_RING_SIZE }),
  in3('an empty Client Identifier with CleanSession 1', '3.1.3-6', async (world) => {
    const first = await connect(world, { version: 4, clientId: '' })
    const second = await connect(world, { version: 4, clientId: '' })
    await first.silence()
    await second.silence()
  }),
  in3('an empty Client Identifier with CleanSession 0', '3.1.3-7 3.1.3-8', (world) =>
    connectRefused(world, { version: 4, clientId: '', clean: false }, 0, 2)),
  in5('an empty Client Identifier is assigned one', '3.1.3-6 3.1.3-7 3.2.2-16', async (world) => {
    const first = await connectWithConnack(world, { clientId: '', properties: RESUMED })
    const second = await connectWithConnack(world, { clientId: '', clean: false })
    const assigned = [first, second].map(({ connack }) =>
      (connack.properties as unknown as Record<string, string>).assignedClientIdentifier)
    ok(assigned[0] && assigned[1])
    notEqual(assigned[0], assigned[1])
    await first.peer.silence()
    await disconnect(first.peer)
    const again = await connectWithConnack(world, { clientId: assigned[0], clean: false })
    equal(again.connack.sessionPresent, true)
    equal((again.connack.properties as Record<string, unknown> | undefined)?.assignedClientIdentifier, undefined)
  }),
  in5('a given Client Identifier is not returned', '3.2.2-16', async (world) => {
    const { connack } = await connectWithConnack(world, { clientId: 'mine' })
    equal((connack.properties as Record<string, unknown> | undefined)?.assignedClientIdentifier, undefined)
  }),
  ...inBoth('more connections than the broker has', '3.2.2-5 4.8.0-2', '3.2.2-7', async (world, version) => {
    const peers = []
    for (let count = 0; count < world.board.CONNECTIONS_MAX; count++) peers.push(await connect(world, { version }))
    const extra = await world.open(version)
    if (!extra.isClosed) {
      await connectSend(extra, { version })
      equal(connackCode(await extra.receive('connack')), version === 5 ? 0x97 : 3)
    }
    await extra.closed()
    for (const peer of peers) await peer.silence()
    await disconnect(peers[0])
    await connect(world, { version })
  }, { applies: (board) => board.CONNECTIONS_MAX < 100 }),
  ...inBoth('more sessions than the broker has', '3.2.2-5 4.8.0-2', '3.2.2-7', async (world, version) => {
    const { SESSIONS_MAX } = world.board
    const properties = resumedIn(version)
    const isPresent = async (clientId: string): Promise<boolean> => {
      const { peer, connack } = await connectWithConnack(world, { version, clean: false, clientId, properties })
      await disconnect(peer)
      return connack.sessionPresent
    }
    for (let count = 0; count < SESSIONS_MAX; count++) equal(await isPresent(`s${count}`), false)
    // A newcomer gets the place of whoever has nothing to lose but his subscriptions.
    equal(await isPresent('one-more'), false)
    equal(await isPresent(`s${SESSIONS_MAX - 1}`), true)
    equal(await isPresent('one-more'), true)
  }, { applies: (board) => board.SESSIONS_MAX < 100 }),
]

function resumedIn(version: number): { sessionExpiryInterval: number } | undefined {
  return version === 5 ? RESUMED : undefined
}
