// The real home's year on an ESP32's bundle: nothing that was acknowledged is lost, whenever the power goes, the flash
// lasts, and memory stays as it is. MIDGE_DAYS says how many days; `npm run sim -- --days 365` sets it.

import { expect, test } from 'vitest'
import { liveFor } from '../simulation/year/year'

const { MIDGE_DAYS, MIDGE_SEED = 1, MIDGE_REPORT } = process.env
/** What a run of all tests takes. */
const DAYS_IN_CI = 0.5
const HOUR_MS = 3_600_000
const WEEK_MS = 7 * 24 * HOUR_MS
/** So many erases at the rate of a home for ten years are what its flash may bear. */
const YEARS_MIN = 10
/** Sectors are used in turns that take some weeks. */
const DAYS_OF_TURN = 60
const HEAP_GROWTH_MAX = 8_000_000

test('a home of 60 devices lives, nothing is lost, and its flash lasts', () => {
  const days = Number(MIDGE_DAYS ?? DAYS_IN_CI)
  const { home, wear, heapFirst, heapLast } = liveFor(
    days, Number(MIDGE_SEED), MIDGE_DAYS ? WEEK_MS : 3 * HOUR_MS, (text) => { if (MIDGE_REPORT) console.log(text) },
  )
  if (!MIDGE_DAYS) expect(home.powerCuts).toBeGreaterThan(1)
  expect(home.messages).toBeGreaterThan(days * 20_000)
  expect(wear.years).toBeGreaterThan(YEARS_MIN)
  if (days < DAYS_OF_TURN) return
  expect(wear.yearsOfWorst).toBeGreaterThan(YEARS_MIN)
  expect(heapLast - heapFirst).toBeLessThan(HEAP_GROWTH_MAX)
}, 86_400_000)
