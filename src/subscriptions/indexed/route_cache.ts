// The route cache: a topic that was published lately, and the sessions that get it. Void as a whole whenever a
// subscription changes (routeEpoch), and emptied as a whole when it is full.
//
// Memory on a board: ROUTES_MAX x (2 topic + 2 size + 2 first + 2 end + 1 options + 4 hash + 4 index) = 17 bytes,
// ROUTE_TARGETS_MAX x (2 session + 2 subscription + 1 options) = 5 bytes, and ROUTE_TOPICS_SIZE in memory.
// Invariant: targets from routeFirst[row] up to routeEnd[row] belong to the row; a session stands there once, but for
// the targets marked TARGET_MORE behind its first.
import { portCopy, portEqual, portHash } from 'runtime'
import {
  NONE, ROUTES_MAX, ROUTE_TARGETS_MAX, ROUTE_TOPICS_AT, ROUTE_TOPICS_SIZE, TABLES_GROW, headsFor,
  newOffsets, newRows, rowsAtStart,
} from '../../limits'
import { columnGrow, indexAdd, indexRebuild, newLinks } from '../../store/columns'
import { routeEpoch } from '../rows'
import type { Column, Filter, Offset, Session, Subscription } from '../../kinds'

// Options of a target: the QoS in bits 0 and 1, No Local 4 and Retain As Published 8 as in SUBSCRIBE, and:
/** The subscriptions of this session carry Subscription Identifiers. */
export const TARGET_IDENTIFIER = 16
/** A further subscription of a session that stands before: only for its identifier. */
export const TARGET_MORE = 32
/** One of the session's subscriptions has No Local and another has not. */
export const TARGET_MIXED = 128
/** targetSubscription is a filter whose group gets the message once. */
export const TARGET_SHARED = 64

const ROUTES = rowsAtStart(ROUTES_MAX)
const TARGETS = rowsAtStart(ROUTE_TARGETS_MAX)

let topicStart: Column<number, Offset> = newOffsets(ROUTES)
let topicSize = newOffsets(ROUTES)
/** The route's first target. */
export let routeFirst = newRows(ROUTES)
/** Behind the route's last target. */
export let routeEnd = newRows(ROUTES)
/** The options of the route's targets, or-ed together: bits 0 and 1 are not 0 if one of them wants more than QoS 0. */
export let routeOptions = new Uint8Array(ROUTES)
let hashes = new Int32Array(ROUTES)
let next = newRows(ROUTES)
let heads = newLinks(headsFor(ROUTES))
export let targetSession: Column<number, Session> = newRows(TARGETS)
export let targetSubscription = newRows(TARGETS)
export let targetOptions = new Uint8Array(TARGETS)

let routeCount = 0
let topicsUsed = 0
let epoch = 0
/** The hash of the topic that routeLookup has not found. Life: to the next, or the call's end (routeLookupOver). */
export let missedHash = 0
/** Behind the last target of the route that is being built. */
export let targetEnd = 0

/** The route of a topic, or NONE: then build it, by routeBegin, targetAdd and routeCommit. */
export function routeLookup(start: Offset, size: number): number {
  if (epoch !== routeEpoch) routesForget()
  missedHash = portHash(start, size)
  let row = heads[missedHash & heads.length - 1]
  while (row >= 0 && !(hashes[row] === missedHash && topicSize[row] === size
    && portEqual(topicStart[row], start, size))) row = next[row]
  return row
}

function routesForget(): void {
  epoch = routeEpoch
  heads.fill(NONE)
  routeCount = targetEnd = topicsUsed = 0
}

/** Makes room for another route of a topic of this size. Answers the route's row. */
export function routeBegin(size: number): number {
  if (routeCount === topicStart.length && !(TABLES_GROW && routesGrow())
    || topicsUsed + size > ROUTE_TOPICS_SIZE) routesForget()
  return routeCount
}

/** Adds a target to the route that is being built. False: start again, after routesRestart. */
export function targetAdd(session: Session, subscription: Subscription | Filter, options: number): boolean {
  if (targetEnd === targetSession.length && !(TABLES_GROW && targetsGrow())) return false
  targetSession[targetEnd] = session
  targetSubscription[targetEnd] = subscription
  targetOptions[targetEnd++] = options
  return true
}

/** Gives the route that is being built the whole cache. Then ROUTE_TARGETS_MAX targets fit. */
export function routesRestart(): void {
  routesForget()
}

/** Completes the route with the targets from `first` on. A topic larger than the cache is not found again. */
export function routeCommit(row: number, first: number, start: Offset, size: number): void {
  routeFirst[row] = first
  routeEnd[row] = targetEnd
  routeOptions[row] = 0
  for (let i = first; i < targetEnd; i++) routeOptions[row] |= targetOptions[i]
  if (size > ROUTE_TOPICS_SIZE) return
  topicStart[row] = ROUTE_TOPICS_AT + topicsUsed
  topicSize[row] = size
  portCopy(topicStart[row], start, size)
  topicsUsed += size
  hashes[row] = missedHash
  indexAdd(heads, next, row, missedHash & heads.length - 1)
  routeCount++
}

function routesGrow(): boolean {
  const rows = hashes.length
  const grown = Math.min(rows * 2, ROUTES_MAX)
  if (grown === rows) return false
  topicStart = columnGrow(topicStart, grown)
  topicSize = columnGrow(topicSize, grown)
  routeFirst = columnGrow(routeFirst, grown)
  routeEnd = columnGrow(routeEnd, grown)
  routeOptions = columnGrow(routeOptions, grown)
  hashes = columnGrow(hashes, grown)
  next = columnGrow(next, grown)
  heads = indexRebuild(next, hashes, rows)
  return true
}

function targetsGrow(): boolean {
  const grown = Math.min(targetSession.length * 2, ROUTE_TARGETS_MAX)
  if (grown === targetSession.length) return false
  targetSession = columnGrow(targetSession, grown)
  targetSubscription = columnGrow(targetSubscription, grown)
  targetOptions = columnGrow(targetOptions, grown)
  return true
}

/** For the port of tests: what stands in the registers is over. */
export function routeLookupOver(over: never): void {
  missedHash = over
}
