// What a board's broker has kept, read from a copy of its flash. src/port/espruino/records writes it, and says what
// each bit is for; this reads the same without writing, as its start does (open.ts): where the power was cut, what
// stands behind the last mark does not count.

import { FILTER_AT, FILTER_ROOM, RECORD_FILTERS, RECORD_TABLES } from '../records/record_kind'
import { PAGE_SIZE, STORAGE_SIZE, STORAGE_START } from './layout'
import {
  FIRST_SIZE, GONE, KIND_UNIT, LARGE_UNIT, MORE_SIZE, NOT_LAST, NOT_WHOLE, SECTOR_LARGE, SECTOR_MORE, SECTOR_SMALL,
  TABLE_AT,
} from './record_format'
import { RECORDS_FILE } from './records_file'
import { RECORD_HEADER_SIZE, headerAt } from './storage_record'

/** `body` is a copy; of RECORD_FILTERS that of one filter. Kinds, marks and bodies: src/records/record_kind.ts. */
export interface KeptRecord { sequence: number, kind: number, marks: number, body: Uint8Array }

const UNIT = 16
const SECTOR_UNITS = PAGE_SIZE / UNIT
const SIZE_MASK = 0xff_ffff
const KIND_MAX = 15
const OF_BOARDS = [RECORD_FILTERS, RECORD_TABLES]

// Besides, bits of a state, the fourth byte of a head.
const IN_PIECES = 0x20
const MARKS = 0x07

interface Head { unit: number, size: number, state: number, sequence: number, from: number, kind: number }

class KeptReader {
  private readonly view: DataView
  private readonly sectorCount: number
  /** By sector of small records: the unit from which on nothing counts. */
  private readonly ends = new Map<number, number>()
  /** The unit of a record that was moved to the last place that counts. */
  private moved = 0

  constructor (private readonly sectors: Uint8Array) {
    this.view = new DataView(sectors.buffer, sectors.byteOffset, sectors.length)
    this.sectorCount = sectors.length / PAGE_SIZE
  }

  read (): KeptRecord[] {
    const sectors = Array.from({ length: this.sectorCount }, (_, sector) => sector)
    const small = sectors.filter(sector => this.isOne(sector, SECTOR_SMALL))
    const large = sectors.filter(sector => this.isOne(sector, SECTOR_LARGE))
    this.endsFind([...small].sort((a, b) => this.opening(b) - this.opening(a)))
    return [...small.flatMap(sector => this.smallOf(sector)), ...large.flatMap(sector => this.largeOf(sector))]
      .sort((a, b) => a.sequence - b.sequence)
  }

  private word (unit: number, index: number): number {
    return this.view.getUint32(unit * UNIT + index * 4, true)
  }

  private opening (sector: number): number {
    return this.word(sector * SECTOR_UNITS, 2)
  }

  private isOne (sector: number, is: number): boolean {
    const [first, sequence, opening, sum] = [0, 1, 2, 3].map(index => this.word(sector * SECTOR_UNITS, index))
    return first === is && (first ^ sequence ^ opening) >>> 0 === sum
  }

  /** What stands at a unit; undefined: no head. */
  private head (unit: number): Head | undefined {
    const [first, sequence, from, sum] = [0, 1, 2, 3].map(index => this.word(unit, index))
    const size = first & SIZE_MASK
    const kind = (sum ^ sequence ^ size) / KIND_UNIT
    return Number.isInteger(kind) && kind >= 0 && kind <= KIND_MAX
      ? { unit, size, state: first >>> 24, sequence, from, kind } : undefined
  }

  /** Groups that go on from one sector to the next have their mark in the last one, the newest. */
  private endsFind (newestFirst: number[]): void {
    let opening = NaN
    for (const sector of newestFirst) {
      // One that was erased meanwhile is where looking ends.
      if (this.opening(sector) < opening - 1) return
      opening = this.opening(sector)
      const last = this.lastMark(sector)
      this.ends.set(sector, last ? after(last) : sector * SECTOR_UNITS + 1)
      if (!last) continue
      const { from, sequence } = last
      if (from && from < this.sectorCount * SECTOR_UNITS && this.word(from, 1) === sequence) this.moved = from
      return
    }
  }

