// New records, one behind the other in a sector that is open; what is large has sectors of its own, wherever they are.
//
// What is added in one call into the core is a group, which is there as a whole or not at all: behind the call a mark
// on the record that stands last says that all in front of it in the sector counts, and so does what stands in the
// sectors that were opened before. Until then what the group takes the place of must stay, so that marks and removals
// of records wait in a list. A body that comes in pieces has a mark of its own, as it may come for long.
//
// Invariant: where the power went, only what stands behind the last mark of the newest sector can be torn, and, while
// this has none yet, of the ones opened before it (open.ts); nothing is ever written behind it.
import { SECTOR_LARGE, SECTOR_SMALL } from '../../../flash/record_format'
import { RECORD_HEAD_AT } from '../../../limits'
import { FILTER_ROOM, RECORD_FILTERS, RECORD_TABLES } from '../../../records/record_kind'
import { bytesAt, words } from '../address'
import { memoryWindow } from '../window'
import { recordFill } from './pieces'
import { PIECE_SIZE, flashPut, scratch, SCRATCH_AT, stateClear } from './flash'
import {
  FIRST, FIRST_SIZE, GONE, IS_FILTER, IS_THERE, KIND_UNIT, LARGE_UNIT, NEW, NEW_IN_PIECES, NOT_LAST, NOT_WHOLE,
  recordMarks, recordSequence,
} from './record'
import {
  RESERVE, filterForget, largeSet, live, reserve, reserveFor, sectorOpen, sectorsErased, tablesFrom, tablesSet,
  tablesUnit,
} from './sectors'
import type { Offset } from '../../../kinds'

/** Changes that wait for the end of a group: one that has more ends before. */
const WAITING_MAX = 24
/** Units that find room in a sector for sure, whichever records they are: none of these is a large one. */
const ONE_UNITS = 2 + FIRST_SIZE / 16
/** Units: more than a page of 256 bytes. */
const GAP = 17
/** The unit where the next small record goes, in a sector that has room for `~next & 255`. -1: none is open. */
export let next = -1
/**
 * Where the log ended when the power went, or -1. The page there may have been about to be written, and its bits read
 * otherwise later: before anything is added it becomes zeros, and the next one, as it is not known where pages begin.
 */
let gap = -1
/** The record that stands last in the sector that is open; 0: none. */
let last = 0
/** Whether something was added since the last group. */
let isOpen = false
let sequence = 0
/** Units that are gathered before they are written, with their head: 784 bytes, which pass through the stack too. */
const GATHERED_UNITS_MAX = 49
/** Filters that are written with those that follow, as one record. */
let gathered = ''
/** Its unit; -1: flash did not take what this call has gathered. */
let gatheredUnit = 0
/** The unit behind what can be gathered with them; -1: nothing is gathered. */
let gatherEnd = -1
/** What is in front of each filter, as it lies in memory. */
let filterHead: string
/** Changes that wait: unit * 256 + bits. */
const waiting = new Int32Array(WAITING_MAX)
let waitingCount = 0

/** Starts behind the record with this sequence number, in the sector of a unit from which on it is erased; -1: none. */
export function appendReset(number: number, unit: number): void {
  sequence = number
  gap = unit
  next = unit < 0 ? unit : unit | 255
  last = waitingCount = 0
  isOpen = false
  gathered = ''
  gatherEnd = -1
}

/** Whether so many records of so many bytes together find room for sure: each may end a sector before it is full. */
export function recordsHaveRoom(count: number, size: number): boolean {
  const units = count * 2 + (size + 15 >> 4)
  return units <= (~next & 255) || sectorsErased - reserveFor(next, units) > (units > ONE_UNITS ? units >> 7 : 0)
}

/** A place for a record that has no room where the last one went; below 0: there is none. */
function placeFind(units: number, from: number): number {
  gapFill()
  return units <= (~next & 255) ? next
    : sectorOpen(SECTOR_SMALL, sequence, from > 0 ? 0 : reserveFor(next, units)) * 256 + 1
}

function gapFill(): void {
  if (gap < 0) return
  next = Math.min(gap + GAP, gap | 255)
  const size = next - gap << 4
  flashPut(gap * 16, '\0'.repeat(size), size)
  gap = -1
}

/** What comes from now on stands in sectors that are still to be opened. */
export function sectorLeave(): void {
  gapFill()
  next |= 255
}

/**
 * Adds a filter of a SUBSCRIBE, where it is in the packet, with its size in front of it and its options behind; what
 * comes first is at RECORD_HEAD_AT. It is not read before recordsWrite. Those of a call become few records, with a head
 * each and a mark for all. Its name, or 0 where there is no room.
 *
 * Every filter of a SUBSCRIBE comes through this.
 */
export function filterGather(start: Offset, size: number): number {
  const units = size + FILTER_ROOM + 15 >> 4
  if (next + units > gatherEnd && !gatherBegin(units)) return 0
  gathered += filterHead + memoryWindow(start, size + 3) + memoryWindow(SCRATCH_AT, -FILTER_ROOM - size & 15)
  next += units
  return next - units + FIRST
}

/** Writes what was gathered, and finds a place for filters. False: there is no room. */
function gatherBegin(units: number): boolean {
  if (!recordsWrite()) return false
  const unit = units >= (~next & 255) ? placeFind(units + 1, 0) : next
  if (unit < 0) return false
  gatheredUnit = last = unit
  next = unit + 1
  filterHead = memoryWindow(RECORD_HEAD_AT, 8)
  scratch.fill(-1) // What fills units up.
  gatherEnd = Math.min(next | 255, unit + GATHERED_UNITS_MAX)
  return isOpen = true
}

