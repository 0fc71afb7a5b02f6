// The files of Storage in a board's flash: what the firmware does with the records.

import { PAGE_SIZE, STORAGE_SIZE, STORAGE_START } from '../flash/layout'
import {
  RECORD_HEADER_SIZE, headerAt, recordAligned, recordData, recordEnd, recordHeader, recordSize, storageName,
  storageRecords,
} from '../flash/storage_record'
import type { StorageRecord } from '../flash/storage_record'
import type { FlashMemory } from './flash_memory'

export class StorageImage {
  private readonly bytes: Uint8Array

  constructor (private readonly flash: FlashMemory) {
    this.bytes = flash.bytes.subarray(STORAGE_START, STORAGE_START + STORAGE_SIZE)
  }

  /** All records in order, trash included. */
  records (): StorageRecord[] {
    return storageRecords(this.bytes)
  }

  /** The file of a name: the first record that bears it. */
  find (name: string): StorageRecord | undefined {
    return this.records().find(record => !record.deleted && record.name === storageName(name))
  }

  /** Whether a file that was found before is still there: cheaper than to look for it. */
  isThere (record: StorageRecord): boolean {
    const header = headerAt(this.bytes, record.offset)
    return header?.name === record.name && header.size === record.size && header.offset === record.offset
      && !header.deleted
  }

  /** A file's bytes, as they lie in flash. */
  data (record: StorageRecord): Uint8Array {
    return recordData(this.bytes, record)
  }

  /** Bytes of a file that follow what is written. */
  mirror (record: StorageRecord, offset: number, length: number): Uint8Array {
    const size = Math.max(0, Math.min(length, record.size - offset))
    return this.flash.mirror(STORAGE_START + record.offset + RECORD_HEADER_SIZE + offset, size)
  }

  remove (record: StorageRecord): void {
    this.flash.write(STORAGE_START + record.offset + 4, new Uint8Array(4))
  }

  /** Appends an empty record; compacts first when it must and when that helps. Undefined: no room. */
  append (name: string, size: number): StorageRecord | undefined {
    if (this.freeBytes < recordSize(size)) {
      if (this.freeBytes + this.trashBytes <= recordSize(size)) return undefined
      this.compact()
    }
    const offset = this.filledBytes
    this.flash.write(STORAGE_START + offset, recordHeader(name, size))
    return { offset, size, flags: 0, name: storageName(name), deleted: false }
  }

  /** Writes into a record's data; false when what is there is not erased. */
  fill (record: StorageRecord, offset: number, data: Uint8Array): boolean {
    const target = this.data(record).subarray(offset, offset + data.length)
    if (target.some(byte => byte !== 0xff)) return false
    this.flash.write(STORAGE_START + record.offset + RECORD_HEADER_SIZE + offset, data)
    return true
  }

  get freeBytes (): number {
    return STORAGE_SIZE - this.filledBytes
  }

  get trashBytes (): number {
    const trash = this.records().filter(({ deleted }) => deleted)
    return trash.reduce((sum, record) => sum + recordSize(record.size), 0)
  }

  /**
   * Erases page after page and writes back from RAM what still counts: a power cut in here loses files. It begins at
   * the last page that begins with a file and has no erased one before it; what lies in front stays untouched.
   */
  compact (): void {
    const records = this.records()
    const trash = records.findIndex(({ deleted }) => deleted)
    if (trash < 0) return
    const start = records.slice(0, trash + 1).filter(({ offset }) => offset % PAGE_SIZE === 0).at(-1)!.offset
    const kept = records.filter(({ deleted, offset }) => !deleted && offset >= start)
    const end = this.filledBytes
    const image = new Uint8Array(recordAligned(kept.reduce((sum, record) => sum + recordSize(record.size), 0)))
    let filled = 0
    for (const record of kept) {
      image.set(this.bytes.subarray(record.offset, recordEnd(record)), filled)
      filled += recordSize(record.size)
    }
    for (let page = start; page < end; page += PAGE_SIZE) {
      this.flash.erasePage(STORAGE_START + page)
      const part = image.subarray(page - start, page - start + PAGE_SIZE)
      if (part.length > 0) this.flash.write(STORAGE_START + page, part)
    }
  }

  eraseAll (): void {
    for (let page = 0; page < STORAGE_SIZE; page += PAGE_SIZE) this.flash.erasePage(STORAGE_START + page)
  }

  /** Where the next record goes. */
  private get filledBytes (): number {
    const last = this.records().at(-1)
    return last ? recordEnd(last) : 0
  }
}
