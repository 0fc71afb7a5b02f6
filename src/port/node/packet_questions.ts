// Cuts a client's bytes into packets and reads what each of them asks for: only what the authorisation hook is asked
// about. The core judges whether a packet is good; what is not well formed here asks for nothing and fails there.

export interface AskingPacket {
  bytes: Uint8Array
  publishTopics: string[]
  filters: string[]
  /** Who asks, where the packet says so: a CONNECT. */
  claim?: { clientIdentifier: string, userName: string | undefined }
}

const CONNECT = 1
const PUBLISH = 3
const SUBSCRIBE = 8
const TOPIC_ALIAS = 0x23
const WILL = 4
const USER_NAME = 128
/** Bytes held back for a packet that is not complete. */
const HELD_SIZE_MAX = 4_194_304

/** Reads one packet's fields; past its end everything is empty. */
class Reader {
  constructor(private readonly bytes: Buffer, public at: number) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length
  }

  byte(): number {
    return this.bytes[this.at++] ?? 0
  }

  number(size: number): number {
    let value = 0
    while (size-- > 0) value = value * 256 + this.byte()
    return value
  }

  variable(): number {
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte()
      value |= (byte & 127) << shift
      if (byte < 128) break
    }
    return value
  }

  text(): string {
    const size = this.number(2)
    this.at += size
    return this.bytes.toString('utf8', this.at - size, this.at)
  }

  skipProperties(): void {
    const size = this.variable()
    this.at += size
  }
}

/** Bytes of each property's value that have a fixed size; the others are counted in the text. [MQTT 5.0 table 2-4] */
const PROPERTY_SIZES: Record<number, number> = { 0x01: 1, 0x02: 4, 0x23: 2 }

/** The Topic Alias among a PUBLISH's properties, 0: none. */
function topicAlias(reader: Reader): number {
  const size = reader.variable()
  const end = reader.at + size
  while (reader.at < end) {
    const identifier = reader.byte()
    if (identifier === TOPIC_ALIAS) return reader.number(2)
    // A User Property is two texts, the first of which is read here and the second below.
    if (identifier === 0x26) reader.text()
    if (identifier === 0x0b) reader.variable()
    else if (PROPERTY_SIZES[identifier]) reader.at += PROPERTY_SIZES[identifier]
    else reader.text()
  }
  return 0
}

/** One connection's reader of questions; it remembers the protocol version and the aliases. */
class Questions {
  private version = 4
  private readonly aliases = new Map<number, string>()

  of(bytes: Buffer, bodyAt: number): AskingPacket {
    const reader = new Reader(bytes, bodyAt)
    const type = bytes[0] >> 4
    const packet: AskingPacket = { bytes, publishTopics: [], filters: [] }
    if (type === CONNECT) this.connect(reader, packet)
    else if (type === PUBLISH) packet.publishTopics = [this.publishTopic(reader, bytes[0] >> 1 & 3)]
    else if (type === SUBSCRIBE) packet.filters = this.filters(reader)
    return packet
  }

  /** A CONNECT asks to publish its Will. */
  private connect(reader: Reader, packet: AskingPacket): void {
    reader.text()
    this.version = reader.byte()
    const flags = reader.byte()
    reader.number(2)
    if (this.version > 4) reader.skipProperties()
    const clientIdentifier = reader.text()
    if (flags & WILL) {
      if (this.version > 4) reader.skipProperties()
      packet.publishTopics = [reader.text()]
      reader.text()
    }
    packet.claim = { clientIdentifier, userName: flags & USER_NAME ? reader.text() : undefined }
  }

  private publishTopic(reader: Reader, qos: number): string {
    const topic = reader.text()
    if (qos) reader.number(2)
    const alias = this.version > 4 ? topicAlias(reader) : 0
    if (alias && topic) this.aliases.set(alias, topic)
    return topic || (this.aliases.get(alias) ?? '')
  }

  private filters(reader: Reader): string[] {
    const filters: string[] = []
    reader.number(2)
    if (this.version > 4) reader.skipProperties()
    while (!reader.isAtEnd) {
      filters.push(reader.text())
      reader.byte()
    }
    return filters
  }
}

/** The size of a packet's fixed header and of all of it; null: more bytes are needed. */
function frame(bytes: Buffer): { bodyAt: number, end: number } | null {
  let size = 0
  for (let i = 1; i < 5; i++) {
    if (i >= bytes.length) return null
    size |= (bytes[i] & 127) << 7 * (i - 1)
    if (bytes[i] < 128) return { bodyAt: i + 1, end: i + 1 + size }
  }
  return { bodyAt: bytes.length, end: bytes.length }
}

/** Answers a function that takes a connection's chunks and gives its whole packets with what they ask for. */
export function packetQuestions(): (chunk: Uint8Array) => AskingPacket[] {
  const questions = new Questions()
  let rest = Buffer.alloc(0)
  return (chunk) => {
    const packets: AskingPacket[] = []
    // The stream may use the chunk's memory again while the packet waits: it is copied.
    rest = Buffer.concat([rest, chunk])
    for (let found = frame(rest); found; found = frame(rest)) {
      const isWhole = found.end <= rest.length
      if (!isWhole && found.end <= HELD_SIZE_MAX) break
      const end = isWhole ? found.end : rest.length
      packets.push(questions.of(rest.subarray(0, end), found.bodyAt))
      rest = rest.subarray(end)
    }
    return packets
  }
}
