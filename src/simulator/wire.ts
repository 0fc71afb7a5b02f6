// One TCP connection between a simulated board and a peer, as the board's stack sees it: bytes on their way in both
// directions, and how each side has ended.

import { ByteQueue } from './byte_queue'

/** Bytes that the board's stack takes from the program before the peer has acknowledged them. */
const SEND_BUFFER_SIZE = 5_744

export type WireState = 'connecting' | 'open' | 'refused'

export class Wire {
  readonly toBoard = new ByteQueue()
  readonly toPeer = new ByteQueue()
  state: WireState = 'open'
  /** The peer has sent its FIN, behind what is in toBoard. */
  peerEnded = false
  /** The peer is gone: RST, or a FIN after which it took no more. */
  peerReset = false
  /** The board has closed its end, behind what is in toPeer. */
  boardEnded = false
  /**
   * A RST instead: lwIP sends one when a socket is closed before all that came has been read, and when more comes
   * afterwards.
   */
  boardReset = false
  /** The board has vanished without a FIN: power, or a lost link. */
  boardLost = false
  /** False while nothing passes in either direction and nobody is told: a lost Wi-Fi link. */
  linked = true
  /** The board has it by TLS. */
  isSecure = false
  /** It leads through the board's own network. */
  isOfPoint = false
  /** Bytes that may still wait for the peer before the board's stack takes no more. */
  sendBufferSize = SEND_BUFFER_SIZE

  /** Bytes come from the peer. */
  arrive (bytes: Uint8Array): void {
    if (!this.boardEnded) this.toBoard.push(bytes)
    else if (bytes.length > 0) this.boardReset = true
  }

  /** The board closes its end, and reads nothing more. */
  end (): void {
    this.boardEnded = true
    this.boardReset = this.toBoard.take(this.toBoard.size).length > 0
  }

  /** Bytes for the program, at most `size`: null when there are none, 'closed' at the end. */
  receive (size: number): Uint8Array | null | 'closed' {
    if (!this.linked) return null
    if (this.peerReset) return 'closed'
    if (this.toBoard.size > 0) return this.toBoard.take(size)
    return this.peerEnded ? 'closed' : null
  }

  /** Takes bytes from the program; answers how many, or 'closed'. */
  send (bytes: Uint8Array): number | 'closed' {
    if (this.linked && this.peerReset) return 'closed'
    const taken = Math.min(bytes.length, this.sendBufferSize - this.toPeer.size)
    if (taken > 0) this.toPeer.push(bytes.subarray(0, taken))
    return Math.max(0, taken)
  }
}
