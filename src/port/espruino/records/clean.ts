// Cleaning: what still counts in a sector with much that does not is moved elsewhere, and the sector is erased. Each
// call is a short step: some records are moved, or one sector is erased.
import { words } from '../address'
import { stateClear } from './flash'
import { recordAfter, recordBody, recordIsLive, recordKind, recordSize } from './record'
import {
  CLEANED, CLEANED_MASK, live, openings, room, sectorCount, sectorDirty, sectorErase, sectorOpening, sectorsErased,
  unitsGone,
} from './sectors'
import { RESERVE, current, recordAdd, recordRemove, victim, victimSet } from './append'

/** Records that a step moves. */
const MOVES = 4
/** Of so many times that it is looked for a sector to clean, it is once for one that was not written for long. */
const COLD_EVERY = 32
/** Units that must go until it is looked again; a sector that is opened counts as much. */
const LOOK_EVERY = 16

/** Where in the sector that is cleaned it goes on. */
let next = 0
let looks = 0
let lookAt = 0

/** Cleans a sector from its start; -1: none. */
export function cleanStart(sector: number): void {
  victimSet(sector)
  next = sector * 256 + 1
  lookAt = 0
}

/**
 * Does a step of what there is to do, and answers whether it did any. `onMoved` is told of each record that has moved,
 * by the old unit and the new one, while it stands in both places.
 */
export function recordsClean(onMoved: (from: number, to: number) => void): boolean {
  const dirty = sectorDirty(current)
  if (dirty >= 0 && dirty !== victim) sectorErase(dirty)
  else if (victim >= 0) recordsMove(onMoved)
  else return progress() >= lookAt && victimFind()
  return true
}

/** What may have made it worth to clean a sector. */
function progress(): number {
  return unitsGone + openings * LOOK_EVERY
}

function recordsMove(onMoved: (from: number, to: number) => void): void {
  for (let left = MOVES; next >> 8 === victim; next = recordAfter(next)) {
    if (recordIsLive(next) && (!left-- || !recordMove(next, onMoved))) return
  }
  victimSet(-1)
}

/** Moves a record; false: there is no room. */
function recordMove(from: number, onMoved: (from: number, to: number) => void): boolean {
  const to = recordAdd(recordKind(from), 0, 0, recordBody(from), recordSize(from), from)
  if (to < 0) return false
  onMoved(from, to)
  if (recordRemove(from)) return true
  // It cannot be taken away where it is, so it stays there.
  onMoved(to, from)
  recordRemove(to)
  return true
}

/**
 * Begins with the sector that has most of what is gone, where it is worth it: the fewer are erased the less is enough.
 * One that was cleaned, and not to its end, is left alone.
 */
function victimFind(): boolean {
  const isCold = ++looks % COLD_EVERY === 0
  const spare = sectorsErased > RESERVE ? sectorsErased - RESERVE : 0
  let most = isCold ? 4 * sectorCount : 12 + spare * 1_000 / sectorCount
  let found = -1
  for (let sector = 0; sector < sectorCount; sector++) {
    const score = isCold ? openings - sectorOpening(sector) : 255 - live[sector] - room[sector]
    if (score > most && live[sector] && canClean(sector)) {
      most = score
      found = sector
    }
  }
  if (found >= 0 && stateClear(found * 256, CLEANED, CLEANED_MASK)) cleanStart(found)
  else lookAt = progress() + LOOK_EVERY
  return victim >= 0
}

/** Whether a sector has small records, and was not cleaned. */
function canClean(sector: number): boolean {
  return sector !== current && live[sector] + room[sector] < 256 && words[sector * 1_024] >>> 24 === 1 &&
    (words[sector * 1_024 + 3] & CLEANED_MASK) === CLEANED_MASK
}
