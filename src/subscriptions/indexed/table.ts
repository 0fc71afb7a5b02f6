// Subscriptions of thousands: each stands in two lists, its filter's and its session's, so that both a match and the
// end of a session find it without a search. Those of a session that wait for retained messages are a list too, in the
// order of SUBSCRIBE.
//
// Memory of a row, besides rows.ts: five links and the filter, 24 bytes on a computer.
import {
  FEATURE_RECORDS, FEATURE_RETAINED, FEATURE_SHARED_SUBSCRIPTION, FEATURE_SYS_LOADS, NONE, SUBSCRIPTIONS_MAX,
  TABLES_GROW, newRows,
} from '../../limits'
import { columnGrow, newFreeList } from '../../store/columns'
import { MARK_SERVED, MARK_WAITING } from '../../records/record_kind'
import { recordForget, recordHasMark, recordMark } from '../../store/record'
import { sessionRetainedHead, sessionRetainedTail, sessionSubscriptionHead } from '../../store/session_table'
import {
  SUBSCRIPTION_ROWS, routesChanged, sharedCountAdd, subscriptionCountAdd, subscriptionRecord, subscriptionRetainedAt,
  subscriptionRowsGrow, subscriptionSession,
} from '../rows'
import {
  SHAPE_EXACT, filterChosen, filterFind, filterMatches, filterRelease, filterShape, filterSize, filterSkip, filterStart,
  filterSubscriptionHead, filterTake,
} from './filter_table'
import { treePin, treeUnpin } from './retained_index'
import type { Column, Filter, Offset, Session, Subscription } from '../../kinds'

export let subscriptionFilter: Column<Subscription, Filter> = newRows(SUBSCRIPTION_ROWS)
/** The next subscription of the session that waits for retained messages. */
let retainedNext: Column<Subscription, Subscription> = newRows(FEATURE_RETAINED ? SUBSCRIPTION_ROWS : 0)
/** The filter's next subscription. */
export let subscriptionNext: Column<Subscription, Subscription> = newFreeList(newRows(SUBSCRIPTION_ROWS), 0)
let before: Column<Subscription, Subscription> = newRows(SUBSCRIPTION_ROWS)
/** The session's next subscription. */
export let subscriptionSessionNext: Column<Subscription, Subscription> = newRows(SUBSCRIPTION_ROWS)
let sessionBefore: Column<Subscription, Subscription> = newRows(SUBSCRIPTION_ROWS)
let free = 0

/** The filter that subscriptionFind was asked for last, or NONE. */
let filterAsked: Filter = NONE

export function subscriptionFind(session: Session, start: Offset, size: number): Subscription {
  filterAsked = filterFind(start, size)
  return filterAsked < 0 ? NONE : findOf(session, filterAsked)
}

/** Walks both lists at once: it takes as long as the shorter. */
function findOf(session: Session, filter: Filter): Subscription {
  let ofFilter = filterSubscriptionHead[filter]
  let ofSession = sessionSubscriptionHead[session]
  while (ofFilter >= 0 && ofSession >= 0) {
    if (subscriptionSession[ofFilter] === session) return ofFilter
    if (subscriptionFilter[ofSession] === filter) return ofSession
    ofFilter = subscriptionNext[ofFilter]
    ofSession = subscriptionSessionNext[ofSession]
  }
  return NONE
}

export function subscriptionAdd(session: Session, start: Offset, size: number): Subscription {
  const filter = filterAsked < 0 ? filterTake(session, start, size) : filterAsked
  if (filter < 0) return NONE
  if (free < 0 && !(TABLES_GROW && subscriptionsGrow())) {
    filterRelease(filter)
    return NONE
  }
  const row = free
  free = subscriptionNext[row]
  subscriptionSession[row] = session
  subscriptionFilter[row] = filter
  if (FEATURE_RETAINED) subscriptionRetainedAt[row] = NONE
  before[row] = sessionBefore[row] = NONE
  const after = subscriptionNext[row] = filterSubscriptionHead[filter]
  if (after >= 0) before[after] = row
  filterSubscriptionHead[filter] = row
  const sessionAfter = subscriptionSessionNext[row] = sessionSubscriptionHead[session]
  if (sessionAfter >= 0) sessionBefore[sessionAfter] = row
  sessionSubscriptionHead[session] = row
  subscriptionCountAdd(1)
  if (FEATURE_SYS_LOADS && filterSkip[filter]) sharedCountAdd(1)
  return row
}

