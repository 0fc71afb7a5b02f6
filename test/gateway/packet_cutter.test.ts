// How the gate and the library's own client cut what comes into packets.
import { expect, it, vi } from 'vitest'
import { PacketCutter } from '../../src/client/packet_cutter'
import { field, packet, TYPE } from '../support/bytes'

it('a packet in pieces of one byte is not copied for each of them', () => {
  const bytes = Buffer.from(packet(TYPE.publish, 0, field('a'), Array<number>(300_000).fill(0x61)))
  const cutter = new PacketCutter()
  const made = [vi.spyOn(Buffer, 'concat'), vi.spyOn(Buffer, 'alloc')]
  const cut = [...bytes].flatMap((byte) => cutter.cut(Uint8Array.of(byte)))
  const copied = made.flatMap((spy) => spy.mock.results).reduce((sum, { value }) => sum + (value as Buffer).length, 0)
  vi.restoreAllMocks()
  expect(cut.map((one) => one.bytes.equals(bytes))).toEqual([true])
  expect(copied).toBeLessThan(bytes.length * 4)
})

it('packets are the same in pieces of any size, and are not written over', () => {
  const packets = [0, 1, 5, 125, 126, 127, 300, 20_000].map((size) =>
    Buffer.from(packet(TYPE.publish, 0, field('a'), Array<number>(size).fill(size & 0xff))))
  const bytes = Buffer.concat(packets)
  for (const step of [1, 2, 3, 7, 128, 4_096, bytes.length]) {
    const cutter = new PacketCutter()
    const cut = []
    for (let at = 0; at < bytes.length; at += step) {
      const chunk = Buffer.from(bytes.subarray(at, at + step))
      cut.push(...cutter.cut(chunk))
      chunk.fill(0)
    }
    expect(cut.map((one) => one.bytes.toString('hex'))).toEqual(packets.map((one) => one.toString('hex')))
  }
})

it('of a packet that is too large what has come is handed on', () => {
  const cutter = new PacketCutter(100)
  const bytes = Buffer.from(packet(TYPE.publish, 0, field('a'), Array<number>(200).fill(0x61)))
  const cut = [bytes.subarray(0, 2), bytes.subarray(2, 50), bytes.subarray(50)].flatMap((chunk) => cutter.cut(chunk))
  expect(Buffer.concat(cut.map((one) => one.bytes)).subarray(0, 50)).toEqual(bytes.subarray(0, 50))
})
