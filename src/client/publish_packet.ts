// PUBLISH between a broker of one version and one of another. What means the same to both is carried as it is, byte for
// byte; Topic Alias and Subscription Identifier are a connection's own and stay behind. [MQTT 5.0 section 3.3]
import { PUBLISH } from '../codec/packet_type'
import { SUBSCRIPTION_IDENTIFIER, TOPIC_ALIAS, USER_PROPERTY } from '../codec/property_identifier'
import type { ProtocolVersion } from './connect_packet'
import { FieldReader } from './field_reader'
import { block, field, packet, twoBytes } from './packet_bytes'
import type { CutPacket } from './packet_cutter'

export interface Publish {
  topic: string
  payload: Uint8Array
  qos: number
  retain: boolean
  isDuplicate: boolean
  /** 0 at QoS 0. */
  packetIdentifier: number
  /** Properties, without their length; of 3.1.1 none. */
  properties: Uint8Array
  /** Bridges that it has come through, as far as they have said so. */
  hops: number
}

/** The User Property by which bridges count how far a message has come. */
export const HOPS = 'bridge-hops'

const RETAIN = 1
const DUPLICATE = 8
const nothing = new Uint8Array(0)

/** Reads one; its payload is a view of the packet. Null: it is none. */
export function publishRead({ bytes, bodyAt }: CutPacket, version: ProtocolVersion): Publish | null {
  const flags = bytes[0]
  const qos = flags >> 1 & 3
  const reader = new FieldReader(bytes, bodyAt)
  const topic = reader.text()
  const packetIdentifier = qos ? reader.number(2) : 0
  const { properties, hops } = version < 5 ? { properties: nothing, hops: 0 } : propertiesRead(reader, bytes)
  if (!topic || qos > 2 || qos && !packetIdentifier || reader.at > bytes.length) return null
  return {
    topic, qos, packetIdentifier, properties, hops, retain: (flags & RETAIN) > 0, isDuplicate: (flags & DUPLICATE) > 0,
    payload: bytes.subarray(reader.at),
  }
}

/** The properties that go on, and the count of bridges, which is written anew. */
function propertiesRead(reader: FieldReader, bytes: Buffer): { properties: Uint8Array, hops: number } {
  const end = Math.min(reader.variable() + reader.at, bytes.length)
  const parts: Uint8Array[] = []
  let hops = 0
  while (reader.at < end) {
    const start = reader.at
    const identifier = bytes[start]
    const count = identifier === USER_PROPERTY ? hopsOf(bytes, start) : 0
    reader.skipProperty()
    if (count) hops = count
    else if (identifier !== TOPIC_ALIAS && identifier !== SUBSCRIPTION_IDENTIFIER) {
      parts.push(bytes.subarray(start, Math.min(reader.at, end)))
    }
  }
  reader.at = end
  return { properties: parts.length === 1 ? parts[0] : Buffer.concat(parts), hops }
}

/** What a User Property says of bridges; 0: nothing. */
function hopsOf(bytes: Buffer, start: number): number {
  const reader = new FieldReader(bytes, start + 1)
  if (reader.text() !== HOPS) return 0
  const count = Number(reader.text())
  return Number.isInteger(count) && count > 0 ? count : 0
}

/**
 * Writes one. `alias` is a Topic Alias and whether the broker knows its topic already; only 5.0 has any of this and the
 * properties.
 */
export function publishWrite(
  { topic, payload, qos, retain, isDuplicate, packetIdentifier, properties, hops }: Publish, version: ProtocolVersion,
  alias?: { number: number, isKnown: boolean },
): Buffer {
  const flags = qos << 1 | (retain ? RETAIN : 0) | (isDuplicate && qos ? DUPLICATE : 0)
  const parts: Uint8Array[] = [field(alias?.isKnown ? '' : topic)]
  if (qos) parts.push(twoBytes(packetIdentifier))
  if (version === 5) {
    const own: Uint8Array[] = [properties]
    if (hops) own.push(Buffer.from([USER_PROPERTY]), field(HOPS), field(String(hops)))
    if (alias) own.push(Buffer.from([TOPIC_ALIAS]), twoBytes(alias.number))
    parts.push(block(Buffer.concat(own)))
  }
  return packet(PUBLISH << 4 | flags, ...parts, payload)
}
