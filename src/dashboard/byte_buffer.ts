// What src/client uses of Node's Buffer, for a browser: bytes, texts in UTF-8, big-endian numbers. It is put where
// Node's own is found, so this file must be imported first.

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export class ByteBuffer extends Uint8Array {
  readUInt16BE(at: number): number {
    return this[at] << 8 | this[at + 1]
  }

  writeUInt32BE(value: number): void {
    new DataView(this.buffer, this.byteOffset).setUint32(0, value)
  }

  override toString(_encoding?: string, start = 0, end = this.length): string {
    return decoder.decode(this.subarray(start, end))
  }
}

function from(value: string | ArrayLike<number>): ByteBuffer {
  const bytes = typeof value === 'string' ? encoder.encode(value) : value
  const buffer = new ByteBuffer(bytes.length)
  buffer.set(bytes)
  return buffer
}

function concat(parts: Uint8Array[]): ByteBuffer {
  const buffer = new ByteBuffer(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    buffer.set(part, at)
    at += part.length
  }
  return buffer
}

Object.assign(globalThis, { Buffer: { alloc: (size: number) => new ByteBuffer(size), from, concat } })
