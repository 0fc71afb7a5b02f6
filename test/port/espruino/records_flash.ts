// The flash of a board with an empty store, and chance that can be repeated.

import { STORAGE_START } from '../../../src/flash/layout'
import { RECORDS_FILE } from '../../../src/flash/records_file'
import { recordHeader } from '../../../src/flash/storage_record'
import { FlashMemory } from '../../../src/simulator/flash_memory'

export const SECTOR_SIZE = 4_096
/** Address of the first sector. */
export const SECTORS_START = STORAGE_START + SECTOR_SIZE

/** Where a run of all tests begins. */
export const STORE_SEED_IN_CI = 1

export type Random = () => number

/** xorshift32: repeatable, and never 0. */
export function randomOf (seed: number): Random {
  let state = seed * 2_654_435_761 | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** A flash with an empty midge.db of so many sectors as its first file, or with these bytes in it. */
export function flashOf (sectors: number, fill?: (bytes: Uint8Array) => void): FlashMemory {
  const flash = new FlashMemory()
  const size = (sectors + 1) * SECTOR_SIZE - 32
  flash.bytes.set(recordHeader(RECORDS_FILE, size), STORAGE_START)
  fill?.(flash.bytes.subarray(STORAGE_START + 32, STORAGE_START + 32 + size))
  return flash
}
