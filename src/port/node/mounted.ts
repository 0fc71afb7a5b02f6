// A client's connection whose packets are written anew on their way: with mount_point every topic has something in
// front of it inside the broker that its client does not see, and with use_username_as_clientid a client is called by
// its User Name. The core sees packets like any other; connections without such terms do not pass here.
import { Duplex } from 'node:stream'
import { FieldReader } from '../../client/field_reader'
import { type CutPacket, PacketCutter } from '../../client/packet_cutter'
import { CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE } from '../../codec/packet_type'
import { PACKET_SIZE_MAX } from '../../limits'
import { field, packetStart } from '../../client/packet_bytes'

const WILL = 4
const USER_NAME = 128
const FIELD_SIZE_MAX = 65_535

interface Terms {
  /** In front of every topic; '' where there is none. */
  mountPoint: string
  /** Who the client is by its certificate; undefined: it says so itself. */
  identity: string | undefined
  isNamedByUser: boolean
}

/** A field of a packet in other words: where it starts, and what it says then. */
interface Edit { at: number, text: string }

/** A field's text. One that has become too long is none: the core refuses the packet for it. */
const bounded = (text: string): string => Buffer.byteLength(text) > FIELD_SIZE_MAX ? '' : text

/** The packet with fields in other words; one that is not well formed stays as it is, and is refused by the core. */
function edited({ bytes, bodyAt, left = 0 }: CutPacket, edits: Edit[]): Buffer {
  const parts: Buffer[] = []
  let from = bodyAt
  for (const { at, text } of edits) {
    const end = at + 2 + (at + 2 <= bytes.length ? bytes.readUInt16BE(at) : 0)
    if (end > bytes.length || at + 2 > bytes.length) return bytes
    parts.push(bytes.subarray(from, at), field(bounded(text)))
    from = end
  }
  return edits.length ? packetStart(bytes[0], left, ...parts, bytes.subarray(from)) : bytes
}

/** One connection's writer; it remembers the protocol version. */
class Rewriter {
  private version = 4

  constructor(private readonly terms: Terms) {}

  /** A packet from the client. */
  incoming(cut: CutPacket): Buffer {
    if (cut.isRest) return cut.bytes
    const type = cut.bytes[0] >> 4
    const reader = new FieldReader(cut.bytes, cut.bodyAt)
    if (type === CONNECT) return edited(cut, this.connectEdits(reader))
    if (type === PUBLISH) return edited(cut, this.publishEdits(reader))
    if (type === SUBSCRIBE || type === UNSUBSCRIBE) return edited(cut, this.filterEdits(reader, type === SUBSCRIBE))
    return cut.bytes
  }

  /** A packet to the client. */
  outgoing(cut: CutPacket): Buffer {
    const { mountPoint } = this.terms
    if (cut.isRest || cut.bytes[0] >> 4 !== PUBLISH || !mountPoint) return cut.bytes
    const text = new FieldReader(cut.bytes, cut.bodyAt).text()
    if (!text.startsWith(mountPoint)) return cut.bytes
    return edited(cut, [{ at: cut.bodyAt, text: text.slice(mountPoint.length) }])
  }

  private connectEdits(reader: FieldReader): Edit[] {
    const { mountPoint, identity, isNamedByUser } = this.terms
    const edits: Edit[] = []
    reader.text()
    this.version = reader.byte()
    const flags = reader.byte()
    reader.number(2)
    if (this.version > 4) reader.properties()
    const clientAt = reader.at
    reader.text()
    if (flags & WILL) {
      if (this.version > 4) reader.properties()
      const at = reader.at
      const text = reader.text()
      if (mountPoint) edits.push({ at, text: mountPoint + text })
      reader.text()
    }
    const name = identity ?? (flags & USER_NAME ? reader.text() : undefined)
    if (isNamedByUser && name !== undefined) edits.unshift({ at: clientAt, text: name })
    return edits
  }

  /** A topic that an alias stands for is in no packet but the first. */
  private publishEdits(reader: FieldReader): Edit[] {
    const { at } = reader
    const text = reader.text()
    return text && this.terms.mountPoint ? [{ at, text: this.terms.mountPoint + text }] : []
  }

  private filterEdits(reader: FieldReader, hasOptions: boolean): Edit[] {
    const { mountPoint } = this.terms
    if (!mountPoint) return []
    const edits: Edit[] = []
    reader.number(2)
    if (this.version > 4) reader.properties()
    while (!reader.isAtEnd) {
      const { at } = reader
      const text = reader.text()
      // What members of a shared subscription share is below the mount point too.
      const [, share, filter] = /^(\$share\/[^/]*\/)?(.*)$/s.exec(text)!
      if (text) edits.push({ at, text: `${share ?? ''}${mountPoint}${filter}` })
      if (hasOptions) reader.byte()
    }
    return edits
  }
}

/** The connection as the broker is to see it. */
export class MountedStream extends Duplex {
  private readonly fromClient = new PacketCutter(PACKET_SIZE_MAX, true)
  private readonly toClient = new PacketCutter(PACKET_SIZE_MAX, true)
  private readonly rewriter: Rewriter

  constructor(private readonly inner: Duplex, terms: Terms) {
    super({ allowHalfOpen: true })
    this.rewriter = new Rewriter(terms)
    inner.on('data', (chunk: Buffer) => this.deliver(chunk))
    inner.on('end', () => this.push(null))
    inner.on('error', () => this.destroy())
    inner.on('close', () => this.destroy())
  }

  private deliver(chunk: Buffer): void {
    for (const cut of this.fromClient.cut(chunk)) {
      if (!this.push(this.rewriter.incoming(cut))) this.inner.pause()
    }
  }

  override _read(): void {
    this.inner.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const packets = this.toClient.cut(chunk).map((cut) => this.rewriter.outgoing(cut))
    if (packets.length) this.inner.write(Buffer.concat(packets), done)
    else done()
  }

  override _final(done: (error?: Error | null) => void): void {
    this.inner.end(() => done())
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.inner.destroy()
    done(error)
  }
}
