// The rows of all sessions' queues: one QoS 1 or 2 message on its way to one client, waiting or in flight; and the
// Packet Identifiers of incoming QoS 2 messages. A row serves offline queueing, the in-flight window and redelivery.
//
// Memory of a row, besides queue_rows.ts: Packet Identifier 2, flags 1, next 1, and 4 with Subscription
// Identifiers = 8 bytes.
// Invariants, for one session's queue: rows are in the order of delivery; those in flight come first; their Packet
// Identifiers were given out in sequence, which queue_identifiers.ts builds on, but where
// broker/session/queue_policy.ts has another order.
import { messageEnd, messagePayloadStart, messageRelease } from 'messages/message_table'
import {
  FEATURE_BRIDGED, FEATURE_MORE_SETTINGS, FEATURE_QOS2, FEATURE_RECORDS, FEATURE_SUBSCRIPTION_IDENTIFIER, NONE,
  QUEUE_ROWS_LARGE, QUEUE_ROWS_MAX, TABLES_GROW, newRows, newShortRows,
} from '../limits'
import { columnGrow } from './columns'
import { inboundBefore, inboundEnter, inboundIndexGrow, inboundLeave, inboundLookUp } from './inbound_index'
import { INBOUND_HERE, QUEUE_RESUMED, QUEUE_SENT } from './queue_flags'
import {
  QUEUE_ROWS, queueMessage, queueRowsFree, queueRowsFreeAdd, queueRowsGrow,
} from './queue_rows'
import { newRecordNames, recordForget } from './record'
import {
  sessionInboundCount, sessionInboundHead, sessionInflightBytes, sessionInflightCount, sessionQueueBytes,
  sessionQueueCount, sessionQueueHead, sessionQueueLive, sessionQueueNext, sessionQueueTail,
} from './session_table'
import type { Column, Message, QueueRow, RecordName, Session } from '../kinds'

/** Given when it is sent, or kept: then with its record. 0: it has none yet. */
export let queuePacketIdentifier: Column<QueueRow> = new Uint16Array(QUEUE_ROWS)
export let queueFlags: Column<QueueRow> = new Uint8Array(QUEUE_ROWS)
/**
 * The next row of the same session's queue. Of a row that is free: the number of the next free one, less its own and
 * one, so that a new column, all 0, is the list of all rows.
 */
export let queueNext: Column<QueueRow, QueueRow> = QUEUE_ROWS_LARGE ? newRows(QUEUE_ROWS) : newShortRows(QUEUE_ROWS)
/** Subscription Identifier, 0: none. */
export let queueIdentifier: Column<QueueRow> = new Uint32Array(FEATURE_SUBSCRIPTION_IDENTIFIER ? QUEUE_ROWS : 0)
/** Bytes of its message's payload. */
export let queueBytes: Column<QueueRow> = new Uint32Array(FEATURE_MORE_SETTINGS ? QUEUE_ROWS : 0)
/** When it was queued, milliseconds of the port's clock; 0: before the start. */
export let queueSince: Column<QueueRow> = new Float64Array(FEATURE_BRIDGED ? QUEUE_ROWS : 0)
/** Its record: that of a queued message, or of an incoming Packet Identifier. */
export let queueRecord: Column<QueueRow, RecordName> = newRecordNames(QUEUE_ROWS)
/** The first one that is free; behind the last there is the row that comes next where the table grows. */
let free = 0

/** Whether `count` more rows can be had. */
export function queueHasRoom(count: number): boolean {
  return TABLES_GROW ? queueRowsFree >= count || queueGrow() && queueHasRoom(count) : queueRowsFree >= count
}

/** Rows that are taken: messages that wait or are under way, and Packet Identifiers of incoming QoS 2. */
export function queueRowCount(): number {
  return queueNext.length - queueRowsFree
}

function rowTake(): number {
  const row = free
  free = row + 1 + queueNext[row]
  queueRowsFreeAdd(-1)
  return row
}

/** A row is nobody's any more, and its record is gone, if it has one. */
export function queueRowGive(row: QueueRow): void {
  if (FEATURE_RECORDS) recordForget(queueRecord, row)
  queueNext[row] = free - row - 1
  free = row
  queueRowsFreeAdd(1)
}

