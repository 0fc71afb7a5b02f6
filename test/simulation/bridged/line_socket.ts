// What a socket is to the gateway's bridge, over the simulated line.

import { Duplex } from 'node:stream'
import type { End } from './line'

/** Bytes of the system's buffer, which it takes at once whatever the line does. */
const SYSTEM_BUFFER_SIZE = 65_536

interface Written { bytes: Uint8Array, done: () => void }

export class LineSocket extends Duplex implements End {
  private readonly written: Written[] = []
  private writtenSize = 0
  isReading = true
  private hasEnded = false

  constructor() {
    super({ allowHalfOpen: false })
  }

  override _read(): void {
    this.isReading = true
  }

  override _write(bytes: Uint8Array, _encoding: string, done: () => void): void {
    this.written.push({ bytes, done })
    this.writtenSize += bytes.length
    this.release()
  }

  /** The system's buffer takes what there is room for. */
  private release(): void {
    if (this.writtenSize > SYSTEM_BUFFER_SIZE) return
    for (const one of this.written) {
      const { done } = one
      one.done = () => undefined
      done()
    }
  }

  override _final(done: () => void): void {
    this.hasEnded = true
    done()
  }

  /** As a socket of Node's has it. */
  destroySoon(): void {
    if (this.destroyed) return
    if (this.writableEnded) this.destroy()
    else this.end(() => this.destroy())
  }

  setNoDelay(): this {
    return this
  }

  pull(size: number): Uint8Array {
    const taken: Uint8Array[] = []
    for (let left = size; left > 0 && this.written.length;) {
      const [first] = this.written
      const piece = first.bytes.subarray(0, left)
      taken.push(piece)
      left -= piece.length
      this.writtenSize -= piece.length
      if (piece.length < first.bytes.length) first.bytes = first.bytes.subarray(piece.length)
      else {
        this.written.shift()
        first.done()
      }
    }
    this.release()
    return Buffer.concat(taken)
  }

  get waiting(): number {
    return this.writableLength + this.writtenSize
  }

  give(bytes: Uint8Array): void {
    if (!this.destroyed) this.isReading = this.push(bytes)
  }

  close(): void {
    if (!this.destroyed) this.push(null)
  }

  reset(): void {
    this.destroy(new Error('reset'))
  }

  get isClosed(): boolean {
    return (this.hasEnded || this.destroyed) && !this.written.length
  }
}
