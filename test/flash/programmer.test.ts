// esptool-js, unmodified, flashes the stand-in chip; the flash that it leaves is booted.

import { describe, expect, it } from 'vitest'
import { followBoot } from '../../src/flash/boot_log'
import { firmwareRead } from '../../src/flash/firmware'
import { CHIP_LAYOUTS, chipLayout, STORAGE_SIZE, STORAGE_START } from '../../src/flash/layout'
import type { ChipLayout, Part } from '../../src/flash/layout'
import { partList, wholeImage } from '../../src/flash/part_list'
import { Programmer } from '../../src/flash/programmer'
import { storageBuild } from '../../src/flash/storage_build'
import { updatePlan } from '../../src/flash/update_plan'
import type { ChipFaults } from '../../src/simulator/chip/stand_in_chip'
import { StandInChip } from '../../src/simulator/chip/stand_in_chip'
import { StandInPort } from '../../src/simulator/chip/stand_in_port'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import { releaseFiles } from './release'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const CONFIGURATION = { name: 'midge.json', data: bytes('{"ssid":"home","password":"secret"}') }
const BROKER = bytes('print("broker for " + require("Storage").readJSON("midge.json").ssid)')
const ESP32 = chipLayout('ESP32')!

function partsFor (layout: ChipLayout): Part[] {
  const firmware = firmwareRead(new Map(Object.entries(releaseFiles(layout))), layout)
  return partList(layout, firmware, storageBuild([CONFIGURATION], BROKER))
}

/** Plugs a chip in with faults and does something with it. */
async function attempt<T> (chip: StandInChip, faults: ChipFaults, run: (board: Programmer) => Promise<T>): Promise<T> {
  chip.faults = faults
  chip.packets = 0
  const board = await Programmer.connect(new StandInPort(chip))
  try {
    return await run(board)
  } finally {
    await board.close()
  }
}

describe.each(CHIP_LAYOUTS)('a board with $chip', layout => {
  it('is flashed, verified, read back and started', async () => {
    const chip = new StandInChip(layout.chip)
    let starts = 0
    chip.started = () => { starts++ }
    const parts = partsFor(layout)
    await attempt(chip, {}, async board => {
      expect(board.layout.chip).toBe(layout.chip)
      await board.write(parts)
      await board.compare(parts.filter(({ name }) => name === 'partition table'))
      await board.start()
    })
    expect(Buffer.compare(chip.flash.bytes, wholeImage(parts))).toBe(0)
    expect([starts, chip.state]).toEqual([1, 'program'])
    const driver = new VirtualDriver({ flash: chip.flash.bytes })
    driver.start()
    expect(driver.board.output).toEqual(['broker for home'])
  })
})

describe('a board that cannot be flashed', () => {
  const write = async (board: Programmer): Promise<void> => board.write(partsFor(ESP32).slice(0, 1))

  it.each([
    ['too small', { isSmall: true }, /2MB of flash; 4MB are needed/],
    ['verification', { badMd5: true }, /bootloader did not arrive/],
  ])('says that it is %s', async (problem, faults, sentence) => {
    const failure = attempt(new StandInChip('ESP32'), faults, write)
    await expect(failure).rejects.toMatchObject({ problem, message: expect.stringMatching(sentence) })
  })
})

/** Each test waits most of its time, as esptool-js does: so many at once share the packets. */
const SHARES = 4

describe('a cable that is pulled out', { concurrent: true }, () => {
  it.each(Array.from({ length: SHARES }, (_, first) => first))('at packet %i, or any fourth behind it, leaves a board '
    + 'that the same command mends', async first => {
    // The parts that make the difference between packets; the others are more of the same.
    const parts = partsFor(ESP32).filter(({ name }) => name !== 'state' && name !== 'storage')
    const chip = new StandInChip('ESP32')
    let pulls = 0
    for (let pullAt = first; ; pullAt += SHARES) {
      const done = await attempt(chip, { pullAt }, board => board.write(parts)).then(() => true, error => {
        expect(['cable', 'no answer']).toContain(error.problem)
        return false
      })
      if (done) break
      pulls++
    }
    expect(pulls).toBeGreaterThan(30 / SHARES)
    for (const { address, data } of parts) {
      expect(Buffer.compare(chip.flash.bytes.subarray(address, address + data.length), data)).toBe(0)
    }
  })

  it('while the board starts is noticed at once', async () => {
    const chip = new StandInChip('ESP32')
    const lines: string[] = []
    await attempt(chip, {}, async board => {
      chip.started = () => {
        chip.send(bytes('rst:0x1\r\n'))
        setTimeout(() => chip.pulled(), 150)
      }
      await board.start()
      await expect(followBoot(board, line => lines.push(line))).rejects.toMatchObject({
        problem: 'cable', message: expect.stringMatching(/all is written, but the board is gone/),
      })
    })
    expect(lines).toEqual(['rst:0x1'])
  })

  it('during an update leaves the configuration, and the same command mends it', async () => {
    const chip = new StandInChip('ESP32')
    chip.flash.bytes.set(storageBuild([CONFIGURATION], BROKER), STORAGE_START)
    const newBroker = bytes('print("new broker")')
    const update = async (board: Programmer): Promise<void> => {
      await board.write(updatePlan(await board.read(STORAGE_START, STORAGE_SIZE), newBroker).parts)
    }
    const packets = await attempt(chip, {}, update).then(() => chip.packets)
    chip.flash.bytes.set(storageBuild([CONFIGURATION], BROKER), STORAGE_START)
    for (let pullAt = packets - 3; pullAt < packets; pullAt++) {
      await expect(attempt(chip, { pullAt }, update)).rejects.toMatchObject({ problem: 'cable' })
      const storage = chip.flash.bytes.slice(STORAGE_START, STORAGE_START + STORAGE_SIZE)
      expect(updatePlan(storage, newBroker).kept).toEqual(['midge.json'])
    }
    await attempt(chip, {}, update)
    const storage = chip.flash.bytes.subarray(STORAGE_START, STORAGE_START + STORAGE_SIZE)
    expect(Buffer.compare(storage, storageBuild([CONFIGURATION], newBroker))).toBe(0)
  })
})
