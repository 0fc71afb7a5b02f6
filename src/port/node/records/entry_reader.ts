// Reads the steps of an entry: see entry_writer.ts for what it is.
import { ADD, COPY } from './entry_writer'

/** One step at a time: what `step` answered stands in the fields until the next one. */
export class EntryReader {
  kind = 0
  marks = 0
  row = 0
  sequence = 0
  /** When the record was added, in seconds since 1970. */
  seconds = 0
  /** Its bytes. */
  bodyAt = 0
  size = 0
  /** Sequence numbers that are passed over. */
  skipped = 0
  at = 0
  /** The sequence number of the next new record, here. */
  next: number
  private readonly entrySeconds: number

  constructor(readonly bytes: Uint8Array) {
    this.entrySeconds = this.number()
    this.next = this.number()
  }

  get isOver(): boolean {
    return this.at >= this.bytes.length
  }

  /** Reads the next step and answers which it is. */
  step(): number {
    const first = this.bytes[this.at++]
    const step = first & 3
    this.skipped = 0
    if (step === COPY) this.copy(first >> 2)
    else if (step === ADD) this.add(first >> 2)
    else {
      this.marks = first >> 2
      this.sequence = this.next - this.number()
    }
    if (this.at > this.bytes.length) throw new Error('An entry of the store ends within a step.')
    return step
  }

  private copy(kind: number): void {
    this.kind = kind
    this.marks = this.bytes[this.at++]
    this.sequence = this.next - this.number()
    this.seconds = this.entrySeconds - this.number()
    this.body()
  }

  private add(kind: number): void {
    this.kind = kind
    this.marks = 0
    this.seconds = this.entrySeconds
    this.sequence = this.next
    if (kind) {
      this.next++
      this.body()
    } else {
      this.skipped = this.number()
      this.next += this.skipped
    }
  }

  private body(): void {
    this.row = this.number()
    this.size = this.number()
    this.bodyAt = this.at
    this.at += this.size
  }

  private number(): number {
    let value = 0
    let factor = 1
    for (;;) {
      const byte = this.bytes[this.at++]
      value += (byte & 127) * factor
      if (!(byte & 128)) return value
      factor *= 128
    }
  }
}
