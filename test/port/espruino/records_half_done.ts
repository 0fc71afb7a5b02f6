// What a power cut leaves half done, as chance seldom leaves it: each is one case that must hold for every store.

import { RecordsWorld } from './records_world'
import { flashOf, randomOf } from './records_flash'
import { ok, strictEqual } from 'node:assert'
import { GONE } from '../../../src/flash/record_format'
import * as store from '../../../src/port/espruino/records'
import type { FlashMemory } from '../../../src/simulator/flash_memory'

const SECTORS = 12
const HEAD_SIZE = 16
/** Bytes of a record that takes some sectors. */
const LARGE = 20_000

const world = (seed: number): RecordsWorld => {
  const one = new RecordsWorld(flashOf(SECTORS), randomOf(seed))
  one.open()
  return one
}

/** The power goes within what `work` does: at the first write that `is` one, before its word of that number. */
function cutWithin (one: RecordsWorld, is: (data: Uint8Array) => boolean, word: number, work: () => void): void {
  const { flash } = one
  const write = flash.write.bind(flash)
  flash.write = (address, data) => {
    if (flash.operationsLeft === null && is(data)) flash.operationsLeft = word
    write(address, data)
  }
  ok(!one.run(work), 'the power goes')
  flash.write = write
  switchOn(flash)
}

function switchOn (flash: FlashMemory): void {
  flash.operationsLeft = null
  flash.faults.tear = undefined
}

/** An erase is cut off where it has set the states of what was gone, and nothing else: that stays gone. */
function checkHalfErased (seed: number): void {
  const one = world(seed)
  for (let i = 0; i < 60; i++) ok(one.add(90))
  for (const id of one.ids.slice(0, 50)) one.remove(id)
  const { flash } = one
  const erase = flash.erasePage.bind(flash)
  flash.erasePage = address => {
    flash.operationsLeft = 0
    erase(address)
  }
  let byte = 0
  flash.faults.tear = () => {
    const isState = byte >= HEAD_SIZE && byte % HEAD_SIZE === 3
    byte++
    return isState ? GONE : 0
  }
  ok(!one.run(() => { one.cleanAll() }), 'a sector is erased')
  flash.erasePage = erase
  switchOn(flash)
  one.open()
  one.cleanAll()
  one.check()
}

/** The head of a sector is half written, is read right, and later otherwise: what was added meanwhile is there. */
function checkHalfHead (seed: number): void {
  const one = world(seed)
  ok(one.add(50))
  // Its last word comes through, and may read otherwise.
  one.flash.faults.tear = () => 255
  cutWithin(one, data => data.length === HEAD_SIZE && data[0] === 0x4d && data[1] === 0x47, 3, () => {
    for (let i = 0; i < 100; i++) one.add(90)
  })
  one.open()
  for (let i = 0; i < 5; i++) ok(one.add(90))
  one.flash.waver(() => 255)
  one.open()
  one.check()
}

/** The removal of a large record is half written: once a start has said that it is gone it stays so. */
function checkHalfRemoved (seed: number): void {
  const one = world(seed)
  ok(one.add(LARGE))
  ok(one.add(50))
  const [id] = one.ids
  one.flash.faults.tear = () => 255
  cutWithin(one, data => data.length === 4, 0, () => { one.remove(id) })
  one.open()
  ok(!one.kept.has(id))
  one.wavering.delete(id)
  one.flash.waver(() => 255)
  one.open()
}

/** Sectors of large records that are gone are there for others, without another start. */
function checkGivenBack (seed: number): void {
  const one = world(seed)
  for (let i = 0; i < SECTORS; i++) {
    ok(one.add(LARGE), `no room for number ${i}`)
    one.remove(one.ids[0])
    one.cleanAll()
  }
  strictEqual(store.recordUnitsLive(), 0)
}

export function checkHalfDone (seed: number): void {
  for (const check of [checkHalfErased, checkHalfHead, checkHalfRemoved, checkGivenBack]) check(seed)
}
