// Subscriptions of a board, in one table: a row is a session and a Topic Filter with its options. With FEATURE_HASH a
// filter without wildcards stands in the chain that its hash leads to, and the others in a chain of their own, which a
// topic walks; without it whoever looks for a row walks them all.
//
// Where records can be read (RECORDS_MAPPED) the filter of a session that lasts lies in the subscription's record, and
// so do those that the pool has no room for: a row's place is its record's name, or in the pool, where the filter's
// size stands in front of it.
//
// Memory of a row, besides rows.ts: filter 5, chain 1 = 6 bytes, the filter's blocks in the pool, and a byte for each
// of the 129 chains. With more than 254 rows a chain takes 2. With RECORDS_MAPPED a filter takes 1.
import { portCopy, portEqual, portFilterGather, portRecordsWrite } from 'runtime'
import { byteAt } from '../../codec/byte'
import { filterHash, filterIsHidden, filterPlainSize, topicIsHidden, topicMatches } from '../../codec/topic'
import {
  FEATURE_HASH, FEATURE_RECORDS, FEATURE_RETAINED, FEATURE_SYS, FILTERS_LOOKED_AT, FLASH_AT, NONE, PLACE_SIZE,
  POOL_BLOCKS_RX, POOL_BLOCKS_UNRECORDED, RECORDS_MAPPED, type Rows,
  SUBSCRIPTIONS_MAX, newOffsets,
} from '../../limits'
import { memory } from '../../memory'
import { retainedCount } from 'messages/retained_table'
import { poolAllocate, poolFree } from '../../store/byte_pool'
import { indexAdd, newRestoredList } from '../../store/columns'
import { FILTER_AT, MARK_SERVED, MARK_WAITING } from '../../records/record_kind'
import { recordForget, recordHasMark, recordMark, recordsAreKept } from '../../store/record'
import { sessionRecord, sessionRetainedAt, sessionRetainedHead } from '../../store/session_table'
import {
  FILTER_SIZE_SIZE, SUBSCRIPTION_ROWS, filterHiddenAdd, filterIsRecorded, routesChanged, subscriptionCountAdd,
  subscriptionOptions, subscriptionRecord, subscriptionRetainedAt, subscriptionSession,
} from '../rows'
import type { Column, Offset, RecordName, Session, Subscription } from '../../kinds'

/** Rows of more than 8 bits. */
const IS_LARGE = SUBSCRIPTIONS_MAX > 254
/** What ends a chain. */
export const END = FEATURE_HASH ? IS_LARGE ? 0xffff : 255 : NONE
/**
 * Chains of filters without wildcards, by the hash of the filter, and of the topics that equal it; the one behind them
 * is of filters with.
 */
export const CHAINS = 128

/** With RECORDS_MAPPED four more that are kept with them: kept.ts. */
export const heads = FEATURE_HASH ? newRowNumbers(CHAINS + (RECORDS_MAPPED ? 5 : 1)).fill(END) : newRowNumbers(0)
/** The chain's next row, or END. */
export const subscriptionNext = newRestoredList(newRowNumbers(FEATURE_HASH ? SUBSCRIPTION_ROWS : 0))
let free = FEATURE_HASH ? 0 : NONE

function newRowNumbers(count: number): Rows {
  return IS_LARGE ? new Uint16Array(count) as unknown as Rows : new Uint8Array(count)
}

/** Where it lies in the pool; with RECORDS_MAPPED subscriptionRecord has its place. */
const filterStart: Column<Subscription, Offset> = newOffsets(RECORDS_MAPPED ? 0 : SUBSCRIPTION_ROWS)
const filterSize: Column<Subscription> = newOffsets(RECORDS_MAPPED ? 0 : SUBSCRIPTION_ROWS)
/**
 * Bytes before the level of a filter's first wildcard, its slash not counted: they are compared before the levels. With
 * FEATURE_HASH at the most 127, and from WALK_EXACT on it has no wildcard and these are seven bits of its hash, which
 * spare most comparisons; else at the most 254, and WALK_EXACT: there is none.
 */
