// The entries of the log: how large each is, and how many records are left of it.
//
// Only the oldest ones ever go, so that an entry that has a record's end is there as long as one that has the record.
// They go many at a time, as LevelDB then moves what it has instead of writing it again.
import type { Loaded } from './record_loading'
import type { RecordRows } from './record_rows'

/** Bytes of entries of which nothing is left that the log may have, or as many as all records. */
const GONE_SIZE_MAX = 16_777_216
/** Bytes of entries that go in one commit, in the share of those that may stay. */
const GONE_SHARE = 4
/** What is looked at at a time: the core waits while it is gone through. */
const SIZE_AT_A_TIME = 131_072
const ENTRIES_AT_A_TIME = 512
/** What a record takes in an entry besides its bytes. */
const STEP_SIZE = 8

export class EntryLog {
  /** By key, counted from `first`: bytes, and records that are left. */
  private sizes: number[] = []
  private lefts: number[] = []
  private first: number
  /** Bytes of all entries. */
  private size = 0
  /** Entries from the first one on that are to go, as nothing is left of them; and their bytes. */
  private overCount = 0
  private overSize = 0

  constructor(private readonly rows: RecordRows, { keys, sizes, records }: Loaded) {
    this.first = keys[0] ?? 1
    for (const [i, key] of keys.entries()) {
      // A key that is passed over is an entry of nothing.
      while (this.first + this.sizes.length < key) this.sealed(0)
      this.sealed(sizes[i])
    }
    for (const { entry } of records) this.taken(entry)
  }

  /** Bytes that may be gone. */
  private get goneMax(): number {
    return Math.max(GONE_SIZE_MAX, this.rows.bytes + this.rows.count * STEP_SIZE)
  }

  /** An entry has one record more; one that is being made has the key behind the last one. */
  taken(key: number): void {
    const i = key - this.first
    this.lefts[i] = (this.lefts[i] ?? 0) + 1
  }

  /** It has one less. */
  left(key: number): void {
    this.lefts[key - this.first]--
  }

  /** The entry behind the last one is finished. */
  sealed(size: number): void {
    this.lefts[this.sizes.length] ??= 0
    this.sizes.push(size)
    this.size += size
  }

  /** Too little is left of what is not over. */
  private get isLong(): boolean {
    const left = this.rows.bytes + this.rows.count * STEP_SIZE
    return this.size - this.overSize - left > this.goneMax / 2 && this.overCount < this.sizes.length - 1
  }

  /**
   * The oldest entries that are to go as too little is left of the log, as their first and last key: what is left of
   * them is to be copied. null: there are none.
   */
  due(): [first: number, last: number] | null {
    while (this.isLong && !this.lefts[this.overCount]) this.overSize += this.sizes[this.overCount++]
    if (!this.isLong) return null
    let end = this.overCount
    const last = Math.min(end + ENTRIES_AT_A_TIME, this.sizes.length - 1)
    for (let size = 0; end < last && size < SIZE_AT_A_TIME; end++) size += this.sizes[end]
    return [this.first + this.overCount, this.first + end - 1]
  }

  /** Those that go with the commit that begins: their keys. */
  goneTake(): number[] {
    if (this.overSize < this.goneMax / GONE_SHARE) return []
    const gone = Array.from({ length: this.overCount }, (_, i) => this.first + i)
    this.size -= this.overSize
    this.first += this.overCount
    this.sizes = this.sizes.slice(this.overCount)
    this.lefts = this.lefts.slice(this.overCount)
    this.overCount = this.overSize = 0
    return gone
  }
}
