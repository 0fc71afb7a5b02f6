// Sessions: what is kept for a Client Identifier while its client is connected, and for its Session Expiry
// Interval afterwards. [MQTT 5.0 section 4.1]
//
// Memory of a row on a board: identity 6, hash 4, index 2, slot 1, expiry 4 + 8, Packet Identifier 3, queue 7,
// Will 2 + 4 + 8, subscriptions 7, retained 4 = 60 bytes, and the identity's blocks in the pool.
// Invariant: sessionSlot[row] is a slot whose connectionSession is row, or NONE.
import { portCopy, portEqual, portHash } from 'runtime'
import {
  FEATURE_ACCESS, FEATURE_BRIDGED, FEATURE_CLUSTERED, FEATURE_INDEX, FEATURE_LISTENER_TERMS, FEATURE_MORE_SETTINGS,
  FEATURE_MQTT5, FEATURE_QOS2, FEATURE_RECORDS, FEATURE_RETAINED, FEATURE_WILL, NONE, POOL_BLOCKS_RX,
  QUEUE_ROWS_LARGE, RECORDS_MAPPED, SESSIONS_EXPIRE, SESSIONS_MAX, TABLES_GROW, headsFor, newOffsets, newRows,
  newShortRows, rowsAtStart,
} from '../limits'
import { poolAllocate, poolFree } from './byte_pool'
import {
  columnGrow, indexAdd, indexRebuild, indexRemove, newFreeList, newFreeRows, newLinks, newPlaces, newShortLinks,
} from './columns'
import { newRecordNames } from './record'
import type { Column, Message, Offset, QueueRow, RecordName, Session, Slot, Subscription } from '../kinds'

const ROWS = rowsAtStart(SESSIONS_MAX)
const QOS2_ROWS = FEATURE_QOS2 ? ROWS : 0

/** Offset of the Client Identifier, with the User Name behind it. */
export let sessionClientStart: Column<Session, Offset> = newOffsets(ROWS)
export let sessionClientSize: Column<Session> = newOffsets(ROWS)
/** Bytes, or NONE for an anonymous client. */
export let sessionUserSize: Column<Session> = newRows(FEATURE_ACCESS ? ROWS : 0)
/** The access list of its listener; NONE: it was there before the start, and nobody knows. */
export let sessionAccessList: Column<Session> = newRows(FEATURE_LISTENER_TERMS ? ROWS : 0)
/** Bytes of payload in its queue, and of these what is in flight. */
export let sessionQueueBytes: Column<Session> = new Float64Array(FEATURE_MORE_SETTINGS ? ROWS : 0)
export let sessionInflightBytes: Column<Session> = new Float64Array(FEATURE_MORE_SETTINGS ? ROWS : 0)
/** The connection, or NONE while the client is away. */
export let sessionSlot: Column<Session, Slot> = newShortLinks(ROWS)
/** Session Expiry Interval, seconds; 0xFFFFFFFF: never. */
export let sessionExpiry: Column<Session> = new Uint32Array(ROWS)
/** When a session without a connection ends, milliseconds; one that does not expire has 136 years. */
export let sessionExpiresAt: Column<Session> = new Float64Array(SESSIONS_EXPIRE ? ROWS : 0)
/** The Packet Identifier given out last. */
export let sessionPacketIdentifier: Column<Session> = new Uint16Array(ROWS)
/** 1: identifiers that were passed over are still in use; see queue_table.ts. */
export let sessionIdentifierPassed: Column<Session> = new Uint8Array(TABLES_GROW ? ROWS : 0)

