// What the firmware makes of its Storage when it starts: jsfIsBankStorageValid in Espruino's src/jsflash.c.

import { PAGE_SIZE, STORAGE_SIZE } from '../../src/flash/layout'
import { RECORD_HEADER_SIZE, recordAligned } from '../../src/flash/storage_record'

/** The size that a header tells; undefined: none is there. */
function sizeAt (storage: Uint8Array, at: number): number | undefined {
  const word = new DataView(storage.buffer, storage.byteOffset).getUint32(at, true)
  const size = word & 0xff_ffff
  return word === 0xffff_ffff || at + RECORD_HEADER_SIZE + size >= STORAGE_SIZE ? undefined : size
}

/** Whether the firmware takes Storage for corrupt, and erases all of it. */
export function isErasedAtStart (storage: Uint8Array): boolean {
  const isErased = (from: number, to: number): boolean => storage.subarray(from, to).every(byte => byte === 0xff)
  let at = 0
  for (let size = sizeAt(storage, at); size !== undefined; size = sizeAt(storage, at)) {
    at = recordAligned(at + RECORD_HEADER_SIZE + size)
    if (at + RECORD_HEADER_SIZE > STORAGE_SIZE) return false
    if (sizeAt(storage, at) !== undefined) continue
    // Files may begin with the next page.
    const page = (Math.floor(at / PAGE_SIZE) + 1) * PAGE_SIZE
    if (page < STORAGE_SIZE) at = page
  }
  return !isErased(at, at === 0 ? STORAGE_SIZE : at + RECORD_HEADER_SIZE)
}
