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
import { memory } from '../../../memory'
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
/** Up to this many bytes a loop is faster than making a view for a native copy. */
const LOOP_SIZE_MAX = 64

/** Bytes of any content, with an ArrayBuffer of their own. */
const bytesOf = (size: number): Uint8Array => new Uint8Array(Buffer.allocUnsafeSlow(size).buffer)

export class EntryWriter {
  bytes = bytesOf(SIZE_FIRST)
  size = 0
  /** The sequence number of the record that is added next. */
  next = 1

  /** Begins an entry. */
  begin(next: number, seconds: number): void {
    this.next = next
    this.size = 0
    if (this.bytes.length > SIZE_KEPT_MAX) this.bytes = bytesOf(SIZE_FIRST)
    this.number(seconds)
    this.number(next)
  }

  /** Adds a record that two ranges of memory hold. */
  add(
    kind: number, row: number, headStart: Offset, headSize: number, bodyStart: Offset, bodySize: number,
  ): void {
    this.reserve(headSize + bodySize)
    this.bytes[this.size++] = kind << 2 | ADD
    this.number(row)
    this.number(headSize + bodySize)
    this.take(memory, headStart, headSize)
    this.take(memory, bodyStart, bodySize)
    this.next++
  }

  /** Passes over sequence numbers whose records are gone. */
  skip(count: number): void {
    this.reserve(0)
    this.bytes[this.size++] = ADD
    this.number(count)
    this.next += count
  }

  /** A record as it is: `record` ends an older entry's claim to it. */
  copy(
    record: { kind: number, marks: number, sequence: number }, secondsBefore: number, row: number, from: Uint8Array,
    start: number, size: number,
  ): void {
    this.reserve(size)
    this.bytes[this.size++] = record.kind << 2 | COPY
    this.bytes[this.size++] = record.marks
    this.number(this.next - record.sequence)
    this.number(Math.max(0, secondsBefore))
    this.number(row)
    this.number(size)
    this.take(from, start, size)
  }

  remove(sequence: number): void {
    this.reserve(0)
    this.bytes[this.size++] = REMOVE
    this.number(this.next - sequence)
  }

  mark(sequence: number, mark: number): void {
    this.reserve(0)
    this.bytes[this.size++] = mark << 2 | MARK
    this.number(this.next - sequence)
  }

  /** A step of another entry that is as far from the next sequence number there as here. */
  step(from: Uint8Array, start: number, end: number): void {
    this.reserve(end - start)
    this.take(from, start, end - start)
  }

  private number(value: number): void {
    while (value > 0x7fff_ffff) {
      this.bytes[this.size++] = value % 128 | 128
      value = Math.floor(value / 128)
    }
    while (value > 127) {
      this.bytes[this.size++] = value & 127 | 128
      value >>= 7
    }
    this.bytes[this.size++] = value
  }

  private take(from: Uint8Array, start: number, size: number): void {
    const { bytes } = this
    let at = this.size
    this.size += size
    if (size > LOOP_SIZE_MAX) bytes.set(from.subarray(start, start + size), at)
    else for (const end = start + size; start < end;) bytes[at++] = from[start++]
  }

  private reserve(size: number): void {
    const needed = this.size + size + STEP_SIZE_MAX
    if (needed <= this.bytes.length) return
    const wider = bytesOf(Math.max(needed, this.bytes.length * 2))
    wider.set(this.bytes.subarray(0, this.size))
    this.bytes = wider
  }
}
