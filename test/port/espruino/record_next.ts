// The records of a store one by one: the broker is told of them only once, when it starts.
import { SECTOR_LARGE, SECTOR_SMALL } from '../../../src/flash/record_format'
import { words } from '../../../src/port/espruino/address'
import { flashIsErased } from '../../../src/port/espruino/records/flash'
import { LARGE_UNIT, recordAfter, recordIsLive } from '../../../src/port/espruino/records/record'
import { sectorCount } from '../../../src/port/espruino/records/sectors'

/** The next live record in order of address, from 0, or -1. */
export function recordNext(unit: number): number {
  let next = unit && words[(unit >> 8) * 1_024] === SECTOR_SMALL ? smallNext(recordAfter(unit)) : 0
  for (let sector = unit && (unit >> 8) + 1; !next && sector < sectorCount; sector++) next = firstOf(sector)
  return next || -1
}

/** Whether a sector has the head of one that has records. */
function sectorIsOne(sector: number): boolean {
  const at = sector * 1_024
  const first = words[at]
  return (first === SECTOR_SMALL || first === SECTOR_LARGE) && (first ^ words[at + 1] ^ words[at + 2]) === words[at + 3]
}

/** The first one of a sector, or 0. */
function firstOf(sector: number): number {
  if (!sectorIsOne(sector)) return 0
  if (words[sector * 1_024] !== SECTOR_LARGE) return smallNext(sector * 256 + 1)
  return recordIsLive(sector * 256 + LARGE_UNIT) ? sector * 256 + LARGE_UNIT : 0
}

/** The next one from a unit on in its sector, or 0. */
function smallNext(from: number): number {
  const end = from | 255
  for (let unit = from; unit < end && !flashIsErased(unit * 16, (end - unit) * 16); unit = recordAfter(unit)) {
    if (recordIsLive(unit)) return unit
  }
  return 0
}
