// The tables that a start makes of the records, kept as they stand in memory: a start reads them, looks at each row
// whether what it names is where it was, and walks those sectors alone that were opened since. They are a large record,
// RECORD_TABLES, in which the columns lie side by side at the end, the first one being `live` (sectors.ts); where other
// records have the unit that they were moved from is the CRC of what the build is told by and of the columns.
//
// They are never more than a short cut: without them, or where they are not as they were written, the start walks all.
//
// Invariant: what was added or committed since they were kept stands in sectors that were opened since.
import { FIRST_SIZE } from '../../../flash/record_format'
import { BUILD } from '../../../build'
import { FLASH_AT, PLACE_SIZE, RECORD_BODY_AT, SECTOR_SIZE } from '../../../limits'
import { RECORD_TABLES } from '../../../records/record_kind'
import { recordWindow, words } from '../address'
import { crc, memoryWindow } from '../window'
import { recordCommit, recordReserve, recordsCommit, sectorLeave, tablesEnd } from './append'
import { SCRATCH_AT, flashPut, scratch } from './flash'
import { recordFill } from './pieces'
import { FIRST, filterUnits, recordAt, recordSize } from './record'
import {
  RESERVE, live, openings, sectorsErased, tablesSet, tablesSize, tablesSizeSet, tablesUnit,
} from './sectors'
import type { RecordName, Table } from '../../../kinds'

/** Sectors after which they are kept again; where an hour is over one is enough. */
const OPENED_MAX = 64

/** What each sector had when those were kept that the start was made of, if it still is that sector; else 0. */
let lives: Uint8Array

/** Begins a start with room for such tables, of which the first is the port's own; none: there is none. */
export function tablesBegin(tables: Table[]): void {
  if (tables.length) tables[0] = lives = new Uint8Array(live.length)
  let size = 0
  for (const table of tables) size += table.buffer.byteLength
  // A board whose tables are small starts soon without.
  tablesSizeSet(size > FIRST_SIZE ? size : 0)
}

/** The parts of a record's body, from one byte to another, that lie side by side. */
function partsOf(unit: number, at: number, end: number): string[] {
  const parts: string[] = []
  const record = unit + FIRST
  while (at < end) {
    const from = recordAt(record, record * PLACE_SIZE + RECORD_BODY_AT + at) - FLASH_AT
    const part = recordWindow(from, Math.min(end - at, SECTOR_SIZE - from % SECTOR_SIZE))
    parts.push(part)
    at += part.length
  }
  return parts
}

function sumOf(unit: number): number {
  let sum = BUILD
  // Of an array the engine takes the elements as numbers, which texts are not.
  for (const part of partsOf(unit, 0, tablesSize)) sum = String(crc(sum + crc(part)))
  return Number(sum) | 0
}

/** Takes the tables as they were kept; false: they are not what was written, or of other sizes. */
export function tablesRead(tables: Table[]): boolean {
  // Without tables the size is none of a record's.
  if (recordSize(tablesUnit) !== tablesSize || sumOf(tablesUnit) !== words[tablesUnit * 4 + 2]) return false
  let at = 0
  for (const table of tables) {
    const bytes = new Uint8Array(table.buffer)
    let done = 0
    for (const part of partsOf(tablesUnit, at, at + bytes.length)) {
      bytes.set(part as unknown as number[], done)
      done += part.length
    }
    at += done
  }
  return true
}

/** Nothing is kept until the next start. */
export function tablesNever(): void {
  tablesSizeSet(0)
}

/** Whether it is time to keep them, and there is room. */
export function tablesAreDue(isHour: boolean): boolean {
  const sectors = tablesSize >> 12
  const opened = openings - (tablesUnit && words[(tablesUnit >> 8) * 1_024 + 2])
  if (!tablesSize || opened <= (isHour ? tablesUnit && sectors + 1 : OPENED_MAX)) return false
  // As many as records of the broker's leave, and those that are there: also where the store is full.
  const hasRoom = sectorsErased > RESERVE + sectors
  if (!hasRoom) tablesEnd()
  return hasRoom
}

/** Keeps tables of the sizes that there is room for. Not from within the core. */
export function tablesKeep(tables: Table[]): void {
  // What changes from now on is newer.
  recordsCommit()
  sectorLeave()
  tables[0] = live
  const unit = recordReserve(RECORD_TABLES, tablesSize)
  if (unit < 0) return
  // Where flash does not take them there are none, until it is time again.
  tablesWrite(unit, tables)
  tablesEnd()
  tablesSet(unit)
  recordsCommit()
}

function tablesWrite(unit: number, tables: Table[]): void {
  let at = 0
  for (const table of tables) {
    // No copy where a column lies in one piece, as large ones do.
    const text = E.toString(table.buffer)
    if (text === undefined || !recordFill(unit, at, text, text.length)) return
    at += text.length
  }
  scratch[0] = sumOf(unit)
  if (flashPut(unit * 16 + 8, memoryWindow(SCRATCH_AT, 4), 4)) recordCommit(unit)
}

/** Every row of the tables comes through this. */
export function recordStands(place: RecordName): number {
  const unit = place - FIRST
  // What is in the pool is in no sector.
  const state = lives[unit >> 8 & 255] && words[unit * 4] >> 24
  return state >= -64 && state < -16 ? state : 0
}

/** What does not stand counts no more, if its sector is still the one that it was counted in. */
export function recordLost(place: RecordName, isFilter: number): void {
  const unit = place - FIRST
  if (lives[unit >> 8 & 255]) live[unit >> 8] -= isFilter ? filterUnits(unit) : recordSize(unit) + 31 >> 4
}