// The queue of QoS 1 and 2 messages: rows of queue_table.ts, oldest first. Those before sessionQueueNext are in flight.
export let sessionQueueHead: Column<Session, QueueRow> = QUEUE_ROWS_LARGE ? newLinks(ROWS) : newShortLinks(ROWS)
export let sessionQueueTail: Column<Session, QueueRow> = QUEUE_ROWS_LARGE ? newLinks(ROWS) : newShortLinks(ROWS)
export let sessionQueueNext: Column<Session, QueueRow> = QUEUE_ROWS_LARGE ? newLinks(ROWS) : newShortLinks(ROWS)
export let sessionQueueCount: Column<Session> = QUEUE_ROWS_LARGE ? newRows(ROWS) : newShortRows(ROWS)
export let sessionInflightCount: Column<Session> = newShortRows(ROWS)
/** Where it stood in the order of all brokers' messages when it came from another one; 0: it has had all since. */
export let sessionJoinedAt: Column<Session> = new Float64Array(FEATURE_CLUSTERED ? ROWS : 0)
/** Messages that its queue takes, where that is not what holds for all, Infinity: no limit; 0: it is. */
export let sessionQueueMax: Column<Session> = new Float64Array(FEATURE_BRIDGED ? ROWS : 0)
/** Bytes of payload that it takes then, Infinity: no limit; and what it does when it is full: see queue_policy.ts. */
export let sessionQueueBytesMax: Column<Session> = new Float64Array(FEATURE_BRIDGED ? ROWS : 0)
export let sessionQueuePolicy: Column<Session> = new Uint8Array(FEATURE_BRIDGED ? ROWS : 0)
/** Messages that it has not kept, or not any more, by its bounds and its policy. */
export let sessionQueueDropped: Column<Session> = new Float64Array(FEATURE_BRIDGED ? ROWS : 0)
/** The last row that was put in front of older ones, or NONE. */
export let sessionQueueLive: Column<Session, QueueRow> = newShortLinks(FEATURE_BRIDGED ? ROWS : 0)
/** Packet Identifiers of QoS 2 messages that the client has sent and not released. */
export let sessionInboundHead: Column<Session, QueueRow> = QUEUE_ROWS_LARGE ? newLinks(QOS2_ROWS)
  : newShortLinks(QOS2_ROWS)
export let sessionInboundCount: Column<Session> = QUEUE_ROWS_LARGE ? newRows(QOS2_ROWS) : newShortRows(QOS2_ROWS)

/** A message of message_table.ts, or NONE. */
export let sessionWill: Column<Session, Message> = RECORDS_MAPPED
  ? newPlaces(FEATURE_WILL ? ROWS : 0)
  : newLinks(FEATURE_WILL ? ROWS : 0)
/** Will Delay Interval, seconds. */
export let sessionWillDelay: Column<Session> = new Uint32Array(FEATURE_MQTT5 ? ROWS : 0)
/** When a Will is due, milliseconds; 0: not yet counting. */
export let sessionWillAt: Column<Session> = new Float64Array(FEATURE_MQTT5 ? ROWS : 0)

/** Its record, while it survives its connection; the broker's number for it in records of what it owns. */
export let sessionRecord: Column<Session, RecordName> = newRecordNames(ROWS)
export let sessionOwner: Column<Session> = new Uint32Array(FEATURE_RECORDS ? ROWS : 0)
/** The record of a Will that waits. */
export let sessionWillRecord: Column<Session, RecordName> = newRecordNames(FEATURE_WILL ? ROWS : 0)

/** The session's first subscription. */
export let sessionSubscriptionHead: Column<Session, Subscription> = newLinks(ROWS)
// Subscriptions whose retained messages are still to be sent, in the order of SUBSCRIBE.
export let sessionRetainedHead: Column<Session, Subscription> = newLinks(FEATURE_RETAINED ? ROWS : 0)
export let sessionRetainedTail: Column<Session, Subscription> = newLinks(FEATURE_RETAINED ? ROWS : 0)
/** Where the first of them stands in the retained messages: subscriptions/walked. */
export const sessionRetainedAt: Column<Session> = newRows(FEATURE_RETAINED && !FEATURE_INDEX ? ROWS : 0)
// Wildcards that its filters have brought in: rows of filter_shape.ts and filter_walked.ts in subscriptions/indexed.
export let sessionShapeCount: Column<Session> = newRows(FEATURE_INDEX ? ROWS : 0)
export let sessionWalkedCount: Column<Session> = newRows(FEATURE_INDEX ? ROWS : 0)
/** Where a route that is being built has this session's target; or who gets a topic: subscriptions/. */
export let sessionTarget: Column<Session> = newShortRows(ROWS)

let hashes = new Int32Array(FEATURE_INDEX ? ROWS : 0)
let next = newFreeRows(FEATURE_INDEX ? ROWS : 0)
let heads = newLinks(FEATURE_INDEX ? headsFor(ROWS) : 0)
let free = 0

