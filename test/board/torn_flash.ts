// The flash of a board whose power went while it was written or erased.
import { PAGE_SIZE } from '../../src/flash/layout'
import type { VirtualDriver } from '../../src/simulator/virtual_driver'
import type { Random } from '../model/random'

const WORD_SIZE = 4

/** A write to flash or an erase: where, and what was there then. */
export interface Change { address: number, bytes: Uint8Array }

/** What a flash was, and what is written to it since. */
export interface Recorded { base: Uint8Array, changes: Change[] }

/** Notes what is written to a board's flash from now on. */
export function recordChanges({ board: { flash } }: VirtualDriver): Recorded {
  const changes: Change[] = []
  flash.changed = (address, bytes) => { changes.push({ address, bytes: bytes.slice() }) }
  return { base: flash.bytes.slice(), changes }
}

const isErase = ({ address, bytes }: Change): boolean =>
  address % PAGE_SIZE === 0 && bytes.length === PAGE_SIZE && bytes.every((byte) => byte === 0xff)

/** Words after which the power may go within a change, the last one torn. */
export const wordsOf = (change: Change): number => isErase(change) ? 1 : change.bytes.length / WORD_SIZE

/** What a flash is where the power went behind so many words of a change, in the midst of the next. */
export function torn(before: Uint8Array, change: Change, words: number, random: Random): Uint8Array {
  const flash = before.slice()
  const { address, bytes } = change
  if (isErase(change)) {
    for (let at = 0; at < PAGE_SIZE; at++) flash[address + at] |= random.below(256)
    return flash
  }
  flash.set(bytes.subarray(0, words * WORD_SIZE), address)
  for (let at = words * WORD_SIZE; at < Math.min((words + 1) * WORD_SIZE, bytes.length); at++) {
    // Of the bits that were to be cleared some are.
    flash[address + at] &= bytes[at] | random.below(256)
  }
  return flash
}
