// The page's bytes in the place of Node's Buffer: src/client writes and reads the same packets with both.
import { afterEach, expect, it, vi } from 'vitest'

const packetsWith = async (): Promise<number[][]> => {
  vi.resetModules()
  const { connectPacketOf } = await import('../../src/client/connect_packet')
  const { publishRead, publishWrite } = await import('../../src/client/publish_packet')
  const { PacketCutter } = await import('../../src/client/packet_cutter')
  const { connackRead } = await import('../../src/client/connack')
  const connect = connectPacketOf({
    version: 5, isBridge: false, clientIdentifier: 'Grüße', userName: 'änn', password: 'p', isClean: true,
    keepAlive: 300, sessionExpiry: 0xffff_ffff, receiveMaximum: 20, packetSizeMax: 1_048_576,
  })
  const publish = publishWrite({
    topic: 'a/😀', payload: new Uint8Array(300).fill(7), qos: 1, retain: true, isDuplicate: false,
    packetIdentifier: 513, properties: new Uint8Array(0), subscriptions: [], hops: 0, path: [],
  }, 5)
  const cutter = new PacketCutter()
  const [cut] = [...publish].flatMap((byte) => cutter.cut(Uint8Array.of(byte)))
  const read = publishRead(cut, 5)!
  const connack = connackRead(Buffer.from([0, 0x87, 7, 31, 0, 4, ...Buffer.from('nein')]) , 5)
  return [[...connect], [...publish], [...read.payload], [read.packetIdentifier], [...Buffer.from(read.topic)],
    [connack.reasonCode, ...Buffer.from(connack.reason)]]
}

afterEach(() => vi.unstubAllGlobals())

it('makes the same packets as Node\'s Buffer', async () => {
  const nodes = await packetsWith()
  vi.stubGlobal('Buffer', Buffer)
  vi.resetModules()
  await import('../../src/dashboard/byte_buffer')
  expect(Buffer.isBuffer).toBeUndefined()
  expect(await packetsWith()).toEqual(nodes)
})
