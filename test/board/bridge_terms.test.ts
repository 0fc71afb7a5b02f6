// What a board's bridge and the other broker tell each other in MQTT 5.0, and by which version and line it comes. The
// other broker is a script here: it answers what a test has it answer.
import { expect, test } from 'vitest'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import { bundleText } from '../support/board_bundle'
import { connect, publish } from '../support/client'
import { BRIDGE_EXTENSION } from '../support/extensions'
import type { AnyPacket } from '../support/peer'
import { bridged, packetsOf, type Scripted } from './scripted_bridge'

const levelOf = (connectPacket: Uint8Array): number => connectPacket[8]
const said = ({ world }: Scripted): string[] => world.driver.board.output.filter(line => line.startsWith('bridge'))

/** CONNACK of 5.0: Receive Maximum 20, Maximum Packet Size 100, Server Keep Alive 10, and others between them. */
const CONNACK = [0x20, 0x20, 0, 0, 0x1d, 0x12, 0, 1, 0x61, 0x21, 0, 20, 0x26, 0, 1, 0x6b, 0, 1, 0x76,
  0x27, 0, 0, 0, 100, 0x25, 1, 0x13, 0, 10, 0x2a, 1, 0x22, 0, 5]

test('says in 5.0 what this broker takes at a time, and that its session has no end', async () => {
  const { peers } = await bridged(['topic a/# out 1'])
  const bytes = peers[0].take()
  expect(levelOf(bytes)).toBe(5)
  const [packet] = packetsOf(bytes)
  expect(packet).toMatchObject({
    clientId: 'attic', clean: false,
    properties: { sessionExpiryInterval: 0xffff_ffff, receiveMaximum: 16, maximumPacketSize: 140_000 },
  })
})

test('keeps to what the other broker takes, whatever else that says, and to its Keep Alive', async () => {
  const { world, peers } = await bridged(['topic a/# out 1 "" there/', 'keepalive_interval 60'])
  peers[0].take()
  peers[0].send(new Uint8Array(CONNACK))
  await world.advance(100)
  const sensor = await connect(world)
  // Six bytes more there: a packet of 101 would be too large.
  await publish(sensor, 'a/b', 'x'.repeat(85), { qos: 1 })
  await publish(sensor, 'a/b', 'y'.repeat(84), { qos: 1 })
  await world.advance(100)
  const [packet, ...others] = packetsOf(peers[0].take()).filter(({ cmd }) => cmd === 'publish')
  expect([packet.topic, String(packet.payload), others.length]).toEqual(['there/a/b', 'y'.repeat(84), 0])
  await world.advance(10_500)
  expect(packetsOf(peers[0].take()).map(({ cmd }) => cmd)).toContain('pingreq')
})

test('takes No Local and Retain As Published of both, and hands properties on', async () => {
  const { world, peers } = await bridged(['topic a/# both 1'])
  peers[0].take()
  peers[0].send(new Uint8Array([0x20, 3, 0, 0, 0]))
  await world.advance(100)
  const [subscription] = packetsOf(peers[0].take())
  expect(subscription.subscriptions).toMatchObject([{ topic: 'a/#', qos: 1, nl: true, rap: true }])
  const sensor = await connect(world)
  const properties = { contentType: 'text', userProperties: { 'bridge-path': 'attic' } }
  await publish(sensor, 'a/b', 'hello', { qos: 1, properties } as never)
  await world.advance(100)
  expect(packetsOf(peers[0].take())[0]).toMatchObject({ topic: 'a/b', properties })
})

test('waits longer each time for a broker that has no room, and gives up what that will never take', async () => {
  const scripted = await bridged(['topic a/# out 1'])
  const { world, peers } = scripted
  const accept = async (): Promise<AnyPacket[]> => {
    peers.at(-1)!.take()
    peers.at(-1)!.send(new Uint8Array([0x20, 3, 0, 0, 0]))
    await world.advance(100)
    return packetsOf(peers.at(-1)!.take()).filter(({ cmd }) => cmd === 'publish')
  }
  const answer = (packet: AnyPacket, code: number): void =>
    peers.at(-1)!.send(new Uint8Array([0x40, 3, Number(packet.messageId) >> 8, Number(packet.messageId) & 255, code]))
  await accept()
  const sensor = await connect(world)
  for (const text of ['first', 'second']) await publish(sensor, 'a/b', text, { qos: 1 })
  await world.advance(100)
  let [message] = packetsOf(peers[0].take())
  for (const most of [2, 4, 8, 16]) {
    expect(String(message.payload)).toBe('first')
    answer(message, 0x97)
    await world.advance(100)
    const seconds = Number(/no room there, next attempt in (\d+) s/.exec(said(scripted).at(-1)!)![1])
    expect(seconds).toBeGreaterThanOrEqual(most / 2)
    expect(seconds).toBeLessThanOrEqual(most)
    const before = peers.length
    await world.advance((seconds - 1) * 1_000 - 200)
    expect(peers).toHaveLength(before)
    await world.advance(1_200)
    const sent = await accept()
    // One at a time: the one behind it does not overtake it.
    expect(sent).toHaveLength(1)
    message = sent[0]
    expect(message.dup).toBe(true)
  }
  answer(message, 0x87)
  await world.advance(100)
  expect(said(scripted).at(-1)).toBe('bridge: a message is refused with 0x87')
  const [second] = packetsOf(peers.at(-1)!.take())
  expect(String(second.payload)).toBe('second')
  answer(second, 0)
  await world.advance(100)
  peers.at(-1)!.reset()
  await world.advance(1_500)
  expect(said(scripted)).toContain('bridge: lost, next attempt in 1 s')
  expect(await accept()).toEqual([])
})

