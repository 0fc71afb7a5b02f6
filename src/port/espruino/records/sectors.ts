// The sectors: how much of each still counts. A sector's unit 0 is its head:
//
//   [0..2] magic number and version   [3] how many sectors it stands for: more than 1 for a large record, whose body
//   runs on through the others without a head   [4..7] the sequence number that was given last when it was opened
//   [8..11] its number, which grows by each sector that is opened   [12..15] these three, xor
//
// The head is written when a sector is opened, since an erased one may become the middle of a large record.
//
// Memory: SECTORS_MAX, and a window.
// Invariant: `live` of a sector is the units of its records that are not gone, or ERASED, or TAKEN.
import { SECTOR_MAGIC } from '../../../flash/record_format'
import { words } from '../address'
import { memoryWindow, nativeWindow } from '../window'
import { SECTOR_SIZE, flashEraseSector, flashPut, scratch, SCRATCH_AT } from './flash'

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
/** The sector that is erased, the first one of its record, or -1. */
let erasing = -1
/** Sectors of that record, and those of them that are still to be erased. */
let erasingRun = 0
let erasingLeft = 0

/** Starts with so many sectors, as if all were erased: sectorsFound says of each what it is. */
export function sectorsReset(count: number): void {
  sectorCount = count < SECTORS_MAX ? count : SECTORS_MAX
  live.fill(TAKEN)
  live.fill(ERASED, 0, sectorCount)
  recordErases = 0
  erasing = -1
}

/** The highest number of a sector is known, and how many are erased. */
export function sectorsFound(last: number, erased: number): void {
  openings = last
  sectorsErased = erased
}

/** Sets erased sectors side by side, or makes them erased. */
export function sectorsSet(sector: number, run: number, count: number): void {
  live.fill(count, sector, sector + run)
  sectorsErased += count === ERASED ? run : -run
}

/** How many sectors a head stands for; 0: it is none. */
export function sectorRun(sector: number): number {
  const at = sector * 1_024
  const first = words[at]
  const run = first >>> 24
  return (first & 0xff_ffff) === SECTOR_MAGIC && (first ^ words[at + 1] ^ words[at + 2]) === words[at + 3]
    && sector + run <= sectorCount ? run : 0
}

/**
 * Opens a sector for small records (1), or some side by side for a large one: their first unit; -1: there are none, or
 * flash did not take the head. It goes on from a place that moves by one with each 256 sectors that were opened, so
 * that all are used alike: upwards for small ones, downwards for large ones.
 */
export function sectorOpen(run: number, sequence: number): number {
  const origin = (openings >> 8) % sectorCount
  let sector
  if (run < 2) {
    sector = liveView.indexOf('\xff', origin)
    if (sector < 0) sector = liveView.indexOf('\xff')
  } else {
    const erased = '\xff'.repeat(run)
    sector = liveView.lastIndexOf(erased, origin - run)
    if (sector < 0) sector = liveView.lastIndexOf(erased)
  }
  if (sector < 0) return -1
  sectorsSet(sector, run, TAKEN)
  scratch[0] = SECTOR_MAGIC | run << 24
  scratch[1] = sequence
  scratch[2] = openings += run
  scratch[3] = scratch[0] ^ sequence ^ openings
  if (run < 2) live[sector] = 0
  if (flashPut(sector * SECTOR_SIZE, memoryWindow(SCRATCH_AT, 16), 16)) return sector * 256 + 1
  live[sector] = 0
  return -1
}

/**
 * Erases a sector of which nothing counts, if there is one besides `current`; false: there is none. Those of a large
 * record are erased one by one, the one with the head last, as that says that the others have none.
 */
export function sectorErase(current: number): boolean {
  if (erasing < 0) {
    erasing = liveView.indexOf('\0')
    if (erasing === current) erasing = liveView.indexOf('\0', current + 1)
    if (erasing < 0 || erasing >= sectorCount) return (erasing = -1) >= 0
    erasingRun = erasingLeft = sectorRun(erasing) || 1
    live[erasing] = TAKEN
  }
  recordErases++
  // One that does not become erased is left alone until the next start, and with it those in front of it.
  if (!flashEraseSector(erasing + --erasingLeft)) erasing = -1
  else if (!erasingLeft) {
    sectorsSet(erasing, erasingRun, ERASED)
    erasing = -1
  }
  return true
}

/** Units of all records that are not gone; of a large one those of its sectors. */
export function recordUnitsLive(): number {
  let units = 0
  for (let sector = 0; sector < sectorCount; sector++) if (live[sector] < ERASED) units += live[sector]
  return units
}
