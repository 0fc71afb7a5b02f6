// Cleaning: what still counts in a sector with much that does not is moved elsewhere, and the sector is erased. Each
// call is a short step: some records are moved, or one sector is erased.
//
// Invariant: a record that is moved is committed in its new place before it is gone in its old one, and nothing else is
// added between. So one at the most is in both, and stands last where the power went: open.ts.
import { words } from '../address'
import { next, recordAdd, recordChange, recordsCommit } from './append'
import { GONE, recordAfter, recordBody, recordIsLive, recordKind, recordSize } from './record'
import { RESERVE, TAKEN, live, openings, sectorCount, sectorErase, sectorsErased } from './sectors'

type OnMoved = (from: number, to: number) => void

/** Records that a step moves. */
const MOVES = 4
/** With so many sectors that are opened one is looked for that was not written for long. */
const COLD_EVERY = 16
/** So many sectors are erased before somebody is heard: what comes at once takes one or two. */
export const ROOM = RESERVE + 3
/** Sectors that are looked at in a step: the best of a few is nearly as good as the best of all. */
const LOOKS = 8

/** The sector that is cleaned, or -1, and where in it to go on. */
let victim = -1
let place = 0
/** Sectors that were looked at. */
let looked = 0
/** How many sectors must have been opened until it is looked for one that was not written for long. */
let coldAt = 0

export function cleanReset(): void {
  victim = -1
  coldAt = openings
}

/**
 * Does a step of what there is to do, and others, `steps` at the most, as long as there is little room. Answers whether
 * the last one did any. `onMoved` is told of each record that has moved, by the old unit and the new one, while it
 * stands in both places. Not from within the core.
 */
export function recordsClean(onMoved: OnMoved, steps: number): boolean {
  let left = steps
  let isDone
  do isDone = step(onMoved)
  while (--left && sectorsErased < ROOM)
  return isDone
}

function step(onMoved: OnMoved): boolean {
  recordsCommit()
  if (sectorErase(next >> 8)) return true
  if (victim < 0) return victimFind()
  let left = MOVES
  let isDone = true
  while (left && isDone && live[victim] && place >> 8 === victim) {
    const from = place
    place = recordAfter(from)
    if (recordIsLive(from)) {
      left--
      isDone = recordMove(from, onMoved)
    }
  }
  // To its end, or there is no room, or one cannot be taken away where it is.
  if (!isDone || !live[victim] || place >> 8 !== victim) victim = -1
  return isDone
}

/** Moves a record; false: it stays where it is. */
function recordMove(from: number, onMoved: OnMoved): boolean {
  const to = recordAdd(recordKind(from), 0, 0, recordBody(from), recordSize(from), from)
  if (to < 0 || !recordsCommit()) return false
  onMoved(from, to)
  if (recordChange(from, GONE)) return true
  onMoved(to, from)
  recordChange(to, GONE)
  return false
}

/**
 * Begins with the best of the next few sectors, where it is worth it: the fewer are erased the less is enough. Now and
 * then it is the one that was written longest ago, or it would never be erased.
 */
function victimFind(): boolean {
  const isCold = openings > coldAt
  looked += LOOKS
  if (isCold) coldAt = openings + COLD_EVERY
  let most = isCold ? 4 * sectorCount : 12 + (sectorsErased - RESERVE) * 1_000 / sectorCount
  if (!isCold && most > TAKEN) return false
  for (let left = LOOKS; left--;) {
    const sector = (looked + left) % sectorCount
    const count = live[sector]
    const score = isCold ? openings - words[sector * 1_024 + 2] : TAKEN - count
    if (score > most && count < TAKEN && sector !== next >> 8) {
      most = score
      victim = sector
      place = sector * 256 + 1
    }
  }
  return victim >= 0
}
