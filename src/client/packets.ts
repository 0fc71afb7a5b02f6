// Packets that a client of MQTT 5.0 sends. [MQTT 5.0 chapter 3]
import {
  CONNECT, DISCONNECT, PINGREQ, PUBLISH, PUBREL, SUBSCRIBE, UNSUBSCRIBE,
} from '../codec/packet_type'
import { SUBSCRIPTION_IDENTIFIER } from '../codec/property_identifier'

export function field(text: string): Buffer {
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

export function packet(first: number, ...parts: Uint8Array[]): Buffer {
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

/** The flags that SUBSCRIBE, UNSUBSCRIBE and PUBREL have. [MQTT-2.1.3-1] */
const RESERVED = 2
const USER_NAME_FLAG = 0x80
const CLEAN_START = 2

/** Clean Start, a User Name and no Keep Alive: for a stream that is inside the process. */
export const connectPacket = (clientIdentifier: string, userName: string): Buffer =>
  packet(CONNECT << 4, field('MQTT'), Buffer.from([5, USER_NAME_FLAG | CLEAN_START, 0, 0]), noProperties,
    field(clientIdentifier), field(userName))

export function subscribePacket(filter: string, qos: number, subscriptionIdentifier: number): Outgoing {
  const property = [SUBSCRIPTION_IDENTIFIER, ...variable(subscriptionIdentifier)]
  return identified(SUBSCRIBE << 4 | RESERVED, nothing, [
    Buffer.from([property.length, ...property]), field(filter), Buffer.from([qos]),
  ])
}

export const unsubscribePacket = (filter: string): Outgoing =>
  identified(UNSUBSCRIBE << 4 | RESERVED, nothing, [noProperties, field(filter)])

export function publishPacket(topic: string, payload: Uint8Array, qos: number, retain: boolean): Outgoing {
  const first = PUBLISH << 4 | qos << 1 | (retain ? 1 : 0)
  if (qos) return identified(first, field(topic), [noProperties, payload])
  return { bytes: packet(first, field(topic), noProperties, payload), identifierAt: 0 }
}

/** PUBACK, PUBREC, PUBREL or PUBCOMP. */
export const acknowledgePacket = (type: number, packetIdentifier: number): Buffer =>
  packet(type << 4 | (type === PUBREL ? RESERVED : 0), twoBytes(packetIdentifier))

export const pingPacket = (): Buffer => packet(PINGREQ << 4)

export const disconnectPacket = (): Buffer => packet(DISCONNECT << 4)
