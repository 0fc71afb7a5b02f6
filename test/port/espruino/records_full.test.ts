// The record store where it is full, or nearly so, of records of which few fit into a sector.

import { describe, it, vi } from 'vitest'
import { STORE_SEED_IN_CI } from './records_flash'
import {
  FULL_SIZES, checkIdle, checkLastGone, checkPromise, checkRefused, checkRests, checkValues,
} from './records_full'
import type { RecordsWorld } from './records_world'

// The board of these tests is a computer's, but for this.
vi.mock('board', async original => ({ ...await original<object>(), RECORDS_MAPPED: true }))

const SEED = Number(process.env.MIDGE_SEED ?? STORE_SEED_IN_CI)
const SEEDS = Array.from({ length: Number(process.env.MIDGE_SEEDS ?? 3) }, (_, index) => SEED + index)

/** What records are drawn from, in bytes. */
const SIZES: Record<string, (one: RecordsWorld) => number> = {
  'values and a few long ones': one => one.below(4) ? 40 + one.below(100) : 2_100 + one.below(1_900),
  'one size, three of which fill a sector': () => 1_300,
  'one size, of which some of a sector is left': () => 900,
  'two sizes that fit together': one => one.below(2) ? 2_400 : 1_500,
  'two sizes of which three fit': one => one.below(2) ? 3_000 : 900,
  'any size': one => one.below(4_001),
}

describe('a full store', () => {
  it.each(FULL_SIZES)('of records of %i bytes is left alone as long as nothing is published', size => {
    for (const sectors of [0, 1, 3]) checkIdle(size, sectors)
  })

  it.each(FULL_SIZES)('of records of %i bytes takes small values that change, and wears by little more', size => {
    checkValues(size, 1, 4)
    checkValues(size, 3, 2)
  })

  it('has room for small records behind large ones', () => {
    for (const size of [500, 900, 1_400, 2_100, 3_000, 3_500]) {
      for (const smallSize of [30, 250, 600, 1_000]) checkRests(size, smallSize)
    }
  })

  it.each(FULL_SIZES)('has room for a record of %i bytes where the last one is gone', checkLastGone)

  it.each(Object.entries(SIZES))('refuses only what would not fit however they lay: %s', (_name, draw) => {
    for (const seed of SEEDS) for (const share of [1, 0.9, 0.75]) checkRefused(seed, draw, share)
  })
})

describe('a promise of room', () => {
  it.each(Object.entries(SIZES))('is kept: %s', (_name, draw) => {
    for (const seed of SEEDS) checkPromise(seed, draw)
  })
})
