// Application Messages that are kept: retained, queued for sessions, Wills. A message is stored once however many
// refer to it: its bytes are one range of the pool, topic, then the properties that travel, then the payload.
//
// Memory: MESSAGES_MAX x (2 start + 2 topic + 2 properties + 2 payload + 1 references + 1 flags + 8 expiry) = 18 bytes
// a row on a board (8 without 5.0), and the pool's blocks.
// Invariant: a row whose reference count is 0 is in the free list and owns no blocks.
import { portCopy } from 'runtime'
import { assert } from '../assert'
import {
  FEATURE_LANE, FEATURE_MQTT5, FEATURE_RECORDS, FEATURE_RETAINED, FEATURE_SYS, FEATURE_WILL, MESSAGES_MAX, NONE,
  TABLES_GROW, newOffsets, newShortRows, rowsAtStart,
} from '../limits'
import { poolAllocate, poolFree } from './byte_pool'
import { MARK_REPLACED } from '../records/record_kind'
import { columnGrow, newFreeList, newFreeRows } from './columns'
import { newRecordNames, recordForget, recordMark } from './record'
import type { Column, Message, Offset, RecordName } from '../kinds'

const ROWS = rowsAtStart(MESSAGES_MAX)

/** Offset of the topic; where a row is free, the next one that is. */
export let messageStart: Column<Message, Offset> = newFreeRows(ROWS)
/** Bytes. */
export let messageTopicSize: Column<Message> = newOffsets(ROWS)
export let messagePropertiesSize: Column<Message> = newOffsets(FEATURE_MQTT5 ? ROWS : 0)
export let messagePayloadSize: Column<Message> = newOffsets(ROWS)
/** QoS in bits 1 and 2, RETAIN in bit 0: as in the fixed header. */
export let messageFlags: Column<Message> = new Uint8Array(FEATURE_RETAINED || FEATURE_WILL ? ROWS : 0)
/**
 * When it expires, milliseconds of the port's clock; 0: never. A Will's interval in milliseconds until it is
 * published.
 */
export let messageExpiresAt: Column<Message> = new Float64Array(FEATURE_MQTT5 ? ROWS : 0)
/** Its record, once a session that survives its connection, or the retained messages, hold it. */
export let messageRecord: Column<Message, RecordName> = newRecordNames(ROWS)
let references = newShortRows(ROWS)
let free = 0

/** Messages stored. */
export let messageCount = 0
/** Their bytes: topics, properties and payloads. */
export let messageBytes = 0

/** Offset of the properties, which lie before the payload. */
export function messageTailStart(row: Message): Offset {
  return messageStart[row] + messageTopicSize[row]
}

export function messagePayloadStart(row: Message): Offset {
  return messageTailStart(row) + (FEATURE_MQTT5 ? messagePropertiesSize[row] : 0)
}

/** Behind the payload. */
export function messageEnd(row: Message): Offset {
  return messagePayloadStart(row) + messagePayloadSize[row]
}

/**
 * Takes a row and a range for a message of these sizes, with one reference, which is the caller's; nothing is copied.
 * `reserve` blocks of the pool are left free. NONE: there is no room.
 */
export function messageReserve(
  topicSize: number, propertiesSize: number, payloadSize: number, reserve: number,
): Message {
  if (free < 0 && !(TABLES_GROW && messagesGrow())) return NONE
  const start = poolAllocate(topicSize + propertiesSize + payloadSize, reserve)
  if (start < 0) return NONE
  const row = free
  free = messageStart[row]
  messageStart[row] = start
  messageTopicSize[row] = topicSize
  messagePayloadSize[row] = payloadSize
  references[row] = 1
  if (FEATURE_MQTT5) {
    messagePropertiesSize[row] = propertiesSize
    messageExpiresAt[row] = 0
  }
  if (FEATURE_SYS || FEATURE_LANE) {
    messageCount++
    messageBytes += topicSize + propertiesSize + payloadSize
  }
  return row
}

/** Stores a message: its topic, and its properties and payload, which lie side by side. One reference, the caller's. */
export function messageStore(
  topicStart: Offset, topicSize: number, propertiesStart: Offset, payloadStart: Offset, end: Offset, reserve: number,
): Message {
  const row = messageReserve(topicSize, payloadStart - propertiesStart, end - payloadStart, reserve)
  if (row >= 0) {
    portCopy(messageStart[row], topicStart, topicSize)
    portCopy(messageTailStart(row), propertiesStart, end - propertiesStart)
  }
  return row
}

/** One more holder. */
export function messageRetain(row: Message): void {
  references[row]++
}

/** One holder less; the last one frees the message. NONE is no message. */
export function messageRelease(row: Message): void {
  if (row < 0) return
  assert(references[row] > 0, 'a message that is released has a holder')
  if (--references[row]) return
  const size = messageEnd(row) - messageStart[row]
  poolFree(messageStart[row], size)
  if (FEATURE_SYS || FEATURE_LANE) {
    messageCount--
    messageBytes -= size
  }
  if (FEATURE_RECORDS) recordForget(messageRecord, row)
  messageStart[row] = free
  free = row
}

/** Its topic has another retained message, or none: it may still be on its way to somebody. */
export function messageRetainEnd(row: Message): void {
  if (FEATURE_RECORDS && references[row] > 1) recordMark(messageRecord, row, MARK_REPLACED)
  messageRelease(row)
}

function messagesGrow(): boolean {
  const rows = references.length
  const grown = Math.min(rows * 2, MESSAGES_MAX)
  if (grown === rows) return false
  messageStart = newFreeList(columnGrow(messageStart, grown), rows)
  messageTopicSize = columnGrow(messageTopicSize, grown)
  messagePropertiesSize = columnGrow(messagePropertiesSize, grown)
  messagePayloadSize = columnGrow(messagePayloadSize, grown)
  messageFlags = columnGrow(messageFlags, grown)
  messageExpiresAt = columnGrow(messageExpiresAt, grown)
  references = columnGrow(references, grown)
  messageRecord = columnGrow(messageRecord, grown)
  free = rows
  return true
}
