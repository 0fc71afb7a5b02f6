// Distinct Topic Filters, each with the list of its subscriptions: a filter's bytes are kept once however many
// clients have it. A shared subscription's filter includes its `$share/name/`, so that its row is the group.
//
// Memory of a row on a board: start 2, size 2, match 1, shape 1, hash 4, index 2, head 2 = 14 bytes (2 more with
// shared subscriptions), SUBSCRIPTIONS_MAX rows, and the filter's blocks in the pool.
import { portCopy, portEqual, portHash, portIndexOfWildcard } from 'runtime'
import {
  FEATURE_INDEX, FEATURE_SHARED_SUBSCRIPTION, FEATURE_SYS, NONE, POOL_BLOCKS_RX, SUBSCRIPTIONS_MAX, TABLES_GROW,
  headsFor, newOffsets, newRows, rowsAtStart,
} from '../limits'
import { topicIsHidden, topicMatches } from '../codec/topic'
import { poolAllocate, poolFree } from './byte_pool'
import { columnGrow, indexAdd, indexRebuild, indexRemove, newFreeList, newFreeRows, newLinks } from './columns'
import { shapeFind, shapeHash, shapeRelease, shapeTake } from './filter_shape'
import { walkedAdd, walkedCount, walkedHasRoom, walkedRemove } from './filter_walked'

const ALL_ROWS = rowsAtStart(SUBSCRIPTIONS_MAX)
const ROWS = FEATURE_INDEX ? ALL_ROWS : 0

export let filterStart = newOffsets(ALL_ROWS)
export let filterSize = newOffsets(ALL_ROWS)
/** Bytes of `$share/name/` before what is matched; 0: not shared. */
export let filterSkip = newOffsets(FEATURE_SHARED_SUBSCRIPTION ? ROWS : 0)
/** A row of filter_shape.ts, or one of the two below. */
export let filterShape = newRows(ROWS)
/** It has no wildcards. */
export const SHAPE_EXACT = -2
/** It is a row of filter_walked.ts. */
export const SHAPE_WALKED = -3
/** Under its shape; without one, of its bytes, `$share/name/` left out. */
export let filterHash = new Int32Array(ROWS)
/** The filter's first subscription. */
export let filterSubscriptionHead = newLinks(ROWS)
/** The member of the group that was chosen last: a subscription, or NONE. */
export let filterChosen = newLinks(FEATURE_SHARED_SUBSCRIPTION ? ROWS : 0)
let next = newFreeRows(ROWS)
let heads = newLinks(FEATURE_INDEX ? headsFor(ROWS) : 0)
let free = 0
/** Filters that begin with $, that of a shared subscription not counted. */
export let filterHiddenCount = 0

/** A filter that begins with $ more or less. */
export function filterHiddenAdd(change: number): void {
  filterHiddenCount += change
}

/** The first filter of the chain that a hash leads to; the others by filterChainNext. */
export function filterChain(hash: number): number {
  return heads[hash & heads.length - 1]
}

export function filterChainNext(row: number): number {
  return next[row]
}

/**
 * Whether a filter, without the `$share/name/` that it may have, matches a Topic Name; the rule for `$` is the
 * caller's.
 */
export function filterMatches(row: number, topicStart: number, topicSize: number): boolean {
  const skip = FEATURE_SHARED_SUBSCRIPTION ? filterSkip[row] : 0
  return topicMatches(filterStart[row] + skip, filterSize[row] - skip, topicStart, topicSize)
}

/**
 * The row of the filter that filterParse has just split, or NONE; `skip` of its bytes are `$share/name/`.
 */
export function filterFind(start: number, size: number, skip: number): number {
  if (filterIsExact(start + skip, size - skip)) return findIn(SHAPE_EXACT, start, size, skip)
  const shape = shapeFind()
  const row = shape < 0 ? NONE : findIn(shape, start, size, skip)
  return row < 0 && walkedCount ? findIn(SHAPE_WALKED, start, size, skip) : row
}

