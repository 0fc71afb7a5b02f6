// Cuts the stream from the broker into whole packets and decodes them with mqtt-packet, one packet at a time: its
// parser looks past the end of a packet when several arrive together. What it forgives is checked here.

import * as mqttPacket from 'mqtt-packet'
import type { Packet } from 'mqtt-packet'

export interface Received {
  packet: Packet
  bytes: Uint8Array
}

/** Takes the first whole packet off `stream`: its size with the header, or 0 when it has not all arrived. */
export function frameSize(stream: Uint8Array): number {
  let remaining = 0
  for (let index = 1; index < stream.length; index++) {
    if (index > 4) throw new Error('the broker sent a Remaining Length of more than four bytes')
    const byte = stream[index]
    remaining += (byte & 127) * 128 ** (index - 1)
    if (byte < 128) {
      // [MQTT-1.5.5-1] the shortest form
      if (byte === 0 && index > 1) throw new Error('the broker sent a Remaining Length that is not the shortest')
      const size = index + 1 + remaining
      return size <= stream.length ? size : 0
    }
  }
  return 0
}

/** Cuts a stream behind its last whole packet: views of the packets, and of the rest. */
export function frameCut(stream: Buffer): { packets: Buffer[], rest: Buffer } {
  const packets: Buffer[] = []
  let rest = stream
  for (let size = frameSize(rest); size > 0; size = frameSize(rest)) {
    packets.push(rest.subarray(0, size))
    rest = rest.subarray(size)
  }
  return { packets, rest }
}

/** Decodes one whole packet for a client of the given protocol version. */
export function frameDecode(bytes: Uint8Array, version: number): Packet {
  const parser = mqttPacket.parser({ protocolVersion: version })
  const packets: Packet[] = []
  const errors: Error[] = []
  parser.on('packet', (packet: Packet) => packets.push(packet))
  parser.on('error', (error: Error) => errors.push(error))
  parser.parse(Buffer.from(bytes))
  if (errors.length > 0 || packets.length !== 1) {
    const hex = Buffer.from(bytes).toString('hex')
    throw new Error(`the broker sent a packet that does not decode: ${hex}: ${errors[0]?.message ?? 'no packet'}`)
  }
  return packets[0]
}

/** The User Properties of a PUBLISH in wire order, which mqtt-packet's objects lose. */
export function publishUserProperties(bytes: Uint8Array): [string, string][] {
  const view = Buffer.from(bytes)
  let at = 1
  while (view[at++] > 127);
  at += 2 + view.readUInt16BE(at)
  if ((view[0] & 6) !== 0) at += 2
  const pairs: [string, string][] = []
  const [propertySize, start] = readVarint(view, at)
  const end = start + propertySize
  at = start
  const readText = (): string => {
    const size = view.readUInt16BE(at)
    at += 2 + size
    return view.toString('utf8', at - size, at)
  }
  while (at < end) {
    const identifier = view[at++]
    if (identifier === 0x26) pairs.push([readText(), readText()])
    else if (identifier === 0x01) at += 1
    else if (identifier === 0x02) at += 4
    else if (identifier === 0x23) at += 2
    else if (identifier === 0x0b) at = readVarint(view, at)[1]
    else readText()
  }
  return pairs
}

function readVarint(view: Buffer, at: number): [value: number, end: number] {
  let value = 0
  let scale = 1
  for (;;) {
    const byte = view[at++]
    value += (byte & 127) * scale
    scale *= 128
    if (byte < 128) return [value, at]
  }
}
