// The gateway's record store: a log of entries, one for each commit, in an EntryFile.
//
// All that the core does to records between two commits is one entry. What is left of old entries is copied behind the
// others when more of the log is gone than is there (tidier.ts), so that the log has at most twice the bytes of its
// records, and 16 MB.
//
// Invariant: the rows are what the entries that are written, those that are not yet, and the one that is being made
// come to together. So an entry that cannot be written is written later, by itself or with others.
import type { Offset, RecordName } from '../../../kinds'
import type { RecordStore } from '../records'
import { secondsNow } from '../time'
import { EntryReader } from './entry_reader'
import { ADD, EntryWriter } from './entry_writer'
import type { Entry, EntryFile } from './entry_file'
import { EntryLog } from './entry_log'
import type { Loaded, LoadedRecord } from './record_loading'
import { RecordRows } from './record_rows'
import { Room } from './room'
import { type Target, Tidier } from './tidier'

/** Milliseconds until what could not be written is tried again. */
const RETRY_MS = 1_000

/** What the store tells of itself: the reason is for people. */
export type StoreState = 'good' | 'full' | 'failed'
export type StoreTold = (state: StoreState, reason: string) => void

export interface StoreOptions {
  /** Bytes of records that are kept at most. */
  sizeMax?: number
  told?: StoreTold
}

export class KeptRecords implements RecordStore {
  /** Something was done since the last commit began, or what that wrote has not been written. */
  isChanged = false
  /** A commit is under way, or the next one waits for a while as the last one failed. */
  isBusy = false
  /** Called when the first change comes since the last commit began, and when a commit has to be made anew. */
  changed: () => void = () => undefined
  readonly rows = new RecordRows()
  private writer = new EntryWriter()
  private spare: EntryWriter | null = null
  /** The one whose entry is being written. */
  private sealed: EntryWriter | null = null
  /** The first sequence number of the entry that is being made. */
  private first: number
  private isBegun = false
  /** Records of the entry that is being made that are gone already. */
  private dropped = 0
  private keyNext: number
  private unwritten: Entry[] = []
  /** Keys of entries that go with the commit. */
  private gone: number[] = []
  private readonly space: Room
  private readonly log: EntryLog
  private readonly tidier: Tidier
  /** By name, until the core has them. */
  private loaded: (LoadedRecord | null)[] = [null]
  private closing: Promise<void> | null = null
  private retry: NodeJS.Timeout | undefined

  constructor(private readonly file: EntryFile, loaded: Loaded, options: StoreOptions = {}) {
    for (const record of loaded.records) {
      this.rows.add(record.sequence, record.bytes.length, record.marks, record.entry)
      this.loaded.push(record)
    }
    this.first = this.writer.next = loaded.next
    this.keyNext = (loaded.keys.at(-1) ?? 0) + 1
    this.log = new EntryLog(this.rows, loaded)
    this.tidier = new Tidier(file, this.rows, this.log, loaded)
    this.space = new Room(file, options)
  }

  /** The core has all that was loaded. */
  loadedForget(): void {
    this.loaded = []
  }

  room(count: number, size: number): boolean {
    return this.space.has(count, size, this.rows.bytes, this.isBegun ? this.writer.size : 0)
  }

  add(kind: number, headStart: Offset, headSize: number, bodyStart: Offset, bodySize: number): RecordName {
    if (!this.room(1, headSize + bodySize)) return 0
    this.begin()
    const row = this.rows.add(this.writer.next, headSize + bodySize, 0, this.keyNext)
    this.log.taken(this.keyNext)
    this.writer.add(kind, row, headStart, headSize, bodyStart, bodySize)
    return row
  }

  mark(record: RecordName, mark: number): void {
    this.begin()
    this.rows.marks[record] |= mark
    this.writer.mark(this.rows.sequence[record], mark)
  }

  remove(record: RecordName): void {
    this.begin()
    const sequence = this.rows.sequence[record]
    if (sequence < this.first) this.writer.remove(sequence)
    else this.dropped++
    this.log.left(this.rows.entry[record])
    this.rows.remove(record)
  }

