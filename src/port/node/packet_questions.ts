// What each of a client's packets asks for: only what the authorisation hook is asked about. The core judges whether a
// packet is good; what is not well formed here asks for nothing and fails there.
import { FieldReader } from '../../client/field_reader'
import { type CutPacket, PacketCutter } from '../../client/packet_cutter'
import { CONNECT, PUBLISH, SUBSCRIBE } from '../../codec/packet_type'
import { TOPIC_ALIAS } from '../../codec/property_identifier'

export interface AskingPacket {
  bytes: Uint8Array
  publishTopics: string[]
  filters: string[]
  /** Who asks, where the packet says so: a CONNECT. */
  claim?: { clientIdentifier: string, userName: string | undefined }
}

const WILL = 4
const USER_NAME = 128
/** Bytes held back for a packet that is not complete. */
const HELD_SIZE_MAX = 4_194_304

/** The Topic Alias among a PUBLISH's properties, 0: none. */
function topicAlias(reader: FieldReader): number {
  let alias = 0
  reader.properties((identifier, value) => {
    if (identifier === TOPIC_ALIAS) alias = value
  })
  return alias
}

/** One connection's reader of questions; it remembers the protocol version and the aliases. */
class Questions {
  private version = 4
  private readonly aliases = new Map<number, string>()

  of({ bytes, bodyAt }: CutPacket): AskingPacket {
    const reader = new FieldReader(bytes, bodyAt)
    const type = bytes[0] >> 4
    const packet: AskingPacket = { bytes, publishTopics: [], filters: [] }
    if (type === CONNECT) this.connect(reader, packet)
    else if (type === PUBLISH) packet.publishTopics = [this.publishTopic(reader, bytes[0] >> 1 & 3)]
    else if (type === SUBSCRIBE) packet.filters = this.filters(reader)
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
      if (this.version > 4) reader.properties()
      packet.publishTopics = [reader.text()]
      reader.text()
    }
    packet.claim = { clientIdentifier, userName: flags & USER_NAME ? reader.text() : undefined }
  }

  private publishTopic(reader: FieldReader, qos: number): string {
    const topic = reader.text()
    if (qos) reader.number(2)
    const alias = this.version > 4 ? topicAlias(reader) : 0
    if (alias && topic) this.aliases.set(alias, topic)
    return topic || (this.aliases.get(alias) ?? '')
  }

  private filters(reader: FieldReader): string[] {
    const filters: string[] = []
    reader.number(2)
    if (this.version > 4) reader.properties()
    while (!reader.isAtEnd) {
      // The core asks for what the group shares.
      filters.push(reader.text().replace(/^\$share\/[^/]*\//, ''))
      reader.byte()
    }
    return filters
  }
}

/** Answers a function that takes a connection's chunks and gives its whole packets with what they ask for. */
export function packetQuestions(): (chunk: Uint8Array) => AskingPacket[] {
  const questions = new Questions()
  const cutter = new PacketCutter(HELD_SIZE_MAX)
  return chunk => cutter.cut(chunk).map(packet => questions.of(packet))
}
