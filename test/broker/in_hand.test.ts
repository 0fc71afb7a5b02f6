// What lies in memory that several packets share, and who reads it after a send: the port of these tests keeps a range
// until it is written, and poisons what is over.
import { describe, expect, it } from 'vitest'
import { connect, publish, receivePublish, subscribe } from '../support/client'
import { memoryWorld } from '../support/memory_world'
import type { Peer, Version } from '../support/peer'
import {
  ACCESS_READ, ACCESS_SUBSCRIBE, ACCESS_WRITE, RULE_CLIENT, RULE_PATTERN,
} from '../../src/broker/access/access_kind'

const VERSIONS: Version[] = [4, 5]
const READ_WRITE = ACCESS_READ | ACCESS_WRITE | ACCESS_SUBSCRIBE

async function receiveText(peer: Peer, topic: string, payload: string): Promise<void> {
  const packet = await receivePublish(peer)
  expect([packet.topic, String(packet.payload)]).toEqual([topic, payload])
}

describe('memory that packets share', () => {
  it.each(VERSIONS)('rules of users, a shared subscription, subscribers at QoS 0 (version %i)', async (version) => {
    const world = await memoryWorld('host', {
      users: { anna: 'a' },
      rules: [{ kind: RULE_PATTERN, name: '', access: READ_WRITE, filter: 'x/%u/#' }],
    })
    const anna = { version, username: 'anna', password: 'a' }
    const names = ['one', 'two', 'three']
    const readers = await Promise.all(names.map((clientId) => connect(world, { ...anna, clientId })))
    // The group stands between them in the route.
    await subscribe(readers[0], 'x/anna/#')
    const member = await connect(world, { ...anna, version: 5, clientId: 'member' })
    await subscribe(member, '$share/g/x/anna/t')
    for (const reader of readers.slice(1)) await subscribe(reader, 'x/anna/+')
    const publisher = await connect(world, { ...anna, clientId: 'publisher' })
    await publish(publisher, 'x/anna/t', 'whole')
    for (const peer of [...readers, member]) await receiveText(peer, 'x/anna/t', 'whole')
  })

  it.each(VERSIONS)('the name that the port gave who takes over his own connection (version %i)', async (version) => {
    const world = await memoryWorld('host', {
      certificates: true,
      rules: [
        { kind: RULE_PATTERN, name: '', access: READ_WRITE, filter: 'own/%u/#' },
        { kind: RULE_CLIENT, name: 'witness', access: READ_WRITE, filter: 'own/#' },
      ],
    })
    const witness = await connect(world, { clientId: 'witness' })
    await subscribe(witness, 'own/#')
    const will = { topic: 'own/lamp/gone', payload: Buffer.from('gone'), qos: 0 as const, retain: false }
    await connect(world, { version, clientId: 'cert-lamp-1', will })
    const lamp = await connect(world, { version, clientId: 'cert-lamp-1', will })
    await receiveText(witness, 'own/lamp/gone', 'gone')
    await subscribe(lamp, 'own/lamp/t')
    await publish(lamp, 'own/lamp/t', 'still me')
    await receiveText(lamp, 'own/lamp/t', 'still me')
  })
})
