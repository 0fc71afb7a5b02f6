// MQTT 5.0 packets of the program's own client: what it sends, and how it reads what the broker answers.
import { SUBSCRIPTION_IDENTIFIER } from '../../../codec/property_identifier'

function field(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([twoBytes(bytes.length), bytes])
}

const twoBytes = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff])
const noProperties = Buffer.alloc(1)

function variable(value: number): number[] {
  const bytes: number[] = []
  do {
    bytes.push(value > 127 ? value & 127 | 128 : value)
    value >>>= 7
  } while (value)
  return bytes
}

function packet(first: number, ...parts: Uint8Array[]): Buffer {
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([Buffer.from([first, ...variable(size)]), ...parts])
}

/** A packet that is made before its turn to be sent has come: its Packet Identifier goes to `identifierAt`, 0: none. */
export interface Outgoing {
  bytes: Buffer
  identifierAt: number
}

/** Puts two bytes for the identifier behind what stands in front of it. */
function identified(first: number, before: Uint8Array, after: Uint8Array[]): Outgoing {
  const bytes = packet(first, before, Buffer.alloc(2), ...after)
  const identifierAt = bytes.length - after.reduce((sum, part) => sum + part.length, 2)
  return { bytes, identifierAt }
}

const nothing = Buffer.alloc(0)

/** A clean session without Keep Alive: the stream is inside the process. */
export const connectPacket = (clientIdentifier: string, userName: string): Buffer =>
  packet(0x10, field('MQTT'), Buffer.from([5, 0x82, 0, 0]), noProperties, field(clientIdentifier), field(userName))

export function subscribePacket(filter: string, qos: number, subscriptionIdentifier: number): Outgoing {
  const property = [SUBSCRIPTION_IDENTIFIER, ...variable(subscriptionIdentifier)]
  return identified(0x82, nothing, [Buffer.from([property.length, ...property]), field(filter), Buffer.from([qos])])
}

export const unsubscribePacket = (filter: string): Outgoing => identified(0xa2, nothing, [noProperties, field(filter)])

export function publishPacket(topic: string, payload: Uint8Array, qos: number, retain: boolean): Outgoing {
  const first = 0x30 | qos << 1 | (retain ? 1 : 0)
  if (qos) return identified(first, field(topic), [noProperties, payload])
  return { bytes: packet(first, field(topic), noProperties, payload), identifierAt: 0 }
}

/** PUBACK, PUBREC, PUBREL or PUBCOMP. */
export const acknowledgePacket = (first: number, packetIdentifier: number): Buffer =>
  packet(first, twoBytes(packetIdentifier))

export const pingPacket = (): Buffer => packet(0xc0)

export const disconnectPacket = (): Buffer => packet(0xe0)

/** A packet from the broker: its first byte and its body. */
export interface Received {
  first: number
  body: Buffer
}

/** Cuts the broker's bytes into packets. */
export class PacketReader {
  private rest = Buffer.alloc(0)

  read(chunk: Uint8Array): Received[] {
    // The broker uses the chunk's memory again: it is copied.
    this.rest = Buffer.concat([this.rest, chunk])
    const packets: Received[] = []
    for (let next = this.next(); next; next = this.next()) packets.push(next)
    return packets
  }

  private next(): Received | null {
    let size = 0
    for (let i = 1; i < 5 && i < this.rest.length; i++) {
      size |= (this.rest[i] & 127) << 7 * (i - 1)
      if (this.rest[i] > 127) continue
      if (this.rest.length < i + 1 + size) return null
      const received = { first: this.rest[0], body: this.rest.subarray(i + 1, i + 1 + size) }
      this.rest = this.rest.subarray(i + 1 + size)
      return received
    }
    return null
  }
}
