// Four megabytes of NOR flash: a write can only clear bits, and only a whole page can be set again. The image of a
// board that lost its power in the middle is what the next board starts from.

import { FLASH_SIZE, PAGE_SIZE } from '../flash/layout'
import { PowerCut } from './stop'

/** Bytes that are programmed at once; a power cut falls between two of them. */
const WORD_SIZE = 4

export class FlashMemory {
  readonly bytes: Uint8Array
  /** How often each page was erased: wear. */
  readonly eraseCounts = new Uint32Array(FLASH_SIZE / PAGE_SIZE)
  /** Words and pages that may still be written before the power goes; null: it stays. */
  operationsLeft: number | null = null

  /** Starts from a copy of an image, or erased. */
  constructor (image?: Uint8Array) {
    this.bytes = new Uint8Array(FLASH_SIZE).fill(0xff)
    if (image) this.bytes.set(image.subarray(0, FLASH_SIZE))
  }

  /** Clears the bits that are 0 in `data`. */
  write (address: number, data: Uint8Array): void {
    for (let start = 0; start < data.length; start += WORD_SIZE) {
      this.countOperation()
      for (let i = start; i < Math.min(start + WORD_SIZE, data.length); i++) this.bytes[address + i] &= data[i]
    }
  }

  /** Sets every bit of the page that holds `address`. */
  erasePage (address: number): void {
    const page = Math.floor(address / PAGE_SIZE)
    const start = page * PAGE_SIZE
    if (this.operationsLeft === 0) {
      // Half an erase: what the page holds is nobody's word any more.
      for (let i = start; i < start + PAGE_SIZE; i += 3) this.bytes[i] |= 0x5a
    }
    this.countOperation()
    this.bytes.fill(0xff, start, start + PAGE_SIZE)
    this.eraseCounts[page]++
  }

  private countOperation (): void {
    if (this.operationsLeft === null) return
    if (this.operationsLeft === 0) throw new PowerCut()
    this.operationsLeft--
  }
}