/** No filter is looked at. */
export const subscriptionAddPlain = (
  _session: Session, _hash: number, _at: Offset, _size: number, _options: number,
): number => 0

/** Ends a subscription, and its filter's row with the last one. */
export function subscriptionRemove(row: Subscription): void {
  if (FEATURE_RECORDS) recordForget(subscriptionRecord, row)
  const session = subscriptionSession[row]
  const filter = subscriptionFilter[row]
  const after = subscriptionNext[row]
  const sessionAfter = subscriptionSessionNext[row]
  if (FEATURE_RETAINED && subscriptionRetainedAt[row] >= 0) retainedWaitRemove(session, row)
  if (FEATURE_SHARED_SUBSCRIPTION && filterChosen[filter] === row) filterChosen[filter] = NONE
  if (after >= 0) before[after] = before[row]
  if (before[row] >= 0) subscriptionNext[before[row]] = after
  else filterSubscriptionHead[filter] = after
  if (sessionAfter >= 0) sessionBefore[sessionAfter] = sessionBefore[row]
  if (sessionBefore[row] >= 0) subscriptionSessionNext[sessionBefore[row]] = sessionAfter
  else sessionSubscriptionHead[session] = sessionAfter
  if (FEATURE_SYS_LOADS && filterSkip[filter]) sharedCountAdd(-1)
  filterRelease(filter)
  subscriptionNext[row] = free
  free = row
  subscriptionCountAdd(-1)
  routesChanged()
}

export function subscriptionOf(session: Session, row: Subscription): Subscription {
  return row < 0 ? sessionSubscriptionHead[session] : subscriptionSessionNext[row]
}

export function subscriptionFilterStart(row: Subscription): Offset {
  return filterStart[subscriptionFilter[row]]
}

export function subscriptionFilterSize(row: Subscription): number {
  return filterSize[subscriptionFilter[row]]
}

export function subscriptionIsExact(row: Subscription): boolean {
  return filterShape[subscriptionFilter[row]] === SHAPE_EXACT
}

export function subscriptionMatches(row: Subscription, topicStart: Offset, topicSize: number): boolean {
  return filterMatches(subscriptionFilter[row], topicStart, topicSize)
}

/** `at` is the node to look at next; NONE: nothing is to be sent. */
export function retainedStand(row: Subscription, at: number): void {
  const former = subscriptionRetainedAt[row]
  subscriptionRetainedAt[row] = at
  if (former === at) return
  treePin(at)
  treeUnpin(former)
}

export function retainedWaitAdd(row: Subscription): void {
  const isWaiting = subscriptionRetainedAt[row] >= 0
  retainedStand(row, 0)
  if (isWaiting) return
  const session = subscriptionSession[row]
  retainedNext[row] = NONE
  if (sessionRetainedHead[session] < 0) sessionRetainedHead[session] = row
  else retainedNext[sessionRetainedTail[session]] = row
  sessionRetainedTail[session] = row
}

export function retainedWaitRemove(session: Session, row: Subscription): void {
  if (FEATURE_RECORDS && recordHasMark(subscriptionRecord, row, MARK_WAITING)) {
    recordMark(subscriptionRecord, row, MARK_SERVED)
  }
  retainedStand(row, NONE)
  let previous = NONE
  for (let at = sessionRetainedHead[session]; at !== row; at = retainedNext[at]) previous = at
  const after = retainedNext[row]
  if (previous < 0) sessionRetainedHead[session] = after
  else retainedNext[previous] = after
  if (after < 0) sessionRetainedTail[session] = previous
}

function subscriptionsGrow(): boolean {
  const rows = subscriptionFilter.length
  const grown = Math.min(rows * 2, SUBSCRIPTIONS_MAX)
  if (grown === rows) return false
  subscriptionRowsGrow(grown)
  subscriptionFilter = columnGrow(subscriptionFilter, grown)
  retainedNext = columnGrow(retainedNext, grown)
  subscriptionNext = newFreeList(columnGrow(subscriptionNext, grown), rows)
  before = columnGrow(before, grown)
  subscriptionSessionNext = columnGrow(subscriptionSessionNext, grown)
  sessionBefore = columnGrow(sessionBefore, grown)
  free = rows
  return true
}
