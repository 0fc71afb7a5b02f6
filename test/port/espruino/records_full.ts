// A store that records fill as their sizes lie: how often it erases while nothing is won by that, and what it still
// takes. Each of these throws where a sector is erased for nothing, or what has room is refused.

import './records_engine'
import { ok, strictEqual } from 'node:assert'
import * as store from '../../../src/port/espruino/records'
import { WORTH } from '../../../src/port/espruino/records/clean'
import { RESERVE, TAKEN } from '../../../src/port/espruino/records/sectors'
import { flashOf, randomOf } from './records_flash'
import { RecordsWorld } from './records_world'

export const FULL_SIZES = [500, 900, 1_300, 1_400, 2_000, 2_100, 3_000, 3_900, 4_000, 4_001]
const SECTORS = 40
/** After so many seconds all is moved that will be. */
const SETTLED_S = 1_000
const IDLE_S = 3_000
/** What somebody waits for: records_tick.ts. */
const ASKED_STEPS = 64
const ASKED_TIMES = 20
const MINUTE_S = 60
const VALUE_SIZE = 50
const TOPICS = 20
const VALUES = 1_500
/** A board hears of a value so seldom. */
const VALUE_EVERY_S = 5

export const unitsOf = (size: number): number => size + 31 >> 4

/** A store of records of one size, as many as there is room for, but for what so many sectors have. */
export function fullStore(size: number, sectorsLeft: number, sectors = SECTORS): RecordsWorld {
  const one = new RecordsWorld(flashOf(sectors), randomOf(size))
  one.open()
  while (one.add(size)) one.clean()
  const left = sectorsLeft * Math.max(1, Math.floor(TAKEN / unitsOf(size)))
  for (const id of one.ids.slice(-left || one.ids.length)) one.remove(id)
  return one
}

function erasesIn(one: RecordsWorld, seconds: number): number {
  const before = store.recordErases
  for (let second = 0; second < seconds; second++) one.clean()
  return store.recordErases - before
}

/** Nothing is published: what can be won is, and then no sector is erased, whether somebody waits for room or not. */
export function checkIdle(size: number, sectorsLeft: number): void {
  const one = fullStore(size, sectorsLeft)
  const what = `of a store of ${size} bytes a record, with ${sectorsLeft} sectors left`
  ok(erasesIn(one, SETTLED_S) <= SECTORS, `sectors are erased more than once ${what}`)
  strictEqual(erasesIn(one, IDLE_S), 0, `sectors are erased for nothing ${what}`)
  // Somebody waits: what is moved then is for smaller records, and is moved once.
  for (let time = 0; time < ASKED_TIMES; time++) one.cleanSteps(ASKED_STEPS)
  const before = store.recordErases
  for (let time = 0; time < ASKED_TIMES; time++) one.cleanSteps(ASKED_STEPS)
  strictEqual(store.recordErases, before, `sectors are erased for somebody in vain ${what}`)
  one.check()
}

/** Somebody waits for room for a record of so many bytes: whether there is some within a minute. */
export function hasRoom(one: RecordsWorld, size: number): boolean {
  for (let second = 0; second < MINUTE_S && !store.recordsHaveRoom(1, size); second++) one.clean()
  if (!store.recordsHaveRoom(1, size)) for (let times = 0; times < 2; times++) one.cleanSteps(ASKED_STEPS)
  return store.recordsHaveRoom(1, size)
}

/** Small values change: each is taken, and sectors are erased some times as often as the values alone fill them. */
export function checkValues(size: number, sectorsLeft: number, erasesMost: number): void {
  const one = fullStore(size, sectorsLeft)
  erasesIn(one, SETTLED_S)
  const before = store.recordErases
  const values: number[] = []
  for (let value = 0; value < VALUES; value++) {
    ok(hasRoom(one, VALUE_SIZE) && one.add(VALUE_SIZE), `no room for value ${value} beside records of ${size} bytes`)
    values.push(Math.max(...one.ids))
    if (values.length > TOPICS) one.remove(values.shift()!)
    erasesIn(one, VALUE_EVERY_S)
  }
  const sectors = VALUES * unitsOf(VALUE_SIZE) / TAKEN
  const erases = store.recordErases - before
  ok(erases <= sectors * erasesMost, `${erases} erases for ${sectors | 0} sectors of values beside ${size} bytes`)
  one.check()
  one.open()
}

