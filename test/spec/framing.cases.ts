// A conversation with every packet that a client sends, whole and in pieces: TCP keeps no packet together, so the
// bytes that come back must not depend on how the bytes went in.

import { equal } from 'node:assert/strict'
import { field, packet, properties, property, publishBytes, TYPE, uint16, type Bytes } from '../support/bytes'
import type { Version } from '../support/peer'
import type { World } from '../support/world'
import { inBoth, type Case } from './case'
import { fullConnect } from './malformed_packets'

/** The client publishes to itself, so it also has deliveries to acknowledge: the broker's identifiers 1 and 2. */
function conversation(version: Version): Bytes[] {
  const extra = version === 5
    ? properties(property('userProperty', ['key', 'value']), property('contentType', 'text'))
    : []
  const none = version === 5 ? [0] : []
  return [
    fullConnect(version),
    packet(TYPE.subscribe, 2, uint16(300), version === 5 ? properties(property('subscriptionIdentifier', 300)) : [],
      field('a/#'), [2], field('b'), [1]),
    publishBytes(version, 0, 'a/zero', undefined, extra, [...Buffer.from('zero')]),
    publishBytes(version, 2, 'a/one', 400, extra, [...Buffer.from('one')]),
    packet(TYPE.puback, 0, uint16(1)),
    publishBytes(version, 4, 'a/two', 401, extra, [...Buffer.from('two')]),
    packet(TYPE.pubrel, 2, uint16(401)),
    packet(TYPE.pubrec, 0, uint16(2)),
    packet(TYPE.pubcomp, 0, uint16(2), version === 5 ? [0, 0] : []),
    publishBytes(version, 1, 'a/kept', undefined, none, [1, 2, 3]),
    packet(TYPE.pingreq, 0),
    packet(TYPE.unsubscribe, 2, uint16(301), none, field('b'), field('x')),
    packet(TYPE.disconnect, 0, version === 5 ? [0, 0] : []),
  ]
}

type Send = (packets: Bytes[], number: number) => Bytes[]

/** The bytes that come back when each packet goes in as the pieces that `pieces` makes of it. */
async function replay(world: World, version: Version, pieces: Send): Promise<string> {
  const peer = await world.open(version)
  const packets = conversation(version)
  for (const number of packets.keys()) {
    for (const piece of pieces(packets, number)) await peer.send(piece)
  }
  await peer.drain()
  await peer.closed()
  return Buffer.from(peer.raw).toString('hex')
}

/** Leaves no session, no retained message and no identifier behind for the next replay. */
async function forget(world: World, version: Version): Promise<void> {
  const peer = await world.open(version)
  await peer.send([...fullConnect(version), ...publishBytes(version, 1, 'a/kept')])
  await peer.drain()
  await peer.send(packet(TYPE.disconnect, 0))
}

const whole: Send = (packets, number) => [packets[number]]

async function equalToWhole(world: World, version: Version, pieces: Send, what: string): Promise<void> {
  const expected = await replay(world, version, whole)
  await forget(world, version)
  equal(await replay(world, version, pieces), expected, what)
  await forget(world, version)
}

const needs = { needs: ['FEATURE_QOS2' as const] }

export const framingCases: Case[] = [
  ...inBoth('every packet split in two at every byte', '', '4.2.0-1', async (world, version) => {
    const packets = conversation(version)
    const expected = await replay(world, version, whole)
    await forget(world, version)
    for (const [split, bytes] of packets.entries()) {
      for (let size = 1; size < bytes.length; size++) {
        const pieces: Send = (_, number) => number === split
          ? [bytes.slice(0, size), bytes.slice(size)] : [packets[number]]
        equal(await replay(world, version, pieces), expected, `packet ${split} split at ${size}`)
        await forget(world, version)
      }
    }
  }, { ...needs, packets: 5_000 }),
  ...inBoth('every packet a byte at a time', '', '4.2.0-1', (world, version) =>
    equalToWhole(world, version, (packets, number) => packets[number].map((byte) => [byte]), 'a byte at a time'),
      needs),
  ...inBoth('a packet with the beginning of the next', '', '4.2.0-1', async (world, version) => {
    for (const size of [1, 2, 3, 5]) {
      // Each piece is the rest of one packet and the first bytes of the one behind it.
      const pieces: Send = (packets, number) => [[
        ...packets[number].slice(number === 0 ? 0 : Math.min(size, packets[number].length)),
        ...packets[number + 1]?.slice(0, size) ?? [],
      ]]
      await equalToWhole(world, version, pieces, `${size} bytes ahead`)
    }
  }, needs),
]
