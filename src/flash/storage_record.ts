// The files of Storage as they lie in flash: records one after another, of u32 `size | flags << 24`, a name of 28
// bytes and the data, padded to four. A file that was replaced stays as trash, its name's first four bytes zero,
// until all is compacted. No checksum and no directory: the first record that bears a name is the file.

import { PAGE_SIZE } from './layout'

export const RECORD_HEADER_SIZE = 32
export const NAME_SIZE = 28

/** A record: where its header stands in the bytes that were read, and what the header says. */
export interface StorageRecord { offset: number, size: number, flags: number, name: string, deleted: boolean }

export const recordAligned = (size: number): number => (size + 3) & ~3

export const recordSize = (size: number): number => RECORD_HEADER_SIZE + recordAligned(size)

export const recordEnd = (record: StorageRecord): number => record.offset + recordSize(record.size)

/** A name as it fits: longer ones are cut without a word. */
export const storageName = (name: string): string => name.slice(0, NAME_SIZE)

export const recordData = (bytes: Uint8Array, record: StorageRecord): Uint8Array =>
  bytes.subarray(record.offset + RECORD_HEADER_SIZE, record.offset + RECORD_HEADER_SIZE + record.size)

/** The header of a file; a character of its name is a byte. */
export function recordHeader (name: string, size: number, flags = 0): Uint8Array {
  const header = new Uint8Array(RECORD_HEADER_SIZE)
  new DataView(header.buffer).setUint32(0, (size | flags << 24) >>> 0, true)
  for (let i = 0; i < storageName(name).length; i++) header[4 + i] = name.charCodeAt(i)
  return header
}

/** What a header at an offset says; undefined: none is there. */
export function headerAt (bytes: Uint8Array, offset: number): StorageRecord | undefined {
  if (offset + RECORD_HEADER_SIZE > bytes.length) return undefined
  const header = bytes.subarray(offset, offset + RECORD_HEADER_SIZE)
  const word = new DataView(header.buffer, header.byteOffset).getUint32(0, true)
  const size = word & 0xff_ffff
  if (word === 0xffff_ffff || size === 0) return undefined
  const deleted = header.subarray(4, 8).every(byte => byte === 0)
  const name = String.fromCharCode(...header.subarray(4)).replace(/\0.*$/s, '')
  return { offset, size, flags: word >>> 24, name, deleted }
}

/** The record at an offset; undefined: none, or none that fits. */
export function recordAt (bytes: Uint8Array, offset: number): StorageRecord | undefined {
  const record = headerAt(bytes, offset)
  return record && offset + RECORD_HEADER_SIZE + record.size <= bytes.length ? record : undefined
}

/** All records that the firmware finds, in order, trash included; where they break off it looks at the next page. */
export function storageRecords (bytes: Uint8Array): StorageRecord[] {
  const found: StorageRecord[] = []
  let offset = 0
  while (offset + RECORD_HEADER_SIZE <= bytes.length) {
    const record = recordAt(bytes, offset) ??
      recordAt(bytes, offset = (Math.floor(offset / PAGE_SIZE) + 1) * PAGE_SIZE)
    if (!record) break
    found.push(record)
    offset = recordEnd(record)
  }
  return found
}
