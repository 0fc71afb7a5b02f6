// What the records are made of at the start. All that was ever followed by a group that was committed, in its sector or
// in one that was opened later, is as it was written, and is only counted. The power went behind the last mark of the
// newest sector: what stands there is filled with zeros, so that no half written bit of it is ever read, and a mark or
// a removal that may be half written is written once more. What nothing can be made of is taken as empty.
import { recordWindow, words } from '../address'
import { appendReset } from './append'
import { cleanReset } from './clean'
import { flashIsErased, flashOpen, flashPut, stateClear } from './flash'
import {
  BODY_SIZE_MAX, GONE, IS_LIVE, IS_THERE, KIND_UNIT, NOT_LAST, NOT_WHOLE, recordAfter, recordIsLive, recordKind,
  recordSequence, recordSize,
} from './record'
import { ERASED, TAKEN, live, openingsSet, sectorCount, sectorRun, sectorSet, sectorsReset } from './sectors'

const UNIT_ERASED = '\xff'.repeat(16)
const HEAD_ZERO = '\0'.repeat(12)

/** Told of each record that is there. */
type OnRecord = (unit: number, kind: number) => void

/** Units and sectors that nothing can be made of; a record that the power cut off is one. */
export let recordsDamaged = 0
/** The highest sequence number. */
let sequence = 0
/** The record in the newest sector behind which nothing counts, or 0. */
let lastMark = 0

/**
 * Opens the records and tells of each, in no order; it may be removed meanwhile. False: the file is not there, or not
 * where it must be.
 */
export function recordsOpen(onRecord: OnRecord): boolean {
  const count = flashOpen()
  if (!count) return false
  recordsDamaged = sequence = lastMark = 0
  sectorsReset(count)
  cleanReset()
  const newest = headsRead()
  const end = newest < 0 ? -1 : tailSettle(newest)
  // Groups that go on from one sector to the next have their mark in the last one.
  for (let sector = newest; sector >= 0 && !lastMark;) {
    sector = sectorBefore(sector)
    if (sector >= 0) tailSettle(sector)
  }
  if (lastMark) markSettle()
  appendReset(sequence, end)
  for (let sector = 0; sector < sectorCount;) sector += sectorRead(sector, onRecord)
  return true
}

/** Learns the highest numbers, and answers the newest sector of small records, or -1. */
function headsRead(): number {
  let newest = -1
  let openingMax = 0
  let openingLast = 0
  for (let sector = 0, run; sector < sectorCount; sector += run || 1) {
    run = sectorRun(sector)
    if (!run) continue
    const opening = words[sector * 1_024 + 2]
    if (words[sector * 1_024 + 1] > sequence) sequence = words[sector * 1_024 + 1]
    if (opening > openingMax) openingMax = opening
    if (run === 1 && opening > openingLast) {
      openingLast = opening
      newest = sector
    }
  }
  openingsSet(openingMax)
  return newest
}

/** The sector of small records that was opened right before another one, or -1. */
function sectorBefore(sector: number): number {
  const opening = words[sector * 1_024 + 2] - 1
  for (let other = 0, run; other < sectorCount; other += run || 1) {
    run = sectorRun(other)
    if (run === 1 && words[other * 1_024 + 2] === opening) return other
  }
  return -1
}

/** Finds the last mark in a sector, and makes zeros of what stands behind it; answers the unit behind these. */
function tailSettle(sector: number): number {
  const start = sector * 256 + 1
  let end = start + 254
  while (end > start && recordWindow(end * 16 - 16, 16) === UNIT_ERASED) end--
  let behind = start
  let head = 0
  for (let unit = start, kind; unit < end; unit = recordAfter(unit)) {
    kind = recordKind(head = unit)
    if (kind !== (kind & 15)) {
      recordsDamaged++
      break
    }
    if (recordSequence(unit) > sequence) sequence = recordSequence(unit)
    if (kind && !(words[unit * 4] & NOT_LAST << 24)) {
      lastMark = unit
      behind = recordAfter(unit)
    }
  }
  // If there is a mark that is half written it is in this head, which must never be taken for one again.
  if (head >= behind) flashPut(head * 16 + 12, '\0\0\0\0', 4)
  // Backwards, and of each unit the beginning last: what is half done is no head, or still what it was.
  for (let unit = end; unit-- > behind;) {
    flashPut(unit * 16 + 4, HEAD_ZERO, 12)
    flashPut(unit * 16, '\0\0\0\0', 4)
  }
  return end > behind ? end : behind
}

/** The last mark may be half written; and what was moved may be where it was before. */
function markSettle(): void {
  const from = words[lastMark * 4 + 2]
  stateClear(lastMark, NOT_LAST)
  if (from > 0 && recordSequence(from) === recordSequence(lastMark)) stateClear(from, GONE)
}

/** Reads a sector, and answers how many its record takes. */
function sectorRead(sector: number, onRecord: OnRecord): number {
  const run = sectorRun(sector)
  if (run === 1) recordsRead(sector, onRecord)
  else if (!run) {
    const isErased = sectorLooksErased(sector)
    sectorSet(sector, 1, isErased ? ERASED : 0)
    if (!isErased) recordsDamaged++
  } else {
    const unit = sector * 256 + 1
    sectorSet(sector, run, TAKEN)
    if (recordIsLive(unit)) {
      stateClear(unit, NOT_WHOLE)
      onRecord(unit, recordKind(unit))
    } else live[sector] = 0
  }
  return run || 1
}

/** Some words of a sector say enough: whatever is written is read back. All of it would take 15 ms. */
function sectorLooksErased(sector: number): boolean {
  const end = sector * 1_024 + 1_024
  let at = end - 1_024
  while (at < end && words[at] === -1) at += 256
  return at >= end
}

/** Every record comes through this loop at the start, so that it calls nothing that it can do itself. */
function recordsRead(sector: number, onRecord: OnRecord): void {
  const all = words
  const end = sector * 256 + 255
  let unit = end - 254
  let dead = unit
  let isWhole = true
  let first, size, kind
  while (unit < end) {
    first = all[unit * 4]
    size = first & 0xff_ffff
    kind = (all[unit * 4 + 3] ^ all[unit * 4 + 1] ^ size * 257) / KIND_UNIT
    size = size + 31 >> 4
    if (kind === (kind & 15) && (first >> 29 === IS_LIVE || first >> 28 === IS_LIVE && stateClear(unit, NOT_WHOLE))) {
      onRecord(unit, kind)
    } else {
      if (kind === (kind & 15)) {
        // It was never whole.
        if (first >> 30 === IS_THERE) stateClear(unit, GONE)
      } else if (first === -1 && isWhole) size = end - unit
      else {
        // The next one is found by trying.
        if (isWhole) recordsDamaged++
        isWhole = false
        size = 1
      }
      dead += size
    }
    unit += size
  }
  live[sector] += unit - dead
}

/** The next live record in order of address, from 0, or -1. */
export function recordNext(unit: number): number {
  let next = unit ? recordAfter(unit) : 1
  if (unit && recordSize(unit) > BODY_SIZE_MAX) next = ((unit >> 8) + sectorRun(unit >> 8)) * 256 + 1
  for (let sector = next >> 8; sector < sectorCount; sector = next >> 8) {
    const run = sectorRun(sector)
    const left = 255 - (next & 255)
    if (left < (run > 1 ? 254 : 1) || !run || flashIsErased(next * 16, left * 16)) {
      next = (sector + (run || 1)) * 256 + 1
    } else if (recordIsLive(next)) return next
    else next = recordAfter(next)
  }
  return -1
}
