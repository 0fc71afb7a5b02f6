// What the records are made of at the start. All that was ever followed by a group that was committed, in its sector or
// in one that was opened later, is as it was written, and is only counted. The power went behind the last mark of the
// newest sector: what stands there is filled with zeros, so that no half written bit of it is ever read, and a mark or
// a removal that may be half written is written once more. What nothing can be made of is taken as empty.
import { SECTOR_LARGE, SECTOR_MORE, SECTOR_SMALL } from '../../../flash/record_format'
import { recordWindow, words } from '../address'
import { appendReset, sectorLeave, tablesEnd } from './append'
import { cleanReset } from './clean'
import { UNIT_ERASED, flashIsErased, flashOpen, flashPut, stateClear } from './flash'
import type { OnRecord } from '../../port'
import {
  FIRST, GONE, IS_LIVE, IS_THERE, KIND_UNIT, LARGE_UNIT, NOT_LAST, NOT_WHOLE, recordIsLive, recordKind, recordSequence,
} from './record'
import {
  TAKEN, largeSet, live, sectorCount, sectorsFound, sectorsReset, tablesFrom, tablesSet, tablesStart,
  tablesUnit,
} from './sectors'
import { tablesBegin, tablesRead } from './tables'
import { RECORD_TABLES } from '../../../records/record_kind'
import type { Table } from '../../../kinds'

const HEAD_ZERO = '\0'.repeat(12)

/** Units and sectors that nothing can be made of; a record that the power cut off is one. */
export let recordsDamaged = 0
/** The highest sequence number when it was opened. */
export let recordSequenceMax = 0
/** The record in the newest sector behind which nothing counts, or 0. */
let lastMark = 0
/** Whether all heads of the sector that is read were right. */
let isWhole = true

/**
 * Opens the records and tells of each by its name, in no order; it may be removed meanwhile. Where there are tables
 * that were kept of the same sizes as these they are read, and `onTables` is called before it is told of those alone
 * that are newer. False: the file is not there, or not where it must be.
 */
export function recordsOpen(onRecord: OnRecord, tables: Table[], onTables: () => void): boolean {
  const count = flashOpen()
  if (!count) return false
  tablesBegin(tables)
  tablesSet(0)
  recordsDamaged = recordSequenceMax = lastMark = 0
  sectorsReset(count)
  const newest = headsRead()
  cleanReset()
  const end = newest < 0 ? -1 : tailSettle(newest)
  // Groups that go on from one sector to the next have their mark in the last one.
  for (let sector = newest; sector >= 0 && !lastMark;) {
    sector = sectorBefore(sector)
    if (sector >= 0) tailSettle(sector)
  }
  if (lastMark) markSettle()
  appendReset(recordSequenceMax, end)
  if (tablesUnit && !(largeSet(tablesUnit, TAKEN) && tablesRead(tables))) tablesEnd()
  tablesStart()
  if (tablesUnit) {
    oldRead(tables[0] as Uint8Array)
    // Nothing is added where it would not be looked for at the next start.
    sectorLeave()
    onTables()
  }
  for (let sector = 0; sector < sectorCount; sector++) {
    if (live[sector] === TAKEN && words[sector * 1_024 + 1] >= tablesFrom) sectorRead(sector, onRecord)
  }
  return true
}

/** What each sector had that was there when the tables were kept, and still is one; 0 of the others. */
function oldRead(lives: Uint8Array): void {
  const count = sectorCount
  const from = tablesFrom
  for (let sector = 0; sector < count; sector++) {
    const first = words[sector * 1_024]
    if (live[sector] !== TAKEN || words[sector * 1_024 + 1] >= from) lives[sector] = 0
    else if (first === SECTOR_SMALL) live[sector] = lives[sector]
    // Others of a large record have no heads, and are taken by now, or will be.
    else if (first === SECTOR_LARGE) {
      largeRead(sector * 256 + LARGE_UNIT)
      lives[sector] = live[sector]
    }
  }
}

/** Sets what each sector is, learns the highest numbers, and answers the newest sector of small records, or -1. */
function headsRead(): number {
  const all = words
  const count = sectorCount
  let newest = -1
  let openingMax = 0
  let openingLast = 0
  let erased = 0
  let first, number, opening
  for (let sector = 0; sector < count; sector++) {
    const at = sector * 1_024
    // Some words say enough: whatever is written is read back. All of them would take 15 ms.
    if (all[at] === -1 && all[at + 500] === -1 && all[at + 1_000] === -1) {
      erased++
      continue
    }
    // It can be erased, unless a record says that it is one of its own.
    live[sector] = 0
    first = all[at]
    if (first === SECTOR_MORE) continue
    number = all[at + 1]
    opening = all[at + 2]
    if (first !== SECTOR_SMALL && first !== SECTOR_LARGE || (first ^ number ^ opening) !== all[at + 3]) {
      recordsDamaged++
      continue
    }
    if (number > recordSequenceMax) recordSequenceMax = number
    if (opening > openingMax) openingMax = opening
    live[sector] = TAKEN
    if (first === SECTOR_LARGE) tablesLook(sector * 256 + LARGE_UNIT)
    else if (opening > openingLast) {
      openingLast = opening
      newest = sector
    }
  }
  sectorsFound(openingMax, erased)
  return newest
}