/** What the records that fill the store leave behind them, a part of a sector each, is room for smaller ones. */
export function checkRests(size: number, smallSize: number): void {
  const one = fullStore(size, 0)
  const rest = TAKEN % unitsOf(size)
  // A promise is for what a record may take at the most.
  const units = unitsOf(smallSize) + 1
  // So little is not worth an erase.
  const lost = units > WORTH ? 0 : WORTH
  const expected = (SECTORS - RESERVE - 1) * Math.floor((rest - lost) / units)
  let taken = 0
  while (hasRoom(one, smallSize) && one.add(smallSize)) taken++
  ok(taken >= expected, `${taken} of ${expected} records of ${smallSize} bytes behind ones of ${size}`)
  one.check()
  one.open()
}

/** The record that came last is gone, in the sector that is open and full: there is room for as much. */
export function checkLastGone(size: number): void {
  const one = fullStore(size, 0)
  for (let round = 0; round < 10; round++) {
    const last = Math.max(...one.ids)
    one.remove(last)
    ok(hasRoom(one, size) && one.add(size), `no room for ${size} bytes where as many are gone, round ${round}`)
  }
  one.check()
  one.open()
}

/** Sectors that would do for what there is, and one of so many units, where the largest comes first into the first. */
function sectorsEnough(one: RecordsWorld, units: number): number {
  const sectors: number[] = []
  const all = [...one.kept.values()].map(({ bytes }) => unitsOf(bytes.length)).concat(units)
  for (const more of all.sort((a, b) => b - a)) {
    const at = sectors.findIndex(used => used + more <= TAKEN)
    if (at < 0) sectors.push(more)
    else sectors[at] += more
  }
  return sectors.length
}

/** Records of sizes that are drawn come and go; what is refused in the end would not fit however they lay. */
export function checkRefused(seed: number, draw: (one: RecordsWorld) => number, share: number): void {
  const one = new RecordsWorld(flashOf(SECTORS), randomOf(seed))
  one.open()
  while (one.add(draw(one))) one.clean()
  const most = one.kept.size * share
  for (let step = 0; step < most * 2; step++) {
    while (one.kept.size > most) one.remove(one.pick())
    one.add(draw(one))
    one.clean()
  }
  erasesIn(one, SETTLED_S)
  strictEqual(erasesIn(one, IDLE_S), 0, `seed ${seed}, share ${share}: sectors are erased for nothing`)
  for (const size of [VALUE_SIZE, 500, 1_300, 2_000, 3_000, 4_000]) {
    if (hasRoom(one, size)) continue
    const spare = SECTORS - RESERVE - sectorsEnough(one, unitsOf(size))
    ok(spare <= 0, `seed ${seed}, share ${share}: ${size} bytes are refused with ${spare} sectors that could be won`)
  }
}

/** Where the store says that there is room for some records they are taken, whatever is in it. */
export function checkPromise(seed: number, draw: (one: RecordsWorld) => number): void {
  const one = new RecordsWorld(flashOf(12), randomOf(seed))
  one.open()
  let promises = 0
  for (let step = 0; step < 600; step++) {
    const sizes = Array.from({ length: 1 + one.below(one.below(2) ? 20 : 2) }, () => draw(one))
    const size = sizes.reduce((sum, more) => sum + more, 0)
    if (store.recordsHaveRoom(sizes.length, size)) {
      promises++
      const when = `seed ${seed}, step ${step}`
      for (const each of sizes) ok(one.add(each, false), `${when}: no room for ${each} of ${sizes.join()}`)
    }
    while (!store.recordsHaveRoom(1, 2_000) && one.below(3) && one.kept.size > 0) {
      one.remove(one.pick())
      one.clean()
    }
  }
  ok(promises > 100, `only ${promises} promises`)
  one.check()
}

/** What a run of the store's checks takes of all this: test/simulation/mutations.check.ts. */
export function checkFull(): void {
  for (const size of [500, 3_000]) checkIdle(size, 1)
  checkValues(3_000, 1, 4)
  checkRests(3_000, 400)
  checkLastGone(4_000)
}