/** Sessions, those of connected clients included. */
export let sessionCount = 0
/** Rows from this one on were never used: a walk over all sessions ends here. */
export let sessionRowsUsed = FEATURE_INDEX ? 0 : SESSIONS_MAX

function chainOf(row: Session): number {
  return hashes[row] & heads.length - 1
}

/** The session of a Client Identifier, or NONE. */
export function sessionFind(clientStart: Offset, clientSize: number): Session {
  if (!FEATURE_INDEX) {
    for (let row = 0; row < sessionRowsUsed; row++) if (sessionIs(row, clientStart, clientSize)) return row
    return NONE
  }
  const hash = portHash(clientStart, clientSize)
  let row = heads[hash & heads.length - 1]
  while (row >= 0 && !(hashes[row] === hash && sessionIs(row, clientStart, clientSize))) row = next[row]
  return row
}

function sessionIs(row: Session, clientStart: Offset, clientSize: number): boolean {
  return sessionExists(row) && sessionClientSize[row] === clientSize
    && portEqual(sessionClientStart[row], clientStart, clientSize)
}

/** Whether a row is a session: rows that are free have no Client Identifier range. */
export function sessionExists(row: Session): boolean {
  return sessionClientStart[row] > 0
}

/** A new session for a Client Identifier and a User Name (size NONE: anonymous), or NONE when there is no room. */
export function sessionAdd(clientStart: Offset, clientSize: number, userStart: Offset, userSize: number): Session {
  const row = FEATURE_INDEX ? free >= 0 || TABLES_GROW && sessionsGrow() ? free : NONE : sessionClientStart.indexOf(0)
  const identity = row < 0 ? NONE : identityStore(clientStart, clientSize, userStart, userSize)
  if (identity < 0) return NONE
  if (FEATURE_INDEX) free = next[row]
  sessionClientStart[row] = identity
  sessionClientSize[row] = clientSize
  if (FEATURE_ACCESS) sessionUserSize[row] = userSize
  if (FEATURE_LISTENER_TERMS) sessionAccessList[row] = NONE
  if (FEATURE_MORE_SETTINGS) sessionQueueBytes[row] = sessionInflightBytes[row] = 0
  sessionPacketIdentifier[row] = 0
  if (TABLES_GROW) sessionIdentifierPassed[row] = 0
  if (FEATURE_CLUSTERED) sessionJoinedAt[row] = 0
  if (FEATURE_BRIDGED) sessionQueueMax[row] = sessionQueuePolicy[row] = sessionQueueDropped[row] = 0
  if (FEATURE_INDEX) {
    hashes[row] = portHash(identity, clientSize)
    indexAdd(heads, next, row, chainOf(row))
  }
  sessionCount++
  if (FEATURE_INDEX && row >= sessionRowsUsed) sessionRowsUsed = row + 1
  return row
}

/** Frees a row whose queue, Will and subscriptions are gone. */
export function sessionRemove(row: Session): void {
  if (FEATURE_INDEX) indexRemove(heads, next, row, chainOf(row))
  poolFree(sessionClientStart[row], identitySize(row))
  sessionClientStart[row] = 0
  if (FEATURE_INDEX) {
    next[row] = free
    free = row
  }
  sessionCount--
}

/** Offset of the User Name; it has sessionUserSize bytes. */
export function sessionUserStart(row: Session): number {
  return sessionClientStart[row] + sessionClientSize[row]
}

/**
 * Gives a session another User Name for now: sessionUserSettle says whether it keeps it. False: there is no room.
 */
export function sessionUserChange(row: Session, userStart: Offset, userSize: number): boolean {
  const isSame = userSize === sessionUserSize[row]
    && (userSize < 0 || portEqual(sessionUserStart(row), userStart, userSize))
  if (isSame) return true
  const identity = identityStore(sessionClientStart[row], sessionClientSize[row], userStart, userSize)
  if (identity < 0) return false
  sessionClientStart[row] = identity
  sessionUserSize[row] = userSize
  return true
}

/** After sessionUserChange: `identity` and `size` were the row's before, which has them again where `isRefused`. */
export function sessionUserSettle(row: Session, identity: number, size: number, isRefused: boolean): void {
  if (sessionClientStart[row] === identity) return
  const unused = isRefused ? sessionClientStart[row] : identity
  const unusedSize = isRefused ? sessionUserSize[row] : size
  poolFree(unused, sessionClientSize[row] + Math.max(unusedSize, 0))
  if (!isRefused) return
  sessionClientStart[row] = identity
  sessionUserSize[row] = size
}

