// The board of a year: it is switched off and on again, its flash stays, and what that has borne is counted.
import { FLASH_SIZE, PAGE_SIZE, STORAGE_START } from '../../../src/flash/layout'
import { VirtualDriver } from '../../../src/simulator/virtual_driver'
import type { Random } from '../../model/random'
import { bundleText } from '../../support/board_bundle'

/** Sectors of midge.db, behind the one with its header. */
const SECTORS_START = STORAGE_START / PAGE_SIZE + 1
export const SECTORS = 159
/** With what of a word and a page a power cut lets come through. */
const TORN_SIZE = 256
/** Operations within which the power goes, where it goes while something is written. */
const OPERATIONS_MAX = 400

export const FILES = { 'midge.json': '{"wifi_ssid":"home"}' }

export class Power {
  driver: VirtualDriver
  /** Erases of each sector in former lives, and bytes written. */
  private readonly worn = new Float64Array(SECTORS)
  bytesWritten = 0
  /** Hears of what is written and erased, once it is. */
  changed: (address: number, bytes: Uint8Array) => void = () => undefined
  private startedAt = 0

  constructor(private readonly random: Random) {
    this.driver = this.switchOn()
  }

  private switchOn(flash?: Uint8Array): VirtualDriver {
    const driver = new VirtualDriver({
      files: flash ? {} : { ...FILES, '.bootcde': bundleText('esp32') }, networks: { home: '' },
      random: () => this.random.below(2 ** 30) / 2 ** 30, ...flash && { flash },
    })
    const { flash: chip } = driver.board
    chip.changed = (address, bytes) => {
      this.bytesWritten += bytes.length === PAGE_SIZE ? 0 : bytes.length
      this.changed(address, bytes)
    }
    driver.start()
    return driver
  }

  /** Virtual milliseconds of the year. */
  get now(): number {
    return this.startedAt + this.driver.clock.nowMs()
  }

  get isOn(): boolean {
    return this.driver.board.powered
  }

  /** The power will go in the midst of what is written next. */
  fail(): void {
    const { flash } = this.driver.board
    flash.faults = { tear: () => this.random.below(256), tearSize: TORN_SIZE }
    flash.operationsLeft = this.random.below(OPERATIONS_MAX)
  }

  /** The power goes, if it has not gone, and comes back. */
  again(): void {
    const { board } = this.driver
    if (board.uncaught.length > 0) throw new Error(`the board reports ${String(board.uncaught[0])}`)
    board.powerOff()
    this.erasesOf(board.flash.eraseCounts).forEach((count, sector) => { this.worn[sector] += count })
    this.startedAt = this.now
    this.driver = this.switchOn(board.flash.bytes)
  }

  /** Erases of each sector. */
  erases(): number[] {
    const now = this.erasesOf(this.driver.board.flash.eraseCounts)
    return Array.from(this.worn, (count, sector) => count + now[sector])
  }

  private erasesOf(counts: Uint32Array): number[] {
    if (counts.length !== FLASH_SIZE / PAGE_SIZE) throw new Error('no such flash')
    return [...counts.subarray(SECTORS_START, SECTORS_START + SECTORS)]
  }

  /** What the board has printed since the last time. */
  output(): string[] {
    return this.driver.board.output.splice(0)
  }
}
