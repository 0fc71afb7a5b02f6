// Subscriptions of a board, in one table: a row is a session and a Topic Filter with its options. With FEATURE_HASH a
// filter without wildcards stands in the chain that its hash leads to, and the others in a chain of their own, which a
// topic walks; without it whoever looks for a row walks them all.
//
// Memory of a row, besides rows.ts: filter 5, chain 1 = 6 bytes, the filter's blocks in the pool, and a byte for each
// of the 129 chains.
import { portCopy, portEqual, portHash } from 'runtime'
import { filterIsHidden, filterPlainSize, topicIsHidden, topicMatches } from '../../codec/topic'
import {
  FEATURE_HASH, FEATURE_RECORDS, FEATURE_RETAINED, FEATURE_SYS, NONE, POOL_BLOCKS_RX, type Rows, newOffsets,
} from '../../limits'
import { poolAllocate, poolFree } from '../../store/byte_pool'
import { indexAdd, indexRemove, newFreeList } from '../../store/columns'
import { MARK_SERVED, MARK_WAITING } from '../../records/record_kind'
import { recordForget, recordHasMark, recordMark } from '../../store/record'
import { sessionRetainedHead } from '../../store/session_table'
import {
  SUBSCRIPTION_ROWS, filterHiddenAdd, routesChanged, subscriptionCountAdd, subscriptionRecord, subscriptionRetainedAt,
  subscriptionSession,
} from '../rows'
import type { Column, Offset, Session, Subscription } from '../../kinds'

/** What ends a chain. */
export const END = FEATURE_HASH ? 255 : NONE
/**
 * Chains of filters without wildcards, by the hash of the filter, and of the topics that equal it; the one behind them
 * is of filters with.
 */
export const CHAINS = 128

export const heads = FEATURE_HASH ? new Uint8Array(CHAINS + 1).fill(END) : new Uint8Array(0)
/** The chain's next row; NONE is 255. */
export const subscriptionNext: Rows = newFreeList(new Uint8Array(FEATURE_HASH ? SUBSCRIPTION_ROWS : 0), 0)
let free = FEATURE_HASH ? 0 : NONE

export const filterStart: Column<Subscription, Offset> = newOffsets(SUBSCRIPTION_ROWS)
export const filterSize: Column<Subscription> = newOffsets(SUBSCRIPTION_ROWS)
/**
 * Bytes before the level of a filter's first wildcard, its slash not counted, at the most 254: they are compared before
 * the levels. WALK_EXACT: there is none.
 */
export const walkPlainSize = new Uint8Array(SUBSCRIPTION_ROWS)
export const WALK_EXACT = 255

/** The chain that subscriptionFind has looked at last. */
let chain = 0

export function subscriptionFind(session: Session, start: Offset, size: number): Subscription {
  if (FEATURE_HASH) chain = filterPlainSize === size ? portHash(start, size) & CHAINS - 1 : CHAINS
  let row = FEATURE_HASH ? heads[chain] : SUBSCRIPTION_ROWS - 1
  while (row !== END && !(subscriptionSession[row] === session && filterSize[row] === size
    && portEqual(filterStart[row], start, size))) row = FEATURE_HASH ? subscriptionNext[row] : row - 1
  return FEATURE_HASH && row === END ? NONE : row
}

export function subscriptionAdd(session: Session, start: Offset, size: number): Subscription {
  const row = FEATURE_HASH ? free : subscriptionSession.indexOf(NONE)
  const bytes = row === END ? NONE : poolAllocate(size, POOL_BLOCKS_RX)
  if (bytes < 0) return NONE
  portCopy(bytes, start, size)
  if (FEATURE_HASH) {
    free = subscriptionNext[row]
    indexAdd(heads, subscriptionNext, row, chain)
  }
  subscriptionSession[row] = session
  filterStart[row] = bytes
  filterSize[row] = size
  walkPlainSize[row] = filterPlainSize === size ? WALK_EXACT : Math.min(filterPlainSize, WALK_EXACT - 1)
  if (FEATURE_SYS) {
    subscriptionCountAdd(1)
    if (filterIsHidden) filterHiddenAdd(1)
  }
  return row
}

export function subscriptionRemove(row: Subscription): void {
  if (FEATURE_RECORDS) recordForget(subscriptionRecord, row)
  if (FEATURE_RETAINED && subscriptionRetainedAt[row] >= 0) retainedWaitRemove(subscriptionSession[row], row)
  if (FEATURE_SYS) {
    subscriptionCountAdd(-1)
    if (topicIsHidden(filterStart[row])) filterHiddenAdd(-1)
  }
  if (FEATURE_HASH) {
    const isExact = walkPlainSize[row] === WALK_EXACT
    const rowChain = isExact ? portHash(filterStart[row], filterSize[row]) & CHAINS - 1 : CHAINS
    indexRemove(heads, subscriptionNext, row, rowChain)
    subscriptionNext[row] = free
    free = row
  }
  poolFree(filterStart[row], filterSize[row])
  subscriptionSession[row] = NONE
  routesChanged()
}

export function subscriptionOf(session: Session, row: Subscription): Subscription {
  return subscriptionSession.indexOf(session, row + 1)
}

export function subscriptionsEnd(session: Session): void {
  for (let row = 0; row < SUBSCRIPTION_ROWS; row++) if (subscriptionSession[row] === session) subscriptionRemove(row)
}

export function subscriptionFilterStart(row: Subscription): Offset {
  return filterStart[row]
}

export function subscriptionFilterSize(row: Subscription): number {
  return filterSize[row]
}

export function subscriptionIsExact(row: Subscription): boolean {
  return walkPlainSize[row] === WALK_EXACT
}

export function subscriptionMatches(row: Subscription, topicStart: Offset, topicSize: number): boolean {
  return topicMatches(filterStart[row], filterSize[row], topicStart, topicSize)
}

/** `at` is the retained row to look at next; NONE: nothing is to be sent. */
export function retainedStand(row: Subscription, at: number): void {
  subscriptionRetainedAt[row] = at
}

/**
 * A small table has no column for a list: the session has the row that is being sent, and those that wait for it stand
 * at retained row 0, where the engine's own search finds them.
 */
export function retainedWaitAdd(row: Subscription): void {
  const session = subscriptionSession[row]
  retainedStand(row, 0)
  if (sessionRetainedHead[session] < 0) sessionRetainedHead[session] = row
}

export function retainedWaitRemove(session: Session, row: Subscription): void {
  if (FEATURE_RECORDS && recordHasMark(subscriptionRecord, row, MARK_WAITING)) {
    recordMark(subscriptionRecord, row, MARK_SERVED)
  }
  retainedStand(row, NONE)
  if (sessionRetainedHead[session] === row) sessionRetainedHead[session] = waitNext(session)
}

function waitNext(session: Session): Subscription {
  let row = NONE
  do row = subscriptionRetainedAt.indexOf(0, row + 1)
  while (row >= 0 && subscriptionSession[row] !== session)
  return row
}