function identityStore(clientStart: Offset, clientSize: number, userStart: Offset, userSize: number): number {
  const size = FEATURE_ACCESS && userSize > 0 ? userSize : 0
  const identity = poolAllocate(clientSize + size, POOL_BLOCKS_RX)
  if (identity >= 0) {
    portCopy(identity, clientStart, clientSize)
    if (FEATURE_ACCESS) portCopy(identity + clientSize, userStart, size)
  }
  return identity
}

function identitySize(row: Session): number {
  return sessionClientSize[row] + (FEATURE_ACCESS && sessionUserSize[row] > 0 ? sessionUserSize[row] : 0)
}

function sessionsGrow(): boolean {
  const rows = hashes.length
  const grown = Math.min(rows * 2, SESSIONS_MAX)
  if (grown === rows) return false
  sessionClientStart = columnGrow(sessionClientStart, grown)
  sessionClientSize = columnGrow(sessionClientSize, grown)
  sessionUserSize = columnGrow(sessionUserSize, grown)
  sessionAccessList = columnGrow(sessionAccessList, grown)
  sessionQueueBytes = columnGrow(sessionQueueBytes, grown)
  sessionInflightBytes = columnGrow(sessionInflightBytes, grown)
  sessionExpiry = columnGrow(sessionExpiry, grown)
  sessionExpiresAt = columnGrow(sessionExpiresAt, grown)
  sessionPacketIdentifier = columnGrow(sessionPacketIdentifier, grown)
  sessionIdentifierPassed = columnGrow(sessionIdentifierPassed, grown)
  sessionQueueCount = columnGrow(sessionQueueCount, grown)
  sessionInflightCount = columnGrow(sessionInflightCount, grown)
  sessionJoinedAt = columnGrow(sessionJoinedAt, grown)
  sessionQueueMax = columnGrow(sessionQueueMax, grown)
  sessionQueueBytesMax = columnGrow(sessionQueueBytesMax, grown)
  sessionQueuePolicy = columnGrow(sessionQueuePolicy, grown)
  sessionQueueDropped = columnGrow(sessionQueueDropped, grown)
  sessionInboundCount = columnGrow(sessionInboundCount, grown)
  sessionWillDelay = columnGrow(sessionWillDelay, grown)
  sessionWillAt = columnGrow(sessionWillAt, grown)
  sessionTarget = columnGrow(sessionTarget, grown)
  sessionRecord = columnGrow(sessionRecord, grown)
  sessionOwner = columnGrow(sessionOwner, grown)
  sessionWillRecord = columnGrow(sessionWillRecord, grown)
  sessionShapeCount = columnGrow(sessionShapeCount, grown)
  sessionWalkedCount = columnGrow(sessionWalkedCount, grown)
  hashes = columnGrow(hashes, grown)
  linksGrow(rows, grown)
  next = newFreeList(columnGrow(next, grown), rows)
  heads = indexRebuild(next, hashes, rows)
  free = rows
  return true
}

function linksGrow(rows: number, grown: number): void {
  sessionSlot = columnGrow(sessionSlot, grown).fill(NONE, rows)
  sessionQueueHead = columnGrow(sessionQueueHead, grown).fill(NONE, rows)
  sessionQueueTail = columnGrow(sessionQueueTail, grown).fill(NONE, rows)
  sessionQueueNext = columnGrow(sessionQueueNext, grown).fill(NONE, rows)
  sessionQueueLive = columnGrow(sessionQueueLive, grown).fill(NONE, rows)
  sessionInboundHead = columnGrow(sessionInboundHead, grown).fill(NONE, rows)
  sessionWill = columnGrow(sessionWill, grown).fill(NONE, rows)
  sessionSubscriptionHead = columnGrow(sessionSubscriptionHead, grown).fill(NONE, rows)
  sessionRetainedHead = columnGrow(sessionRetainedHead, grown).fill(NONE, rows)
  sessionRetainedTail = columnGrow(sessionRetainedTail, grown).fill(NONE, rows)
}
