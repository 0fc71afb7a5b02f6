// A record store over a flash that fails, beside a model of what it has acknowledged. What was asked for when the power
// went may be done or not; everything else must be there, once, with its bytes, and nothing else.
import { engineUse } from './records_engine'
import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import { bytesAt } from '../../../src/port/espruino/address'
import * as store from '../../../src/port/espruino/records'
import { FlashMemory } from '../../../src/simulator/flash_memory'
import { PowerCut } from '../../../src/simulator/stop'
import { FIRST_SIZE } from '../../../src/flash/record_format'
import { RECORD_FILTERS } from '../../../src/records/record_kind'
import { bytesOf } from './records_bytes'
import type { Random } from './records_flash'
import { filtersLeave } from './records_leave'
import { BODY_AT, filterPut, piecesPut, wholePut } from './records_put'
import { type Kept, filtersSettle, recordUnits, recordsWalk } from './records_walk'
/** What was being done when the power went: it may be either way. */
type Doubt = { id: number, kept: Kept | null, is: 'add' | 'remove' | 'mark' } | null

/** What was done in one call: all of it, or nothing. */
interface Group { added: Map<number, Kept>, removed: number, marked: number }

/** Of records that have no filters. */
const kindOf = (id: number): number => 1 + id % 7

export class RecordsWorld {
  readonly kept = new Map<number, Kept>()
  doubt: Doubt = null
  group: Group | null = null
  /** Records that may be missing: their bytes were turned. */
  readonly turned = new Set<number>()
  /** Whose removal or mark was cut off: it may be either way, and at each start anew, until it is done once more. */
  readonly wavering = new Map<number, Kept>()
  /** Filters of sessions that are over. */
  readonly left = new Set<number>()
  private nextId = 1
  private order = 0
  /** There was no room to be made. */
  private isFull = false

  constructor (readonly flash: FlashMemory, readonly random: Random) {
    engineUse(flash)
  }

  /** The same records on another flash, which has not been switched on. */
  copy (random: Random): RecordsWorld {
    const copy = new RecordsWorld(new FlashMemory(this.flash.bytes), random)
    for (const [id, kept] of this.kept) copy.kept.set(id, { ...kept })
    for (const id of this.left) copy.left.add(id)
    copy.nextId = this.nextId
    copy.order = this.order
    return copy
  }

  get ids (): number[] {
    return [...this.kept.keys()]
  }

  /** Units of all records. */
  get units (): number {
    return [...this.kept.values()].reduce((sum, { bytes }) => sum + (bytes.length + 31 >> 4), 0)
  }

  /** A whole number below `end`. */
  below (end: number): number {
    return Math.floor(this.random() * end)
  }

  pick (): number {
    return this.ids[this.below(this.kept.size)]
  }

  pickOf (fits: (kept: Kept) => boolean): number {
    const ids = this.ids.filter(id => fits(this.kept.get(id)!))
    return ids[this.below(ids.length)]
  }

  /** Runs what may end in a power cut; answers whether it went to its end. */
  run (work: () => void): boolean {
    try {
      work()
      return true
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error
      return false
    }
  }

  /** Adds a record of two parts, or in pieces; false: there is no room. */
  add (size: number, isPieces = size > FIRST_SIZE): boolean {
    const id = this.nextId++
    const kept: Kept = { kind: kindOf(id), bytes: bytesOf(this, id, size), isMarked: false, unit: -1, order: 0 }
    this.doubt = { id, kept, is: 'add' }
    kept.unit = isPieces ? piecesPut(kept, this.random, () => { this.makeRoom() }) : wholePut(kept, this.random)
    const isDone = store.recordsCommit()
    this.doubt = null
    if (kept.unit < 0) return false
    ok(isDone)
    kept.order = ++this.order
    this.kept.set(id, kept)
    return true
  }

  /** Adds some records, of which some are written together, takes one away and marks one, in one call. */
  addGroup (count: number): void {
    const [removed, marked] = [this.pick(), this.pick()]
    this.group = { added: new Map(), removed, marked }
    for (let left = count; left > 0; left--) {
      const id = this.nextId++
      const bytes = bytesOf(this, id, 4 + this.below(300))
      const kind = this.below(3) ? RECORD_FILTERS : kindOf(id)
      const kept: Kept = { kind, bytes, isMarked: false, unit: -1, order: 0 }
      this.group.added.set(id, kept)
      kept.unit = kind === RECORD_FILTERS ? filterPut(bytes) : wholePut(kept, this.random)
      if (kept.unit < 0) this.group.added.delete(id)
      else if (this.group.added.size === 1) {
        ok(store.recordChange(this.kept.get(removed)!.unit, store.GONE))
        if (marked !== removed) ok(store.recordChange(this.kept.get(marked)!.unit, 1))
      }
    }
    ok(store.recordsCommit())
    if (this.group.added.size > 0) this.groupTake(this.group)
    this.group = null
  }

  /** The group counts. */
  private groupTake ({ added, removed, marked }: Group): void {
    for (const [id, kept] of added) this.kept.set(id, { ...kept, order: ++this.order })
    this.kept.delete(removed)
    this.wavering.delete(removed)
    const other = this.kept.get(marked)
    if (other) other.isMarked = true
  }