function filterIsExact(start: number, size: number): boolean {
  return portIndexOfWildcard(start, start + size) < 0
}

/** What filterHash has for the filter that filterParse has just split. */
function hashOf(shape: number, start: number, size: number, skip: number): number {
  return shape >= 0 ? shapeHash(shape) : portHash(start + skip, size - skip)
}

function findIn(shape: number, start: number, size: number, skip: number): number {
  const hash = hashOf(shape, start, size, skip)
  let row = filterChain(hash)
  while (row >= 0 && !(filterHash[row] === hash && filterShape[row] === shape && filterSize[row] === size
    && portEqual(filterStart[row], start, size))) row = next[row]
  return row
}

/**
 * The row of the filter that filterParse has just split, new for the session where there is none. NONE: there is no
 * room. A new row has no subscription: add one or call filterRelease.
 */
export function filterTake(session: number, start: number, size: number, skip: number): number {
  const row = filterFind(start, size, skip)
  if (row >= 0) return row
  let shape = SHAPE_EXACT
  if (!filterIsExact(start + skip, size - skip)) {
    shape = shapeTake(session)
    if (shape < 0) shape = walkedHasRoom(session) ? SHAPE_WALKED : NONE
  }
  return shape === NONE ? NONE : filterAdd(session, start, size, skip, shape)
}

function filterAdd(session: number, start: number, size: number, skip: number, shape: number): number {
  const isRoom = free >= 0 || TABLES_GROW && filtersGrow()
  const bytes = isRoom ? poolAllocate(size, POOL_BLOCKS_RX) : NONE
  if (bytes < 0) {
    if (shape >= 0) shapeRelease(shape)
    return NONE
  }
  portCopy(bytes, start, size)
  const row = free
  free = next[row]
  filterStart[row] = bytes
  filterSize[row] = size
  if (FEATURE_SHARED_SUBSCRIPTION) {
    filterSkip[row] = skip
    filterChosen[row] = NONE
  }
  if (FEATURE_SYS && topicIsHidden(bytes + skip)) filterHiddenAdd(1)
  filterShape[row] = shape
  filterHash[row] = hashOf(shape, start, size, skip)
  if (shape === SHAPE_WALKED) walkedAdd(session, row)
  indexAdd(heads, next, row, filterHash[row] & heads.length - 1)
  return row
}

/** Frees the row of a filter without subscriptions. */
export function filterRelease(row: number): void {
  if (filterSubscriptionHead[row] >= 0) return
  indexRemove(heads, next, row, filterHash[row] & heads.length - 1)
  if (filterShape[row] >= 0) shapeRelease(filterShape[row])
  else if (filterShape[row] === SHAPE_WALKED) walkedRemove(row)
  const skip = FEATURE_SHARED_SUBSCRIPTION ? filterSkip[row] : 0
  if (FEATURE_SYS && topicIsHidden(filterStart[row] + skip)) filterHiddenAdd(-1)
  poolFree(filterStart[row], filterSize[row])
  next[row] = free
  free = row
}

function filtersGrow(): boolean {
  const rows = filterHash.length
  const grown = Math.min(rows * 2, SUBSCRIPTIONS_MAX)
  if (grown === rows) return false
  filterStart = columnGrow(filterStart, grown)
  filterSize = columnGrow(filterSize, grown)
  filterSkip = columnGrow(filterSkip, grown)
  filterShape = columnGrow(filterShape, grown)
  filterHash = columnGrow(filterHash, grown)
  filterSubscriptionHead = columnGrow(filterSubscriptionHead, grown).fill(NONE, rows)
  filterChosen = columnGrow(filterChosen, grown).fill(NONE, rows)
  next = newFreeList(columnGrow(next, grown), rows)
  heads = indexRebuild(next, filterHash, rows)
  free = rows
  return true
}
