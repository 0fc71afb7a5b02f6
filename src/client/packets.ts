// Packets that a client sends, in 5.0 unless they are told a version. [MQTT 5.0 chapter 3]
import { AUTH, DISCONNECT, PINGREQ, PUBREL, SUBSCRIBE, UNSUBSCRIBE } from '../codec/packet_type'
import { SUBSCRIPTION_IDENTIFIER } from '../codec/property_identifier'
import { CONTINUE_AUTHENTICATION } from '../codec/reason_code'
import { type ProtocolVersion, authenticationProperties } from './connect_packet'
import { block, field, noProperties, nothing, packet, twoBytes, variable } from './packet_bytes'

/** The flags that SUBSCRIBE, UNSUBSCRIBE and PUBREL have. [MQTT-2.1.3-1] */
const RESERVED = 2

/** PUBACK, PUBREC, PUBREL or PUBCOMP; a Reason Code but 0 is 5.0's. */
export const acknowledgePacket = (type: number, packetIdentifier: number, reasonCode = 0): Buffer =>
  packet(
    type << 4 | (type === PUBREL ? RESERVED : 0), twoBytes(packetIdentifier),
    reasonCode ? Buffer.from([reasonCode]) : nothing,
  )

/** A Topic Filter with the options that SUBSCRIBE has for it; 3.1.1 has the QoS alone. */
export interface WantedFilter {
  filter: string
  options: number
}

const QOS_BITS = 3
export const NO_LOCAL = 4
export const RETAIN_AS_PUBLISHED = 8
/** Retain Handling: retained messages only where the session had no such subscription. */
export const RETAINED_IF_NEW = 0x10
/** Retain Handling: no retained messages. */
export const RETAINED_NEVER = 0x20

/** `subscriptionIdentifier` is that of all of them; 0: none. */
export function subscribeManyPacket(
  version: ProtocolVersion, packetIdentifier: number, wanted: WantedFilter[], subscriptionIdentifier = 0,
): Buffer {
  const filters = wanted.map(({ filter, options }) =>
    Buffer.concat([field(filter), Buffer.from([version < 5 ? options & QOS_BITS : options])]))
  const properties = block(Buffer.from(
    subscriptionIdentifier ? [SUBSCRIPTION_IDENTIFIER, ...variable(subscriptionIdentifier)] : []))
  return packet(SUBSCRIBE << 4 | RESERVED, twoBytes(packetIdentifier), version < 5 ? nothing : properties, ...filters)
}

export function unsubscribeManyPacket(version: ProtocolVersion, packetIdentifier: number, filters: string[]): Buffer {
  return packet(
    UNSUBSCRIBE << 4 | RESERVED, twoBytes(packetIdentifier), version < 5 ? nothing : noProperties,
    ...filters.map((filter) => field(filter)))
}

export const pingPacket = (): Buffer => packet(PINGREQ << 4)

/** AUTH with which a client answers a challenge. [MQTT-4.12.0-3] */
export const authPacket = (method: string, data: string): Buffer =>
  packet(AUTH << 4, Buffer.from([CONTINUE_AUTHENTICATION]), block(authenticationProperties(method, data)))

/** A Reason Code but 0 is 5.0's. */
export const disconnectPacket = (reasonCode = 0): Buffer =>
  packet(DISCONNECT << 4, reasonCode ? Buffer.from([reasonCode]) : nothing)
