// midge.db in front of Storage: made by the flasher, left alone by everything after it.

import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { distFresh } from '../../scripts/lib/dist.mjs'
import { loadBoard } from '../../scripts/lib/board.mjs'
import { install, update } from '../../src/flash/install'
import { FLASH_SIZE, PAGE_SIZE, STORAGE_SIZE, STORAGE_START } from '../../src/flash/layout'
import { Programmer } from '../../src/flash/programmer'
import { RECORDS_END, keepsRecords, recordsEnd } from '../../src/flash/records_file'
import { ownersFiles, storageBuild, storageFiles } from '../../src/flash/storage_build'
import type { StorageFile } from '../../src/flash/storage_build'
import { RECORD_HEADER_SIZE, recordHeader, storageRecords } from '../../src/flash/storage_record'
import type { UpdatePlan } from '../../src/flash/update_plan'
import { updatePlan } from '../../src/flash/update_plan'
import { StandInChip } from '../../src/simulator/chip/stand_in_chip'
import { StandInPort } from '../../src/simulator/chip/stand_in_port'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import { isErasedAtStart } from './firmware_check'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const CONFIGURATION: StorageFile = { name: 'midge.json', data: bytes('{"ssid":"home"}') }
const HUB: StorageFile = { name: 'greet.js', data: bytes(`print("hub")//${'x'.repeat(6_000)}`) }
const KEEPER = bytes('print("midge.db")')
const NEW_KEEPER = bytes(`print("midge.db, anew")//${'y'.repeat(9_000)}`)
const PROGRAM = { broker: NEW_KEEPER, extensions: new Map<string, Uint8Array>() }
const FORGETTER = bytes('print("broker")')

const storageOfChip = (chip: StandInChip): Uint8Array =>
  chip.flash.bytes.subarray(STORAGE_START, STORAGE_START + STORAGE_SIZE)

/** Fills the file with what a broker might have kept, some of which looks like files of Storage. */
function fill (storage: Uint8Array): Uint8Array {
  for (let at = RECORD_HEADER_SIZE; at < RECORDS_END; at++) storage[at] = at * 7 & 0xff
  for (let at = PAGE_SIZE; at < RECORDS_END; at += 8 * PAGE_SIZE) {
    storage.set(recordHeader('midge.json', 8), at)
    storage.set(bytes('{"no":1}'), at + RECORD_HEADER_SIZE)
  }
  return storage
}

/** Storage of a board that has run, as it was flashed or after its owner changed the configuration on it. */
function storageRun (isEdited: boolean): Uint8Array {
  const configuration = isEdited ? { ...CONFIGURATION, data: bytes('{"old":1}') } : CONFIGURATION
  const flash = new Uint8Array(FLASH_SIZE).fill(0xff)
  flash.set(fill(storageBuild([configuration, HUB], KEEPER)), STORAGE_START)
  const { board } = new VirtualDriver({ flash })
  if (isEdited) board.writeFile('midge.json', CONFIGURATION.data)
  return board.flash.bytes.slice(STORAGE_START, STORAGE_START + STORAGE_SIZE)
}

async function programmed<T> (chip: StandInChip, run: (board: Programmer) => Promise<T>): Promise<T> {
  const board = await Programmer.connect(new StandInPort(chip))
  try {
    return await run(board)
  } finally {
    await board.close()
  }
}

describe('a bundle', () => {
  it.each(['esp32', 'esp32c3', 'esp32s3', 'smallest'])('of %s asks for the file where its board keeps something',
    async name => {
      const bundle = new Uint8Array(readFileSync(await distFresh(name)))
      expect(keepsRecords(bundle)).toBe((await loadBoard(name)).FEATURE_RECORDS)
    })
})

