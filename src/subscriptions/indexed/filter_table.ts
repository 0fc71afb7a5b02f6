// Distinct Topic Filters, each with the list of its subscriptions: a filter's bytes are kept once however many
// clients have it. A shared subscription's filter includes its `$share/name/`, so that its row is the group.
//
// Memory of a row on a computer: start 4, size 4, shape 4, hash 4, index 4, head 4 = 24 bytes (8 more with shared
// subscriptions), and the filter's blocks in the pool.
import { portCopy, portEqual, portWanted, portHash, portIndexOfWildcard } from 'runtime'
import { sharedPrefixSize } from '../../codec/shared_filter'
import { topicIsHidden, topicMatches } from '../../codec/topic'
import {
  FEATURE_CLUSTERED, FEATURE_SHARED_SUBSCRIPTION, FEATURE_SYS, NONE, POOL_BLOCKS_RX, SUBSCRIPTIONS_MAX, TABLES_GROW,
  headsFor, newOffsets, newRows,
} from '../../limits'
import { poolAllocate, poolFree } from '../../store/byte_pool'
import {
  columnGrow, indexAdd, indexRebuild, indexRemove, newFreeList, newFreeRows, newLinks,
} from '../../store/columns'
import { SUBSCRIPTION_ROWS as ROWS, filterHiddenAdd } from '../rows'
import { shapeFind, shapeHash, shapeRelease, shapeTake } from './filter_shape'
import { walkedAdd, walkedCount, walkedHasRoom, walkedRemove } from './filter_walked'
import type { Column, Filter, Offset, Session, Subscription } from '../../kinds'

export let filterStart: Column<Filter, Offset> = newOffsets(ROWS)
export let filterSize: Column<Filter> = newOffsets(ROWS)
/** Bytes of `$share/name/` before what is matched; 0: not shared. */
export let filterSkip: Column<Filter> = newOffsets(FEATURE_SHARED_SUBSCRIPTION ? ROWS : 0)
/** A row of filter_shape.ts, or one of the two below. */
export let filterShape: Column<Filter> = newRows(ROWS)
/** It has no wildcards. */
export const SHAPE_EXACT = -2
/** It is a row of filter_walked.ts. */
export const SHAPE_WALKED = -3
/** Under its shape; without one, of its bytes, `$share/name/` left out. */
export let filterHash = new Int32Array(ROWS)
/** The filter's first subscription. */
export let filterSubscriptionHead: Column<Filter, Subscription> = newLinks(ROWS)
/** The member of the group that was chosen last: a subscription, or NONE. */
export let filterChosen: Column<Filter, Subscription> = newLinks(FEATURE_SHARED_SUBSCRIPTION ? ROWS : 0)
let next = newFreeRows(ROWS)
let heads = newLinks(headsFor(ROWS))
let free = 0
/** The first filter of the chain that a hash leads to; the others by filterChainNext. */
export function filterChain(hash: number): Filter {
  return heads[hash & heads.length - 1]
}

export function filterChainNext(row: Filter): Filter {
  return next[row]
}

/**
 * Whether a filter, without the `$share/name/` that it may have, matches a Topic Name; the rule for `$` is the
 * caller's.
 */
export function filterMatches(row: Filter, topicStart: Offset, topicSize: number): boolean {
  const skip = FEATURE_SHARED_SUBSCRIPTION ? filterSkip[row] : 0
  return topicMatches(filterStart[row] + skip, filterSize[row] - skip, topicStart, topicSize)
}

/** Bytes of the filter parsed last that are `$share/name/`. */
function skipOfParsed(): number {
  return FEATURE_SHARED_SUBSCRIPTION ? sharedPrefixSize : 0
}

/** The row of the filter parsed last, or NONE. */
export function filterFind(start: Offset, size: number): Filter {
  if (parsedIsExact(start, size)) return findIn(SHAPE_EXACT, start, size)
  const shape = shapeFind()
  const row = shape < 0 ? NONE : findIn(shape, start, size)
  return row < 0 && walkedCount ? findIn(SHAPE_WALKED, start, size) : row
}

function parsedIsExact(start: Offset, size: number): boolean {
  return portIndexOfWildcard(start + skipOfParsed(), start + size) < 0
}

/** What filterHash has for the filter parsed last. */
function hashOf(shape: number, start: Offset, size: number): number {
  return shape >= 0 ? shapeHash(shape) : portHash(start + skipOfParsed(), size - skipOfParsed())
}

function findIn(shape: number, start: Offset, size: number): Filter {
  const hash = hashOf(shape, start, size)
  let row = filterChain(hash)
  while (row >= 0 && !(filterHash[row] === hash && filterShape[row] === shape && filterSize[row] === size
    && portEqual(filterStart[row], start, size))) row = next[row]
  return row
}

/**
 * A new row for the filter parsed last, which filterFind has not found. NONE: there is no room. It has no subscription:
 * add one or call filterRelease.
 */
export function filterTake(session: Session, start: Offset, size: number): Filter {
  let shape = SHAPE_EXACT
  if (!parsedIsExact(start, size)) {
    shape = shapeTake(session)
    if (shape < 0) shape = walkedHasRoom(session) ? SHAPE_WALKED : NONE
  }
  return shape === NONE ? NONE : filterAdd(session, start, size, shape)
}

function filterAdd(session: Session, start: Offset, size: number, shape: number): Filter {
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
    filterSkip[row] = sharedPrefixSize
    filterChosen[row] = NONE
  }
  if (FEATURE_SYS && topicIsHidden(bytes + skipOfParsed())) filterHiddenAdd(1)
  filterShape[row] = shape
  filterHash[row] = hashOf(shape, start, size)
  if (shape === SHAPE_WALKED) walkedAdd(session, row)
  indexAdd(heads, next, row, filterHash[row] & heads.length - 1)
  if (FEATURE_CLUSTERED) portWanted(bytes, size, true)
  return row
}

/** Frees the row of a filter without subscriptions. */
export function filterRelease(row: Filter): void {
  if (filterSubscriptionHead[row] >= 0) return
  if (FEATURE_CLUSTERED) portWanted(filterStart[row], filterSize[row], false)
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