  private lastMark (sector: number): Head | undefined {
    let last: Head | undefined
    const end = sector * SECTOR_UNITS + SECTOR_UNITS - 1
    for (let unit = sector * SECTOR_UNITS + 1; unit < end;) {
      const head = this.head(unit)
      if (!head) break
      if (head.kind && !(head.state & NOT_LAST)) last = head
      unit = after(head)
    }
    return last
  }

  /** Behind a head that is damaged the next one is found by trying. */
  private smallOf (sector: number): KeptRecord[] {
    const found: KeptRecord[] = []
    const end = this.ends.get(sector) ?? sector * SECTOR_UNITS + SECTOR_UNITS - 1
    for (let unit = sector * SECTOR_UNITS + 1; unit < end;) {
      const head = this.head(unit)
      if (head && head.unit !== this.moved && isLive(head)) found.push(...this.records(head))
      unit = head ? after(head) : unit + 1
    }
    return found
  }

  private largeOf (sector: number): KeptRecord[] {
    const head = this.head(sector * SECTOR_UNITS + LARGE_UNIT)
    // Filters never lie in one, and a board's own tables are nothing to others.
    if (!head || !isLive(head) || head.size <= FIRST_SIZE || OF_BOARDS.includes(head.kind)) return []
    const table = sector * PAGE_SIZE + TABLE_AT
    const others = this.sectors.subarray(table, table + Math.ceil((head.size - FIRST_SIZE) / MORE_SIZE))
    const areItsOwn = others.every(other => other < this.sectorCount && this.isOne(other, SECTOR_MORE)
      && this.word(other * SECTOR_UNITS, 1) === head.sequence)
    if (!areItsOwn) return []
    const body = new Uint8Array(FIRST_SIZE + others.length * MORE_SIZE)
    const start = (head.unit + 1) * UNIT
    body.set(this.sectors.subarray(start, start + FIRST_SIZE))
    others.forEach((other, index) => {
      const from = other * PAGE_SIZE + UNIT
      body.set(this.sectors.subarray(from, from + MORE_SIZE), FIRST_SIZE + index * MORE_SIZE)
    })
    return [recordOf(head, body.subarray(0, head.size))]
  }

  private records (head: Head): KeptRecord[] {
    const start = (head.unit + 1) * UNIT
    const body = this.sectors.slice(start, start + head.size)
    return head.kind === RECORD_FILTERS ? this.filters(head.unit + 1, body, head.sequence) : [recordOf(head, body)]
  }

  /** A record of each filter that counts. */
  private filters (first: number, body: Uint8Array, sequence: number): KeptRecord[] {
    const found: KeptRecord[] = []
    for (let at = 0; at + FILTER_AT <= body.length;) {
      const end = at + (body[at + FILTER_AT - 2] << 8 | body[at + FILTER_AT - 1]) + FILTER_ROOM
      const state = body[at + 3]
      const counts = (state & GONE) === GONE && first + at / UNIT !== this.moved && end <= body.length
      if (counts) found.push({ sequence, kind: RECORD_FILTERS, marks: ~state & MARKS, body: body.slice(at, end) })
      at += Math.ceil((end - at) / UNIT) * UNIT
    }
    return found
  }
}

const recordOf = ({ sequence, kind, state }: Head, body: Uint8Array): KeptRecord =>
  ({ sequence, kind, marks: ~state & MARKS, body })

const after = ({ unit, size }: Head): number => unit + (size + UNIT + UNIT - 1 >> 4)

/** What comes in pieces counts once it is whole. */
const isLive = ({ state, kind }: Head): boolean =>
  kind > 0 && (state & GONE) === GONE && !(state & IN_PIECES && state & NOT_WHOLE)

/**
 * The records of a board, in the order of their sequence numbers; undefined: no broker keeps anything there. `flash` is
 * a copy of a board's whole flash, or of its Storage.
 */
export function keptRecords (flash: Uint8Array): KeptRecord[] | undefined {
  const storage = flash.length > STORAGE_SIZE ? flash.subarray(STORAGE_START) : flash
  const header = headerAt(storage, 0)
  if (header?.name !== RECORDS_FILE) return undefined
  const end = Math.floor((RECORD_HEADER_SIZE + header.size) / PAGE_SIZE) * PAGE_SIZE
  if (end > storage.length) return undefined
  return new KeptReader(storage.subarray(PAGE_SIZE, end)).read()
}
