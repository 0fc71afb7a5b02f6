// A board's bridge has packets of its own to send, and messages larger than what it sends at once: the one is never in
// the middle of the other, towards neither of the two brokers.
import { expect, test } from 'vitest'
import { connect, publish, subscribe } from '../support/client'
import type { AnyPacket } from '../support/peer'
import { arrived, bridged, type Scripted } from './scripted_bridge'

const LARGE = 'x'.repeat(15_000)
const CONNACK = [0x20, 3, 0, 0, 0]

/** What comes there until nothing does, each packet with what it is about. */
async function arrivals(scripted: Scripted): Promise<unknown[]> {
  return (await arrived(scripted)).map(({ cmd, topic, payload }: AnyPacket) =>
    cmd === 'publish' ? [topic, String(payload)] : cmd)
}

/** A large message is on its way there, and its reader reads no more than its beginning. */
async function midway(lines: string[]): Promise<Scripted> {
  const scripted = await bridged(['topic up/# out 1', ...lines])
  const { world, peers } = scripted
  peers[0].take()
  peers[0].send(new Uint8Array(CONNACK))
  await world.advance(100)
  peers[0].take()
  peers[0].reading = false
  peers[0].bufferSize = 1_000
  await publish(await connect(world), 'up/1', LARGE, { qos: 1 })
  await world.advance(1_000)
  return scripted
}

test('what it subscribes to stands in front of a message that waited', async () => {
  const scripted = await bridged(['topic up/# out 1', 'topic down/# in 1', 'notifications true'])
  await publish(await connect(scripted.world), 'up/1', LARGE, { qos: 1 })
  expect(await arrivals(scripted)).toEqual(['connect'])
  scripted.peers[0].send(new Uint8Array(CONNACK))
  await scripted.world.advance(1_000)
  expect(await arrivals(scripted)).toEqual(['subscribe', ['$SYS/broker/connection/attic/state', '1'], ['up/1', LARGE]])
})

test('PINGREQ waits for its end', async () => {
  const scripted = await midway(['keepalive_interval 5'])
  for (let s = 0; s < 20; s += 4) {
    scripted.peers[0].send(new Uint8Array([0xd0, 0]))
    await scripted.world.advance(4_000)
  }
  expect(scripted.world.driver.board.output.filter((line) => /^bridge.*attempt/.test(line))).toEqual([])
  scripted.peers[0].reading = true
  expect((await arrivals(scripted)).slice(0, 1)).toEqual([['up/1', LARGE]])
  scripted.peers[0].send(new Uint8Array([0xd0, 0]))
  await scripted.world.advance(4_000)
  expect(await arrivals(scripted)).toEqual(['pingreq'])
})

test('so does what is told of a message that goes nowhere', async () => {
  const scripted = await midway(['topic down/# in 1'])
  scripted.peers[0].send(new Uint8Array([0x32, 8, 0, 2, 0x6e, 0x6f, 0, 9, 0, 0x68]))
  await scripted.world.advance(1_000)
  scripted.peers[0].reading = true
  expect(await arrivals(scripted)).toEqual([['up/1', LARGE], 'puback'])
})

test('what this broker is told waits for the end of one that comes', async () => {
  const scripted = await bridged(['topic up/# out 1', 'topic down/# in 1'])
  const { world, peers } = scripted
  // Maximum QoS 0: what goes there is acknowledged here.
  peers[0].send(new Uint8Array([0x20, 5, 0, 0, 2, 0x24, 0]))
  await world.advance(100)
  const listener = await connect(world, { version: 4 })
  await subscribe(listener, [{ topic: 'down/#', qos: 1 }])
  const size = 2 + 6 + 2 + 1 + LARGE.length
  const message = Buffer.concat([Buffer.from([0x32, size & 127 | 128, size >> 7, 0, 6]), Buffer.from('down/1'),
    Buffer.from([0, 9, 0]), Buffer.from(LARGE)])
  peers[0].send(message.subarray(0, 7_000))
  await world.advance(100)
  const sensor = await connect(world)
  for (const text of ['a', 'b']) await publish(sensor, 'up/1', text, { qos: 1 })
  await world.advance(1_000)
  peers[0].send(message.subarray(7_000))
  await world.advance(1_000)
  expect((await listener.drain()).map(({ topic, payload }) => [topic, String(payload)])).toEqual([['down/1', LARGE]])
  expect(await arrivals(scripted)).toEqual(['connect', 'subscribe', ['up/1', 'a'], ['up/1', 'b'], 'puback'])
})