/** The first row that is free; and which is, at a start whose tables were kept. */
export const queueFree = (): QueueRow => free

export function queueFreeSet(row: QueueRow): void {
  free = row
}

/** Puts a message at the end of a session's queue; the row is a holder of the message. Ask queueHasRoom first. */
export function queueAdd(session: Session, message: Message, flags: number): QueueRow {
  const row = rowTake()
  queueMessage[row] = message
  queueFlags[row] = flags
  if (FEATURE_RECORDS) queuePacketIdentifier[row] = 0
  queueNext[row] = NONE
  if (FEATURE_BRIDGED) queueSince[row] = 0
  if (FEATURE_SUBSCRIPTION_IDENTIFIER) queueIdentifier[row] = 0
  if (FEATURE_MORE_SETTINGS) {
    // What is owed of one that was released is PUBREL alone.
    queueBytes[row] = message < 0 ? 0 : messageEnd(message) - messagePayloadStart(message)
    sessionQueueBytes[session] += queueBytes[row]
  }
  if (sessionQueueCount[session]++) queueNext[sessionQueueTail[session]] = row
  else sessionQueueHead[session] = row
  sessionQueueTail[session] = row
  if (sessionQueueNext[session] < 0) sessionQueueNext[session] = row
  return row
}

/** The row that stands before the one found last, or NONE. */
let previous = NONE

/** The row in flight with a Packet Identifier, or NONE; a row that is to be sent again is not in flight yet. */
export function queueFind(session: Session, packetIdentifier: number): QueueRow {
  const end = sessionQueueNext[session]
  let wanted = QUEUE_SENT
  previous = NONE
  for (let row = sessionQueueHead[session]; row >= 0; row = queueNext[row]) {
    if (row === end) {
      if (!FEATURE_QOS2) break
      wanted = QUEUE_RESUMED
    }
    if (queuePacketIdentifier[row] === packetIdentifier && queueFlags[row] & wanted) return row
    previous = row
  }
  return NONE
}

/** Takes the row that queueFind has just answered out of the queue, and lets its message go. */
export function queueRemoveFound(session: Session, row: QueueRow): void {
  if (!FEATURE_QOS2 || !(queueFlags[row] & QUEUE_RESUMED)) {
    sessionInflightCount[session]--
    if (FEATURE_MORE_SETTINGS) sessionInflightBytes[session] -= queueBytes[row]
  }
  queueUnlink(session, row)
}

/** Takes the row at sessionQueueNext out: a message that is not sent after all. */
export function queueRemoveNext(session: Session): void {
  const row = sessionQueueNext[session]
  previous = NONE
  for (let at = sessionQueueHead[session]; at !== row; at = queueNext[at]) previous = at
  sessionQueueNext[session] = queueNext[row]
  queueUnlink(session, row)
}

/** Takes out a row from sessionQueueNext on; `before` stands in front of it, NONE: it is the head. */
export function queueRemoveWaiting(session: Session, before: number, row: QueueRow): void {
  previous = before
  queueUnlink(session, row)
}

/** Moves the last row, which stands behind `last`, to behind another one, `before`. */
export function queueAdvance(session: Session, last: QueueRow, before: QueueRow): void {
  const row = queueNext[last]
  if (before === last) return
  queueNext[last] = NONE
  sessionQueueTail[session] = last
  queueNext[row] = queueNext[before]
  queueNext[before] = row
}

function queueUnlink(session: Session, row: QueueRow): void {
  const after = queueNext[row]
  if (previous < 0) sessionQueueHead[session] = after
  else queueNext[previous] = after
  if (after < 0) sessionQueueTail[session] = previous
  if (FEATURE_QOS2 && sessionQueueNext[session] === row) sessionQueueNext[session] = after
  if (FEATURE_BRIDGED && sessionQueueLive[session] === row) sessionQueueLive[session] = NONE
  sessionQueueCount[session]--
  if (FEATURE_MORE_SETTINGS) sessionQueueBytes[session] -= queueBytes[row]
  queueMessageRelease(row)
  queueRowGive(row)
}

