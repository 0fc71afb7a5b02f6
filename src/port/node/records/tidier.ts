// Keeps the log short: what is left of the oldest entries is copied into the entry that is being made, and with that
// one's commit they go. Only the oldest ones ever go, so that an entry that has a record's end is there as long as one
// that has the record.
import type { Entry, EntryFile } from './entry_file'
import { EntryReader } from './entry_reader'
import { ADD, COPY, type EntryWriter } from './entry_writer'
import type { Loaded } from './record_loading'
import type { RecordRows } from './record_rows'

/** Bytes of entries of which nothing is left that the log may have, or as many as all records. */
const GONE_SIZE_MAX = 16_777_216
/** What is looked at at a time: the core waits while it is gone through. */
const SIZE_AT_A_TIME = 131_072
const ENTRIES_AT_A_TIME = 512
/** What a record takes in an entry besides its bytes. */
const STEP_SIZE = 8

export class Tidier {
  /** Keys of entries that go with the next commit. */
  gone: number[] = []
  private goneSize = 0
  /** The log, from `head` on. */
  private keys: number[]
  private sizes: number[]
  private head = 0
  private size: number
  private isReading = false
  /** What older entries say of rows is of no meaning. */
  private readonly firstOwnKey: number
  /** Sequence numbers by rows, as they were loaded. */
  private readonly loadedSequence: Float64Array
  private goneWith = 0

  constructor(private readonly file: EntryFile, private readonly rows: RecordRows, loaded: Loaded) {
    this.keys = loaded.keys
    this.sizes = loaded.sizes
    this.size = loaded.sizes.reduce((sum, size) => sum + size, 0)
    this.firstOwnKey = (loaded.keys.at(-1) ?? 0) + 1
    this.loadedSequence = Float64Array.from(loaded.records, ({ sequence }) => sequence)
  }

  /** Too little is left of the log. */
  get isDue(): boolean {
    const left = this.rows.bytes + this.rows.count * STEP_SIZE
    return !this.isReading && !this.gone.length && this.size - left > Math.max(GONE_SIZE_MAX, left)
  }

  /** A commit begins that takes out what is gone. */
  begins(): void {
    this.goneWith = this.gone.length
  }

  /** An entry is written. */
  added(key: number, size: number): void {
    this.keys.push(key)
    this.sizes.push(size)
    this.size += size
    if (!this.goneWith) return
    this.size -= this.goneSize
    this.head += this.goneWith
    this.gone = []
    this.goneSize = this.goneWith = 0
    if (this.head * 2 < this.keys.length) return
    this.keys = this.keys.slice(this.head)
    this.sizes = this.sizes.slice(this.head)
    this.head = 0
  }

  /** Copies what is left of the oldest entries to the one that `begin` has made; null: the store has closed. */
  tidy(begin: () => EntryWriter | null): void {
    let size = 0
    let end = this.head
    while (end < this.keys.length && size < SIZE_AT_A_TIME && end - this.head < ENTRIES_AT_A_TIME) {
      size += this.sizes[end++]
    }
    const entries: Entry[] = []
    const oldest = this.keys.slice(this.head, end)
    this.isReading = true
    this.file.read(oldest[0], oldest.at(-1)!, (key, bytes) => entries.push({ key, bytes })).then(() => {
      const writer = begin()
      if (!writer) return
      for (const entry of entries) this.copy(entry, writer)
      this.gone = oldest
      this.goneSize = size
    }, () => undefined).finally(() => { this.isReading = false })
  }

  private copy({ key, bytes }: Entry, writer: EntryWriter): void {
    const reader = new EntryReader(bytes)
    const now = Math.floor(Date.now() / 1_000)
    while (!reader.isOver) {
      const step = reader.step()
      if (step !== COPY && (step !== ADD || !reader.kind)) continue
      const row = key < this.firstOwnKey ? this.loadedRow(reader.sequence) : reader.row
      if (this.rows.sequence[row] !== reader.sequence) continue
      const { kind, sequence, seconds, bodyAt, size } = reader
      writer.copy({ kind, marks: this.rows.marks[row], sequence }, now - seconds, row, bytes, bodyAt, size)
    }
  }

  private loadedRow(sequence: number): number {
    const { loadedSequence } = this
    let low = 0
    let high = loadedSequence.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (loadedSequence[middle] < sequence) low = middle + 1
      else high = middle
    }
    return low + 1
  }
}