describe('a Storage image for a broker that keeps something', () => {
  const image = storageBuild([CONFIGURATION, HUB], KEEPER)

  it('begins with the file, erased, and has all others on pages behind it', () => {
    expect(storageFiles(image).map(({ name }) => name)).toEqual(['midge.db', 'greet.js', 'midge.json', '.bootcde'])
    const [file, next] = storageRecords(image)
    expect([file.offset, file.size, next.offset]).toEqual([0, 655_328, 655_360])
    expect(image.subarray(RECORD_HEADER_SIZE, RECORDS_END).every(byte => byte === 0xff)).toBe(true)
    expect(isErasedAtStart(image)).toBe(false)
  })

  it('has none for one that keeps nothing, and is no less room for its files', () => {
    const other = storageBuild([CONFIGURATION, HUB], FORGETTER)
    expect(storageFiles(other).map(({ name }) => name)).toEqual(['greet.js', 'midge.json', '.bootcde'])
    const large = { name: 'large', data: new Uint8Array(300_000) }
    expect(() => storageBuild([large], KEEPER)).toThrow(/do not fit into the board's 262144 bytes/)
    expect(storageFiles(storageBuild([large], FORGETTER))).toHaveLength(2)
  })

  it('is none of the owner\'s files', () => {
    expect(ownersFiles(fill(image.slice())).map(({ name }) => name)).toEqual(['greet.js', 'midge.json'])
  })

  it('is found only where it has its pages for itself', () => {
    expect(recordsEnd(image)).toBe(RECORDS_END)
    expect(recordsEnd(storageBuild([CONFIGURATION], FORGETTER))).toBe(0)
    const uneven = image.slice()
    uneven.set(recordHeader('midge.db', 655_360))
    expect(recordsEnd(uneven)).toBe(0)
  })

  it('stays where it is when Storage makes room', () => {
    const flash = new Uint8Array(FLASH_SIZE).fill(0xff)
    flash.set(fill(image.slice()), STORAGE_START)
    const { board } = new VirtualDriver({ flash })
    for (let i = 0; i < 9; i++) board.writeFile('midge.json', bytes(`{"a":"${String(i).repeat(50_000)}"}`))
    const counts = board.flash.eraseCounts.subarray(STORAGE_START / PAGE_SIZE)
    expect(counts.subarray(0, RECORDS_END / PAGE_SIZE).every(count => count === 0)).toBe(true)
    expect(counts[RECORDS_END / PAGE_SIZE]).toBeGreaterThan(0)
  })
})

describe('a board that is set up', () => {
  it('begins with nothing kept: its pages are erased once, and are not sent', async () => {
    const packetsOf = async (broker: Uint8Array): Promise<number> => {
      const chip = new StandInChip('ESP32')
      chip.flash.bytes.fill(0x55)
      const data = storageBuild([CONFIGURATION, HUB], broker)
      await programmed(chip, board => install(board, [{ name: 'storage', address: STORAGE_START, data }]))
      expect(Buffer.compare(storageOfChip(chip), data)).toBe(0)
      const counts = chip.flash.eraseCounts.subarray(STORAGE_START / PAGE_SIZE)
      expect(counts.every(count => count === 1)).toBe(true)
      return chip.packets
    }
    expect(await packetsOf(KEEPER)).toBe(await packetsOf(FORGETTER))
  })
})

describe.each([
  ['as it was flashed', false],
  ['whose owner changed the configuration', true],
])('an update of a board with the file, %s', (_, isEdited) => {
  let before: Uint8Array
  beforeAll(() => { before = storageRun(isEdited) })

  const plan = (storage: Uint8Array): UpdatePlan => updatePlan(storage.slice(RECORDS_END), NEW_KEEPER)

  it('neither reads nor erases what is kept', async () => {
    const chip = new StandInChip('ESP32')
    storageOfChip(chip).set(before)
    const plans: UpdatePlan[] = []
    await programmed(chip, board => update(board, PROGRAM, found => plans.push(found)))
    expect(plans).toMatchObject([{ kept: ['greet.js', 'midge.json'], isMove: isEdited, isForgetful: false }])
    expect(chip.reads).toEqual([
      { address: STORAGE_START, size: RECORD_HEADER_SIZE },
      { address: STORAGE_START + RECORDS_END, size: STORAGE_SIZE - RECORDS_END },
    ])
    const counts = chip.flash.eraseCounts.subarray(0, (STORAGE_START + RECORDS_END) / PAGE_SIZE)
    expect(counts.every(count => count === 0)).toBe(true)
    expect(Buffer.compare(storageOfChip(chip), fill(storageBuild([CONFIGURATION, HUB], NEW_KEEPER)))).toBe(0)
  })

  it('leaves at every page where it can be cut off a Storage that the firmware does not erase', () => {
    const storage = before.slice()
    const owners = (): string[] => ownersFiles(storage.subarray(RECORDS_END)).map(({ name, data }) => `${name} ${data}`)
    const expected = owners()
    for (const { address, data } of plan(before).parts) {
      for (let at = 0; at < data.length; at += PAGE_SIZE) {
        const place = address - STORAGE_START + at
        storage.fill(0xff, place, place + PAGE_SIZE)
        expect(isErasedAtStart(storage)).toBe(false)
        storage.set(data.subarray(at, at + PAGE_SIZE), place)
        expect(isErasedAtStart(storage)).toBe(false)
        expect(owners().sort()).toEqual(expected.sort())
      }
    }
    expect(Buffer.compare(storage.subarray(0, RECORDS_END), before.subarray(0, RECORDS_END))).toBe(0)
  })
})

describe('an update of a board of before, without the file', () => {
  it('goes on without, and says so', async () => {
    const chip = new StandInChip('ESP32')
    storageOfChip(chip).set(storageBuild([CONFIGURATION, HUB], FORGETTER))
    const plans: UpdatePlan[] = []
    await programmed(chip, board => update(board, PROGRAM, found => plans.push(found)))
    expect(plans).toMatchObject([{ kept: ['greet.js', 'midge.json'], isForgetful: true }])
    expect(storageFiles(storageOfChip(chip)).map(({ name }) => name)).toEqual(['greet.js', 'midge.json', '.bootcde'])
    expect(updatePlan(storageBuild([CONFIGURATION], FORGETTER), FORGETTER).isForgetful).toBe(false)
  })
})
