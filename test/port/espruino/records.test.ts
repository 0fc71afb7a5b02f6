// The record store as long as nothing fails, and with a file that is none of its own.

import { randomOf, flashOf, SECTOR_SIZE, SECTORS_START } from './records_flash'
import { RecordsWorld } from './records_world'
import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import { describe, it, vi } from 'vitest'
import { STORAGE_SIZE, STORAGE_START } from '../../../src/flash/layout'
import { recordHeader } from '../../../src/flash/storage_record'
import * as store from '../../../src/port/espruino/records'
import { filterIsThere } from '../../../src/port/espruino/records/record'
import { RESERVE } from '../../../src/port/espruino/records/sectors'
import { filterPut } from './records_put'
import { filterBytes, filterPlaces, recordUnits } from './records_walk'
import { recordNext } from './record_next'
import { FlashMemory } from '../../../src/simulator/flash_memory'
import { engineUse } from './records_engine'

// The board of these tests is a computer's, but for this.
vi.mock('board', async original => ({ ...await original<object>(), RECORDS_MAPPED: true }))

const world = (sectors = 12, seed = 1): RecordsWorld => {
  const made = new RecordsWorld(flashOf(sectors), randomOf(seed))
  made.open()
  return made
}

/** A filter of its own for each number, of whatever size. */
const filterText = (number: number): string => 'home/'.repeat(number % 9) + String(number)

/** The filters that there are, told in order of address. */
const filtersFound = (): string[] => recordUnits().flatMap(filterPlaces).filter(filterIsThere)
  .map(place => filterBytes(place).toString())

/** Opens the records, and answers how many there are, or -1. */
function open (): number {
  let count = 0
  return store.recordsOpen(() => count++, [], () => undefined) ? count : -1
}

describe('records', () => {
  it('are none without a file, or with one that is not the first', () => {
    engineUse(new FlashMemory())
    strictEqual(open(), -1)
    const flash = flashOf(12)
    flash.bytes.copyWithin(STORAGE_START + 64, STORAGE_START, STORAGE_START + 32)
    flash.bytes.set(recordHeader('other', 32), STORAGE_START)
    engineUse(flash)
    strictEqual(open(), -1)
  })

  it('come back in order, with kind, bytes and mark', () => {
    const one = world()
    for (const size of [4, 5, 16, 17, 100, 511, 512, 513, 1_024, 2_000, 3_999, 4_000]) ok(one.add(size))
    one.mark(3)
    one.mark(12)
    one.remove(5)
    one.check()
    one.open()
  })

  it('that are written together are read behind that, over the ends of sectors', () => {
    const one = world()
    const names = Array.from({ length: 300 }, (_, i) => filterPut(Buffer.from(filterText(i))))
    ok(names.every(unit => unit > 0))
    ok(store.recordsWrite())
    const texts = names.map((_, i) => filterText(i))
    deepStrictEqual(names.map(unit => filterBytes(unit).toString()), texts)
    ok(store.recordsCommit())
    store.recordsOpen(() => undefined, [], () => undefined)
    deepStrictEqual(filtersFound(), texts)
    // Few records for many filters.
    ok(recordUnits().length < 60)
    ok(one.flash)
  })

  it('that are written together and that flash does not take are none, and what comes later is', () => {
    const one = world()
    ok(one.add(20))
    const write = one.flash.write.bind(one.flash)
    one.flash.write = () => undefined
    ok(filterPut(Buffer.from(filterText(1))) > 0)
    strictEqual(store.recordsWrite(), false)
    strictEqual(filterPut(Buffer.from(filterText(2))), -1)
    one.flash.write = write
    store.recordsCommit()
    ok(store.recordsWrite())
    ok(one.add(30))
    one.check()
    one.open()
  })

  it('of an empty body, and of a kind of each', () => {
    world()
    for (let kind = 1; kind < 16; kind++) ok(store.recordAdd(kind, 0, 0, 0, 0) > 0)
    store.recordsCommit()
    strictEqual(open(), 15)
    strictEqual(store.recordKind(recordNext(0)), 1)
    strictEqual(store.recordSize(recordNext(0)), 0)
  })

  it('take sectors of their own when they are large, wherever these are, and give them back', () => {
    const one = world(60)
    for (const size of [4_001, 8_080, 8_081, 100_000]) ok(one.add(size))
    one.check()
    one.open()
    for (const id of one.ids) one.remove(id)
    one.open()
    one.cleanAll()
    strictEqual(store.recordErases, 2 + 2 + 3 + 25)
    ok(one.add(200_000))
    ok(!one.add(60_000))
    one.check()
    one.open()
  })

  it('take the last sectors that are free, however they are scattered', () => {
    const one = world(60)
    while (one.add(200));
    for (const id of one.ids) if (one.kept.get(id)!.unit >> 8 & 1) one.remove(id)
    one.cleanAll()
    const free = store.sectorsErased - RESERVE
    ok(free > 20)
    ok(one.add(4_000 + (free - 1) * 4_080))
    ok(!one.add(50_000))
    one.cleanAll()
    one.remove(Math.max(...one.ids))
    ok(one.add(4_000 + (free - 1) * 4_080))
    one.check()
    one.open()
  })

  it('leave room for a large one that takes the place of one as large, however long small ones come and go', () => {
    const one = world(40)
    const size = 32_000
    ok(one.add(size))
    let large = one.ids[0]
    while (one.units < 40 * 255 * 0.65) one.add(40 + one.below(300))
    for (let i = 1; i < 9_000; i++) {
      const id = one.pick()
      if (id !== large) {
        one.add(40 + one.below(300))
        one.remove(id)
      }
      one.clean()
      if (i % 1_500) continue
      ok(one.add(size), `no room for the one of step ${i}`)
      one.remove(large)
      large = Math.max(...one.ids)
    }
    one.check()
    one.open()
  })

  it('are gone when they were never committed', () => {
    const one = world()
    ok(one.add(50))
    one.abandon(100, false)
    one.abandon(9_000, false)
    one.abandon(100, true)
    one.abandon(9_000, true)
    ok(one.add(60))
    one.check()
    one.open()
    one.open()
    one.cleanAll()
    ok(one.add(16_000))
    one.check()
  })

  it('fill the store until there is no room, change nothing then, and make room when they go', () => {
    const one = world()
    while (one.add(40 + one.below(300))) ok(one.kept.size < 1_000)
    ok(store.recordUnitsLive() > 8 * 225)
    one.check()
    one.cleanAll()
    one.open()
    const before = one.kept.size
    for (let i = 0; i < 2_000; i++) {
      one.remove(one.pick())
      if (i % 5 === 0) one.cleanAll()
      while (one.kept.size < before * 0.8 && one.add(40 + one.below(300)));
    }
    ok(one.kept.size > before * 0.7, `${one.kept.size} of ${before}`)
    one.check()
    one.open()
  })

  it('are all gone and the store is as new, when all are removed', () => {
    const one = world()
    for (let round = 0; round < 30; round++) {
      while (one.add(200));
      for (const id of one.ids) one.remove(id)
      one.cleanAll()
      strictEqual(store.recordUnitsLive(), 0)
    }
    strictEqual(open(), 0)
    strictEqual(store.openings > 200, true)
  })
})

