// Cuts a connection's bytes into packets. [MQTT 5.0 section 2.1]

/** A packet's bytes, which are a copy and the receiver's own, and where its body starts in them. */
export interface CutPacket {
  bytes: Buffer
  bodyAt: number
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
  private rest = Buffer.alloc(0)

  /** Of a packet of more than `sizeMax` bytes what has come is handed on as if it were all, and so is what follows. */
  constructor(private readonly sizeMax = Infinity) {}

  /** The packets that a chunk completes. The chunk is copied: the stream may use its memory again. */
  cut(chunk: Uint8Array): CutPacket[] {
    this.rest = Buffer.concat([this.rest, chunk])
    const packets: CutPacket[] = []
    for (let found = frame(this.rest); found; found = frame(this.rest)) {
      const isWhole = found.end <= this.rest.length
      if (!isWhole && found.end <= this.sizeMax) break
      const end = isWhole ? found.end : this.rest.length
      packets.push({ bytes: this.rest.subarray(0, end), bodyAt: found.bodyAt })
      this.rest = this.rest.subarray(end)
    }
    return packets
  }
}