test('sends no higher QoS than the other broker takes, and nothing to retain where it retains nothing', async () => {
  const { world, peers } = await bridged(['topic a/# out 2', 'notifications true'])
  const sensor = await connect(world)
  await world.advance(100)
  const exchange = async (properties: number[], flags: number): Promise<AnyPacket[]> => {
    const peer = peers.at(-1)!
    peer.take()
    peer.send(new Uint8Array([0x20, 3 + properties.length, 0, 0, properties.length, ...properties]))
    await world.advance(100)
    const packets = packetsOf(peer.take())
    expect(packets.find(({ topic }) => String(topic).endsWith('/state'))?.retain).toBe(!(flags & 1))
    for (const qos of [0, 1, 2] as const) await publish(sensor, 'a/b', `${qos}`, { qos, retain: true })
    await world.advance(100)
    const sent = packetsOf(peer.take()).filter(({ topic }) => topic === 'a/b')
    for (const { messageId, qos } of sent) {
      if (qos) peer.send(new Uint8Array([0x40, 2, Number(messageId) >> 8, Number(messageId) & 255]))
    }
    await world.advance(100)
    // All are done here: nothing comes again, and no PUBREL goes there.
    expect(packetsOf(peer.take())).toEqual([])
    peer.reset()
    await world.advance(1_500)
    return sent
  }
  const lastOf = (packets: AnyPacket[]): unknown[] =>
    packets.slice(-3).map(({ payload, qos, retain, dup }) => [String(payload), qos, retain, dup])
  expect(lastOf(await exchange([0x24, 1, 0x25, 0], 1)))
    .toEqual([['0', 0, false, false], ['1', 1, false, false], ['2', 1, false, false]])
  expect(lastOf(await exchange([0x24, 0], 0)))
    .toEqual([['0', 0, true, false], ['1', 0, true, false], ['2', 0, true, false]])
})

test('asks for a Will that is less where the other broker refuses it', async () => {
  const scripted = await bridged(['topic a/# out 1', 'notifications true'])
  const wills: unknown[] = []
  for (const code of [0x9a, 0x9b, 0x9b]) {
    const [{ will }] = packetsOf(scripted.peers.at(-1)!.take())
    wills.push([will!.qos, will!.retain])
    scripted.peers.at(-1)!.send(new Uint8Array([0x20, 3, 0, code, 0]))
    await scripted.world.advance(5_000)
  }
  expect(wills).toEqual([[1, true], [1, false], [0, false]])
  expect(said(scripted).at(-1)).toMatch(/refused with 0x9b/)
})

test('says why the other broker ends it', async () => {
  const scripted = await bridged(['topic a/# out 1'])
  scripted.peers[0].send(new Uint8Array([0x20, 3, 0, 0, 0, 0xe0, 1, 0x8b]))
  await scripted.world.advance(100)
  expect(said(scripted).at(-1)).toBe('bridge: let go of with 0x8b, next attempt in 1 s')
})

test('asks who refuses 5.0 as a bridge of 3.1.1, and then as a client', async () => {
  const { world, peers } = await bridged(['topic a/# out 1'])
  const levels: number[] = []
  for (const refusal of [[0x20, 3, 0, 0x84, 0], [0x20, 2, 0, 1], [0x20, 2, 0, 0]]) {
    levels.push(levelOf(peers.at(-1)!.take()))
    peers.at(-1)!.send(new Uint8Array(refusal))
    await world.advance(2_500)
  }
  expect(levels).toEqual([5, 0x84, 4])
  expect(packetsOf(peers.at(-1)!.take(), 4)).toEqual([])
  await publish(await connect(world, { version: 4 }), 'a/b', 'hello', { qos: 1 })
  await world.advance(100)
  expect(packetsOf(peers.at(-1)!.take(), 4)).toMatchObject([{ topic: 'a/b', qos: 1 }])
})

test('asks for no other version than the one that is named', async () => {
  const scripted = await bridged(['topic a/# out 1', 'bridge_protocol_version mqttv50'])
  scripted.peers[0].send(new Uint8Array([0x20, 3, 0, 0x84, 0]))
  await scripted.world.advance(1_500)
  expect(said(scripted)).toContain('bridge: refused with 0x84, next attempt in 1 s')
  expect(levelOf(scripted.peers.at(-1)!.take())).toBe(5)
})

test('goes by TLS to port 8883 with bridge_insecure, and not without', async () => {
  const { peers } = await bridged(['topic a/# out 1', 'bridge_insecure true'], 8883)
  expect(peers.map(({ wire }) => wire.isSecure)).toEqual([true])
  const plain = await bridged(['topic a/# out 1', 'bridge_insecure false'])
  expect(plain.peers.map(({ wire }) => wire.isSecure)).toEqual([false])
})

test('is a sentence where the firmware has no TLS, and where a certificate is to be checked', () => {
  const say = (bridge: string[], lacks: string[] = []): string[] => {
    const files = { '.bootcde': bundleText('esp32'), 'midge.json': JSON.stringify({ bridge }), ...BRIDGE_EXTENSION }
    const driver = new VirtualDriver({ files, lacks })
    driver.start()
    return driver.board.output.filter(line => /bridge/.test(line))
  }
  expect(say(['address a', 'topic a', 'bridge_insecure true'], ['tls'])).toEqual(['bridge: this firmware has no TLS'])
  expect(say(['address a', 'topic a', 'bridge_cafile ca.crt'])).toEqual(
    ['midge.json: bridge: "bridge_cafile ca.crt" is not understood: a board checks no certificates'])
})