/** Puts the head of a record of so many bytes into scratch. */
function headPut(first: number, number: number, from: number, size: number, kind: number): void {
  scratch[0] = first
  scratch[1] = number
  scratch[2] = from
  scratch[3] = size ^ number ^ kind * KIND_UNIT
}

/**
 * Writes what was gathered. False, until the call into the core is over: flash did not take it, and where it was to
 * stand nothing else does until the next start.
 */
export function recordsWrite(): boolean {
  if (!gathered) return gatheredUnit >= 0
  const size = gathered.length
  headPut(size - NEW, ++sequence, 0, size, RECORD_FILTERS)
  const text = memoryWindow(SCRATCH_AT, 16) + gathered
  gathered = ''
  gatherEnd = -1
  live[gatheredUnit >> 8] += next - gatheredUnit
  if (!flashPut(gatheredUnit * 16, text, size + 16)) {
    gatheredUnit = next = -1
    last = 0
  }
  return gatheredUnit >= 0
}

/**
 * Adds a record whose body is two ranges, the second one not larger than PIECE_SIZE, and `more` bytes that are still to
 * be filled in; `from`: the record that is moved, -1: it comes in pieces. Its unit, or -1 where there is no room, or
 * flash did not take it. It counts once recordsCommit has been called. Never erases.
 *
 * Every record comes through this, so that it calls little.
 */
export function recordPut(
  kind: number, headStart: Offset, headSize: number, bodyStart: Offset, bodySize: number, from: number, more: number,
): number {
  // What was gathered stands in front of it.
  if (gathered) recordsWrite()
  const size = headSize + bodySize + more
  const units = size + 31 >> 4
  // The head of a sector that is opened for it has this one.
  const number = from > 0 ? recordSequence(from) : ++sequence
  const isLarge = size > FIRST_SIZE
  const unit = isLarge
    ? sectorOpen(SECTOR_LARGE, sequence, kind === RECORD_TABLES ? RESERVE : reserve) * 256 + LARGE_UNIT
    : units > (~next & 255) ? placeFind(units, from) : next
  if (unit < 0) return -1
  headPut(from < 0 ? size - NEW_IN_PIECES : size - NEW ^ (from && recordMarks(from) << 24), number, from, size, kind)
  const text = memoryWindow(SCRATCH_AT, 16) + bytesAt(headStart, headSize) + bytesAt(bodyStart, bodySize)
  if (!flashPut(unit * 16, text, 16 + headSize + bodySize)) {
    stateClear(unit, GONE)
    // Nothing is written behind what flash does not take.
    next = -1
    return -1
  }
  if (!isLarge) {
    live[unit >> 8] += units
    next = (last = unit) + units
    isOpen = isOpen || from >= 0
  }
  return unit
}

/** Adds a small record whose body is two ranges, or moves one, `from`, whose body is the second one. As recordPut. */
export function recordAdd(
  kind: number, headStart: Offset, headSize: number, bodyStart: Offset, bodySize: number, from?: number,
): number {
  if (bodySize <= PIECE_SIZE) return recordPut(kind, headStart, headSize, bodyStart, bodySize, from! | 0, 0)
  const unit = recordPut(kind, headStart, headSize, bodyStart, PIECE_SIZE, from! | 0, bodySize - PIECE_SIZE)
  const left = bodySize - PIECE_SIZE
  if (unit < 0 || recordFill(unit, headSize + PIECE_SIZE, bytesAt(bodyStart + PIECE_SIZE, left), left)) return unit
  change(unit, GONE)
  next = -1
  return -1
}

/** A place for a record that comes in pieces, by recordFill: its unit, or -1: no room. It is one once it is whole. */
export function recordReserve(kind: number, size: number): number {
  return recordPut(kind, 0, 0, 0, 0, -1, size)
}

/** Makes a record of what was reserved and filled; false: flash did not take it. */
export function recordCommit(unit: number): boolean {
  // The tables do not have it, and the start would not look for it where it is.
  if (words[unit * 4 + 1] < tablesFrom) tablesEnd()
  isOpen = true
  return stateClear(unit, NOT_WHOLE)
}

/** There are no tables any more. */
export function tablesEnd(): void {
  if (tablesUnit) change(tablesUnit, GONE)
  tablesSet(0)
}

/** The end of a call into the core: all that was added counts from now on. False: flash did not take it. */
export function recordsCommit(): boolean {
  if (!isOpen) return true
  isOpen = false
  const isDone = recordsWrite() && (!last || stateClear(last, NOT_LAST))
  gatheredUnit = 0
  // Its sector may be erased.
  if (next < 0) last = 0
  if (waitingCount) changesMake(isDone)
  return isDone
}

function changesMake(isDone: boolean): void {
  for (let at = 0; at < waitingCount && isDone; at++) change(waiting[at] >> 8, waiting[at] & 255)
  waitingCount = 0
}

/**
 * Sets marks of a record, or takes it away (GONE), whole or not, for good; false: flash did not take it, and it may be
 * otherwise at the next start. Behind what was added in the same call it comes true with that.
 */
export function recordChange(unit: number, bits: number): boolean {
  if (!isOpen) return change(unit, bits)
  if (waitingCount === WAITING_MAX) recordsCommit()
  waiting[waitingCount++] = unit << 8 | bits
  return true
}

function change(unit: number, bits: number): boolean {
  const first = words[unit * 4]
  const isDone = stateClear(unit, bits)
  const size = first & 0xff_ffff
  if (isDone && bits === GONE && first >> 30 === IS_THERE) {
    if (first >> 28 === IS_FILTER) filterForget(unit)
    else if (size > FIRST_SIZE) largeSet(unit, 0)
    else live[unit >> 8] -= size + 31 >> 4
  }
  return isDone
}
