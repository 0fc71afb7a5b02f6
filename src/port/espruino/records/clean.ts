// Cleaning: what still counts in a sector with much that does not is moved elsewhere, and the sector is erased. Each
// call is a short step: some records are moved, or one sector is erased.
//
// Records of filters are moved as they are while all of their filters count; else each of these that does gets a record
// of its own. A filter counts that is not gone, and that a subscription names: those of a session that is over have no
// mark.
//
// Invariant: a record that is moved is committed in its new place before it is gone in its old one, and nothing else is
// added between. So one at the most is in both, and stands last where the power went: open.ts. A filter is moved as if
// it were a record whose number is its owner's.
import { words } from '../address'
import { next, recordAdd, recordChange, recordsCommit } from './append'
import { stateClear } from './flash'
import {
  GONE, filterIsThere, filterUnits, recordAfter, recordBody, recordIsLive, recordKind, recordSize,
} from './record'
import {
  ROOM, TAKEN, live, openings, reserve, sectorCount, sectorErase, sectorsErased, tablesFromStart, unitsForget,
} from './sectors'
import { RECORD_FILTERS } from '../../../records/record_kind'

type OnMoved = (from: number, to: number) => void
type IsNamed = (filter: number) => boolean

/** Records that a step moves. */
const MOVES = 4
/** With so many sectors that are opened one is looked for that was not written for long. */
const COLD_EVERY = 16
/** It takes more units than these to be worth an erase. */
export const WORTH = 12
/** Sectors that are looked at in a step: the best of a few is nearly as good as the best of all. */
const LOOKS = 8

/** The sector that is cleaned, or -1, and where in it to go on. */
let victim = -1
let place = 0
/** The record there whose filters are moved one by one, and the unit behind it; 0: none. */
let filtersRecord = 0
let filtersEnd = 0
/** Sectors that were looked at. */
let looked = 0
/** How many sectors must have been opened until it is looked for one that was not written for long. */
let coldAt = 0

export function cleanReset(): void {
  victim = -1
  filtersRecord = 0
  coldAt = openings
}

/**
 * Does a step of what there is to do, and others, `steps` at the most, as long as there is little room. Answers whether
 * the last one did any. `onMoved` is told of each record that has moved, by the old unit and the new one, while it
 * stands in both places; `isNamed` says of a filter's unit whether a subscription has it. Not from within the core.
 */
export function recordsClean(onMoved: OnMoved, isNamed: IsNamed, steps: number): boolean {
  let isDone
  do isDone = step(onMoved, isNamed, steps > 1)
  while (--steps && sectorsErased < reserve + ROOM)
  return isDone
}

function step(onMoved: OnMoved, isNamed: IsNamed, isAsked: boolean): boolean {
  recordsCommit()
  if (sectorErase(next >> 8)) return true
  if (victim < 0) return victimFind(isAsked)
  let left = MOVES
  let isDone = true
  while (left && isDone && live[victim] && place >> 8 === victim) {
    const from = place
    if (filtersRecord) {
      place += filterUnits(from)
      if (filterIsThere(from) && isNamed(from)) {
        left--
        isDone = recordMove(from, 1, onMoved)
      }
      if (isDone && place === filtersEnd) filtersOver()
      continue
    }
    place = recordAfter(from)
    if (!recordIsLive(from)) continue
    // All of a record are of one session.
    if (recordKind(from) !== RECORD_FILTERS || filtersAreThere(from) && isNamed(from + 1)) {
      left--
      isDone = recordMove(from, 0, onMoved)
    } else {
      filtersRecord = from
      filtersEnd = place
      place = from + 1
    }
  }
  // Of what the tables have counted some may have ended before the start; nothing was added here since. One that is
  // erased has the highest number.
  if (isDone && place >> 8 !== victim && words[victim * 1_024 + 1] >>> 0 < tablesFromStart) live[victim] = 0
  // To its end, or there is no room, or one cannot be taken away where it is.
  if (!isDone || !live[victim] || place >> 8 !== victim) {
    victim = -1
    filtersRecord = 0
  }
  return isDone
}

/** Moves a record, or a filter (1) to a record of its own; false: it stays where it is. */
function recordMove(from: number, isFilter: number, onMoved: OnMoved): boolean {
  const kind = isFilter ? RECORD_FILTERS : recordKind(from)
  const size = isFilter ? filterUnits(from) * 16 : recordSize(from)
  const to = recordAdd(kind, 0, 0, recordBody(from - isFilter), size, from)
  if (to < 0 || !recordsCommit()) return false
  movedTell(from - isFilter, to, kind, size, onMoved)
  if (recordChange(from, GONE)) return true
  movedTell(to, from - isFilter, kind, size, onMoved)
  recordChange(to, GONE)
  return false
}

/** What is named is a record, or the place of each of its filters. */
function movedTell(from: number, to: number, kind: number, size: number, onMoved: OnMoved): void {
  if (kind !== RECORD_FILTERS) onMoved(from, to)
  else for (let at = 1; at <= size + 15 >> 4; at += filterUnits(from + at)) onMoved(from + at, to + at)
}

/** Whether all filters of a record count. */
function filtersAreThere(record: number): boolean {
  const end = recordAfter(record)
  let unit = record + 1
  while (unit < end && filterIsThere(unit)) unit += filterUnits(unit)
  return unit >= end
}

/** Nothing in the record counts any more. */
function filtersOver(): void {
  if (stateClear(filtersRecord, GONE)) unitsForget(filtersRecord, 1)
  filtersRecord = 0
}

/**
 * Begins with the best of the next few sectors, where it is worth it: the fewer are erased the less is enough. Now and
 * then it is the one that was written longest ago, or it would never be erased.
 *
 * Where another record as large as its first one would find room in a sector, whole sectors are won by moving all
 * that is in such ones. Where none would, as behind one of 3,000 bytes, a sector is opened for each that is erased, for
 * ever: all that is won is room for smaller records behind, and what the open sector has of that is lost. So this is
 * done where no sector can be had otherwise, and late where nobody waits.
 */
function victimFind(isAsked: boolean): boolean {
  const isCold = openings > coldAt
  // Units behind the record that stands last.
  const behind = ~next & 255
  if (isCold) coldAt = openings + COLD_EVERY
  let most = isCold ? 4 * sectorCount : Math.max(WORTH, WORTH + (sectorsErased - reserve) * 1_000 / sectorCount)
  if (!isCold && most > TAKEN) return false
  for (let left = LOOKS; left--;) {
    const sector = ++looked % sectorCount
    const count = live[sector]
    const score = isCold ? openings - words[sector * 1_024 + 2] : TAKEN - count
    const first = recordSize(sector * 256 + 1) + 31 >> 4
    if (score > most && count < TAKEN && sector !== next >> 8 && (isCold || count + first <= TAKEN
      || sectorsErased <= reserve && score - (isAsked ? behind % first : behind * 4) > most)) {
      most = score
      victim = sector
    }
  }
  place = victim * 256 + 1
  return victim >= 0
}
