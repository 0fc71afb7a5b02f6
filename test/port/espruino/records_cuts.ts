// What the record store is put to over a flash that fails: it loses its power at a word that it writes, forgets
// operations, and reads bits otherwise than before. Each of these throws where something that was acknowledged is
// missing, or something is there that nobody has added. A bundle of this file has a store with a deliberate bug in it:
// test/simulation/mutant.ts.

import { RECORD_FILTERS } from '../../../src/records/record_kind'
import { ok } from 'node:assert'
import { flashOf, randomOf, SECTORS_START, type Random } from './records_flash'
import { checkFull, fullStore, hasRoom } from './records_full'
import { checkHalfDone } from './records_half_done'
import { inReachOf } from './records_reach'
import { step, useUp } from './records_scenario'
import { RecordsWorld } from './records_world'

const SECTORS = 12
const UNITS_MAX = 1_700
const STEPS = 60
/** Steps after a cut, to see that the store still works. */
const AFTER = 12
/** Of a run of all tests: of so many words one is where the power goes. */
export const WORDS_STRIDE_IN_CI = 17
export const FAULT_SEEDS_IN_CI = 6
export const FLIPS_IN_CI = 20
/** Power cuts one behind the other, and operations between two of them at the most. */
const CUTS_IN_A_ROW = 100
const BETWEEN_CUTS_MAX = 40
/** Bytes of a value beside long records, and how many there are. */
const VALUE_SIZE = 50
const VALUES = 15
/** Of what a full store is full: two fit into a sector, one with a rest, and one alone. */
export const CUT_SIZES = [1_400, 3_000, 4_000]

/** How a chip fails when the power goes. */
type Tear = 'between words' | 'in a word' | 'in a page' | 'and wavers'
export const TEARS: Tear[] = ['between words', 'in a word', 'in a page', 'and wavers']

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

/** The power goes at one of so many words that a store which is used writes. */
export function checkCuts (seed: number, tear: Tear, stride: number): void {
  const used = new RecordsWorld(flashOf(SECTORS), randomOf(seed))
  useUp(used, UNITS_MAX)
  const all = scenario(used, seed, null, tear)
  ok(all > 500, `only ${all} words are written`)
  for (let words = TEARS.indexOf(tear); words < all; words += stride) scenario(used, seed, words, tear)
}

/** Has the power go at a write of one word, which a mark or a removal is, or at an erase: at the how manieth. */
function cutAt (one: RecordsWorld, kind: 'mark' | 'erase', number: number): void {
  const { flash } = one
  const [write, erase] = [flash.write.bind(flash), flash.erasePage.bind(flash)]
  let left = number
  const count = (is: boolean): void => { if (is && left-- === 0) flash.operationsLeft = 0 }
  flash.write = (address, data) => {
    count(kind === 'mark' && data.length === 4)
    write(address, data)
  }
  flash.erasePage = address => {
    count(kind === 'erase')
    erase(address)
  }
}

/** The power goes at each mark, or at each erase: half of it, of which all, nothing, or any is read later. */
export function checkCutsAt (seed: number, kind: 'mark' | 'erase'): void {
  const used = new RecordsWorld(flashOf(SECTORS), randomOf(seed))
  useUp(used, UNITS_MAX)
  // There are fewer erases, and more ways in which one can be half done.
  const [steps, ways] = kind === 'erase' ? [STEPS * 10, 4] : [STEPS, 1]
  for (let number = 0; ; number++) {
    const one = used.copy(randomOf(seed))
    const chance = randomOf(seed * 1_000 + number)
    one.open()
    // A page that is half erased may be nearly as it was.
    one.flash.faults.tear = kind === 'erase' ? () => chance() < 0.03 ? 255 : 0 : () => chance() * 256
    cutAt(one, kind, Math.floor(number / ways))
    const isDone = one.run(() => { for (let i = 0; i < steps; i++) step(one, UNITS_MAX) })
    if (isDone) {
      ok(number > 10, `only ${number} cuts`)
      return
    }
    one.flash.operationsLeft = null
    try {
      // Nothing is written between two of these.
      for (let starts = 0; starts < 4; starts++) {
        waver(one, chance)
        one.open()
      }
      for (let i = 0; i < AFTER; i++) step(one, UNITS_MAX)
      one.check()
      one.open()
    } catch (error) {
      throw new Error(`seed ${seed}, ${kind} ${number}: ${String((error as Error).message)}`, { cause: error })
    }
  }
}