describe('a file that is none of ours', () => {
  const foreign = (fill: (bytes: Uint8Array) => void): RecordsWorld => {
    const one = new RecordsWorld(flashOf(12, fill), randomOf(5))
    one.open()
    strictEqual(one.kept.size, 0)
    ok(!one.add(10))
    one.cleanAll()
    strictEqual(store.recordErases, 12)
    ok(one.add(10))
    one.open()
    return one
  }

  it('is empty when it has random bytes', () => {
    const random = randomOf(7)
    foreign(bytes => { for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256 })
  })

  it('is empty when it is all zeros', () => { foreign(bytes => bytes.fill(0)) })

  it('is empty when the head of every sector is wrong, or that of every record', () => {
    for (const isRecord of [false, true]) {
      const one = world()
      while (one.add(60 + one.below(100)));
      const heads = isRecord ? [...one.kept.values()].map(({ unit }) => unit * 16)
        : Array.from({ length: 12 }, (_, sector) => sector * SECTOR_SIZE)
      for (const at of heads) one.flash.flip(SECTORS_START + at + one.below(16) % (isRecord ? 3 : 16), 0x10)
      one.kept.clear()
      one.open()
      ok(store.recordsDamaged >= 9)
      one.cleanAll()
      ok(one.add(60))
      one.open()
    }
  })
})

describe('Storage beside the records', () => {
  it('is written and compacted, and leaves them where they are', () => {
    const one = world(159)
    for (let i = 0; i < 50; i++) one.add(500)
    const before = one.flash.bytes.slice(STORAGE_START, STORAGE_START + 655_360)
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- as a program has it
    const storage = require('Storage') as { write(name: string, data: string): void, compact(): void }
    for (let i = 0; i < 10; i++) storage.write('other', String(i).repeat(80_000))
    storage.compact()
    ok(Buffer.from(before).equals(one.flash.bytes.subarray(STORAGE_START, STORAGE_START + 655_360)))
    ok(STORAGE_SIZE > 655_360)
    one.check()
    one.open()
  })
})
