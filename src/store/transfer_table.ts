// Messages on their way in pieces, by the slot of who gets them: feature/transfer.ts. Between two pieces nothing else
// may be written, so what is written meanwhile is held here, in ranges of the pool: small ones, as the pool has room
// for a small one nearly always. The columns are here for messages to know who names them, and for senders to know what
// they must not break into. A range:
//
//   0  where the next one is, 0: nowhere, 2   2  bytes that it has, 2   4  bytes that it has room for, 2   6  the bytes
//
// Memory of a row with RECORDS_MAPPED: message 4, left 4, held 2 + 2 + 2 = 14 bytes, besides the pool's.
import { NONE, RECORDS_MAPPED, SLOTS_MAX } from '../limits'
import { memory } from '../memory'
import { poolAllocate, poolFree } from './byte_pool'
import { newLinks, newPlaces } from './columns'
import type { Column, Message, Offset, Slot } from '../kinds'

const ROWS = RECORDS_MAPPED ? SLOTS_MAX : 0
const SIZE_AT = 2
const ROOM_AT = 4
/** Bytes in front of those of a range. */
export const HELD_AT = 6
/** Answers are short: a range has room for some. With what stands in front of it, whole blocks of the pool. */
const ROOM_MIN = 122

/** The message that a connection is sent in pieces, of which the transfer is a holder; NONE: there is none. */
export const transferMessage: Column<Slot, Message> = RECORDS_MAPPED ? newPlaces(ROWS) : newLinks(ROWS)
/** Bytes of it, up to its end, that are not handed over. Its record may move meanwhile: where they lie follows. */
export const transferLeft: Column<Slot> = new Uint32Array(ROWS)
/** The first and the last range of what is written behind it; 0: nothing is. */
export const transferHeld: Column<Slot, Offset> = new Uint16Array(ROWS)
const lastHeld: Column<Slot, Offset> = new Uint16Array(ROWS)
/** How many bytes that is. */
export const transferHeldSize: Column<Slot> = new Uint16Array(ROWS)

function two(at: Offset): number {
  return memory[at] << 8 | memory[at + 1]
}

function twoSet(at: Offset, value: number): void {
  memory[at] = value >> 8
  memory[at + 1] = value
}

/** Bytes that a range has. */
export function heldSize(range: Offset): number {
  return two(range + SIZE_AT)
}

/**
 * Room for `size` bytes more behind a message, side by side, which the caller fills; `reserve` as in poolAllocate.
 * NONE: there is none.
 */
export function transferHold(slot: Slot, size: number, reserve: number): Offset {
  let range = lastHeld[slot]
  if (!range || heldSize(range) + size > two(range + ROOM_AT)) {
    range = rangeAdd(slot, Math.max(size, ROOM_MIN), reserve)
    if (range < 0) return NONE
  }
  const before = heldSize(range)
  twoSet(range + SIZE_AT, before + size)
  transferHeldSize[slot] += size
  return range + HELD_AT + before
}

function rangeAdd(slot: Slot, room: number, reserve: number): Offset {
  const range = poolAllocate(HELD_AT + room, reserve)
  if (range < 0) return NONE
  twoSet(range, 0)
  twoSet(range + SIZE_AT, 0)
  twoSet(range + ROOM_AT, room)
  if (lastHeld[slot]) twoSet(lastHeld[slot], range)
  else transferHeld[slot] = range
  return lastHeld[slot] = range
}

/** Frees the first range; the next one is the first then. */
export function heldRemove(slot: Slot): void {
  const range = transferHeld[slot]
  transferHeldSize[slot] -= heldSize(range)
  transferHeld[slot] = two(range)
  if (!transferHeld[slot]) lastHeld[slot] = 0
  poolFree(range, HELD_AT + two(range + ROOM_AT))
}
