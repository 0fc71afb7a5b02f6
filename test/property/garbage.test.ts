// Whatever bytes a client sends: nothing throws, and a bystander is served as before.

import { equal } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { connectBytes, packet, type Bytes } from '../support/bytes'
import { connect, publish, receivePublish, subscribe } from '../support/client'
import { memoryWorld } from '../support/memory_world'
import { authPacket, fullConnect, goodPackets } from '../spec/malformed_packets'

const version = fc.constantFrom<4 | 5>(4, 5)

/** A good packet with a few of its bytes changed, cut out or put in. */
const change = fc.record({ at: fc.nat(60), value: fc.nat(255), kind: fc.constantFrom('insert', 'remove', 'replace') })
const bent = fc.tuple(version, fc.nat(goodPackets.length + 1), fc.array(change, { maxLength: 4 }))
  .map(([level, index, changes]): Bytes => {
    const all = [...goodPackets.map(({ type, flags, body }) => packet(type, flags, body(level))), fullConnect(level),
      authPacket()]
    const bytes = all[index]
    for (const { at, value, kind } of changes) {
      bytes.splice(at % bytes.length, kind === 'insert' ? 0 : 1, ...(kind === 'remove' ? [] : [value]))
    }
    return bytes
  })

const noise = fc.uint8Array({ maxLength: 40 }).map((bytes): Bytes => [...bytes])

describe.each(['host', 'test', 'smallest'] as const)('on %s', (name) => {
  test('garbage harms nobody else', async () => {
    const world = await memoryWorld(name)
    const bystander = await connect(world, { version: 4, clientId: 'bystander' })
    await subscribe(bystander, { topic: 'bystander/only', qos: 1 })
    let count = 0
    await fc.assert(fc.asyncProperty(version, fc.boolean(), fc.array(fc.oneof(bent, noise), { maxLength: 4 }),
      fc.nat(5),
      async (level, isConnected, packets, cut) => {
        const peer = await world.open(level)
        if (isConnected) await peer.send(connectBytes({ level }))
        const bytes = packets.flat()
        await peer.sendSplit(bytes, [cut + 1, bytes.length + 1])
        await peer.drop()
        await bystander.drain()
        const payload = `${++count}`
        await publish(bystander, 'bystander/only', payload, { qos: 1 })
        equal((await receivePublish(bystander)).payload.toString(), payload)
        await bystander.silence()
      }), { numRuns: 3_000 })
  })
})