  private settleGroup (found: Map<number, Kept>): void {
    const { group } = this
    this.group = null
    if (!group) return
    const there = [...group.added.keys()].filter(id => found.has(id)).length
    if (!there) return
    strictEqual(there, group.added.size, 'records of a group that are there')
    const doubtful = [group.removed, group.marked].map(id => [id, this.kept.get(id)!] as const)
    this.groupTake(group)
    for (const [id, kept] of doubtful) this.wavering.set(id, kept)
  }

  /** Reserves room and fills a part of it, which nobody ever commits. */
  abandon (size: number, isRemoved: boolean): void {
    const unit = store.recordReserve(3, size)
    const part = Math.min(size, 100)
    if (unit >= 0) store.recordFill(unit, 0, bytesAt(BODY_AT, part), part)
    if (unit >= 0 && isRemoved) store.recordChange(unit, store.GONE)
  }

  remove (id: number): void {
    const kept = this.kept.get(id)!
    this.doubt = { id, kept, is: 'remove' }
    this.kept.delete(id)
    this.wavering.delete(id)
    const isDone = store.recordChange(kept.unit, store.GONE)
    this.doubt = null
    if (!isDone) this.kept.set(id, kept)
  }

  mark (id: number): void {
    const kept = this.kept.get(id)!
    this.doubt = { id, kept, is: 'mark' }
    kept.isMarked = store.recordChange(kept.unit, 1)
    this.doubt = null
  }

  clean (): boolean {
    this.isFull = false
    return this.cleanSteps(1)
  }

  /** Cleans until there is nothing to do, wherever it looks. */
  cleanAll (): void {
    for (let steps = 0, idle = 0; idle < 40; steps++) {
      ok(steps < 10_000, 'cleaning has no end')
      idle = this.clean() ? 0 : idle + 1
    }
  }

  /** As a board before each chunk of what somebody sends, but for a time: records_tick.ts. */
  private makeRoom (): void {
    if (this.isFull || store.sectorsErased >= store.reserve + store.ROOM) return
    const before = store.sectorsErased
    this.cleanSteps(64)
    this.isFull = store.sectorsErased <= before
  }

  /** As a board where somebody waits, without its pauses. */
  cleanSteps (steps: number): boolean {
    return store.recordsClean((from, to) => {
      const moved = [...this.kept.values()].find(({ unit }) => unit === from)
      ok(moved, `what moved from ${from} to ${to} is no record`)
      moved.unit = to
    }, (unit) => [...this.kept.values()].some(kept => kept.unit === unit), steps)
  }

  /** Some session is over that had filters. */
  leaveAny (): void {
    const filter = this.pickOf(({ kind }) => kind === RECORD_FILTERS)
    if (filter) filtersLeave(this, filter)
  }

  /** Switches the board on: all that was acknowledged must be there. */
  open (): void {
    const told: number[] = []
    ok(store.recordsOpen((name, kind) => {
      const unit = name - store.FIRST
      strictEqual(kind, store.recordKind(unit))
      told.push(unit)
    }, [], () => undefined))
    deepStrictEqual(told, recordUnits(), 'records that are told of')
    filtersSettle(told, this.left)
    const found = recordsWalk(this.left)
    this.settleGroup(found)
    this.settleDoubt(found)
    for (const id of this.turned) if (!found.has(id)) this.kept.delete(id)
    deepStrictEqual([...found.keys()].sort(), this.ids.sort(), 'records that are there')
    for (const [id, kept] of this.kept) {
      const { bytes, kind, isMarked, unit } = found.get(id)!
      ok(bytes.equals(kept.bytes), `bytes of ${id}`)
      if (this.turned.has(id)) kept.isMarked = isMarked
      deepStrictEqual({ kind, isMarked }, { kind: kept.kind, isMarked: kept.isMarked })
      kept.unit = unit
    }
    this.checkOrder()
  }

  /** Everything is where it was said to be. */
  check (): void {
    const found = recordsWalk(this.left)
    deepStrictEqual([...found.keys()].sort(), this.ids.sort(), 'records that are there')
    for (const [id, { unit }] of this.kept) strictEqual(found.get(id)!.unit, unit, `place of ${id}`)
    this.checkOrder()
  }

  private settleDoubt (found: Map<number, Kept>): void {
    if (this.doubt && this.doubt.is !== 'add') this.wavering.set(this.doubt.id, this.doubt.kept!)
    else if (this.doubt && found.has(this.doubt.id)) {
      // What was added is there from now on, or is not.
      this.kept.set(this.doubt.id, { ...this.doubt.kept!, order: ++this.order })
    }
    this.doubt = null
    for (const [id, kept] of this.wavering) {
      const there = found.get(id)
      if (there) this.kept.set(id, Object.assign(kept, { isMarked: there.isMarked }))
      else this.kept.delete(id)
    }
  }

  private checkOrder (): void {
    const all = [...this.kept.values()].filter(({ kind }) => kind !== RECORD_FILTERS).sort((a, b) => a.order - b.order)
    const sequence = all.map(({ unit }) => store.recordSequence(unit))
    deepStrictEqual(sequence, [...sequence].sort((a, b) => a - b), 'sequence')
    strictEqual(new Set(sequence).size, sequence.length)
  }
}