export const walkPlainSize = new Uint8Array(SUBSCRIPTION_ROWS)
export const WALK_EXACT = FEATURE_HASH ? 128 : 255

export function subscriptionFind(session: Session, start: Offset, size: number): Subscription {
  const key = filterHash >> 8
  let row = FEATURE_HASH ? heads[filterHash & 255] : SUBSCRIPTION_ROWS - 1
  while (row !== END && !((!FILTERS_LOOKED_AT || walkPlainSize[row] === key)
    && subscriptionSession[row] === session && (!RECORDS_MAPPED || portRecordsWrite())
    && subscriptionFilterSize(row) === size && portEqual(subscriptionFilterStart(row), start, size))) {
    row = FEATURE_HASH ? subscriptionNext[row] : row - 1
  }
  return FEATURE_HASH && row === END ? NONE : row
}

export function subscriptionAdd(session: Session, start: Offset, size: number): Subscription {
  const row = FEATURE_HASH ? free : subscriptionSession.indexOf(NONE)
  if (row === END) return NONE
  const bytes = filterIsRecorded(session, size) ? 0 : filterStore(start, size)
  if (bytes < 0) return NONE
  if (FEATURE_HASH) {
    free = subscriptionNext[row]
    indexAdd(heads, subscriptionNext, row, filterHash & 255)
  }
  subscriptionSession[row] = session
  if (RECORDS_MAPPED) subscriptionRecord[row] = bytes / PLACE_SIZE
  else {
    filterStart[row] = bytes
    filterSize[row] = size
  }
  walkPlainSize[row] = FEATURE_HASH ? filterHash >> 8
    : filterPlainSize === size ? WALK_EXACT : Math.min(filterPlainSize, WALK_EXACT - 1)
  if (FEATURE_SYS) {
    subscriptionCountAdd(1)
    if (filterIsHidden) filterHiddenAdd(1)
  }
  return row
}

/**
 * Every filter of a SUBSCRIBE comes through this, which the build puts into its only call.
 */
export function subscriptionAddPlain(
  session: Session, hash: number, at: Offset, size: number, options: number,
): RecordName {
  const key = hash >> 8 | WALK_EXACT
  const head = hash & CHAINS - 1
  const added = free
  const first = heads[head]
  let row = first
  while (row !== END && (walkPlainSize[row] !== key || subscriptionSession[row] !== session)) {
    row = subscriptionNext[row]
  }
  let place: RecordName = 0
  if (row === END && added !== END) place = portFilterGather(at, size)
  if (place) {
    free = subscriptionNext[added]
    subscriptionNext[added] = first
    heads[head] = added
    walkPlainSize[added] = key
    subscriptionSession[added] = session
    subscriptionRecord[added] = place
    subscriptionOptions[added] = options
    if (FEATURE_SYS) subscriptionCountAdd(1)
    if (FEATURE_RETAINED && retainedCount) retainedWaitAdd(added)
  }
  return place
}

/** Copies a filter into the pool; 0: it will lie in a record all the same; NONE: there is no room. */
function filterStore(start: Offset, size: number): Offset {
  const mayBeRecorded = RECORDS_MAPPED && recordsAreKept
  const bytes = poolAllocate(size + FILTER_SIZE_SIZE, mayBeRecorded ? POOL_BLOCKS_UNRECORDED : POOL_BLOCKS_RX)
  if (bytes < 0) return mayBeRecorded ? 0 : NONE
  if (RECORDS_MAPPED) {
    memory[bytes] = size >> 8
    memory[bytes + 1] = size
  }
  portCopy(bytes + FILTER_SIZE_SIZE, start, size)
  return bytes
}