/** Lets a row's message go; the row stays, for its Packet Identifier. */
export function queueMessageRelease(row: QueueRow): void {
  const message = queueMessage[row]
  queueMessage[row] = NONE
  messageRelease(message)
}

/** Makes every row of a session wait to be sent again, in order. [MQTT-4.4.0-1] [MQTT-4.6.0-1] */
export function queueRestart(session: Session): void {
  sessionQueueNext[session] = sessionQueueHead[session]
  sessionInflightCount[session] = 0
  if (FEATURE_BRIDGED) sessionQueueLive[session] = NONE
  if (FEATURE_MORE_SETTINGS) sessionInflightBytes[session] = 0
  // The quota of exchanges begins anew with each connection. [MQTT 5.0 section 4.9]
  if (FEATURE_QOS2) for (let row = sessionInboundHead[session]; row >= 0; row = queueNext[row]) queueFlags[row] = 0
}

/** Empties a session's queue and forgets its incoming Packet Identifiers. */
export function queueClear(session: Session): void {
  queueRestart(session)
  while (sessionQueueHead[session] >= 0) queueRemoveNext(session)
  if (FEATURE_QOS2) while (sessionInboundHead[session] >= 0) inboundUnlink(session, NONE, sessionInboundHead[session])
}

/** Remembers the Packet Identifier of an incoming QoS 2 message. Ask queueHasRoom first. */
export function inboundAdd(session: Session, packetIdentifier: number): void {
  const row = rowTake()
  queuePacketIdentifier[row] = packetIdentifier
  queueFlags[row] = INBOUND_HERE
  queueMessage[row] = NONE
  if (TABLES_GROW) inboundEnter(row, session, packetIdentifier, sessionInboundHead[session])
  queueNext[row] = sessionInboundHead[session]
  sessionInboundHead[session] = row
  sessionInboundCount[session]++
}

/** A session's exchanges begun, or gone on with, on the connection that is there now; where tables grow, all. */
export let inboundHereCount = 0

/** The row of an incoming QoS 2 message that is not released yet, or NONE; counts inboundHereCount. */
export function inboundFind(session: Session, packetIdentifier: number): QueueRow {
  if (TABLES_GROW) {
    inboundHereCount = sessionInboundCount[session]
    return inboundLookUp(session, packetIdentifier)
  }
  let found = NONE
  inboundHereCount = 0
  for (let row = sessionInboundHead[session]; row >= 0; row = queueNext[row]) {
    if (queuePacketIdentifier[row] === packetIdentifier) found = row
    inboundHereCount += queueFlags[row]
  }
  return found
}

/** Forgets a Packet Identifier of an incoming QoS 2 message. False: it was not known. */
export function inboundRemove(session: Session, packetIdentifier: number): boolean {
  let before = NONE
  let row = TABLES_GROW ? inboundLookUp(session, packetIdentifier) : sessionInboundHead[session]
  while (!TABLES_GROW && row >= 0 && queuePacketIdentifier[row] !== packetIdentifier) {
    before = row
    row = queueNext[row]
  }
  if (row < 0) return false
  inboundUnlink(session, TABLES_GROW ? inboundBefore[row] : before, row)
  return true
}

function inboundUnlink(session: Session, before: number, row: QueueRow): void {
  if (TABLES_GROW) inboundLeave(row, queueNext[row])
  if (before < 0) sessionInboundHead[session] = queueNext[row]
  else queueNext[before] = queueNext[row]
  sessionInboundCount[session]--
  queueRowGive(row)
}

function queueGrow(): boolean {
  const rows = queueFlags.length
  const grown = Math.min(rows * 2, QUEUE_ROWS_MAX)
  if (grown === rows) return false
  queueRowsGrow(grown)
  inboundIndexGrow(grown)
  queuePacketIdentifier = columnGrow(queuePacketIdentifier, grown)
  queueFlags = columnGrow(queueFlags, grown)
  queueNext = columnGrow(queueNext, grown)
  queueIdentifier = columnGrow(queueIdentifier, grown)
  queueBytes = columnGrow(queueBytes, grown)
  queueSince = columnGrow(queueSince, grown)
  queueRecord = columnGrow(queueRecord, grown)
  queueRowsFreeAdd(grown - rows)
  return true
}
