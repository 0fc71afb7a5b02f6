// What the records are made of at the start: all sectors are walked, what the last power cut interrupted is finished or
// undone, and made so that it reads the same from then on. What nothing can be made of is taken as empty.
import { recordWindow, words } from '../address'
import { crc } from '../window'
import { flashOpen, flashPut, stateClear } from './flash'
import {
  GONE, GONE_MASK, headIsRight, isErasedFrom, recordAfter, recordCheck, recordIsLive, recordMark, recordMarks,
  recordSequence,
} from './record'
import {
  CLEANED, CLEANED_MASK, account, live, recordNext, room, runSet, sectorCount, sectorLearn, sectorRun, sectorSet,
  sectorsReset,
} from './sectors'
import { appendReset, recordRemove } from './append'
import { cleanStart } from './clean'

const COMMITTED = '\0\xff\xff\xff'

/** Records that were there and whose check sum was wrong. */
export let recordsDamaged = 0
let records = 0
/** The record with the highest sequence number, and this number. */
let newest = 0
let sequenceMax = 0
/** A sector that was being cleaned, or -1. */
let unfinished = -1

/** Opens the records: how many there are, or -1 where the file is not there or not where it must be. */
export function recordsOpen(): number {
  const count = flashOpen()
  if (!count) return -1
  sectorsReset(count)
  records = recordsDamaged = newest = sequenceMax = 0
  unfinished = -1
  for (let sector = 0; sector < sectorCount;) sector += sectorRead(sector)
  appendReset(sequenceMax)
  // It may have been the last that was written, and not to the end.
  if (newest) settle(newest)
  cleanStart(unfinished)
  if (unfinished >= 0) moveFinish()
  return records
}

/** Reads a sector and answers how many its record takes. */
function sectorRead(sector: number): number {
  const run = sectorRun(sector)
  if (!run) {
    const units = sectorLooksErased(sector) ? 255 : 0
    sectorSet(sector, units, units)
    return 1
  }
  sectorLearn(sector)
  runSet(sector, run, 0)
  if (run > 1) recordJudge(sector * 256 + 1, false)
  else recordsRead(sector)
  return run
}

/** Some words of a sector say enough: whatever is written is read back. All of it would take 15 ms. */
function sectorLooksErased(sector: number): boolean {
  const end = sector * 1_024 + 1_024
  let at = end - 1_024
  while (at < end && words[at] === -1) at += 256
  return at >= end
}

/** Every record comes through the inner loop at the start, so that it calls nothing that it can do itself. */
function recordsRead(sector: number): void {
  const isCleaned = (words[sector * 1_024 + 3] & CLEANED_MASK) !== CLEANED_MASK
  const end = sector * 256 + 256
  let unit = end - 255
  let units = 0
  let isWhole = true
  let at, size, state
  do {
    while (unit < end && ((state = words[(at = unit * 4) + 3] & 0xff_ffff) === 0xff_ff00 || state === 0xff_0000) &&
      words[at + 2] === (crc(recordWindow(unit * 16, 8)) ^
        crc(recordWindow(unit * 16 + 16, size = words[at] & 0xff_ffff)))) {
      if (words[at + 1] > sequenceMax) sequenceMax = words[(newest = unit) * 4 + 1]
      records++
      units += size = size + 31 >> 4
      unit += size
    }
    if (unit >= end || words[unit * 4] === -1 && isErasedFrom(unit)) break
    isWhole = recordJudge(unit, isCleaned) && isWhole
    unit = recordAfter(unit)
  } while (unit < end)
  live[sector] += units
  if (isCleaned) {
    stateClear(sector * 256, CLEANED, CLEANED_MASK)
    if (live[sector]) unfinished = sector
  } else if (isWhole && unit < end && unit > end - 254) room[sector] = end - unit
}

/**
 * Finishes what a place says that is not as it should be, or large: a record, or none, for good; answers whether it was
 * ever one, behind which others are found. In a sector that was being cleaned what is gone is made so once more: of a
 * record that has another place by now, and may be gone there, nothing must come back.
 */
function recordJudge(unit: number, isCleaned: boolean): boolean {
  const state = words[unit * 4 + 3]
  const isHead = headIsRight(unit)
  const isThere = isHead ? (state & GONE_MASK) === GONE_MASK && (state & 255) !== 255 : recordIsLive(unit)
  if (isThere && isHead && words[unit * 4 + 2] === recordCheck(unit)) {
    if (state & 255) stateClear(unit, COMMITTED, 255)
    if (recordMarks(unit)) recordMark(unit, recordMarks(unit))
    if (recordSequence(unit) > sequenceMax) sequenceMax = recordSequence(newest = unit)
    records++
    account(unit, 1)
    return true
  }
  if (isThere) recordsDamaged++
  if (state & GONE_MASK ? isHead || isThere : isCleaned) stateClear(unit, GONE, GONE_MASK)
  return isHead && !(state & 255)
}

/** Writes a record's check sum and state once more, so that no bit of them is half written. */
function settle(unit: number): void {
  flashPut(unit * 16 + 8, recordWindow(unit * 16 + 8, 8) + '', 8)
}

/** A cleaning ended between the copy of a record and the end of the record: the first one that is left there. */
function moveFinish(): void {
  let first = unfinished * 256 + 1
  while (!recordIsLive(first)) first = recordAfter(first)
  for (let unit = recordNext(0); unit > 0; unit = recordNext(unit)) {
    if (unit !== first && recordSequence(unit) === recordSequence(first)) {
      settle(unit)
      recordRemove(first)
      records--
      return
    }
  }
}
