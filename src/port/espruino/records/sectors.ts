// The sectors: what each has room for and how much of it still counts. A sector's unit 0 is its head:
//
//   [0..2] magic number and version   [3] how many sectors it stands for: more than 1 for a large record, whose body
//   runs on through the others without a head   [4..7] erases of the whole store when it was opened   [8..11] its
//   number, which grows with each sector that is opened   [12..14] check sum of these   [15] 0xFF until it is cleaned
//
// The head is written when a sector is opened, since an erased one may become the middle of a large record.
//
// Memory: 2 * SECTORS_MAX.
// Invariant: room + live is 255 at the most where records are, and room is below NO_HEAD; it is more where none are, as
// 255 + 255 in an erased sector.
import { recordWindow, words } from '../address'
import { crc, nativeWindow } from '../window'
import { SECTOR_SIZE, flashEraseSector, flashPut, scratch, scratchWindow } from './flash'
import { BODY_SIZE_MAX, recordAfter, runOf } from './record'

/** As many as 640 KB of Storage make, and one more. */
export const SECTORS_MAX = 160
/** 'MG' and the version of the format. */
const MAGIC = 0x01_474d

/** Says in a head's last word that the sector is cleaned. */
export const CLEANED = '\xff\xff\xff\0'
export const CLEANED_MASK = -0x100_0000

/** Units at a sector's end that can still be written; 255: it is erased. */
export let room: Uint8Array
/** Units of records that are not gone; 0: it can be erased. */
export let live: Uint8Array
/** What `room` says beside a `live` of 255 or 0 where no record begins: in the middle of a large one, or worn out. */
const NO_HEAD = 254
/** Beside 255: one of a large record that is gone, which is erased but must wait for the record's first one. */
const WAITING = 253

let roomIndexOf: (bytes: string, from?: number) => number
let liveLastIndexOf: (bytes: string, from?: number) => number

export let sectorCount = 0
/** Sectors that are erased. */
export let sectorsErased = 0
/** Units of records that have gone since the start. */
export let unitsGone = 0
/** The number of the sector that was opened last. */
export let openings = 0
/** Erases of all sectors together, ever. */
export let recordErasesEver = 0
/** Erases since the start. */
export let recordErases = 0

/** Starts with so many sectors of which nothing is known. */
export function sectorsReset(count: number): void {
  sectorCount = count < SECTORS_MAX ? count : SECTORS_MAX
  room = new Uint8Array(SECTORS_MAX).fill(NO_HEAD)
  live = new Uint8Array(SECTORS_MAX).fill(255)
  const roomView = nativeWindow(room)
  const liveView = nativeWindow(live)
  roomIndexOf = roomView.indexOf.bind(roomView)
  liveLastIndexOf = liveView.lastIndexOf.bind(liveView)
  sectorsErased = unitsGone = openings = recordErasesEver = recordErases = 0
}

export function sectorSet(sector: number, roomUnits: number, liveUnits: number): void {
  if (roomUnits === 255) sectorsErased++
  else if (room[sector] === 255) sectorsErased--
  room[sector] = roomUnits
  live[sector] = liveUnits
}

/** Counts a record that has come (1), or is gone (-1); of a large one all sectors. */
export function account(unit: number, sign: number): void {
  const size = words[unit * 4] & 0xff_ffff
  const units = sign * (size + 31 >> 4)
  if (sign < 0) unitsGone -= units
  if (size > BODY_SIZE_MAX) runSet(unit >> 8, runOf(size), sign < 0 ? 0 : 255)
  else live[unit >> 8] += units
}

/** Sets the sectors of a large record: taken (255), or dead (0). */
export function runSet(sector: number, run: number, liveUnits: number): void {
  for (let left = run; left--;) sectorSet(sector + left, left ? NO_HEAD : 0, liveUnits)
}

/** How many sectors a head stands for; 0: it is none. */
export function sectorRun(sector: number): number {
  const at = sector * 1_024
  const isRight = (words[at] & 0xff_ffff) === MAGIC &&
    !((words[at + 3] ^ crc(recordWindow(sector * SECTOR_SIZE, 12))) & 0xff_ffff)
  return isRight && sector + (words[at] >>> 24) <= sectorCount ? words[at] >>> 24 : 0
}

/** The number of a sector that has a head. */
export function sectorOpening(sector: number): number {
  return words[sector * 1_024 + 2]
}

/** Learns from a head at the start. */
export function sectorLearn(sector: number): void {
  const erases = words[sector * 1_024 + 1]
  if (sectorOpening(sector) > openings) openings = sectorOpening(sector)
  if (erases > recordErasesEver) recordErasesEver = erases
}

/** Opens an erased sector for small records (1), or some for a large one; false: flash did not take the head. */
export function sectorOpen(sector: number, run: number): boolean {
  scratch[0] = MAGIC | run << 24
  scratch[1] = recordErasesEver
  scratch[2] = ++openings
  scratch[3] = crc(scratchWindow(0, 12))
  sectorSet(sector, 0, 0)
  return flashPut(sector * SECTOR_SIZE, scratchWindow(0, 15), 15)
}

/**
 * The erased sector that is opened next: the first one, as seen from a place that moves on by one with each 256 sectors
 * that were opened, so that all are used alike while the last ones stay together for large records.
 */
export function sectorNext(): number {
  const sector = roomIndexOf('\xff', sectorOrigin())
  return sector < 0 ? roomIndexOf('\xff') : sector
}

export function sectorOrigin(): number {
  return (openings >> 8) % sectorCount
}

/**
 * The last sector that can be erased and is not `current`, or -1. The last one, as the first one of a large record must
 * be the last: its head says that the others are none.
 */
export function sectorDirty(current: number): number {
  const sector = liveLastIndexOf('\0')
  if (sector !== current || sector < 0) return sector
  const other = liveLastIndexOf('\0', sector - 1)
  return other === current ? -1 : other
}

/** Erases a sector; one that does not become erased is left alone until the next start. */
export function sectorErase(sector: number): void {
  const waits = room[sector] === NO_HEAD
  recordErases++
  recordErasesEver++
  if (!flashEraseSector(sector)) sectorSet(sector, NO_HEAD, 255)
  else if (waits) sectorSet(sector, WAITING, 255)
  else {
    sectorSet(sector, 255, 255)
    for (let next = sector + 1; room[next] === WAITING && live[next] === 255; next++) sectorSet(next, 255, 255)
  }
}

/** Units of all records that are not gone; of a large one those of its sectors. */
export function recordUnitsLive(): number {
  let units = 0
  for (let sector = 0; sector < sectorCount; sector++) if (room[sector] < 255) units += live[sector]
  return units
}

/** The next live record in order of address, from 0, or -1. */
export function recordNext(unit: number): number {
  let next = unit ? unit + ((words[unit * 4] & 0xff_ffff) + 31 >> 4) : 1
  if (next >> 8 !== unit >> 8) next = (unit | 255) + 2
  for (let sector = next >> 8; sector < sectorCount; sector = next >> 8) {
    if (!live[sector] || live[sector] + room[sector] > 255) next = (next | 255) + 2
    else if ((words[next * 4 + 3] & 0xff_00ff) === 0xff_0000) return next
    else next = recordAfter(next)
  }
  return -1
}
