// A record store in memory that remembers every change, so that a test can start a broker from what there was before
// any of them: the power may go between two.

export interface KeptRecord { readonly name: number, readonly kind: number, readonly bytes: Uint8Array, marks: number,
  readonly addedMs: number }

type Change = (records: Map<number, KeptRecord>) => void

export class MemoryRecords {
  private readonly records = new Map<number, KeptRecord>()
  private nameLast = 0
  private readonly history: Change[] = []
  /** Bytes that there is still room for. */
  room = Infinity

  /** `nowMs` is a clock that goes on without power. */
  constructor (private readonly nowMs: () => number) {}

  /** Changes until now. */
  get changes (): number {
    return this.history.length
  }

  get count (): number {
    return this.records.size
  }

  /** What there was after so many changes, as a store that goes on from there. */
  after (changes: number): MemoryRecords {
    const earlier = new MemoryRecords(this.nowMs)
    for (const change of this.history.slice(0, changes)) earlier.change(change)
    earlier.nameLast = Math.max(0, ...earlier.records.keys())
    return earlier
  }

  hasRoom (size: number): boolean {
    return size <= this.room
  }

  add (kind: number, bytes: Uint8Array): number {
    if (!this.hasRoom(bytes.length)) return 0
    const name = ++this.nameLast
    const addedMs = this.nowMs()
    this.change(records => records.set(name, { name, kind, bytes, marks: 0, addedMs }))
    return name
  }

  mark (name: number, mark: number): void {
    this.of(name)
    if (![1, 2, 4].includes(mark)) throw new Error(`no mark ${mark}`)
    this.change(records => { records.get(name)!.marks |= mark })
  }

  remove (name: number): void {
    this.of(name)
    this.change(records => records.delete(name))
  }

  next (name: number): number {
    for (const other of this.records.keys()) if (other > name) return other
    return 0
  }

  /** Seconds. */
  age (name: number): number {
    return Math.floor((this.nowMs() - this.of(name).addedMs) / 1_000)
  }

  of (name: number): KeptRecord {
    const record = this.records.get(name)
    if (!record) throw new Error(`no record ${name}`)
    return record
  }

  /** All there are. */
  all (): KeptRecord[] {
    return [...this.records.values()]
  }

  private change (change: Change): void {
    this.history.push(change)
    change(this.records)
  }
}
