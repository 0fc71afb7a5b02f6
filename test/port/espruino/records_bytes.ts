// What the records of a test are made of.
import { FIRST_SIZE, MORE_SIZE } from '../../../src/flash/record_format'
import * as store from '../../../src/port/espruino/records'
import { SECTOR_SIZE, SECTORS_START } from './records_flash'
import type { RecordsWorld } from './records_world'

/** Bytes that begin with the record's number. */
export function bytesOf (one: RecordsWorld, id: number, size: number): Buffer {
  const bytes = Buffer.alloc(Math.max(4, size))
  for (let i = 4; i < bytes.length; i++) bytes[i] = one.below(4) ? one.below(256) : 255
  // Where a large one goes on in another sector it may look like one that has a head.
  for (let at = FIRST_SIZE; at < bytes.length && one.below(2); at += MORE_SIZE) {
    const from = SECTORS_START + one.below(store.sectorCount) * SECTOR_SIZE
    bytes.set(one.flash.bytes.subarray(from, from + Math.min(MORE_SIZE, bytes.length - at)), at)
  }
  bytes.writeUInt32LE(id)
  return bytes
}
