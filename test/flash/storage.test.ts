// Storage images: built here, read by the simulated board; and updates that lose their power between any two pages.

import { describe, expect, it } from 'vitest'
import { PAGE_SIZE, STORAGE_SIZE, STORAGE_START } from '../../src/flash/layout'
import { nvsImage } from '../../src/flash/nvs_image'
import { ownersFiles, storageBuild, storageFiles } from '../../src/flash/storage_build'
import type { StorageFile } from '../../src/flash/storage_build'
import { RECORD_HEADER_SIZE, recordHeader } from '../../src/flash/storage_record'
import { updatePlan } from '../../src/flash/update_plan'
import { VirtualDriver } from '../../src/simulator/virtual_driver'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (data: Uint8Array): string => new TextDecoder().decode(data)

const CONFIGURATION: StorageFile = { name: 'midge.json', data: bytes('{"ssid":"home","password":"secret"}') }
const HUB: StorageFile = { name: 'greet.js', data: bytes(`print("hub")//${'x'.repeat(6_000)}`) }
const BROKER = bytes('print("broker 1")')
const NEW_BROKER = bytes(`print("broker 2")//${'y'.repeat(9_000)}`)

const flashOf = (storage: Uint8Array): Uint8Array => {
  const flash = new Uint8Array(0x40_0000).fill(0xff)
  flash.set(storage, STORAGE_START)
  return flash
}

const owners = (storage: Uint8Array): string[] =>
  ownersFiles(storage).map(({ name, data }) => `${name} ${text(data)}`).sort()

const EXPECTED = owners(storageBuild([CONFIGURATION, HUB], BROKER))

/** A board whose owner changed the configuration on it, so that it stands behind the broker. */
function editedStorage (): Uint8Array {
  const files = [{ name: 'midge.json', data: bytes('{"old":1}') }, HUB]
  const driver = new VirtualDriver({ flash: flashOf(storageBuild(files, BROKER)) })
  driver.board.writeFile('midge.json', CONFIGURATION.data)
  return driver.board.flash.bytes.slice(STORAGE_START, STORAGE_START + STORAGE_SIZE)
}

