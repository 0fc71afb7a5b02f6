// Subscriptions for a board without FEATURE_INDEX, in one table: a row is a session and a Topic Filter with its
// options. With FEATURE_HASH a filter without wildcards stands in the chain that its hash leads to, and the others in
// a chain of their own, which a topic walks; without it whoever looks for a row walks them all.
// The columns are those of subscription_table.ts and filter_table.ts, whose rows are the same here.
//
// Memory of a row: session 1, filter 5, options 1, chain 1, retained 1 = 9 bytes, the filter's blocks in the pool, and
// a byte for each of the 129 chains.
import { portCopy, portEqual, portHash } from 'runtime'
import { filterIsHidden, filterPlainSize, topicIsHidden, topicMatches } from '../codec/topic'
import {
  FEATURE_HASH, FEATURE_INDEX, FEATURE_MQTT5, FEATURE_RETAINED, FEATURE_SYS, NONE, POOL_BLOCKS_RX,
} from '../limits'
import { poolAllocate, poolFree } from './byte_pool'
import { indexAdd, indexRemove } from './columns'
import { filterHiddenAdd, filterSize, filterStart } from './filter_table'
import { sessionTarget } from './session_table'
import {
  SUBSCRIPTION_ROWS, retainedWaitRemove, routesChanged, subscriptionCountAdd, subscriptionNext, subscriptionOptions,
  subscriptionRetainedAt, subscriptionSession,
} from './subscription_table'

const ROWS = FEATURE_INDEX ? 0 : SUBSCRIPTION_ROWS
/** What ends a chain. */
const END = FEATURE_HASH ? 255 : NONE
/**
 * Chains of filters without wildcards, by the hash of the filter, and of the topics that equal it; the one behind them
 * is of filters with.
 */
const CHAINS = 128

const heads = FEATURE_INDEX || !FEATURE_HASH ? new Uint8Array(0) : new Uint8Array(CHAINS + 1).fill(END)
let free = FEATURE_HASH ? 0 : NONE

const NO_LOCAL = 4
const RETAIN_AS_PUBLISHED = 8
/** In a mark of sessionTarget, beside the QoS and Retain As Published: the session gets the message. */
const MARKED = 16

// Life: until the next walkMatch, at most to the end of the call into the core (walkOver).
/** Sessions that walkMatch has marked. */
export let walkTargets = 0
/** The highest QoS of their marks. */
export let walkQos = 0

/**
 * Bytes before the level of a filter's first wildcard, its slash not counted, at the most 254: they are compared before
 * the levels. WALK_EXACT: there is none.
 */
export const walkPlainSize = new Uint8Array(FEATURE_INDEX ? 0 : ROWS)
export const WALK_EXACT = 255

/** The chain that walkFind has looked at last. */
let chain = 0

/** The row of a session's subscription to the filter parsed last, or NONE. */
export function walkFind(session: number, start: number, size: number): number {
  if (FEATURE_HASH) chain = filterPlainSize === size ? portHash(start, size) & CHAINS - 1 : CHAINS
  let row = FEATURE_HASH ? heads[chain] : ROWS - 1
  while (row !== END && !(subscriptionSession[row] === session && filterSize[row] === size
    && portEqual(filterStart[row], start, size))) row = FEATURE_HASH ? subscriptionNext[row] : row - 1
  return FEATURE_HASH && row === END ? NONE : row
}

/** A new subscription to a filter that walkFind has just not found, or NONE: there is no room. */
export function walkAdd(session: number, start: number, size: number): number {
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

export function walkRemove(row: number): void {
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

/** Ends all subscriptions of a session. */
export function walkRemoveAll(session: number): void {
  for (let row = 0; row < ROWS; row++) if (subscriptionSession[row] === session) walkRemove(row)
}

/**
 * Marks in sessionTarget who gets a topic that `publisher` sends: 0 nobody, else the highest QoS of the session's
 * subscriptions, MARKED, and Retain As Published. [MQTT-3.3.4-2]
 */
export function walkMatch(publisher: number, topicStart: number, topicSize: number): void {
  walkTargets = walkQos = 0
  sessionTarget.fill(0)
  if (FEATURE_HASH) {
    mark(heads[portHash(topicStart, topicSize) & CHAINS - 1], publisher, topicStart, topicSize)
    mark(heads[CHAINS], publisher, topicStart, topicSize)
  } else mark(ROWS - 1, publisher, topicStart, topicSize)
}

function matches(row: number, topicStart: number, topicSize: number): boolean {
  const plain = walkPlainSize[row]
  const start = filterStart[row]
  const size = filterSize[row]
  return plain === WALK_EXACT ? size === topicSize && portEqual(start, topicStart, size) : plain <= topicSize
    && portEqual(start, topicStart, plain)
    && topicMatches(start + plain, size - plain, topicStart + plain, topicSize - plain)
}

/** Marks the sessions of a chain. */
function mark(row: number, publisher: number, topicStart: number, topicSize: number): void {
  for (; row !== END; row = FEATURE_HASH ? subscriptionNext[row] : row - 1) {
    const session = subscriptionSession[row]
    const options = subscriptionOptions[row]
    if (!FEATURE_HASH && session < 0) continue
    if (FEATURE_MQTT5 && options & NO_LOCAL && session === publisher) continue // [MQTT-3.8.3-3]
    // [MQTT-4.7.2-1]
    if (topicIsHidden(topicStart) && !topicIsHidden(filterStart[row])) continue
    if (!matches(row, topicStart, topicSize)) continue
    const marked = sessionTarget[session]
    if (!marked) walkTargets++
    const qos = Math.max(marked & 3, options & 3)
    walkQos = Math.max(walkQos, qos)
    sessionTarget[session] = MARKED | qos | (FEATURE_MQTT5 ? (marked | options) & RETAIN_AS_PUBLISHED : 0)
  }
}

/** For the port of tests: what stands in the registers is over. */
export function walkOver(over: never): void {
  walkTargets = walkQos = over
}
