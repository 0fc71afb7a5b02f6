// Counts the packets that begin in what a client sends, however it is cut; nothing is copied or kept.
import { PUBACK, PUBCOMP } from '../../../codec/packet_type'

export class PacketCount {
  /** Bytes of the packet in hand that are still to come. */
  private left = 0
  /** Of its Remaining Length: what is read of it, and the factor of its next byte; 0: its first byte comes next. */
  private size = 0
  private factor = 0
  private first = 0

  /** How many packets begin in a chunk, acknowledgements not among them: a client owes these. */
  take(chunk: Uint8Array): number {
    let count = 0
    for (let at = 0; at < chunk.length;) {
      if (this.left) {
        const skipped = Math.min(this.left, chunk.length - at)
        this.left -= skipped
        at += skipped
      } else if (this.lengthTake(chunk[at++])) count += this.isOwed() ? 0 : 1
    }
    return count
  }

  /** Answers whether the packet's length is known now. */
  private lengthTake(byte: number): boolean {
    if (!this.factor) {
      this.first = byte
      this.factor = 1
      this.size = 0
      return false
    }
    this.size += (byte & 127) * this.factor
    this.factor *= 128
    // A fifth byte is malformed: the core ends the connection.
    if (byte & 128 && this.factor < 268_435_456) return false
    this.left = this.size
    this.factor = 0
    return true
  }

  private isOwed(): boolean {
    const type = this.first >> 4
    return type >= PUBACK && type <= PUBCOMP
  }
}
