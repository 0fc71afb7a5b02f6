// A record store in memory that remembers every change, so that a test can start a broker from what there was before
// any of them: the power may go between two.

/** Bytes of a place: where records can be read, a record's name is its address divided by this. */
const PLACE_SIZE = 16

export interface KeptRecord {
  readonly name: number
  readonly sequence: number
  readonly kind: number
  /** Where nothing was filled in yet: 0xFF. */
  readonly bytes: Uint8Array
  readonly addedMs: number
  marks: number
  isCommitted: boolean
}

type Change = (records: Map<number, KeptRecord>) => void

export class MemoryRecords {
  private readonly records = new Map<number, KeptRecord>()
  private sequenceLast = 0
  private readonly history: Change[] = []
  /** Bytes that there is still room for. */
  room = Infinity
  /** The name that the first record has. */
  firstName = 1

  /** Added since the call into the core began: there as a whole or not at all. */
  private group: Change[] = []
  /** Those of them that may not be written yet: nobody asks for them. */
  private readonly gathered = new Set<number>()
  /** Marks and ends of that call, which come behind what it has added. */
  private waiting: Change[] = []

  /** `nowMs` is a clock that goes on without power. */
  constructor (private readonly nowMs: () => number) {}

  /** A call into the core is over. */
  callOver (): void {
    const { group, waiting } = this
    if (group.length > 0) this.history.push(records => group.forEach(change => change(records)), ...waiting)
    this.group = []
    this.waiting = []
    this.write()
  }

  gather (name: number): void {
    this.gathered.add(name)
  }

  write (): void {
    this.gathered.clear()
  }

  /** Changes until now, those of a call that is not over left out. */
  get changes (): number {
    return this.history.length
  }

  get count (): number {
    return this.records.size
  }

  /** What there was after so many changes, as a store that goes on from there. */
  after (changes: number): MemoryRecords {
    const earlier = new MemoryRecords(this.nowMs)
    earlier.firstName = this.firstName
    for (const change of this.history.slice(0, changes)) {
      earlier.change(records => change(records))
    }
    for (const { name, isCommitted } of earlier.all()) {
      if (!isCommitted) earlier.change(records => records.delete(name))
    }
    earlier.sequenceLast = Math.max(0, ...earlier.all().map(({ sequence }) => sequence))
    return earlier
  }

  hasRoom (size: number): boolean {
    return size <= this.room
  }

  add (kind: number, bytes: Uint8Array): number {
    return this.put(kind, bytes, true)
  }

  reserve (kind: number, size: number): number {
    return this.put(kind, new Uint8Array(size).fill(0xff), false)
  }

  fill (name: number, at: number, bytes: Uint8Array): void {
    const record = this.of(name)
    const isWithin = at >= 0 && at + bytes.length <= record.bytes.length
    if (record.isCommitted || !isWithin) throw new Error('filled where it is not')
    if (record.bytes.subarray(at, at + bytes.length).some(byte => byte !== 0xff)) throw new Error('filled twice')
    this.early(records => records.get(name)!.bytes.set(bytes, at))
  }

  commit (name: number): void {
    this.groupAdd(records => { records.get(name)!.isCommitted = true })
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

  /** It counts no more, and nothing says so: where the power goes it is there again. */
  leave (name: number): void {
    this.of(name)
    this.records.delete(name)
  }

  /** Gives a record another name, as a store does that moves it to clean its flash. */
  move (name: number): number {
    const record = this.of(name)
    const moved = { ...record, name: this.freeName(1 + Math.ceil(record.bytes.length / PLACE_SIZE)) }
    this.change(records => {
      records.set(moved.name, { ...moved, marks: records.get(name)!.marks })
      records.delete(name)
    })
    return moved.name
  }

  /** By name. */
  next (name: number): number {
    let found = 0
    for (const other of this.records.keys()) if (other > name && (!found || other < found)) found = other
    return found
  }

  /** Seconds. */
  age (name: number): number {
    return Math.floor((this.nowMs() - this.of(name).addedMs) / 1_000)
  }

  has (name: number): boolean {
    return this.records.has(name)
  }

  of (name: number): KeptRecord {
    const record = this.records.get(name)
    if (!record) throw new Error(`no record ${name}`)
    if (this.gathered.has(name)) throw new Error(`record ${name} is not written yet`)
    return record
  }

  /** The record at an address, and how far into its place the address is. */
  at (address: number): { record: KeptRecord, from: number } {
    const found = this.all().map(record => ({ record, from: address - record.name * PLACE_SIZE }))
      .filter(({ record, from }) => from >= 0 && from <= PLACE_SIZE + record.bytes.length)
    // An empty range may lie at a record's end, where the next one begins.
    const nearest = found.sort((a, b) => a.from - b.from)[0]
    if (!nearest) throw new Error(`no record at address ${address}`)
    this.of(nearest.record.name)
    return nearest
  }

  /** All there are. */
  all (): KeptRecord[] {
    return [...this.records.values()]
  }

  private put (kind: number, bytes: Uint8Array, isCommitted: boolean): number {
    if (!this.hasRoom(bytes.length)) return 0
    const name = this.freeName(1 + Math.ceil(bytes.length / PLACE_SIZE))
    const sequence = ++this.sequenceLast
    const addedMs = this.nowMs()
    const put: Change = records =>
      records.set(name, { name, sequence, kind, bytes: bytes.slice(), addedMs, isCommitted, marks: 0 })
    if (isCommitted) this.groupAdd(put)
    else this.early(put)
    return name
  }

  /** Behind all others, or in the first gap of so many places. */
  private freeName (places: number): number {
    const taken = this.all().map(({ name, bytes }) => [name, name + 1 + Math.ceil(bytes.length / PLACE_SIZE)])
    const last = Math.max(this.firstName, ...taken.map(([, end]) => end))
    if (last + places < 0x1_0000) return last
    const ends = [this.firstName, ...taken.map(([, end]) => end)]
    const found = ends.find(end =>
      end + places < 0x1_0000 && taken.every(([from, to]) => to <= end || from >= end + places))
    if (found === undefined) throw new Error('no place is left for a record')
    return found
  }

  private change (change: Change): void {
    if (this.group.length > 0) this.waiting.push(change)
    else this.history.push(change)
    change(this.records)
  }

  /** What is reserved is no record yet, and may be written at any time. */
  private early (change: Change): void {
    this.history.push(change)
    change(this.records)
  }

  private groupAdd (change: Change): void {
    this.group.push(change)
    change(this.records)
  }
}
