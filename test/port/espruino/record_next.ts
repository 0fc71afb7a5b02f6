// The records of a store one by one: the broker is told of them only once, when it starts.
import { flashIsErased } from '../../../src/port/espruino/records/flash'
import { BODY_SIZE_MAX, recordAfter, recordIsLive, recordSize } from '../../../src/port/espruino/records/record'
import { sectorCount, sectorRun } from '../../../src/port/espruino/records/sectors'

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
