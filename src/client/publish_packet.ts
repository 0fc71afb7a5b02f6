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
  /** Subscription Identifiers of a copy that has come; they are the connection's own. */
  subscriptions: readonly number[]
  /** Bridges that it has come through, as far as they have said so. */
  hops: number
  /** The brokers that it has left by a bridge that says so, by names without spaces. */
  path: string[]
}

/** The User Properties by which bridges say how far a message has come, and by which brokers. */
const HOPS = 'bridge-hops'
const PATH = 'bridge-path'

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
  const carried = version < 5 ? { ...NOTHING_CARRIED } : propertiesRead(reader, bytes)
  if (!topic || qos > 2 || qos && !packetIdentifier || reader.at > bytes.length) return null
  return {
    topic, qos, packetIdentifier, ...carried, retain: (flags & RETAIN) > 0, isDuplicate: (flags & DUPLICATE) > 0,
    payload: bytes.subarray(reader.at),
  }
}

type Carried = Pick<Publish, 'properties' | 'subscriptions' | 'hops' | 'path'>

const NOTHING_CARRIED: Carried = { properties: nothing, subscriptions: [], hops: 0, path: [] }

/** The properties that go on, and those of bridges, which are written anew. */
function propertiesRead(reader: FieldReader, bytes: Buffer): Carried {
  const end = Math.min(reader.variable() + reader.at, bytes.length)
  const parts: Uint8Array[] = []
  const carried = { ...NOTHING_CARRIED }
  while (reader.at < end) {
    const start = reader.at
    const identifier = bytes[start]
    reader.skipProperty()
    if (identifier === USER_PROPERTY && isOfBridges(bytes, start, carried)) continue
    if (identifier === SUBSCRIPTION_IDENTIFIER) {
      carried.subscriptions = [...carried.subscriptions, new FieldReader(bytes, start + 1).variable()]
    } else if (identifier !== TOPIC_ALIAS) parts.push(bytes.subarray(start, Math.min(reader.at, end)))
  }
  reader.at = end
  carried.properties = parts.length === 1 ? parts[0] : Buffer.concat(parts)
  return carried
}

/** Takes what a User Property says of bridges. False: nothing. */
function isOfBridges(bytes: Buffer, start: number, carried: Carried): boolean {
  const reader = new FieldReader(bytes, start + 1)
  const name = reader.text()
  if (name !== HOPS && name !== PATH) return false
  const value = reader.text()
  if (name === PATH) carried.path = value.split(' ')
  else if (/^[1-9]\d{0,4}$/.test(value)) carried.hops = Number(value)
  else return false
  return true
}

const userProperty = (name: string, value: string): Uint8Array[] =>
  [Buffer.from([USER_PROPERTY]), field(name), field(value)]

/**
 * Writes one. `alias` is a Topic Alias and whether the broker knows its topic already; only 5.0 has any of this and the
 * properties.
 */
export function publishWrite(
  publish: Publish, version: ProtocolVersion, alias?: { number: number, isKnown: boolean },
): Buffer {
  const { topic, payload, qos, retain, isDuplicate, packetIdentifier, properties, hops, path } = publish
  const flags = qos << 1 | (retain ? RETAIN : 0) | (isDuplicate && qos ? DUPLICATE : 0)
  const parts: Uint8Array[] = [field(alias?.isKnown ? '' : topic)]
  if (qos) parts.push(twoBytes(packetIdentifier))
  if (version === 5) {
    const own: Uint8Array[] = [properties]
    if (hops) own.push(...userProperty(HOPS, String(hops)))
    if (path.length) own.push(...userProperty(PATH, path.join(' ')))
    if (alias) own.push(Buffer.from([TOPIC_ALIAS]), twoBytes(alias.number))
    parts.push(block(Buffer.concat(own)))
  }
  return packet(PUBLISH << 4 | flags, ...parts, payload)
}