/** The power goes again and again while nothing is done but cleaning: nothing is lost, and it comes to its end. */
export function checkCutsInARow (seed: number, tear: Tear): void {
  const one = new RecordsWorld(flashOf(SECTORS), randomOf(seed))
  useUp(one, UNITS_MAX)
  const chance = randomOf(seed + 7)
  for (const id of one.ids) if (chance() < 0.4) one.remove(id)
  cutInARow(one, tear, chance, () => { step(one, UNITS_MAX) })
  ok(one.add(100))
  one.open()
}

/** The same of a store that is full of records of one size, but for values that change beside them. */
export function checkFullCutsInARow (seed: number, tear: Tear, size: number): void {
  const one = fullStore(size, 1, SECTORS)
  const long = new Set(one.ids)
  cutInARow(one, tear, randomOf(seed + 7), () => {
    const values = one.ids.filter(id => !long.has(id))
    if (one.below(3)) one.add(VALUE_SIZE)
    if (values.length > VALUES) one.remove(values[one.below(values.length)])
  })
  ok([...long].every(id => one.kept.has(id)))
  ok(hasRoom(one, VALUE_SIZE) && one.add(VALUE_SIZE), `no room for a value behind cuts, seed ${seed}, ${size} bytes`)
  one.open()
}

function cutInARow (one: RecordsWorld, tear: Tear, chance: Random, more: () => void): void {
  tearing(one, tear, chance)
  let cuts = 0
  for (let tries = 0; cuts < CUTS_IN_A_ROW; tries++) {
    ok(tries < CUTS_IN_A_ROW * 4, `only ${cuts} cuts in ${tries} tries`)
    if (tear === 'and wavers') waver(one, chance)
    one.flash.operationsLeft = Math.floor(chance() * BETWEEN_CUTS_MAX)
    const isOn = one.run(() => {
      one.open()
      // What is not cut while it cleans what there is, is cut while it adds and cleans more.
      for (let steps = 0; steps < 400; steps++) if (!one.clean()) more()
    })
    if (!isOn) cuts++
    one.flash.operationsLeft = null
    if (isOn || cuts % 10 === 0) one.open()
  }
  one.open()
  one.cleanAll()
  one.check()
}

/** The chip does nothing now and then, and says nothing. */
export function checkForgetting (seed: number): void {
  const one = new RecordsWorld(flashOf(SECTORS), randomOf(seed))
  const chance = randomOf(seed + 99)
  one.open()
  // What was not done is tried again: two in a row are another thing (checkDisbelief).
  let was = false
  one.flash.faults.isIdle = () => { return was = !was && chance() < 0.05 }
  for (let i = 0; i < 400; i++) {
    step(one, UNITS_MAX)
    if (i % 40 === 0) one.check()
    if (i % 100 === 0) one.open()
  }
  one.open()
}

/** A bit of a head turns: what is wrong is dropped, all else is there. */
export function checkTurning (seed: number, flips: number): void {
  const used = new RecordsWorld(flashOf(SECTORS), randomOf(seed))
  useUp(used, UNITS_MAX)
  for (let flip = 0; flip < flips; flip++) {
    const one = used.copy(randomOf(seed * 1_000 + flip))
    one.open()
    // Filters have no check sums of their own.
    const { unit } = one.kept.get(one.pickOf(({ kind }) => kind !== RECORD_FILTERS))!
    for (const id of inReachOf(one, unit)) one.turned.add(id)
    one.flash.flip(SECTORS_START + unit * 16 + one.below(16), 1 << one.below(8))
    one.open()
    for (let i = 0; i < 40; i++) step(one, UNITS_MAX)
    one.check()
    one.open()
  }
}

/** Flash takes nothing for a while, and is not believed. */
export function checkDisbelief (seed: number): void {
  const one = new RecordsWorld(flashOf(SECTORS), randomOf(seed))
  useUp(one, UNITS_MAX)
  one.flash.faults.isIdle = () => true
  for (let i = 0; i < 50; i++) ok(!one.add(50))
  for (let i = 0; i < 50; i++) one.clean()
  one.flash.faults.isIdle = undefined
  one.check()
  one.open()
  while (!one.add(50)) ok(one.clean())
}

/** All that a run of all tests puts a store to, but for how it wears. */
export function checkStore (seed: number): void {
  checkHalfDone(seed)
  for (const tear of TEARS) checkCuts(seed, tear, WORDS_STRIDE_IN_CI)
  for (const tear of TEARS) checkCutsInARow(seed, tear)
  for (const tear of TEARS) for (const size of CUT_SIZES) checkFullCutsInARow(seed, tear, size)
  for (const kind of ['mark', 'erase'] as const) checkCutsAt(seed, kind)
  for (let fault = seed; fault < seed + FAULT_SEEDS_IN_CI; fault++) {
    checkForgetting(fault)
    checkTurning(fault, FLIPS_IN_CI)
  }
  checkDisbelief(seed)
  checkFull()
}
