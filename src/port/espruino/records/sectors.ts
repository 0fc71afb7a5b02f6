// The sectors: how much of each still counts. A sector's unit 0 is its head:
//
//   [0..3] what it is for: record_format.ts   [4..7] the sequence number that was given last when it was opened, a
//   large record's own   [8..11] its number, which grows by each sector that is opened   [12..15] these three, xor
//
// Each sector has a head of the store's own: what somebody has sent never reads as one.
//
// Memory: SECTORS_MAX, and a window.
// Invariant: `live` of a sector is the units of its records that are not gone, or ERASED, or TAKEN.
import {
  FIRST_SIZE, MORE_SIZE, SECTOR_MORE, SECTOR_SMALL, TABLE_SIZE,
} from '../../../flash/record_format'
import { FLASH_AT, SECTOR_SIZE } from '../../../limits'
import { recordByte, words } from '../address'
import { memoryWindow, nativeWindow } from '../window'
import { flashEraseSector, flashPut, scratch, SCRATCH_AT } from './flash'
import { filterUnits, recordSize } from './record'

/** Erased sectors that a record may not take: cleaning needs some to win others, and starts that were cut short. */
export const RESERVE = 3
/** Erased sectors besides that there are before somebody is heard: what comes at once takes one or two. */
export const ROOM = 3
/**
 * The same as RESERVE of a record of the broker's, which leaves as many as they take to tables that are not there.
 * Where there is no store nobody waits for any.
 */
export let reserve = -ROOM
/** Sectors that tables take besides one for each 4 KB, and one more. */
const TABLES_ROOM = 3
/** Bytes of the tables that are kept; 0: none are. */
export let tablesSize = 0

export function tablesSizeSet(size: number): void {
  tablesSize = size
}

/** The record of the tables, or 0; and its number: what is older stood in flash when they were kept. 0: nothing did. */
export let tablesUnit = 0
export let tablesFrom = 0
/** The same at the start. */
export let tablesFromStart = 0

/** The tables are those that the start was made of. */
export function tablesStart(): void {
  tablesFromStart = tablesFrom
}

export function tablesSet(unit: number): void {
  tablesUnit = unit
  tablesFrom = unit && words[unit * 4 + 1]
  // One more than they take: cleaning may still have to win that back.
  reserve = unit || !tablesSize ? RESERVE : RESERVE + TABLES_ROOM + (tablesSize >> 12)
}

/** As many as 640 KB of Storage make, and one more. */
const SECTORS_MAX = 160

/** Says of a sector that it is erased. */
export const ERASED = 255
/** The same of one of a large record, or one that does not become erased; it is more than small records take. */
export const TAKEN = 254

/** By sector; 0: it can be erased. */
export const live = new Uint8Array(SECTORS_MAX)
const liveView = /* @__PURE__ */ nativeWindow(live)

export let sectorCount = 0
/** Sectors that are erased. */
export let sectorsErased = 0
/** The number of the sector that was opened last: about how many have been erased, ever. */
export let openings = 0
/** Erases since the start. */
export let recordErases = 0

/** Starts with so many sectors, as if all were erased: sectorsFound says of each what it is. */
export function sectorsReset(count: number): void {
  sectorCount = Math.min(count, SECTORS_MAX)
  live.fill(TAKEN)
  live.fill(ERASED, 0, sectorCount)
  recordErases = 0
}

/** The highest number of a sector is known, and how many are erased. */
export function sectorsFound(last: number, erased: number): void {
  openings = last
  sectorsErased = erased
}

/** So many units of a sector do not count any more. */
export function unitsForget(unit: number, count: number): void {
  live[unit >> 8] -= count
}

/** A filter counts no more; every one of a session that ends comes through this. */
export function filterForget(unit: number): void {
  live[unit >> 8] -= filterUnits(unit)
}

/**
 * Erased sectors that stay where so many units are added behind a unit, in the sector that is open: one less where
 * cleaning wins it back for sure, as what counts in that and they fit into one.
 */
export function reserveFor(unit: number, units: number): number {
  // -1, where none is open, is no sector's unit: to ask for an element -1 is an error on a board.
  return live[unit >>> 8] + units <= TAKEN ? reserve - 1 : reserve
}

/**
 * Opens a sector; -1: there is none but for so many that stay erased, or flash did not take the head. It goes on from a
 * place that moves by one with each 256 sectors that were opened, so that all are used alike.
 */
export function sectorOpen(is: number, sequence: number, stay: number): number {
  if (sectorsErased <= stay) return -1
  let sector = liveView.indexOf('\xff', (openings >> 8) % sectorCount)
  if (sector < 0) sector = liveView.indexOf('\xff')
  sectorsErased--
  scratch[0] = is
  scratch[1] = sequence
  scratch[2] = ++openings
  scratch[3] = is ^ sequence ^ openings
  live[sector] = is === SECTOR_SMALL ? 0 : TAKEN
  if (flashPut(sector * SECTOR_SIZE, memoryWindow(SCRATCH_AT, 16), 16)) return sector
  live[sector] = 0
  return -1
}

/** Sets what the sectors of a large record are. False: one of them is another's, or not there yet. */
export function largeSet(unit: number, is: number): boolean {
  let at = unit * 16 + FLASH_AT - TABLE_SIZE
  live[unit >> 8] = is
  for (let left = recordSize(unit) - FIRST_SIZE; left > 0; left -= MORE_SIZE) {
    const sector = recordByte(at++)
    if (words[sector * 1_024] !== SECTOR_MORE || words[sector * 1_024 + 1] !== words[unit * 4 + 1]) return false
    live[sector] = is
  }
  return true
}

/** Erases a sector of which nothing counts, if there is one besides `current`; false: there is none. */
export function sectorErase(current: number): boolean {
  let sector = liveView.indexOf('\0')
  if (sector === current) sector = liveView.indexOf('\0', current + 1)
  if (sector < 0) return false
  // One that does not become erased is left alone until the next start.
  live[sector] = TAKEN
  recordErases++
  if (flashEraseSector(sector)) {
    live[sector] = ERASED
    sectorsErased++
  }
  return true
}

/** Units of all records that are not gone; of a large one those of its sectors. */
export function recordUnitsLive(): number {
  let units = 0
  for (let sector = 0; sector < sectorCount; sector++) if (live[sector] < ERASED) units += live[sector]
  return units
}
