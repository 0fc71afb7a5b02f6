// The end of a connection at a simulated board, which has made it or taken it.

import type { Peer } from '../../../src/simulator/peer'
import type { VirtualDriver } from '../../../src/simulator/virtual_driver'
import type { End } from './line'

/** Bytes that the board's network holds for its program. */
const WINDOW_SIZE = 5_744

export class BoardEnd implements End {
  constructor(private readonly driver: VirtualDriver, private readonly peer: Peer) {
    // What is taken is the line's to say.
    peer.reading = false
  }

  pull(size: number): Uint8Array {
    const { wire } = this.peer
    return wire.linked ? wire.toPeer.take(size) : new Uint8Array(0)
  }

  get waiting(): number {
    const { wire } = this.peer
    return wire.toPeer.size + this.driver.board.tcp.queued(wire).length
  }

  get isReading(): boolean {
    return this.peer.wire.toBoard.size < WINDOW_SIZE
  }

  give(bytes: Uint8Array): void {
    this.peer.send(bytes)
  }

  close(): void {
    this.peer.end()
  }

  reset(): void {
    this.peer.reset()
  }

  get isClosed(): boolean {
    const { boardEnded, toPeer } = this.peer.wire
    return boardEnded && !toPeer.size
  }
}