  next(record: RecordName): RecordName {
    let row = record + 1
    while (row < this.rows.used && !this.rows.sequence[row]) row++
    return row < this.rows.used ? row : 0
  }

  kind(record: RecordName): number {
    return this.loaded[record]!.kind
  }

  marks(record: RecordName): number {
    return this.rows.marks[record]
  }

  size(record: RecordName): number {
    return this.rows.size[record]
  }

  sequence(record: RecordName): number {
    return this.rows.sequence[record]
  }

  age(record: RecordName): number {
    return Math.max(0, secondsNow() - this.loaded[record]!.seconds)
  }

  bytes(record: RecordName): Uint8Array {
    return this.loaded[record]!.bytes
  }

  /**
   * Writes all that was done until now; `done` hears whether it is there for good. Where it is not it is tried again
   * with the next commit, for which `changed` asks.
   */
  commit(done: (isKept: boolean) => void): void {
    this.isBusy = true
    this.isChanged = false
    if (this.isBegun) this.seal()
    this.gone = this.gone.concat(this.log.goneTake())
    this.file.write(this.unwritten, this.gone).then(() => this.written(done), (error: Error) => {
      this.space.failed(error.message)
      this.isChanged = true
      // Who waits for this is told before anything else is asked of the store, and nothing leaves until then.
      done(false)
      this.retry = setTimeout(() => {
        this.retry = undefined
        this.isBusy = false
        this.changed()
      }, RETRY_MS)
    })
  }

  private written(done: (isKept: boolean) => void): void {
    this.space.written(this.unwritten.reduce((sum, { bytes }) => sum + bytes.length, 0))
    this.unwritten = []
    this.gone = []
    this.spare ??= this.sealed
    this.sealed = null
    this.isBusy = false
    done(true)
    if (!this.closing) this.tidier.tidy(() => this.tidyBegin())
  }

  /** Where what is left of old entries goes; null: it is too late for that. */
  private tidyBegin(): Target | null {
    if (this.closing) return null
    this.begin()
    return { writer: this.writer, key: this.keyNext }
  }

  private begin(): void {
    if (!this.isBegun) {
      this.isBegun = true
      this.writer.begin(this.first = this.writer.next, secondsNow())
    }
    if (this.isChanged) return
    this.isChanged = true
    this.changed()
  }

  /** Ends the entry that is being made: what was added to it and removed again is taken out. */
  private seal(): void {
    if (this.dropped) this.dropGone()
    const { writer } = this
    this.unwritten.push({ key: this.keyNext++, bytes: writer.bytes.subarray(0, writer.size) })
    this.log.sealed(writer.size)
    this.writer = this.spare ?? new EntryWriter()
    this.writer.next = this.first = writer.next
    this.spare = null
    this.sealed = writer
    this.isBegun = false
  }

  private dropGone(): void {
    const { writer } = this
    const reader = new EntryReader(new Uint8Array(writer.bytes.subarray(0, writer.size)))
    writer.begin(this.first, secondsNow())
    let skipped = 0
    while (!reader.isOver) {
      const { at } = reader
      if (reader.step() === ADD && this.rows.sequence[reader.row] !== reader.sequence) skipped++
      else {
        if (skipped) writer.skip(skipped)
        skipped = 0
        writer.step(reader.bytes, at, reader.at)
      }
    }
    if (skipped) writer.skip(skipped)
    writer.next = reader.next
    this.dropped = 0
  }

  /** Writes what there is to be written, and closes; nothing may be done to records any more. */
  close(): Promise<void> {
    return this.closing ??= this.finish()
  }

  private async finish(): Promise<void> {
    while (this.isBusy && !this.retry) await new Promise((resolve) => { setImmediate(resolve) })
    clearTimeout(this.retry)
    // What cannot be written now never will.
    if (this.isChanged) await new Promise<void>((resolve) => { this.commit(() => resolve()) })
    clearTimeout(this.retry)
    await this.file.close()
  }
}
