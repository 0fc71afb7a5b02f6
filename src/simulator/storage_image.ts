// The files of Storage as they lie in flash: records one after another, of u32 `size | flags << 24`, a name of 28
// bytes and the data, padded to four. A file that was replaced stays as trash, its name's first four bytes zero,
// until all is compacted.

import { PAGE_SIZE } from './flash_memory'
import type { FlashMemory } from './flash_memory'
import { bytesOfText, textOfBytes } from './latin1'

export const STORAGE_START = 0x32_0000
export const STORAGE_SIZE = 917_504
const STORAGE_END = STORAGE_START + STORAGE_SIZE

const HEADER_SIZE = 32
export const NAME_SIZE = 28

/** A record: where its header stands, and what the header says. */
export interface StorageRecord { address: number, size: number, flags: number, name: string, deleted: boolean }

const aligned = (size: number): number => (size + 3) & ~3

const recordEnd = (record: StorageRecord): number => record.address + HEADER_SIZE + aligned(record.size)

/** A name as it fits: longer ones are cut without a word. */
export const storageName = (name: string): string => name.slice(0, NAME_SIZE)

export class StorageImage {
  constructor (private readonly flash: FlashMemory) {}

  /** All records in order, trash included. */
  records (): StorageRecord[] {
    const found: StorageRecord[] = []
    let address = STORAGE_START
    while (address + HEADER_SIZE <= STORAGE_END) {
      const record = this.recordAt(address) ?? this.recordAt(address = this.nextPage(address))
      if (!record) break
      found.push(record)
      address = recordEnd(record)
    }
    return found
  }

  /** The file of a name: the first record that bears it. */
  find (name: string): StorageRecord | undefined {
    return this.records().find(record => !record.deleted && record.name === storageName(name))
  }

  /** A file's bytes, as they lie in flash. */
  data (record: StorageRecord): Uint8Array {
    const start = record.address + HEADER_SIZE
    return this.flash.bytes.subarray(start, start + record.size)
  }

  remove (record: StorageRecord): void {
    this.flash.write(record.address + 4, new Uint8Array(4))
  }

  /** Appends an empty record; compacts first when it must and when that helps. Undefined: no room. */
  append (name: string, size: number): StorageRecord | undefined {
    if (this.freeBytes < HEADER_SIZE + aligned(size)) {
      if (this.freeBytes + this.trashBytes <= HEADER_SIZE + aligned(size)) return undefined
      this.compact()
    }
    const last = this.records().at(-1)
    const address = last ? recordEnd(last) : STORAGE_START
    const record = { address, size, flags: 0, name: storageName(name), deleted: false }
    const header = new Uint8Array(HEADER_SIZE)
    new DataView(header.buffer).setUint32(0, size, true)
    header.set(bytesOfText(record.name), 4)
    this.flash.write(record.address, header)
    return record
  }

  /** Writes into a record's data; false when what is there is not erased. */
  fill (record: StorageRecord, offset: number, data: Uint8Array): boolean {
    const target = this.data(record).subarray(offset, offset + data.length)
    if (target.some(byte => byte !== 0xff)) return false
    this.flash.write(record.address + HEADER_SIZE + offset, data)
    return true
  }

  get freeBytes (): number {
    const last = this.records().at(-1)
    return STORAGE_END - (last ? recordEnd(last) : STORAGE_START)
  }

  get trashBytes (): number {
    const trash = this.records().filter(({ deleted }) => deleted)
    return trash.reduce((sum, record) => sum + HEADER_SIZE + aligned(record.size), 0)
  }

  /** Erases page after page and writes back from RAM what still counts: a power cut in here loses files. */
  compact (): void {
    const kept = this.records().filter(({ deleted }) => !deleted)
    const end = this.records().at(-1)
    if (!end || kept.length === this.records().length) return
    const image = new Uint8Array(aligned(kept.reduce((sum, record) => sum + HEADER_SIZE + aligned(record.size), 0)))
    let filled = 0
    for (const record of kept) {
      image.set(this.flash.bytes.subarray(record.address, recordEnd(record)), filled)
      filled += HEADER_SIZE + aligned(record.size)
    }
    for (let page = STORAGE_START; page < recordEnd(end); page += PAGE_SIZE) {
      this.flash.erasePage(page)
      const part = image.subarray(page - STORAGE_START, page - STORAGE_START + PAGE_SIZE)
      if (part.length > 0) this.flash.write(page, part)
    }
  }

  eraseAll (): void {
    for (let page = STORAGE_START; page < STORAGE_END; page += PAGE_SIZE) this.flash.erasePage(page)
  }

  private nextPage (address: number): number {
    return (Math.floor(address / PAGE_SIZE) + 1) * PAGE_SIZE
  }

  private recordAt (address: number): StorageRecord | undefined {
    if (address + HEADER_SIZE > STORAGE_END) return undefined
    const header = this.flash.bytes.subarray(address, address + HEADER_SIZE)
    const word = new DataView(header.buffer, header.byteOffset).getUint32(0, true)
    const size = word & 0xff_ffff
    if (word === 0xffff_ffff || size === 0 || address + HEADER_SIZE + size > STORAGE_END) return undefined
    const deleted = header.subarray(4, 8).every(byte => byte === 0)
    return { address, size, flags: word >>> 24, name: textOfBytes(header.subarray(4)).replace(/\0.*$/s, ''), deleted }
  }
}
