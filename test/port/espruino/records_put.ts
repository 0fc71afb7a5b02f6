// How records of given bytes come into a store: whole, in pieces, or as filters of a SUBSCRIBE.
import { POOL_AT, RECORD_HEAD_AT } from '../../../src/limits'
import { memory } from '../../../src/memory'
import { bytesAt } from '../../../src/port/espruino/address'
import * as store from '../../../src/port/espruino/records'
import { FILTER_STATE } from '../../../src/records/record_kind'
import type { Random } from './records_flash'
import type { Kept } from './records_walk'

/** Bytes of a record's first part, at the most. */
const HEAD_SIZE_MAX = 60
/** Where the others lie in memory before they are written. */
export const BODY_AT = POOL_AT + HEAD_SIZE_MAX

const below = (random: Random, end: number): number => Math.floor(random() * end)

/** A filter, which is written with those that follow: its unit, or -1. */
export function filterPut (bytes: Uint8Array): number {
  memory.set([255, 255, 255, FILTER_STATE, 0, 0, 0, 0], RECORD_HEAD_AT)
  memory.set([bytes.length >> 8, bytes.length & 255, ...bytes, 0], BODY_AT)
  const name = store.filterGather(BODY_AT, bytes.length)
  return name ? name - store.FIRST : -1
}

/** A record of two parts. */
export function wholePut ({ kind, bytes }: Kept, random: Random): number {
  const headSize = below(random, Math.min(HEAD_SIZE_MAX, bytes.length))
  memory.set(bytes.subarray(0, headSize), RECORD_HEAD_AT)
  memory.set(bytes.subarray(headSize), BODY_AT)
  return store.recordAdd(kind, RECORD_HEAD_AT, headSize, BODY_AT, bytes.length - headSize)
}

/** A record that comes in pieces; `makeRoom` is called before each, as a board does before it handles what has come. */
export function piecesPut ({ kind, bytes }: Kept, random: Random, makeRoom: () => void): number {
  makeRoom()
  const unit = store.recordReserve(kind, bytes.length)
  if (unit < 0) return unit
  for (let at = 0; at < bytes.length;) {
    const size = Math.min(1 + below(random, 1_400), bytes.length - at)
    memory.set(bytes.subarray(at, at + size), BODY_AT)
    makeRoom()
    if (!store.recordFill(unit, at, bytesAt(BODY_AT, size), size)) break
    at += size
    if (at === bytes.length && store.recordCommit(unit)) return unit
  }
  store.recordChange(unit, store.GONE)
  return -1
}
