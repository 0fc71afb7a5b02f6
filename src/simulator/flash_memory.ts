// Four megabytes of NOR flash: a write can only clear bits, and only a whole page can be set again. The image of a
// board that lost its power in the middle is what the next board starts from.

import { FLASH_SIZE, PAGE_SIZE } from '../flash/layout'
import { PowerCut } from './stop'

/** Bytes that are programmed at once; a power cut falls between two of them, or tears one. */
const WORD_SIZE = 4

/** What a chip may do besides. */
export interface FlashFaults {
  /** Whether an operation does nothing, and says nothing. */
  isIdle?: () => boolean
  /** Bits of a byte that a power cut lets come through: of a word that is written, and of a page that is erased. */
  tear?: () => number
  /** Bytes that are torn: more than a word where a chip writes many at once. */
  tearSize?: number
}

export class FlashMemory {
  readonly bytes: Uint8Array
  /** How often each page was erased: wear. */
  readonly eraseCounts = new Uint32Array(FLASH_SIZE / PAGE_SIZE)
  /** Words and pages that may still be written before the power goes; null: it stays. */
  operationsLeft: number | null = null

  faults: FlashFaults = {}
  /** Hears of bytes that are no longer what they were, once they are. */
  changed: (address: number, bytes: Uint8Array) => void = () => undefined
  /** By address: bits that were half written when the power went, and may read either way. */
  private readonly unstable = new Map<number, number>()
  private readonly mirrors = new Map<number, Uint8Array>()

  /** Starts from a copy of an image, or erased. */
  constructor (image?: Uint8Array) {
    this.bytes = new Uint8Array(FLASH_SIZE).fill(0xff)
    if (image) this.bytes.set(image.subarray(0, FLASH_SIZE))
  }

  /** Clears the bits that are 0 in `data`. */
  write (address: number, data: Uint8Array): void {
    if (this.faults.isIdle?.()) return
    for (let start = 0; start < data.length; start += WORD_SIZE) {
      if (this.operationsLeft === 0) this.tear(address + start, data.subarray(start))
      this.countOperation()
      for (let i = start; i < Math.min(start + WORD_SIZE, data.length); i++) this.clear(address + i, data[i])
    }
    this.show(address, data.length)
  }

  /** Sets every bit of the page that holds `address`. */
  erasePage (address: number): void {
    if (this.faults.isIdle?.()) return
    const page = Math.floor(address / PAGE_SIZE)
    const start = page * PAGE_SIZE
    if (this.operationsLeft === 0) {
      // Half an erase: what the page holds is nobody's word any more.
      const { tear } = this.faults
      for (let i = start; i < start + PAGE_SIZE; i += tear ? 1 : 3) this.bytes[i] |= tear ? tear() : 0x5a
    }
    this.countOperation()
    this.bytes.fill(0xff, start, start + PAGE_SIZE)
    for (const at of this.unstable.keys()) if (at >= start && at < start + PAGE_SIZE) this.unstable.delete(at)
    this.eraseCounts[page]++
    this.show(start, PAGE_SIZE)
  }

  /** A copy of a range that follows what is written and erased: what a program sees through a window. */
  mirror (start: number, size: number): Uint8Array {
    let mirror = this.mirrors.get(start)
    if (mirror?.length !== size) {
      mirror = this.bytes.slice(start, start + size)
      this.mirrors.set(start, mirror)
    }
    return mirror
  }

  /** Bits that were half written read otherwise than before: as `bits` answers for a byte. */
  waver (bits: () => number): void {
    for (const [at, mask] of this.unstable) {
      this.bytes[at] = this.bytes[at] & ~mask | bits() & mask
      this.show(at, 1)
    }
  }

  /** Turns bits, as age does. */
  flip (address: number, mask: number): void {
    this.bytes[address] ^= mask
    this.show(address, 1)
  }

  private clear (address: number, data: number): void {
    this.bytes[address] &= data
    const mask = this.unstable.get(address)
    if (mask !== undefined) this.unstable.set(address, mask & data)
  }

  /** Writes bytes halfway: some of the bits that were to be cleared are, and some may read either way. */
  private tear (address: number, data: Uint8Array): void {
    const { tear, tearSize = WORD_SIZE } = this.faults
    if (!tear) return
    for (let i = 0; i < Math.min(tearSize, data.length); i++) {
      const bits = this.bytes[address + i] & ~data[i]
      this.unstable.set(address + i, (this.unstable.get(address + i) ?? 0) | bits & tear())
      this.bytes[address + i] &= ~(bits & tear())
    }
  }

  private countOperation (): void {
    if (this.operationsLeft === null) return
    if (this.operationsLeft === 0) {
      for (const [start, mirror] of this.mirrors) mirror.set(this.bytes.subarray(start, start + mirror.length))
      throw new PowerCut()
    }
    this.operationsLeft--
  }

  private show (address: number, size: number): void {
    this.changed(address, this.bytes.subarray(address, address + size))
    for (const [start, mirror] of this.mirrors) {
      const from = Math.max(start, address)
      const to = Math.min(start + mirror.length, address + size)
      if (from < to) mirror.set(this.bytes.subarray(from, to), from - start)
    }
  }
}
