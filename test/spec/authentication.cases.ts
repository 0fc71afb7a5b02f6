import { equal } from 'node:assert/strict'
import { field, packet, properties, property, TYPE } from '../support/bytes'
import {
  connect, connectStart, disconnect, publish, receivePublish, refused, subscribe, type ConnectOptions,
} from '../support/client'
import type { AnyPacket, Peer } from '../support/peer'
import { CHALLENGE, CHALLENGE_ANSWER, CHALLENGE_METHOD, type World } from '../support/world'
import { in5, type Case, type CaseOptions } from './case'

const CONTINUE = 0x18
const REAUTHENTICATE = 0x19
const PROTOCOL_ERROR = 0x82
const NOT_AUTHORIZED = 0x87
const BAD_METHOD = 0x8c

const needs: CaseOptions = { needs: ['FEATURE_ENHANCED_AUTHENTICATION'] }
const challenged: ConnectOptions = { clientId: 'auth', properties: { authenticationMethod: CHALLENGE_METHOD } }

async function answer(peer: Peer, text = CHALLENGE_ANSWER, reasonCode = CONTINUE,
  method = CHALLENGE_METHOD): Promise<void> {
  await peer.send({
    cmd: 'auth', reasonCode, properties: { authenticationMethod: method, authenticationData: Buffer.from(text) },
  } as never)
}

function checkAuth(auth: AnyPacket, reasonCode = CONTINUE, data = CHALLENGE): void {
  const received = auth.properties as unknown as { authenticationMethod?: string, authenticationData?: Buffer }
  equal(auth.reasonCode, reasonCode)
  equal(received.authenticationMethod, CHALLENGE_METHOD)
  equal(received.authenticationData?.toString(), data)
}

async function authenticated(world: World): Promise<Peer> {
  const peer = await connectStart(world, challenged)
  checkAuth(await peer.receive('auth'))
  await answer(peer)
  const connack = await peer.receive('connack')
  equal(connack.reasonCode, 0)
  const received = connack.properties as unknown as { authenticationMethod?: string, authenticationData?: Buffer }
  equal(received.authenticationMethod, CHALLENGE_METHOD)
  equal(received.authenticationData?.toString(), 'welcome')
  return peer
}

