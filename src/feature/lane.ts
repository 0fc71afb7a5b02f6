// What the express lane of an interpreter's port needs of the broker. A publisher repeats itself: the port remembers
// the head of a PUBLISH that was delivered, and who got it, and hands the next one with the same head to the same
// connections without the broker. This is the broker's half: which PUBLISH may be remembered, what became of the
// messages that the port delivered at QoS 1 when something else comes up, and what was counted.
import { portChunkSize, portCopyIn } from 'runtime'
import { assert } from '../assert'
import { frameBody, frameEnd, frameFlags, framePacket } from '../codec/frame'
import {
  decodePublish, publishPacketIdentifier, publishPayloadStart, publishQos, publishRetain, publishTopicSize,
  publishTopicStart,
} from '../codec/publish'
import {
  FEATURE_MQTT5, FEATURE_QOS2, FEATURE_RECORDS, FEATURE_RETAINED, INFLIGHT_MAX, LARGE_AT_ONCE, MESSAGES_MAX, NONE,
  PACK_AT, POOL_BLOCK_SIZE, RECORDS_MAPPED, TX_CREDIT_SIZE,
} from '../limits'
import { poolHasRun } from '../store/byte_pool'
import {
  connectionHeardAt, connectionLarge, connectionPacketMax, connectionReceiveMax, connectionSession, connectionVersion,
  rxEnd, rxStart, streamLeft,
} from '../store/connection_table'
import { messageCount, messageStore } from 'messages/message_table'
import { QUEUE_SENT } from '../store/queue_flags'
import { queueAdd, queueFind, queueFlags, queueHasRoom, queueNext, queuePacketIdentifier } from '../store/queue_table'
import {
  sessionInflightCount, sessionQueueCount, sessionQueueNext, sessionRecord, sessionRetainedHead, sessionSlot,
  sessionTarget,
} from '../store/session_table'
import { transferMessage } from '../store/transfer_table'
import { RETAIN_AS_PUBLISHED } from '../subscriptions/rows'
import { nowMs } from '../broker/clock'
import {
  BYTES_RECEIVED, BYTES_SENT, MESSAGES_RECEIVED, MESSAGES_SENT, PUBLISH_RECEIVED, PUBLISH_SENT, countMore,
  countTraffic,
} from '../broker/counters'
import type { Chunk } from '../port/port'
import type { Session, Slot } from '../kinds'

// What the port reads of the PUBLISH handled last, and of the routes.
export { publishQos, publishRetain, publishTopicSize } from '../codec/publish'
export { sessionRowsUsed } from '../store/session_table'
export { routeEpoch } from '../subscriptions/rows'
export { retainedRecordAlone, retainedReplace } from 'messages/retained_again'
export { retainedRowAgain } from 'messages/retained_table'

/** The QoS bits of a row of a queue, and of the flags of a PUBLISH. */
const QOS_1 = 2
const QOS_2 = 4
const RETAIN = 1

/** Messages at QoS 1 that the port may have under way at once, and the largest of their packets, bytes. */
export const LANE_INFLIGHT_MAX = 8
export const LANE_PACKET_MAX = 128

/** The Remaining Length of the PUBLISH handled last, where it may be remembered; else NONE. */
export let laneBody = NONE

/** Whether the message published last went to everybody in sessionTarget. */
let isDelivered = false

/** A message was published, or is going to be: what stands in sessionTarget is another PUBLISH's. */
export function laneVoid(wasDelivered: boolean): void {
  laneBody = NONE
  isDelivered = wasDelivered
}

/** The Remaining Length of the PUBLISH in hand, where it may be remembered; else NONE. */
let taken = NONE

/**
 * The decoded PUBLISH of a connection is going to be published. To one that is sent a message in pieces the lane could
 * write no acknowledgement.
 */
export function laneTake(slot: Slot): void {
  taken = RECORDS_MAPPED && transferMessage[slot] >= 0 ? NONE : laneBodyOf(slot)
  laneVoid(false)
}

/** It is published, or refused. */
export function laneTaken(): void {
  if (isDelivered) laneBody = taken
}

/**
 * The Remaining Length of the decoded PUBLISH if it may be remembered: QoS 0 or 1, without properties, and sent for the
 * first time, as DUP is not handed on; retained only at QoS 1, and with a payload. Else NONE. [MQTT-3.3.1-3]
 */
function laneBodyOf(slot: Slot): number {
  const properties = FEATURE_MQTT5 && connectionVersion[slot] > 4 ? 1 : 0
  const isBare = publishPayloadStart - publishTopicStart - publishTopicSize === properties + (publishQos ? 2 : 0)
  const isRetained = RECORDS_MAPPED && frameFlags === (QOS_1 | RETAIN) && publishPayloadStart < frameEnd
  return isBare && (isRetained || !(frameFlags & ~QOS_1)) ? frameEnd - frameBody : NONE
}

/** Whether a connection's next chunk starts a packet: nothing of one is there, nor of one that is taken as it comes. */
export function laneIsBetween(slot: Slot): boolean {
  return rxStart[slot] === rxEnd[slot] && !streamLeft[slot]
}

/** Whether a connection speaks 5.0: its PUBLISH packets have properties. */
export function laneHasProperties(slot: Slot): boolean {
  return connectionVersion[slot] > 4
}

