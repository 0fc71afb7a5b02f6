// What a packet that is held takes of the pool comes back, however the connection ends.
import { expect, it } from 'vitest'
import { field, packet, properties, property, TYPE, uint16, type Bytes } from '../support/bytes'
import { connect } from '../support/client'
import { memoryWorld, type MemoryWorld } from '../support/memory_world'
import { capacityOf } from '../simulation/audit'
import { CHALLENGE_METHOD } from '../support/world'

const LONG = 'x'.repeat(700)
const connectPacket = (client: string): Bytes =>
  packet(TYPE.connect, 0, field('MQTT'), [5, 6], uint16(0), [0], field(client), [0], field('will'), field(LONG))
const subscribePacket = packet(TYPE.subscribe, 2, uint16(1), [0], field(LONG), [0])
const publishPacket = packet(TYPE.publish, 2, field(LONG), uint16(7), [0], [0x70])
const disconnectPacket = packet(TYPE.disconnect, 0, [0], uint16(0x1f).slice(1), field(LONG))

/** Ends with the connection lost after `size` bytes of a packet. */
async function cut(world: MemoryWorld, bytes: Bytes, size: number, isConnected: boolean): Promise<void> {
  const peer = isConnected ? await connect(world, { version: 5, clientId: 'cut' }) : await world.open(5)
  await peer.send(bytes.slice(0, size))
  await peer.drop()
}

it.each([false, true])('every piece of every long packet (judged late: %s)', async (authenticateLater) => {
  const configuration = { authenticateLater }
  const world = await memoryWorld('test', configuration)
  const connects = [connectPacket('a'), connectPacket('b')]
  for (const bytes of authenticateLater ? connects : [...connects, subscribePacket, publishPacket, disconnectPacket]) {
    for (const size of [100, 128, 129, 300, 500, bytes.length - 1, bytes.length]) {
      await cut(world, bytes, size, !connects.includes(bytes))
    }
  }
  // Answers for those that are gone already.
  configuration.authenticateLater = false
  await world.authenticationRelease()
  await world.advance(30_000)
  expect(await capacityOf(world)).toBe(await capacityOf(await memoryWorld('test')))
})

it.each([0, 1, 2])('a long PUBLISH at QoS %i is no first packet', async (qos) => {
  const world = await memoryWorld('test')
  for (const [topic, payload] of [[LONG, 'x'], ['short', LONG]] as const) {
    const peer = await world.open(5)
    await peer.send(packet(TYPE.publish, qos << 1, field(topic), qos ? uint16(7) : [], [0], field(payload)))
    await peer.closed()
    expect(peer.raw.length).toBe(0)
  }
  const late = await memoryWorld('test', { authenticateLater: true })
  const peer = await late.open(5)
  await peer.send(packet(TYPE.connect, 0, field('MQTT'), [5, 2], uint16(0), [0], field('c')))
  await peer.send(packet(TYPE.publish, qos << 1, field(LONG), qos ? uint16(7) : [], [0], [0x70]))
  await peer.drain()
  expect(peer.raw.length).toBe(0)
})

it('who has not connected has nothing held but a CONNECT', async () => {
  const world = await memoryWorld('test')
  const reader = await connect(world, { version: 5 })
  const held = []
  for (let number = 1; number < world.board.CONNECTIONS_MAX; number++) {
    const peer = await world.open(5)
    await peer.send(publishPacket.slice(0, -1))
    held.push(peer)
  }
  expect(held.every((peer) => peer.isClosed)).toBe(true)
  await reader.send({ cmd: 'pingreq' })
  await reader.receive('pingresp')
})

it('a packet that is too long while a client is authenticated leaves its CONNECT alone', async () => {
  const world = await memoryWorld('test')
  const method = property('authenticationMethod', CHALLENGE_METHOD)
  const challenged = packet(TYPE.connect, 0, field('MQTT'), [5, 2], uint16(0), properties(method), field('c'))
  const auth = packet(TYPE.auth, 0, [0x18], properties(method, property('authenticationData', LONG)))
  for (const bytes of Array.from({ length: 9 }, () => [auth, connectPacket('c'), subscribePacket]).flat()) {
    const peer = await world.open(5)
    await peer.send(challenged)
    await peer.receive('auth')
    await peer.send(bytes)
    await peer.closed()
  }
  expect(await capacityOf(world)).toBe(await capacityOf(await memoryWorld('test')))
})

it('a CONNECT that comes drop by drop has the time that every CONNECT has', async () => {
  const world = await memoryWorld('test')
  const peer = await world.open(5)
  const bytes = connectPacket('c')
  await peer.send(bytes.slice(0, 200))
  for (let at = 200; at < 204; at++) {
    await world.advance(world.board.CONNECT_TIMEOUT_MS / 2)
    await peer.send(bytes.slice(at, at + 1))
  }
  expect(peer.isClosed).toBe(true)
})