export function subscriptionRemove(row: Subscription): void {
  const start = RECORDS_MAPPED ? subscriptionRecord[row] * PLACE_SIZE : filterStart[row]
  if (FEATURE_RETAINED && subscriptionRetainedAt[row] >= 0) retainedWaitRemove(subscriptionSession[row], row)
  if (FEATURE_SYS) {
    subscriptionCountAdd(-1)
    // What has no place yet was just added, and there is no room for it.
    const isHidden = RECORDS_MAPPED && !start ? filterIsHidden : topicIsHidden(subscriptionFilterStart(row))
    if (isHidden) filterHiddenAdd(-1)
  }
  if (FEATURE_HASH) subscriptionUnchain(row)
  if (!RECORDS_MAPPED || start && start < FLASH_AT) poolFree(start, subscriptionFilterSize(row) + FILTER_SIZE_SIZE)
  if (FEATURE_RECORDS && !(RECORDS_MAPPED && start < FLASH_AT)) recordForget(subscriptionRecord, row)
  subscriptionSession[row] = NONE
  routesChanged()
}

/** Takes a row out of its chain, in which one row is in front of it, or a head: it is free. */
export function subscriptionUnchain(row: Subscription): void {
  const first = heads.indexOf(row)
  if (first >= 0 && first <= CHAINS) heads[first] = subscriptionNext[row]
  else subscriptionNext[subscriptionNext.indexOf(row)] = subscriptionNext[row]
  subscriptionNext[row] = free
  free = row
}

/** The first row that is free; and which is, where others say so. */
export const subscriptionFree = (): number => free

export function subscriptionFreeSet(row: number): void {
  free = row
}

export function subscriptionOf(session: Session, row: Subscription): Subscription {
  const next = row + 1
  // Those of one SUBSCRIBE lie side by side, and the engine's search goes through all that is in front of them.
  return subscriptionSession[next] === session ? next : subscriptionSession.indexOf(session, next)
}

export function subscriptionFilterStart(row: Subscription): Offset {
  if (!RECORDS_MAPPED) return filterStart[row]
  return filterSizeAt(row) + FILTER_SIZE_SIZE
}

/** Where a filter's size stands, in front of it. */
function filterSizeAt(row: Subscription): Offset {
  const start = subscriptionRecord[row] * PLACE_SIZE
  return start < FLASH_AT ? start : start + FILTER_AT - FILTER_SIZE_SIZE
}

export function subscriptionFilterSize(row: Subscription): number {
  if (!RECORDS_MAPPED) return filterSize[row]
  const at = filterSizeAt(row)
  return byteAt(at) << 8 | byteAt(at + 1)
}

export function subscriptionIsExact(row: Subscription): boolean {
  return walkPlainSize[row] >= WALK_EXACT
}

export function subscriptionMatches(row: Subscription, topicStart: Offset, topicSize: number): boolean {
  return topicMatches(subscriptionFilterStart(row), subscriptionFilterSize(row), topicStart, topicSize)
}

/** `at` is 0, SYS_AT or above; NONE: nothing is to be sent. */
export function retainedStand(row: Subscription, at: number): void {
  subscriptionRetainedAt[row] = at
}

/**
 * A small table has no column for a list: the session has the row that is served, and how far it has come, and those
 * that wait for it stand at 0, where the engine's own search finds them.
 */
export function retainedWaitAdd(row: Subscription): void {
  const session = subscriptionSession[row]
  retainedStand(row, 0)
  const head = sessionRetainedHead[session]
  if (head < 0 || head === row) retainedHeadSet(session, row)
}

/** The subscription that is served next, from the first retained message on; NONE: none waits. */
function retainedHeadSet(session: Session, row: Subscription): void {
  sessionRetainedHead[session] = row
  sessionRetainedAt[session] = 0
}

export function retainedWaitRemove(session: Session, row: Subscription): void {
  if (FEATURE_RECORDS && sessionRecord[session] && recordHasMark(subscriptionRecord, row, MARK_WAITING)) {
    recordMark(subscriptionRecord, row, MARK_SERVED)
  }
  retainedStand(row, NONE)
  if (sessionRetainedHead[session] === row) retainedHeadSet(session, waitNext(session))
}

function waitNext(session: Session): Subscription {
  let row = NONE
  do row = subscriptionRetainedAt.indexOf(0, row + 1)
  while (row >= 0 && subscriptionSession[row] !== session)
  return row
}