/** The newest tables count. */
function tablesLook(unit: number): void {
  const isNewer = words[unit * 4 + 1] > tablesFrom
  if (recordKind(unit) === RECORD_TABLES && recordIsLive(unit) && isNewer) tablesSet(unit)
}

/** The sector of small records that was opened right before another one, or -1. */
function sectorBefore(sector: number): number {
  const opening = words[sector * 1_024 + 2] - 1
  for (let other = 0; other < sectorCount; other++) {
    if (words[other * 1_024] === SECTOR_SMALL && words[other * 1_024 + 2] === opening) return other
  }
  return -1
}

/** Finds the last mark in a sector, and makes zeros of what stands behind it; answers the unit behind these. */
function tailSettle(sector: number): number {
  const all = words
  const start = sector * 256 + 1
  let end = start + 254
  let unit = start
  let behind = start
  let head = 0
  let at, first, units, kind
  // Its own head may be half written, and is read right by chance.
  flashPut(start * 16 - 16, recordWindow(start * 16 - 16, 16) + '', 16)
  while (unit < end) {
    first = all[at = unit * 4]
    kind = (all[at + 3] ^ all[at + 1] ^ (units = first & 0xff_ffff)) / KIND_UNIT
    if (kind !== (kind & 15)) break
    if (all[at + 1] > recordSequenceMax) recordSequenceMax = all[at + 1]
    head = unit
    unit += units + 31 >> 4
    if (kind && !(first & NOT_LAST << 24)) {
      lastMark = head
      behind = unit
    }
  }
  if (unit < end && !flashIsErased(unit * 16, (256 - (unit & 255)) * 16)) {
    recordsDamaged++
    head = unit
    while (recordWindow(end * 16 - 16, 16) === UNIT_ERASED) end--
  } else end = unit
  // If there is a mark that is half written it is in this head, which must never be taken for one again.
  if (head >= behind) flashPut(head * 16 + 12, '\0\0\0\0', 4)
  // Backwards, and of each unit the beginning last: what is half done is no head, or still what it was.
  for (unit = end; unit-- > behind;) {
    flashPut(unit * 16 + 4, HEAD_ZERO, 12)
    flashPut(unit * 16, '\0\0\0\0', 4)
  }
  return end
}

/** The last mark may be half written; and what was moved may be where it was before. */
function markSettle(): void {
  const from = words[lastMark * 4 + 2]
  stateClear(lastMark, NOT_LAST)
  if (from > 0 && recordSequence(from) === recordSequence(lastMark)) stateClear(from, GONE)
}

function sectorRead(sector: number, onRecord: OnRecord): void {
  const first = words[sector * 1_024]
  if (first === SECTOR_SMALL) recordsRead(sector * 256 + 1, onRecord)
  else if (first === SECTOR_LARGE && largeRead(sector * 256 + LARGE_UNIT)) {
    onRecord(sector * 256 + LARGE_UNIT + FIRST, recordKind(sector * 256 + LARGE_UNIT))
  }
}

/** Whether a large record is there that is the broker's. */
function largeRead(unit: number): boolean {
  const isTables = recordKind(unit) === RECORD_TABLES
  if (recordIsLive(unit) && (!isTables || unit === tablesUnit) && largeSet(unit, TAKEN)) {
    stateClear(unit, NOT_WHOLE)
    return !isTables
  }
  // For good, before one of its sectors is erased: its removal may be half written, and read otherwise later.
  stateClear(unit, GONE)
  live[unit >> 8] = 0
  return false
}

/** Every record comes through this loop at the start: each character of it costs a thousand instructions. */
function recordsRead(start: number, onRecord: OnRecord): void {
  const all = words
  const end = start + 254
  let unit = start
  let dead = start
  let at, first, units, kind
  live[start >> 8] = 0
  isWhole = true
  while (unit < end) {
    first = all[at = unit * 4]
    kind = (all[at + 3] ^ all[at + 1] ^ (units = first & 0xff_ffff)) / KIND_UNIT
    units = units + 31 >> 4
    if (kind === (kind & 15) && first >> 29 === IS_LIVE) onRecord(unit + FIRST, kind)
    else if (kind === (kind & 15) && first >= 0) dead += units
    else dead += units = othersRead(unit, units, onRecord)
    unit += units
  }
  live[start >> 8] += unit - dead
}

/** What is no live record that was added at once; answers how many units it has. */
function othersRead(unit: number, units: number, onRecord: OnRecord): number {
  const first = words[unit * 4]
  const kind = recordKind(unit)
  if (kind === (kind & 15)) {
    if (first >> 28 === IS_LIVE) {
      live[unit >> 8] += units
      stateClear(unit, NOT_WHOLE)
      onRecord(unit + FIRST, kind)
    // It was never whole.
    } else if (first >> 30 === IS_THERE) stateClear(unit, GONE)
    return units
  }
  if (first === -1 && isWhole) return 255 - (unit & 255)
  // The next one is found by trying.
  if (isWhole) recordsDamaged++
  isWhole = false
  return 1
}