describe('a Storage image', () => {
  it('holds the files that went in, whole pages apart', () => {
    const image = storageBuild([CONFIGURATION, HUB], BROKER)
    expect(image.length).toBe(STORAGE_SIZE)
    expect(storageFiles(image).map(({ name }) => name)).toEqual(['greet.js', 'midge.json', '.bootcde'])
    expect(text(storageFiles(image)[2].data)).toBe(text(BROKER))
    expect(image[2 * PAGE_SIZE]).toBe(BROKER.length)
  })

  it('starts its broker on a board and shows it the other files', () => {
    const driver = new VirtualDriver({ flash: flashOf(storageBuild([CONFIGURATION, HUB], BROKER)) })
    driver.start()
    expect(driver.board.output).toEqual(['broker 1'])
    expect(driver.board.evaluate('require("Storage").readJSON("midge.json").ssid')).toBe('home')
  })

  it.each([
    ['an empty file', [{ name: 'greet.js', data: new Uint8Array(0) }], /greet.js is empty/],
    ['a name too long', [{ name: 'x'.repeat(29), data: bytes('1') }], /cannot be a file's name/],
    ['too much', [{ name: 'big', data: new Uint8Array(STORAGE_SIZE) }], /do not fit/],
  ])('refuses %s', (_, files, sentence) => {
    expect(() => storageBuild(files, BROKER)).toThrow(sentence)
  })
})

describe.each([
  ['as it was flashed', () => storageBuild([CONFIGURATION, HUB], BROKER), false],
  ['whose owner changed the configuration', editedStorage, true],
])('an update of a board %s', (_, before, isMove) => {
  it('writes the new broker and keeps the bytes of everything else', () => {
    const plan = updatePlan(before(), NEW_BROKER)
    expect(plan.kept.sort()).toEqual(['greet.js', 'midge.json'])
    expect(plan.isMove).toBe(isMove)
    const storage = before()
    for (const { address, data } of plan.parts) storage.set(data, address - STORAGE_START)
    expect(Buffer.compare(storage, storageBuild([HUB, CONFIGURATION], NEW_BROKER))).toBe(0)
  })

  it('keeps the configuration whole at every page where it can be cut off, and is mended by another', () => {
    const plan = updatePlan(before(), NEW_BROKER)
    const storage = before()
    let cuts = 0
    for (const { address, data } of plan.parts) {
      for (let page = 0; page < data.length; page += PAGE_SIZE) {
        // The page is erased, then half of it is written, then all: the loader's order.
        const offset = address - STORAGE_START + page
        storage.fill(0xff, offset, offset + PAGE_SIZE)
        const isLate = page > 4 * PAGE_SIZE
        if (!isLate) expect(owners(storage)).toEqual(EXPECTED)
        storage.set(data.subarray(page, page + PAGE_SIZE / 2), offset)
        if (!isLate) {
          expect(owners(storage)).toEqual(EXPECTED)
          expect(storageFiles(mended(storage)).find(({ name }) => name === '.bootcde')!.data).toEqual(NEW_BROKER)
          cuts++
        }
        storage.set(data.subarray(page, page + PAGE_SIZE), offset)
      }
    }
    expect(cuts).toBeGreaterThan(9)
  })
})

describe('an update of a board whose owner writes files on it', () => {
  /** Two parts of a file that is appended to, which Espruino fills from erased bytes; others that are no text. */
  const FILES = [
    { name: 'log\x01', data: Uint8Array.of(1, 2, 0xff, 0xff, 0xff), flags: 64 },
    { name: 'log\x02', data: Uint8Array.of(3, 0xff), flags: 64 },
    { name: 'my photo.img', data: Uint8Array.of(0, 0xff, 0xff), flags: 0 },
    { name: 'caf\xe9', data: bytes('x'), flags: 128 },
  ]
  const all = [...FILES, { ...CONFIGURATION, flags: 0 }]
  const sorted = (files: StorageFile[]): StorageFile[] => [...files].sort((a, b) => a.name < b.name ? -1 : 1)
  const updated = (storage: Uint8Array): Uint8Array => {
    const copy = storage.slice()
    for (const { address, data } of updatePlan(copy, NEW_BROKER).parts) copy.set(data, address - STORAGE_START)
    return copy
  }

  it('keeps their names, bytes and flags', () => {
    const storage = storageBuild(all, BROKER)
    expect(sorted(ownersFiles(storage))).toEqual(sorted(all))
    expect(updatePlan(storage, NEW_BROKER).kept.sort()).toEqual(['caf', 'log', 'midge.json', 'my photo.img'])
    expect(sorted(ownersFiles(updated(storage)))).toEqual(sorted(all))
  })

  it('keeps one that ends in erased bytes behind everything else', () => {
    const storage = storageBuild([CONFIGURATION], BROKER)
    const offset = PAGE_SIZE + RECORD_HEADER_SIZE + Math.ceil(BROKER.length / 4) * 4
    storage.set(recordHeader('log\x01', 5, 64), offset)
    storage.set(FILES[0].data, offset + RECORD_HEADER_SIZE)
    const expected = sorted([FILES[0], { ...CONFIGURATION, flags: 0 }])
    expect(sorted(ownersFiles(storage))).toEqual(expected)
    expect(sorted(ownersFiles(updated(storage)))).toEqual(expected)
  })

  it('keeps all of them wherever the writing of a page is cut off', () => {
    const before = storageBuild(all, BROKER)
    // Another one is written on the board, so that all must move.
    const offset = PAGE_SIZE + RECORD_HEADER_SIZE + Math.ceil(BROKER.length / 4) * 4
    before.set(recordHeader('new', 2, 0), offset)
    before.set(bytes('ab'), offset + RECORD_HEADER_SIZE)
    const expected = sorted(ownersFiles(before))
    expect(expected).toHaveLength(all.length + 1)
    const plan = updatePlan(before, NEW_BROKER)
    expect(plan.isMove).toBe(true)
    const storage = before.slice()
    for (const { address, data } of plan.parts) {
      for (let size = 1; size <= 360; size++) {
        storage.set(data.subarray(0, size), address - STORAGE_START)
        expect(sorted(ownersFiles(storage))).toEqual(expected)
      }
      storage.set(data, address - STORAGE_START)
    }
  })
})

function mended (torn: Uint8Array): Uint8Array {
  const storage = torn.slice()
  for (const { address, data } of updatePlan(storage, NEW_BROKER).parts) storage.set(data, address - STORAGE_START)
  expect(owners(storage)).toEqual(EXPECTED)
  return storage
}

describe('an update that is refused', () => {
  it('is one of a board without a configuration', () => {
    expect(() => updatePlan(new Uint8Array(STORAGE_SIZE).fill(0xff), BROKER)).toThrow(/set it up instead/)
  })
})

describe('the nvs image', () => {
  it('says bleStatus 0 in namespace nvs, sealed as ESP-IDF seals it', () => {
    const image = Buffer.from(nvsImage(0x3000))
    expect(image.length).toBe(0x3000)
    // The figures are zlib.crc32(bytes, 0xffffffff) of Python, which ESP-IDF's own generator uses.
    expect(image.readUInt32LE(28)).toBe(0xb9ba_2d84)
    expect(image.readUInt32LE(64 + 4)).toBe(0x477f_3579)
    expect(image.readUInt32LE(96 + 4)).toBe(0xe845_2b8c)
    expect(image[32]).toBe(0b1111_1010)
    expect(image.subarray(104, 113).toString()).toBe('bleStatus')
  })
})
