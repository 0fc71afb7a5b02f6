// How long the records' flash lasts.
import { WEAR_BYTES, WEAR_ERASES } from '../port'
import { openings, recordBytesWritten, recordErases, sectorCount } from './records'

/** Erases that a sector is good for, by the makers of such flash. */
const SECTOR_ERASES = 100_000
export const HOUR_S = 3_600
const YEAR_S = 31_536_000
/** What was erased is taken for a day's at the least: a home's first minutes, which fill its store, tell no years. */
const RATE_S_MIN = 86_400
/** It is no use to say more. */
const YEARS_MAX = 999

/** Since the start. */
export let seconds = 0

export function secondsCount(): number {
  return ++seconds
}

/** Erases of all sectors in an hour with which they last for ten years. */
export function erasesMax(): number {
  return sectorCount * SECTOR_ERASES / (YEAR_S / HOUR_S * 10)
}

export function portRecordsWear(what: number): number {
  if (what === WEAR_BYTES) return recordBytesWritten
  if (what === WEAR_ERASES) return recordErases
  const years = (sectorCount * SECTOR_ERASES - openings) / (recordErases || 1)
    * Math.max(seconds, RATE_S_MIN) / YEAR_S
  return Math.min(YEARS_MAX, years | 0)
}
