// Cuts a connection's bytes into packets. [MQTT 5.0 section 2.1]
import { PUBLISH } from '../codec/packet_type'

/** A packet's bytes, which are a copy and the receiver's own, and where its body starts in them. */
export interface CutPacket {
  bytes: Buffer
  bodyAt: number
  /** Of a PUBLISH that is handed on in pieces: bytes that follow in the next ones. */
  left?: number
  /** Such a piece: it has no fixed header. */
  isRest?: boolean
}

/** Where the body of the packet starts and where it ends, both from 0 on; null: more bytes are needed to say. */
function frame(bytes: Buffer): { bodyAt: number, end: number } | null {
  let size = 0
  for (let i = 1; i < 5; i++) {
    if (i >= bytes.length) return null
    size |= (bytes[i] & 127) << 7 * (i - 1)
    if (bytes[i] < 128) return { bodyAt: i + 1, end: i + 1 + size }
  }
  // No packet: whoever judges it will say so.
  return { bodyAt: bytes.length, end: bytes.length }
}

export class PacketCutter {
  /** What is left of the chunks, in front of room for more: a packet that comes in pieces is not copied for each. */
  private held = Buffer.alloc(0)
  private size = 0
  /** Bytes that the packet in hand has, as far as is known. */
  private wanted = 0

  /** Bytes that follow of a PUBLISH that is handed on in pieces. */
  private left = 0

  /**
   * Of a packet of more than `sizeMax` bytes what has come is handed on as if it were all, and so is what follows. With
   * `hasPieces` a PUBLISH is handed on in pieces: one of `sizeMax` bytes at the least, and what follows as it comes.
   */
  constructor(private readonly sizeMax = Infinity, private readonly hasPieces = false) {}

  /** The packets that a chunk completes. The chunk is copied: the stream may use its memory again. */
  cut(chunk: Uint8Array): CutPacket[] {
    if (this.left) return this.cutRest(chunk)
    this.add(chunk)
    const packets: CutPacket[] = []
    if (this.size < this.wanted) return packets
    let rest = this.held.subarray(0, this.size)
    let found = frame(rest)
    for (; found; found = frame(rest)) {
      const isWhole = found.end <= rest.length
      if (!isWhole && found.end <= this.sizeMax) break
      const isPiece = !isWhole && this.hasPieces && rest[0] >> 4 === PUBLISH
      if (isPiece && rest.length < this.sizeMax) break
      const end = isWhole ? found.end : rest.length
      if (isPiece) this.left = found.end - end
      packets.push({ bytes: rest.subarray(0, end), bodyAt: found.bodyAt, left: this.left })
      rest = rest.subarray(end)
    }
    this.wanted = found ? Math.min(found.end, this.sizeMax) : 0
    if (packets.length) this.held = Buffer.from(rest)
    this.size = rest.length
    return packets
  }

  private cutRest(chunk: Uint8Array): CutPacket[] {
    const bytes = Buffer.from(chunk.subarray(0, this.left))
    this.left -= bytes.length
    const piece = { bytes, bodyAt: 0, left: this.left, isRest: true }
    return bytes.length < chunk.length ? [piece, ...this.cut(chunk.subarray(bytes.length))] : [piece]
  }

  private add(chunk: Uint8Array): void {
    const size = this.size + chunk.length
    if (size > this.held.length) {
      const grown = Buffer.alloc(Math.max(size, Math.min(this.size * 2, this.wanted)))
      grown.set(this.held.subarray(0, this.size))
      this.held = grown
    }
    this.held.set(chunk, this.size)
    this.size = size
  }
}
