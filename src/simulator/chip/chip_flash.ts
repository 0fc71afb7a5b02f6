// The flash of a stand-in chip as the stub loader writes it: a sector is erased when the first byte for it arrives.

import { Unzlib } from 'fflate'
import { FLASH_SIZE, PAGE_SIZE } from '../../flash/layout'

export class ChipFlash {
  readonly bytes = new Uint8Array(FLASH_SIZE).fill(0xff)
  /** How often each page was erased. */
  readonly eraseCounts = new Uint32Array(FLASH_SIZE / PAGE_SIZE)
  private inflater: Unzlib | null = null
  private address = 0
  private erasedEnd = 0

  /** Starts a compressed write at a sector's start. */
  begin (address: number): void {
    this.address = address
    this.erasedEnd = address
    this.inflater = new Unzlib(data => this.write(data))
  }

  /** Takes one block of the compressed bytes; false when no write was begun. */
  take (block: Uint8Array): boolean {
    this.inflater?.push(block.slice())
    return this.inflater !== null
  }

  erase (): void {
    this.bytes.fill(0xff)
    this.eraseCounts.forEach((count, page) => { this.eraseCounts[page] = count + 1 })
  }

  private write (data: Uint8Array): void {
    while (this.erasedEnd < this.address + data.length) {
      this.bytes.fill(0xff, this.erasedEnd, this.erasedEnd + PAGE_SIZE)
      this.eraseCounts[this.erasedEnd / PAGE_SIZE]++
      this.erasedEnd += PAGE_SIZE
    }
    this.bytes.set(data, this.address)
    this.address += data.length
  }
}
