// Bridges of other brokers: mosquitto's sets the highest bit of the level, and leaves what 5.0 has options for to the
// broker. The standard knows nothing of it.
import { deepEqual, equal } from 'node:assert/strict'
import { connect, publish, receivePublish, subscribe } from '../support/client'
import { type Bytes, connectBytes, field } from '../support/bytes'
import type { Peer } from '../support/peer'
import type { World } from '../support/world'
import { in3, inBoth, needing, type Case } from './case'

const LEVELS = [[0x84, 'MQTT', 4], [0x83, 'MQIsdp', 3]] as const
const CLEAN = 2

async function bridge(world: World, level: number, protocolName: string, version: 3 | 4, flags = CLEAN): Promise<Peer> {
  const peer = await world.open(version)
  await peer.send(connectBytes({ level, protocolName, flags, payload: field('bridge') }))
  equal((await peer.receive('connack')).returnCode, 0)
  return peer
}

const STATE = '$SYS/broker/connection/bridge/state'

/** Will Topic and Will Payload behind the Client Identifier. */
const withWill = (topic: string, payload: string): Bytes => [...field('bridge'), ...field(topic), ...field(payload)]

const levelCases = needing('FEATURE_BRIDGE_LEVEL', [
  in3('a bridge is not sent what it has published, and hears what is retained', '', async (world) => {
    for (const [level, name, version] of LEVELS) {
      if (version === 3 && !world.board.FEATURE_MQTT31) continue
      const peer = await bridge(world, level, name, version)
      const other = await connect(world, { version: 4, clientId: 'other' })
      await subscribe(peer, { topic: '#', qos: 1 })
      await subscribe(other, { topic: '#', qos: 1 })
      await publish(peer, 'own', 'x', { qos: 0 })
      equal((await receivePublish(other)).topic, 'own')
      await publish(other, 'kept', 'y', { qos: 0, retain: true })
      const kept = await receivePublish(peer)
      deepEqual([kept.topic, kept.retain], ['kept', true])
      equal((await receivePublish(other)).retain, false)
      await publish(other, 'live', 'z', { qos: 0 })
      equal((await receivePublish(peer)).retain, false)
      await publish(other, 'kept', '', { qos: 0, retain: true })
      await peer.drop()
      await other.drop()
    }
  }, { needs: ['FEATURE_RETAINED'] }),
  in3('a bridge stays one when its session goes on', '', async (world) => {
    const first = await bridge(world, 0x84, 'MQTT', 4, 0)
    await subscribe(first, { topic: '#', qos: 1 })
    await first.drop()
    const second = await bridge(world, 0x84, 'MQTT', 4, 0)
    await publish(second, 'own', 'x', { qos: 0 })
    await second.silence()
  }),
])

const stateCases = needing('FEATURE_BRIDGED', [
  in3('a bridge says by its Will that it is gone', '', async (world) => {
    const watcher = await connect(world, { version: 4 })
    await subscribe(watcher, '$SYS/broker/connection/#')
    const peer = await world.open(4)
    // A Will that is retained.
    await peer.send(connectBytes({ level: 0x84, flags: CLEAN | 0x24, payload: withWill(STATE, '0') }))
    equal((await peer.receive('connack')).returnCode, 0)
    await publish(peer, STATE, '1', { qos: 0, retain: true })
    equal((await receivePublish(watcher)).payload.toString(), '1')
    await peer.drop()
    const gone = await receivePublish(watcher)
    deepEqual([gone.topic, gone.payload.toString()], [STATE, '0'])
  }, { needs: ['FEATURE_WILL', 'FEATURE_SYS'] }),
  ...inBoth('a client says how it is with itself, and with nobody else', '', '', async (world, version) => {
    const watcher = await connect(world, { version })
    await subscribe(watcher, '$SYS/broker/connection/#')
    const peer = await connect(world, { version, clientId: 'bridge' })
    for (const topic of ['$SYS/broker/connection/bridges/state', '$SYS/broker/connection/bridge/stat', '$SYS/a']) {
      await publish(peer, topic, 'x', { qos: 0 })
    }
    await watcher.silence()
    await publish(peer, STATE, '1', { qos: 0, retain: true })
    equal((await receivePublish(watcher)).topic, STATE)
    const late = await connect(world, { version })
    await subscribe(late, '$SYS/broker/connection/#')
    equal((await receivePublish(late)).retain, true)
  }, { needs: ['FEATURE_SYS', 'FEATURE_RETAINED'] }),
])

export const bridgeCases: Case[] = [...levelCases, ...stateCases]