export const authenticationCases: Case[] = [
  in5('a challenge and its answer', '4.12.0-2 4.12.0-5 3.15.2-1 3.2.0-1 3.2.0-2', async (world) => {
    const peer = await authenticated(world)
    await subscribe(peer, 'a')
    await publish(peer, 'a', 'p')
    await receivePublish(peer)
    await peer.silence()
  }, needs),
  in5('several rounds', '4.12.0-2 4.12.0-5', async (world) => {
    const peer = await connectStart(world, challenged)
    for (let round = 0; round < 3; round++) {
      checkAuth(await peer.receive('auth'))
      await answer(peer)
    }
    equal((await peer.receive('connack')).reasonCode, 0)
  }, { ...needs, configuration: { challengeRounds: 3 } }),
  in5('no round at all', '4.12.0-5', async (world) => {
    const peer = await connectStart(world, challenged)
    const connack = await peer.receive('connack')
    equal((connack.properties as unknown as { authenticationMethod: string }).authenticationMethod, CHALLENGE_METHOD)
  }, { ...needs, configuration: { challengeRounds: 0 } }),
  in5('a wrong answer', '4.12.0-4 3.2.2-7', async (world) => {
    const peer = await connectStart(world, challenged)
    await peer.receive('auth')
    await answer(peer, 'that')
    equal((await peer.receive('connack')).reasonCode, NOT_AUTHORIZED)
    await peer.closed()
  }, needs),
  in5('an unknown Authentication Method', '4.12.0-1 3.2.2-7', async (world) => {
    const peer = await connectStart(world, { properties: { authenticationMethod: 'SCRAM-NONE' } })
    equal((await peer.receive('connack')).reasonCode, BAD_METHOD)
    await peer.closed()
  }),
  in5('Authentication Data without a method', '3.1.4-1', async (world) => {
    const peer = await world.open(5)
    await peer.send(packet(TYPE.connect, 0, field('MQTT'), [5, 2, 0, 0],
      properties(property('authenticationData', [1])), field('c')))
    const answers = await peer.drain()
    equal(answers.length === 0 || answers[0].reasonCode === PROTOCOL_ERROR, true)
    await peer.closed()
  }),
  in5('an AUTH with another method', '4.12.0-5', async (world) => {
    const peer = await connectStart(world, challenged)
    await peer.receive('auth')
    await answer(peer, CHALLENGE_ANSWER, CONTINUE, 'OTHER')
    const answers = await peer.drain()
    equal(answers.every(({ cmd, reasonCode }) => cmd === 'connack' && reasonCode >= 0x80), true)
    await peer.closed()
  }, needs),
  in5('another packet while the authentication goes on', '3.1.4-6 3.2.0-1', async (world) => {
    const watcher = await connect(world)
    await subscribe(watcher, '#')
    const peer = await connectStart(world, challenged)
    await peer.receive('auth')
    await peer.send(packet(TYPE.publish, 0, field('a'), [0]))
    await watcher.silence()
    const answers = await peer.drain()
    equal(answers.every(({ cmd, reasonCode }) => cmd === 'connack' && reasonCode >= 0x80), true)
    await peer.closed()
  }, needs),
  in5('without a method: no AUTH, no method in CONNACK', '4.12.0-6', async (world) => {
    const peer = await connectStart(world, {})
    const connack = await peer.receive('connack')
    equal((connack.properties as Record<string, unknown> | undefined)?.authenticationMethod, undefined)
    await answer(peer)
    await refused(peer, PROTOCOL_ERROR)
  }, needs),
  in5('re-authentication', '4.12.1-1 4.12.0-5 3.15.2-1', async (world) => {
    const peer = await authenticated(world)
    await subscribe(peer, 'a')
    await answer(peer, '', REAUTHENTICATE)
    checkAuth(await peer.receive('auth'))
    // The client may go on meanwhile.
    await publish(peer, 'a', 'p')
    await receivePublish(peer)
    await answer(peer)
    checkAuth(await peer.receive('auth'), 0, 'welcome')
    await publish(peer, 'a', 'p')
    await receivePublish(peer)
    await disconnect(peer)
  }, needs),
  in5('a re-authentication that fails', '4.12.1-2', async (world) => {
    const peer = await authenticated(world)
    await answer(peer, '', REAUTHENTICATE)
    await peer.receive('auth')
    await answer(peer, 'that')
    await refused(peer, NOT_AUTHORIZED)
  }, needs),
  in5('a re-authentication with another method', '4.12.1-1', async (world) => {
    const peer = await authenticated(world)
    await answer(peer, '', REAUTHENTICATE, 'OTHER')
    await refused(peer, PROTOCOL_ERROR, BAD_METHOD)
  }, needs),
  in5('AUTH that is not valid', '3.15.1-1 4.13.1-1', async (world) => {
    const method = properties(property('authenticationMethod', CHALLENGE_METHOD))
    const bad = [
      packet(TYPE.auth, 1, [CONTINUE], method), packet(TYPE.auth, 2, [CONTINUE], method),
        packet(TYPE.auth, 8, [CONTINUE], method),
      packet(TYPE.auth, 0, [0x17], method), packet(TYPE.auth, 0, [REAUTHENTICATE], [0]),
        packet(TYPE.auth, 0, [CONTINUE], method),
      packet(TYPE.auth, 0, [0], method),
    ]
    for (const bytes of bad) {
      const peer = await authenticated(world)
      await peer.send(bytes)
      await refused(peer, 0x81, PROTOCOL_ERROR)
    }
  }, needs),
  in5('AUTH has no Reason String above the Maximum Packet Size', '3.15.2-2 3.15.2-3', async (world) => {
    const peer = await connectStart(world, {
      properties: { authenticationMethod: CHALLENGE_METHOD, maximumPacketSize: 40 },
    })
    const auth = await peer.receive('auth')
    checkAuth(auth)
    equal(auth.bytes.length <= 40, true)
  }, needs),
]
