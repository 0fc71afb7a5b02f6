// What a packet that is held takes of the pool comes back, however the connection ends.
import { expect, it } from 'vitest'
import { field, packet, TYPE, uint16, type Bytes } from '../support/bytes'
import { connect } from '../support/client'
import { memoryWorld, type MemoryWorld } from '../support/memory_world'
import { capacityOf } from '../simulation/audit'

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
