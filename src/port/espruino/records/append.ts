// New records. Head and body are written first and read back, then the check sum and the byte that commits them: what
// the power interrupts before is none. Small ones go where the last one went, to a sector that has room left, or to an
// erased one; a large one to the last erased sectors that lie side by side.
//
// Invariant: some erased sectors are left to cleaning, which needs one to win others.
import { bytesAt, words } from '../address'
import { characters, crc } from '../window'
import { PIECE_SIZE, flashPut, scratch, scratchWindow, stateClear } from './flash'
import {
  BODY_SIZE_MAX, GONE, GONE_MASK, recordCheck, recordMarks, recordSequence, runOf,
} from './record'
import {
  account, live, room, sectorCount, sectorNext, sectorOpen, sectorOrigin, sectorsErased,
} from './sectors'
import type { Offset } from '../../../kinds'

/** Erased sectors that a record may not take. */
export const RESERVE = 2
/** Sectors that are looked at for room before another one is opened. */
const PROBES = 8
/** Places that are tried, where flash does not take what is written. */
const TRIES = 3

/** The sector where the last record went, or -1. */
export let current = -1
/** The sector that is cleaned, or -1. */
export let victim = -1
/** Where room was looked for last. */
let probe = 0
let sequence = 0

/** Starts behind the record with the highest sequence number. */
export function appendReset(last: number): void {
  sequence = last
  current = victim = -1
  probe = 0
}

/** What is cleaned gets no more records; -1: none. */
export function victimSet(sector: number): void {
  victim = sector
  if (sector >= 0) room[sector] = 0
}

/** A place for a small record, or -1. */
function placeSmall(units: number, isMove: boolean): number {
  if (!isMove && victim >= 0 && sectorsErased <= RESERVE) return -1
  for (let left = PROBES; left && (current < 0 || room[current] < units); left--) {
    probe = (probe + 1) % sectorCount
    if (live[probe] && live[probe] + room[probe] < 256 && room[probe] >= units) current = probe
  }
  if (current >= 0 && room[current] >= units) return current * 256 + 256 - room[current]
  if (sectorsErased <= (isMove ? 0 : RESERVE)) return -1
  current = sectorNext()
  if (!sectorOpen(current, 1)) return 0
  room[current] = 255
  return current * 256 + 1
}

/**
 * Whether so many records of so many bytes together find room for sure: each may end a sector before it is full. A
 * large one also needs its sectors side by side.
 */
export function recordsHaveRoom(count: number, size: number): boolean {
  const units = count * 2 + (size >> 4)
  return current >= 0 && room[current] >= units && !(victim >= 0 && sectorsErased <= RESERVE)
    || sectorsErased - RESERVE > (units >> 7)
}

/** A place for a large record: erased sectors side by side, the last ones as sectorNext goes; or -1. */
function placeLarge(run: number): number {
  if (sectorsErased < run + RESERVE) return -1
  let found = 0
  for (let left = sectorCount; left--;) {
    const sector = (left + sectorOrigin()) % sectorCount
    found = room[sector] < 255 ? 0 : sector === sectorCount - 1 ? 1 : found + 1
    if (found === run) return sectorOpen(sector, run) ? sector * 256 + 1 : 0
  }
  return -1
}

/** Writes a record's head, with what of its body there is: the record's unit, or -1 where there is no room. */
function recordBegin(kind: number, size: number, number: number, bytes: string, isMove: boolean): number {
  const run = size > BODY_SIZE_MAX ? runOf(size) : 0
  const units = size + 31 >> 4
  for (let left = TRIES; left--;) {
    const unit = run ? placeLarge(run) : placeSmall(units, isMove)
    if (unit < 0) return -1
    scratch[0] = size | kind << 24
    scratch[1] = number
    scratch[2] = -1
    scratch[3] = crc(scratchWindow(0, 8)) << 24 | 0xff_ffff
    if (unit && flashPut(unit * 16, scratchWindow(0, 16) + bytes, 16 + bytes.length)) {
      // One unit alone is none: room would be what it is in a sector without a head.
      if (!run) room[unit >> 8] -= room[unit >> 8] - units < 254 ? units : 2
      account(unit, 1)
      return unit
    }
    // What stands behind a spoiled place would not be found again.
    if (current >= 0) room[current] = 0
    current = -1
  }
  return -1
}

/** Commits a record with its check sum, and the marks with which it is moved. */
function commit(unit: number, check: number, marks: number): boolean {
  scratch[0] = check
  return flashPut(unit * 16 + 8, scratchWindow(0, 4) + '\0' + characters(255 & ~marks) + '\xff', 7)
}

/**
 * Makes a place for a record whose body comes in pieces, by recordFill: its unit, or -1 where there is no room. It is
 * one once it is committed.
 */
export function recordReserve(kind: number, size: number): number {
  return recordBegin(kind, size, ++sequence, '', false)
}

/** Writes a piece of a body from its byte `at` on, of any size and in any order; false: flash did not take it. */
export function recordFill(unit: number, at: number, start: Offset, size: number): boolean {
  for (let done = 0; done < size; done += PIECE_SIZE) {
    const piece = size - done < PIECE_SIZE ? size - done : PIECE_SIZE
    if (!flashPut(unit * 16 + 16 + at + done, bytesAt(start + done, piece) + '', piece)) return false
  }
  return true
}

/** Makes a record of what was reserved and filled; false: flash did not take it. */
export function recordCommit(unit: number): boolean {
  return commit(unit, recordCheck(unit), 0)
}

/**
 * Adds a record whose body is two ranges, or moves one, `from`, whose body the second range is: its unit, or -1 where
 * there is no room. Never erases.
 */
export function recordAdd(
  kind: number, headStart: Offset, headSize: number, bodyStart: Offset, bodySize: number, from?: number,
): number {
  const number = from ? recordSequence(from) : ++sequence
  const first = bodySize < PIECE_SIZE ? bodySize : PIECE_SIZE
  for (let left = TRIES; left--;) {
    const bytes = bytesAt(headStart, headSize) + bytesAt(bodyStart, first)
    const unit = recordBegin(kind, headSize + bodySize, number, bytes, !!from)
    if (unit < 0) return -1
    if (recordFill(unit, headSize + first, bodyStart + first, bodySize - first) && (from
      // Whatever has happened to the bytes since they were checked is not made right by being moved.
      ? commit(unit, words[from * 4 + 2], recordMarks(from))
      : recordCommit(unit))) return unit
    recordRemove(unit)
  }
  return -1
}

/** Takes a record away for good, committed or not; false: flash did not take it, and it may come back. */
export function recordRemove(unit: number): boolean {
  if (!(words[unit * 4 + 3] & GONE_MASK)) return true
  if (!stateClear(unit, GONE, GONE_MASK)) return false
  account(unit, -1)
  return true
}
