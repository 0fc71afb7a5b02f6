// The record store over a flash that fails: records_cuts.ts says how. A seed repeats what it did: MIDGE_SEED starts
// from another one. MIDGE_SCENARIOS=1 takes every word and more of everything, some minutes; 2 the same of two seeds. A
// run of all tests takes one word of seventeen.

import { flashOf, randomOf, SECTOR_SIZE, SECTORS_START, STORE_SEED_IN_CI } from './records_flash'
import { RecordsWorld } from './records_world'
import { fullStore } from './records_full'
import * as store from '../../../src/port/espruino/records'
import { ok } from 'node:assert'
import { describe, it, vi } from 'vitest'
import {
  CUT_SIZES, FAULT_SEEDS_IN_CI, FLIPS_IN_CI, TEARS, WORDS_STRIDE_IN_CI, checkCuts, checkCutsAt, checkCutsInARow,
  checkDisbelief, checkForgetting, checkFullCutsInARow, checkTurning,
} from './records_cuts'
import { checkHalfDone } from './records_half_done'

// The board of these tests is a computer's, but for this.
vi.mock('board', async original => ({ ...await original<object>(), RECORDS_MAPPED: true }))

const SEED = Number(process.env.MIDGE_SEED ?? STORE_SEED_IN_CI)
const { MIDGE_SCENARIOS } = process.env
const SCENARIOS = Number(MIDGE_SCENARIOS ?? 1)
const WORDS_STRIDE = MIDGE_SCENARIOS ? 1 : WORDS_STRIDE_IN_CI
const FAULT_SEEDS = MIDGE_SCENARIOS ? 20 * SCENARIOS : FAULT_SEEDS_IN_CI
const FLIPS = MIDGE_SCENARIOS ? 200 : FLIPS_IN_CI
const WEAR_STEPS = MIDGE_SCENARIOS ? 500_000 : 250_000

const seeds = (count: number): number[] => Array.from({ length: count }, (_, index) => SEED + index)

describe('a power cut', () => {
  for (const tear of TEARS) {
    it(`at a word, ${tear}`, () => {
      for (const seed of seeds(SCENARIOS)) checkCuts(seed, tear, WORDS_STRIDE)
    })

    it(`a hundred times in a row while the store is cleaned, ${tear}`, () => {
      for (const seed of seeds(FAULT_SEEDS)) checkCutsInARow(seed, tear)
    })

    it(`a hundred times in a row while a full store is cleaned, ${tear}`, () => {
      for (const size of CUT_SIZES) for (const seed of seeds(FAULT_SEEDS)) checkFullCutsInARow(seed, tear, size)
    })
  }

  it('that leaves an erase, a head or a removal half done', () => {
    for (const seed of seeds(FAULT_SEEDS)) checkHalfDone(seed)
  })
})

describe('a power cut at each', () => {
  it.each(['mark', 'erase'] as const)('%s', kind => {
    for (const seed of seeds(SCENARIOS)) checkCutsAt(seed, kind)
  })
})

describe('flash that fails', () => {
  it('and forgets an operation now and then', () => seeds(FAULT_SEEDS).forEach(checkForgetting))

  it('and turns a bit of a head: what is wrong is dropped, all else is there', () => {
    for (const seed of seeds(FAULT_SEEDS)) checkTurning(seed, FLIPS)
  })

  it('in every word that the store writes for some time, and is not believed', () => checkDisbelief(SEED))
})

/** No sector was erased so many times as often as another one. */
function checkSpread(one: RecordsWorld, sectors: number, times: number): void {
  const first = SECTORS_START / SECTOR_SIZE
  const counts = [...one.flash.eraseCounts.subarray(first, first + sectors)]
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  if (process.env.MIDGE_REPORT) console.log(`erased ${least} to ${most} times`)
  ok(least * times > most, `erased ${least} to ${most} times: ${counts.join(' ')}`)
}

describe('wear', () => {
  it('is spread over all sectors, those with what never changes among them', () => {
    const sectors = 40
    const one = new RecordsWorld(flashOf(sectors), randomOf(SEED))
    one.open()
    while (one.units < sectors * 255 * 0.5) one.add(40 + one.below(200))
    const cold = new Set(one.ids.filter(id => id % 2))
    for (let i = 0; i < WEAR_STEPS; i++) {
      const id = one.pick()
      if (cold.has(id)) continue
      one.add(40 + one.below(200))
      one.remove(id)
      if (i % 4 === 0) one.clean()
    }
    one.check()
    checkSpread(one, sectors, 3)
    one.open()
  })

  it('is spread where long records that never change leave few sectors to what does', () => {
    const one = fullStore(3_000, 6)
    const changing: number[] = []
    for (let i = 0; i < WEAR_STEPS; i++) {
      one.clean()
      if (i % 2 || !one.add(900 + one.below(400))) continue
      changing.push(Math.max(...one.ids))
      if (changing.length > 3) one.remove(changing.shift()!)
    }
    checkSpread(one, store.sectorCount, 4)
  })
})
