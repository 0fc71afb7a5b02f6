// What one commit writes: an entry, which is all that was done to records since the one before, one behind the other.
// A record's bytes come out of the core's memory straight into the buffer that the store writes.
//
// An entry: seconds since 1970 and the sequence number that the next new record gets, both as numbers of seven bits a
// byte, lowest first; then steps, whose first byte has the step in its two lowest bits:
//   COPY    kind << 2; marks 1, then the distance of its sequence number, its seconds before the entry's, its row, its
//           size; bytes: a record that an older entry has, which is about to go
//   ADD     kind << 2 | 1; row, size; bytes: the record with the next sequence number; of kind 0: row stands for how
//           many numbers are passed over, and there is no more
//   REMOVE  2; the distance of its sequence number
//   MARK    marks << 2 | 3; the distance of its sequence number
// A distance is counted back from the next sequence number. A row is where a record stands in the table of the process
// that wrote it, and of no meaning to another.
import { SendBuffer } from '../buffer_pool'
import { copyOut } from '../bytes'
import type { Offset } from '../../../kinds'

export const COPY = 0
export const ADD = 1
export const REMOVE = 2
export const MARK = 3

const SIZE_FIRST = 16_384
/** A buffer that has grown beyond it is not kept. */
const SIZE_KEPT_MAX = 1_048_576
/** What a step has besides a record's bytes, at most. */
const STEP_SIZE_MAX = 40
export class EntryWriter {
  /** Bytes of the entry, from the start of the buffer on. */
  size = 0
  /** The sequence number of the record that is added next. */
  next = 1
  private buffer = new SendBuffer(SIZE_FIRST)

  /** Its first `size` bytes are the entry. */
  get bytes(): Uint8Array {
    return this.buffer.bytes
  }

  /** Begins an entry. */
  begin(next: number, seconds: number): void {
    this.next = next
    this.size = 0
    if (this.buffer.size > SIZE_KEPT_MAX) this.buffer = new SendBuffer(SIZE_FIRST)
    this.number(seconds)
    this.number(next)
  }

  /** Adds a record that two ranges of memory hold. */
  add(
    kind: number, row: number, headStart: Offset, headSize: number, bodyStart: Offset, bodySize: number,
  ): void {
    this.reserve(headSize + bodySize)
    this.buffer.bytes[this.size++] = kind << 2 | ADD
    this.number(row)
    this.number(headSize + bodySize)
    copyOut(headStart, headStart + headSize, this.buffer, this.size)
    this.size += headSize
    copyOut(bodyStart, bodyStart + bodySize, this.buffer, this.size)
    this.size += bodySize
    this.next++
  }

  /** Passes over sequence numbers whose records are gone. */
  skip(count: number): void {
    this.reserve(0)
    this.buffer.bytes[this.size++] = ADD
    this.number(count)
    this.next += count
  }

  /** A record as it is: `record` ends an older entry's claim to it. */
  copy(
    record: { kind: number, marks: number, sequence: number }, secondsBefore: number, row: number, from: Uint8Array,
    start: number, size: number,
  ): void {
    this.reserve(size)
    this.buffer.bytes[this.size++] = record.kind << 2 | COPY
    this.buffer.bytes[this.size++] = record.marks
    this.number(this.next - record.sequence)
    this.number(Math.max(0, secondsBefore))
    this.number(row)
    this.number(size)
    this.take(from, start, size)
  }

  remove(sequence: number): void {
    this.reserve(0)
    this.buffer.bytes[this.size++] = REMOVE
    this.number(this.next - sequence)
  }

  mark(sequence: number, mark: number): void {
    this.reserve(0)
    this.buffer.bytes[this.size++] = mark << 2 | MARK
    this.number(this.next - sequence)
  }

  /** A step of another entry that is as far from the next sequence number there as here. */
  step(from: Uint8Array, start: number, end: number): void {
    this.reserve(end - start)
    this.take(from, start, end - start)
  }

  private number(value: number): void {
    const { bytes } = this.buffer
    let at = this.size
    while (value > 0x7fff_ffff) {
      bytes[at++] = value % 128 | 128
      value = Math.floor(value / 128)
    }
    while (value > 127) {
      bytes[at++] = value & 127 | 128
      value >>= 7
    }
    bytes[at++] = value
    this.size = at
  }

  private take(from: Uint8Array, start: number, size: number): void {
    this.buffer.bytes.set(from.subarray(start, start + size), this.size)
    this.size += size
  }

  private reserve(size: number): void {
    const needed = this.size + size + STEP_SIZE_MAX
    if (needed <= this.buffer.size) return
    const wider = new SendBuffer(Math.max(needed, this.buffer.size * 2))
    wider.bytes.set(this.buffer.bytes.subarray(0, this.size))
    this.buffer = wider
  }
}
