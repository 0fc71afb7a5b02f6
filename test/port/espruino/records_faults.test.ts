// The record store over a flash that loses its power at a word that it writes, forgets operations, and reads bits
// otherwise than before. A seed repeats what it did: MIDGE_SEED starts from another one. MIDGE_SCENARIOS=1 takes every
// word and more of everything, some minutes; 2 the same of two seeds. A run of all tests takes one word of seventeen.

import { flashOf, randomOf, SECTOR_SIZE, SECTORS_START, type Random } from './records_flash'
import { inReachOf } from './records_reach'
import { RecordsWorld } from './records_world'
import { ok } from 'node:assert'
import { describe, it, vi } from 'vitest'
import { step, useUp } from './records_scenario'

// The board of these tests is a computer's, but for this.
vi.mock('board', async original => ({ ...await original<object>(), RECORDS_MAPPED: true }))

const SEED = Number(process.env.MIDGE_SEED ?? 1)
const { MIDGE_SCENARIOS } = process.env
const SCENARIOS = Number(MIDGE_SCENARIOS ?? 1)
const WORDS_STRIDE = MIDGE_SCENARIOS ? 1 : 17
const FAULT_SEEDS = MIDGE_SCENARIOS ? 20 * SCENARIOS : 6
const FLIPS = MIDGE_SCENARIOS ? 200 : 20
const WEAR_STEPS = MIDGE_SCENARIOS ? 500_000 : 250_000
const SECTORS = 12
const UNITS_MAX = 1_700
const STEPS = 60
/** Steps after a cut, to see that the store still works. */
const AFTER = 12

/** How a chip fails when the power goes. */
type Tear = 'between words' | 'in a word' | 'in a page' | 'and wavers'
const TEARS: Tear[] = ['between words', 'in a word', 'in a page', 'and wavers']

function tearing (one: RecordsWorld, tear: Tear, random: Random): void {
  const { faults } = one.flash
  if (tear === 'between words') return
  faults.tear = () => random() * 256 & random() * 256 | (random() < 0.4 ? 255 : 0)
  faults.tearSize = tear === 'in a word' ? 4 : 256
}

/** Half written bits read otherwise: as if they had not been written, as if they had, or any way. */
function waver (one: RecordsWorld, random: Random): void {
  const all = Math.floor(random() * 3)
  one.flash.waver(() => all === 2 ? random() * 256 : all * 255)
}

/** Switches the board on until it stays on: the power may go again, several times, while it starts and cleans. */
function start (one: RecordsWorld, tear: Tear, random: Random): void {
  for (let cuts = Math.floor(random() * 4); cuts > 0; cuts--) {
    if (tear === 'and wavers') waver(one, random)
    one.flash.operationsLeft = Math.floor(random() ** 2 * 60)
    const isOn = one.run(() => {
      one.open()
      for (let i = 0; i < 20; i++) one.clean()
    })
    one.flash.operationsLeft = null
    if (isOn) break
  }
  if (tear === 'and wavers') waver(one, random)
  one.open()
}

/** Goes on from a store that is cut off after so many words; answers how many it took where it was not, or -1. */
function scenario (used: RecordsWorld, seed: number, words: number | null, tear: Tear): number {
  const one = used.copy(randomOf(seed))
  const chance = randomOf(seed * 1_000 + (words ?? 0))
  one.open()
  tearing(one, tear, chance)
  one.flash.operationsLeft = words ?? 1e9
  const isDone = one.run(() => { for (let i = 0; i < STEPS; i++) step(one, UNITS_MAX) })
  const written = 1e9 - one.flash.operationsLeft
  one.flash.operationsLeft = null
  if (isDone) return written
  try {
    start(one, tear, chance)
    for (let i = 0; i < AFTER; i++) step(one, UNITS_MAX)
    one.check()
    if (tear === 'and wavers') waver(one, chance)
    one.open()
  } catch (error) {
    throw new Error(`seed ${seed}, ${words} words, ${tear}: ${String((error as Error).message)}`, { cause: error })
  }
  return -1
}

describe('a power cut', () => {
  for (const tear of TEARS) {
    it(`at a word, ${tear}`, () => {
      for (let seed = SEED; seed < SEED + SCENARIOS; seed++) {
        const used = new RecordsWorld(flashOf(SECTORS), randomOf(seed))
        useUp(used, UNITS_MAX)
        const all = scenario(used, seed, null, tear)
        ok(all > 1_000)
        for (let words = TEARS.indexOf(tear); words < all; words += WORDS_STRIDE) scenario(used, seed, words, tear)
      }
    })
  }
})

describe('flash that fails', () => {
  it('and forgets an operation now and then', () => {
    for (let seed = SEED; seed < SEED + FAULT_SEEDS; seed++) {
      const one = new RecordsWorld(flashOf(SECTORS), randomOf(seed))
      const chance = randomOf(seed + 99)
      one.open()
      one.flash.faults.isIdle = () => chance() < 0.02
      for (let i = 0; i < 400; i++) {
        step(one, UNITS_MAX)
        if (i % 40 === 0) one.check()
        if (i % 100 === 0) one.open()
      }
      one.open()
    }
  })

  it('and turns a bit of a head: what is wrong is dropped, all else is there', () => {
    for (let seed = SEED; seed < SEED + FAULT_SEEDS; seed++) {
      const used = new RecordsWorld(flashOf(SECTORS), randomOf(seed))
      useUp(used, UNITS_MAX)
      for (let flips = 0; flips < FLIPS; flips++) {
        const one = used.copy(randomOf(seed * 1_000 + flips))
        one.open()
        const { unit } = one.kept.get(one.pick())!
        for (const id of inReachOf(one, unit)) one.turned.add(id)
        one.flash.flip(SECTORS_START + unit * 16 + one.below(16), 1 << one.below(8))
        one.open()
        for (let i = 0; i < 40; i++) step(one, UNITS_MAX)
        one.check()
        one.open()
      }
    }
  })

  it('in every word that the store writes for some time, and is not believed', () => {
    const one = new RecordsWorld(flashOf(SECTORS), randomOf(SEED))
    useUp(one, UNITS_MAX)
    one.flash.faults.isIdle = () => true
    for (let i = 0; i < 50; i++) ok(!one.add(50))
    for (let i = 0; i < 50; i++) one.clean()
    one.flash.faults.isIdle = undefined
    one.check()
    one.open()
    while (!one.add(50)) ok(one.clean())
  })
})

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
    const first = SECTORS_START / SECTOR_SIZE
    const counts = [...one.flash.eraseCounts.subarray(first, first + sectors)]
    const [least, most] = [Math.min(...counts), Math.max(...counts)]
    ok(least * 3 > most, `erased ${least} to ${most} times: ${counts.join(' ')}`)
    one.open()
  })
})
