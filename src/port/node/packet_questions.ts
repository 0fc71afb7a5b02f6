// What each of a client's packets asks for: only what the authorisation hook is asked about. The core judges whether a
// packet is good; what is not well formed here asks for nothing and fails there.
import { FieldReader } from '../../client/field_reader'
import { type CutPacket, PacketCutter } from '../../client/packet_cutter'
import { CONNECT, PUBLISH, SUBSCRIBE } from '../../codec/packet_type'
import type { PublishRequest, QoS, SubscribeRequest } from './library/api'
import { type PropertiesRead, propertiesRead } from './message_properties'

/** What a client wants to publish, or to subscribe to; who it is stands in its link. */
export type PublishQuestion = Omit<PublishRequest, 'clientIdentifier' | 'userName'>
export type SubscribeQuestion = Omit<SubscribeRequest, 'clientIdentifier' | 'userName'>

export interface AskingPacket {
  bytes: Uint8Array
  /** What it wants to publish: a PUBLISH, or the Will of a CONNECT. */
  publish?: PublishQuestion
  subscribes: SubscribeQuestion[]
  /** Who asks, where the packet says so: a CONNECT. */
  claim?: { clientIdentifier: string, userName: string | undefined }
  /** It goes on with a PUBLISH whose question was asked with its first piece. */
  isRest?: boolean
}

const RETAIN = 1
// Connect Flags. [MQTT 5.0 section 3.1.2.3]
const WILL = 4
const WILL_QOS_SHIFT = 3
const WILL_RETAIN = 32
const USER_NAME = 128
const NO_PROPERTIES: PropertiesRead = { message: undefined, topicAlias: 0, subscriptions: [] }
/** Bytes held back for a packet that is not complete; of a larger PUBLISH what follows is not. */
const HELD_SIZE_MAX = 4_194_304

const qosOf = (flags: number): QoS => (flags & 3) as QoS

/** One connection's reader of questions; it remembers the protocol version and the aliases. */
class Questions {
  private version = 4
  private readonly aliases = new Map<number, string>()

  of({ bytes, bodyAt, left = 0, isRest }: CutPacket): AskingPacket {
    if (isRest) return { bytes, subscribes: [], isRest }
    const reader = new FieldReader(bytes, bodyAt)
    const type = bytes[0] >> 4
    const packet: AskingPacket = { bytes, subscribes: [] }
    if (type === CONNECT) this.connect(reader, packet)
    else if (type === PUBLISH) packet.publish = this.publish(reader, bytes, left)
    else if (type === SUBSCRIBE) packet.subscribes = this.subscribes(reader)
    return packet
  }

  /** A CONNECT asks to publish its Will. */
  private connect(reader: FieldReader, packet: AskingPacket): void {
    reader.text()
    this.version = reader.byte()
    const flags = reader.byte()
    reader.number(2)
    if (this.version > 4) reader.properties()
    const clientIdentifier = reader.text()
    if (flags & WILL) {
      const properties = this.version > 4 ? propertiesRead(reader).message : undefined
      packet.publish = {
        action: 'publish', topic: reader.text(), payload: reader.binary(), qos: qosOf(flags >> WILL_QOS_SHIFT),
        retain: (flags & WILL_RETAIN) > 0, properties,
      }
    }
    packet.claim = { clientIdentifier, userName: flags & USER_NAME ? reader.text() : undefined }
  }

  private publish(reader: FieldReader, bytes: Buffer, left: number): PublishQuestion {
    const qos = qosOf(bytes[0] >> 1)
    const named = reader.text()
    if (qos) reader.number(2)
    const { message: properties, topicAlias } = this.version > 4 ? propertiesRead(reader) : NO_PROPERTIES
    if (topicAlias && named) this.aliases.set(topicAlias, named)
    const topic = named || (this.aliases.get(topicAlias) ?? '')
    // A copy: what a hook does with it changes no message.
    const payload = new Uint8Array(left ? [] : bytes.subarray(reader.at))
    const size = left ? { payloadSize: bytes.length - reader.at + left } : {}
    return { action: 'publish', topic, payload, ...size, qos, retain: (bytes[0] & RETAIN) > 0, properties }
  }

  private subscribes(reader: FieldReader): SubscribeQuestion[] {
    const questions: SubscribeQuestion[] = []
    reader.number(2)
    if (this.version > 4) reader.properties()
    while (!reader.isAtEnd) {
      // The core asks for what the group shares.
      const topic = reader.text().replace(/^\$share\/[^/]*\//, '')
      questions.push({ action: 'subscribe', topic, qos: qosOf(reader.byte()) })
    }
    return questions
  }
}

/** Answers a function that takes a connection's chunks and gives its whole packets with what they ask for. */
export function packetQuestions(): (chunk: Uint8Array) => AskingPacket[] {
  const questions = new Questions()
  const cutter = new PacketCutter(HELD_SIZE_MAX, true)
  return chunk => cutter.cut(chunk).map(packet => questions.of(packet))
}
