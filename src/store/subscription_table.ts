// Subscriptions: a session, a Topic Filter, and the options. Each stands in two lists, its filter's and its
// session's, so that both a match and the end of a session find it without a search.
//
// Memory of a row on a board: session 1, filter 2, options 1, lists 8, retained 3, and 4 with 5.0 = 19 bytes.
import {
  FEATURE_HASH, FEATURE_INDEX, FEATURE_RETAINED, FEATURE_SHARED_SUBSCRIPTION, FEATURE_SUBSCRIPTION_IDENTIFIER,
  FEATURE_SYS_RETAINED, NONE, type Rows, SUBSCRIPTIONS_MAX, TABLES_GROW, newRows, rowsAtStart,
} from '../limits'
import { columnGrow, newFreeList, newLinks, newShortLinks } from './columns'
import { filterChosen, filterRelease, filterSubscriptionHead } from './filter_table'
import { treePin, treeUnpin } from './retained_index'
import { sessionRetainedHead, sessionRetainedTail, sessionSubscriptionHead } from './session_table'

const ROWS = rowsAtStart(SUBSCRIPTIONS_MAX)
/** Rows that subscription_walk.ts leaves alone. */
const INDEXED = FEATURE_INDEX ? ROWS : 0
export const SUBSCRIPTION_ROWS = ROWS

/** NONE: the row is free. */
export let subscriptionSession = newShortLinks(ROWS)
export let subscriptionFilter = newRows(INDEXED)
/** As in SUBSCRIBE: QoS in bits 0 and 1, No Local 4, Retain As Published 8, Retain Handling in bits 4 and 5. */
export let subscriptionOptions = new Uint8Array(ROWS)
/** Subscription Identifier, 0: none. */
export let subscriptionIdentifier = new Uint32Array(FEATURE_SUBSCRIPTION_IDENTIFIER ? ROWS : 0)
/**
 * Where sending of retained messages stands: the node to look at next, without an index the row; NONE: nothing is to be
 * sent.
 */
export let subscriptionRetainedAt = FEATURE_SYS_RETAINED
  ? newLinks(FEATURE_RETAINED ? ROWS : 0)
  : newShortLinks(FEATURE_RETAINED ? ROWS : 0)
/** The next subscription of the session that waits for retained messages. */
export let subscriptionRetainedNext = newRows(FEATURE_RETAINED ? INDEXED : 0)
/** The filter's next subscription; in a board's chains a byte, NONE being 255. */
export let subscriptionNext: Rows = newFreeList(
  FEATURE_INDEX ? newRows(ROWS) : new Uint8Array(FEATURE_HASH ? ROWS : 0), 0)
let before = newRows(INDEXED)
/** The session's next subscription. */
export let subscriptionSessionNext = newRows(INDEXED)
let sessionBefore = newRows(INDEXED)
let free = 0

export let subscriptionCount = 0
/** Goes up whenever a route may have changed: routes and express lanes of another epoch are void. */
export let routeEpoch = 0

/** A subscription more or less in the table of subscription_walk.ts. */
export function subscriptionCountAdd(change: number): void {
  subscriptionCount += change
}

/** Makes every route void. */
export function routesChanged(): void {
  routeEpoch++
}

/** The subscription of a session to a filter, or NONE. Walks both lists at once: it takes as long as the shorter. */
export function subscriptionFind(session: number, filter: number): number {
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

/** A new subscription, or NONE when there is no room. */
export function subscriptionAdd(session: number, filter: number): number {
  if (free < 0 && !(TABLES_GROW && subscriptionsGrow())) return NONE
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
  subscriptionCount++
  return row
}

/** Ends a subscription, and its filter's row with the last one. */
export function subscriptionRemove(row: number): void {
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
  filterRelease(filter)
  subscriptionNext[row] = free
  free = row
  subscriptionCount--
  routesChanged()
}

/** The subscription goes on from there. */
export function retainedStand(row: number, at: number): void {
  const former = subscriptionRetainedAt[row]
  subscriptionRetainedAt[row] = at
  if (!FEATURE_INDEX || former === at) return
  treePin(at)
  treeUnpin(former)
}

/**
 * Has the retained messages that match sent to the subscription, from the first. With an index those that wait are a
 * list in the order of SUBSCRIBE. A small table has no column for that: the session has the row that is being sent, and
 * those that wait for it stand at retained row 0, where the engine's own search finds them.
 */
export function retainedWaitAdd(row: number): void {
  const session = subscriptionSession[row]
  const isWaiting = subscriptionRetainedAt[row] >= 0
  retainedStand(row, 0)
  if (FEATURE_INDEX) {
    if (!isWaiting) waitAppend(session, row)
  } else if (sessionRetainedHead[session] < 0) sessionRetainedHead[session] = row
}

function waitAppend(session: number, row: number): void {
  subscriptionRetainedNext[row] = NONE
  if (sessionRetainedHead[session] < 0) sessionRetainedHead[session] = row
  else subscriptionRetainedNext[sessionRetainedTail[session]] = row
  sessionRetainedTail[session] = row
}

/** The subscription has its retained messages, or ends. */
export function retainedWaitRemove(session: number, row: number): void {
  retainedStand(row, NONE)
  if (FEATURE_INDEX) waitUnlink(session, row)
  else if (sessionRetainedHead[session] === row) sessionRetainedHead[session] = waitNext(session)
}

function waitUnlink(session: number, row: number): void {
  let previous = NONE
  for (let at = sessionRetainedHead[session]; at !== row; at = subscriptionRetainedNext[at]) previous = at
  const after = subscriptionRetainedNext[row]
  if (previous < 0) sessionRetainedHead[session] = after
  else subscriptionRetainedNext[previous] = after
  if (after < 0) sessionRetainedTail[session] = previous
}

function waitNext(session: number): number {
  let row = NONE
  do row = subscriptionRetainedAt.indexOf(0, row + 1)
  while (row >= 0 && subscriptionSession[row] !== session)
  return row
}

function subscriptionsGrow(): boolean {
  const rows = subscriptionSession.length
  const grown = Math.min(rows * 2, SUBSCRIPTIONS_MAX)
  if (grown === rows) return false
  subscriptionSession = columnGrow(subscriptionSession, grown)
  subscriptionFilter = columnGrow(subscriptionFilter, grown)
  subscriptionOptions = columnGrow(subscriptionOptions, grown)
  subscriptionIdentifier = columnGrow(subscriptionIdentifier, grown)
  subscriptionRetainedAt = columnGrow(subscriptionRetainedAt, grown)
  subscriptionRetainedNext = columnGrow(subscriptionRetainedNext, grown)
  subscriptionNext = newFreeList(columnGrow(subscriptionNext, grown), rows)
  before = columnGrow(before, grown)
  subscriptionSessionNext = columnGrow(subscriptionSessionNext, grown)
  sessionBefore = columnGrow(sessionBefore, grown)
  free = rows
  return true
}