/** Bytes that may wait for a connection before QoS 0 to it is dropped. */
export function laneCreditSize(slot: Slot): number {
  return TX_CREDIT_SIZE + (LARGE_AT_ONCE ? connectionLarge[slot] : 0)
}

/** The slot of a session, of sessionRowsUsed, if it got the PUBLISH handled last and its client is here; else NONE. */
export function laneSlot(session: Session): Slot {
  return sessionTarget[session] ? sessionSlot[session] : NONE
}

/** What the copy of any session is like: its QoS times 2, and 1 for 5.0; NONE: the port cannot make it. */
export function laneKind(session: Session): number {
  const target = sessionTarget[session]
  const qos = Math.min(target & 3, publishQos)
  const slot = laneSlot(session)
  if (RECORDS_MAPPED && FEATURE_MQTT5 && publishRetain && target & RETAIN_AS_PUBLISHED) return NONE
  // What a session that is kept has must be kept before the publisher hears of it.
  if (qos && (slot < 0 || FEATURE_RECORDS && sessionRecord[session])) return NONE
  if (slot < 0) return 0
  if (RECORDS_MAPPED && transferMessage[slot] >= 0) return NONE
  if (!FEATURE_MQTT5) return qos * 2
  if (connectionPacketMax[slot] < 600 || connectionReceiveMax[slot] < INFLIGHT_MAX) return NONE
  return qos * 2 + (connectionVersion[slot] > 4 ? 1 : 0)
}

// The head of a retained message's record at QoS 1 (records/message_head.ts), in front of the byte that says
// how long its topic is, and behind it: no properties, QoS 1 and RETAIN, and that it never expires.
export const RETAINED_HEAD = '\0\0\0\0\0'
export const RETAINED_FLAGS = '\x03\0\xff\xff\xff\xff\0\0\0\0'

/** Whether a connection's session has no message in its queue: any Packet Identifier is free. */
export function laneIsEmpty(slot: Slot): boolean {
  return !sessionQueueCount[connectionSession[slot]]
}

/**
 * Whether the port may send a connection a message with this Packet Identifier: nothing waits in the session's queue,
 * and what is in flight leaves room for as many as the port may have under way.
 */
export function laneIsFree(slot: Slot, packetIdentifier: number): boolean {
  const session = connectionSession[slot]
  return sessionIsIdle(session) && sessionInflightCount[session] <= INFLIGHT_MAX - LANE_INFLIGHT_MAX
    && queueFind(session, packetIdentifier) < 0
}

/** Whether a PUBACK with this Packet Identifier ends a message, and has the broker neither send anything nor close. */
export function laneConfirms(slot: Slot, packetIdentifier: number): boolean {
  const session = connectionSession[slot]
  if (session < 0 || !sessionIsIdle(session)) return false
  const row = queueFind(session, packetIdentifier)
  return row >= 0 && !(FEATURE_QOS2 && queueFlags[row] & QOS_2)
}

/** Whether nothing waits to be sent to a session: an acknowledgement of its client has the broker send nothing. */
function sessionIsIdle(session: Session): boolean {
  return sessionQueueNext[session] < 0 && (!FEATURE_RETAINED || sessionRetainedHead[session] < 0)
}

/** Whether LANE_INFLIGHT_MAX messages could be kept by laneKeep, as things stand. */
export function laneHasRoom(): boolean {
  return queueHasRoom(LANE_INFLIGHT_MAX) && messageCount + LANE_INFLIGHT_MAX <= MESSAGES_MAX
    && poolHasRun(LANE_INFLIGHT_MAX * LANE_PACKET_MAX / POOL_BLOCK_SIZE)
}

/** Keeps a PUBLISH that the port has sent to a connection at QoS 1 and that is not acknowledged, oldest first. */
export function laneKeep(slot: Slot, packet: Chunk): void {
  const size = portChunkSize(packet)
  const session = connectionSession[slot]
  portCopyIn(packet, 0, PACK_AT, size)
  framePacket(PACK_AT, PACK_AT + size)
  decodePublish(2, connectionVersion[slot], frameBody, frameEnd, frameEnd)
  const message = messageStore(frameEnd, 0, 0)
  assert(message >= 0, 'laneHasRoom has said that there is room')
  const row = queueAdd(session, message, 2 | QUEUE_SENT)
  queuePacketIdentifier[row] = publishPacketIdentifier
  sessionInflightCount[session]++
  sessionQueueNext[session] = queueNext[row]
}

/** A connection was heard by the port. */
export function laneHeard(slot: Slot): void {
  connectionHeardAt[slot] = nowMs
}

/** Counts packets of one size that the port took, each with its copies and the acknowledgements that it sent. */
export function laneCount(packets: number, copies: number, acknowledgements: number, size: number): void {
  countMore(MESSAGES_RECEIVED, packets)
  countTraffic(PUBLISH_RECEIVED, copies && packets)
  countTraffic(BYTES_RECEIVED, packets * size)
  countMore(MESSAGES_SENT, packets * (copies + acknowledgements))
  countTraffic(PUBLISH_SENT, packets * copies)
  countTraffic(BYTES_SENT, packets * copies * size)
}
