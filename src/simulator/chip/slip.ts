// SLIP, RFC 1055: how packets are told apart on the loader's serial line.

const END = 0xc0
const ESCAPE = 0xdb
const ESCAPED_END = 0xdc
const ESCAPED_ESCAPE = 0xdd

export function slipEncode (packet: Uint8Array): Uint8Array {
  const bytes = [END]
  for (const byte of packet) {
    if (byte === END) bytes.push(ESCAPE, ESCAPED_END)
    else if (byte === ESCAPE) bytes.push(ESCAPE, ESCAPED_ESCAPE)
    else bytes.push(byte)
  }
  bytes.push(END)
  return Uint8Array.from(bytes)
}

/** Takes bytes as they come and answers the packets that they complete. */
export class SlipDecoder {
  private packet: number[] | null = null
  private isEscaped = false

  take (bytes: Uint8Array): Uint8Array[] {
    return Array.from(bytes, byte => this.takeByte(byte)).filter(packet => packet !== null)
  }

  private takeByte (byte: number): Uint8Array | null {
    if (byte === END) {
      const done = this.packet && this.packet.length > 0 ? Uint8Array.from(this.packet) : null
      // What ends a packet also starts one: noise in between is a packet that nobody knows.
      this.packet = done ? null : []
      return done
    }
    if (this.packet === null) return null
    if (byte === ESCAPE) this.isEscaped = true
    else this.packet.push(this.isEscaped ? byte === ESCAPED_END ? END : ESCAPE : byte)
    if (byte !== ESCAPE) this.isEscaped = false
    return null
  }
}
