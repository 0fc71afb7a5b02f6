// Bytes in order, in pieces as they came.

export class ByteQueue {
  private pieces: Uint8Array[] = []
  private total = 0

  get size (): number {
    return this.total
  }

  push (bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.pieces.push(bytes.slice())
    this.total += bytes.length
  }

  /** All of them, which stay. */
  peek (): Uint8Array {
    return new Uint8Array(Buffer.concat(this.pieces))
  }

  /** The first `size` bytes, or as many as there are. */
  take (size: number): Uint8Array {
    const result = new Uint8Array(Math.min(size, this.total))
    let filled = 0
    while (filled < result.length) {
      const piece = this.pieces[0]
      const part = piece.subarray(0, result.length - filled)
      result.set(part, filled)
      filled += part.length
      if (part.length === piece.length) this.pieces.shift()
      else this.pieces[0] = piece.subarray(part.length)
    }
    this.total -= filled
    return result
  }
}
