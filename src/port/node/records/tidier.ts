// Keeps the log short: what is left of the oldest entries is copied into the entry that is being made.
import { secondsNow } from '../time'
import type { Entry, EntryFile } from './entry_file'
import type { EntryLog } from './entry_log'
import { EntryReader } from './entry_reader'
import { ADD, COPY, type EntryWriter } from './entry_writer'
import type { Loaded } from './record_loading'
import type { RecordRows } from './record_rows'

/** The entry that is being made, and its key. */
export interface Target {
  writer: EntryWriter
  key: number
}

export class Tidier {
  private isReading = false
  /** What older entries say of rows is of no meaning. */
  private readonly firstOwnKey: number
  /** Sequence numbers by rows, as they were loaded. */
  private readonly loadedSequence: Float64Array

  constructor(
    private readonly file: EntryFile, private readonly rows: RecordRows, private readonly log: EntryLog,
    loaded: Loaded,
  ) {
    this.firstOwnKey = (loaded.keys.at(-1) ?? 0) + 1
    this.loadedSequence = Float64Array.from(loaded.records, ({ sequence }) => sequence)
  }

  /** Where the log is too long, copies what is left of the oldest entries to what `begin` names; null: no more. */
  tidy(begin: () => Target | null): void {
    const due = this.isReading ? null : this.log.due()
    if (!due) return
    const entries: Entry[] = []
    this.isReading = true
    this.file.read(...due, (key, bytes) => entries.push({ key, bytes })).then(() => {
      const target = begin()
      if (target) for (const entry of entries) this.copy(entry, target)
    }).catch(() => undefined).finally(() => { this.isReading = false })
  }

  private copy({ key, bytes }: Entry, target: Target): void {
    const reader = new EntryReader(bytes)
    const now = secondsNow()
    while (!reader.isOver) {
      const step = reader.step()
      if (step !== COPY && (step !== ADD || !reader.kind)) continue
      const { kind, sequence, seconds, bodyAt, size } = reader
      const row = key < this.firstOwnKey ? this.loadedRow(sequence) : reader.row
      // It is gone, or a newer entry has it.
      if (this.rows.sequence[row] !== sequence || this.rows.entry[row] !== key) continue
      target.writer.copy({ kind, marks: this.rows.marks[row], sequence }, now - seconds, row, bytes, bodyAt, size)
      this.log.left(key)
      this.log.taken(target.key)
      this.rows.entry[row] = target.key
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
