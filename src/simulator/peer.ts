// The other end of a connection to a simulated board, in memory.

import { bytesOfText } from './latin1'
import type { Wire } from './wire'

export class Peer {
  /** False: it reads nothing, and the board's stack fills up. */
  reading = true
  private received: Uint8Array[] = []

  constructor (readonly wire: Wire) {}

  send (data: Uint8Array | string): void {
    this.wire.arrive(typeof data === 'string' ? bytesOfText(data) : data)
  }

  /** Sets how many bytes the network holds for it while it does not read. */
  set bufferSize (size: number) {
    this.wire.sendBufferSize = size
  }

  /** Sends a FIN behind what was sent. */
  end (): void {
    this.wire.peerEnded = true
  }

  /** Vanishes with a RST. */
  reset (): void {
    this.wire.peerReset = true
  }

  /** Takes what has arrived since the last call. */
  take (): Uint8Array {
    this.collect()
    return new Uint8Array(Buffer.concat(this.received.splice(0)))
  }

  /** Whether the board has closed its end and everything before that has been taken. */
  get closed (): boolean {
    this.collect()
    return this.wire.boardEnded && this.wire.linked && this.wire.toPeer.size === 0
  }

  /** Whether the board has answered with a RST what it did not read. */
  get wasReset (): boolean {
    return this.wire.boardReset && this.wire.linked
  }

  /** Whether the board is gone without a word. */
  get lost (): boolean {
    return this.wire.boardLost
  }

  private collect (): void {
    if (this.reading && this.wire.linked) this.received.push(this.wire.toPeer.take(this.wire.toPeer.size))
  }
}
