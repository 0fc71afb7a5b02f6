// Application Messages, a row each, see contract.ts. A message is stored once however many
// refer to it: its bytes are one range of the pool, topic, then the properties that travel, then the payload.
//
// Memory: MESSAGES_MAX x (2 start + 2 topic + 2 properties + 2 payload + 1 references + 1 flags + 8 expiry) = 18 bytes
// a row on a board (8 without 5.0), and the pool's blocks.
// Invariant: a row whose reference count is 0 is in the free list and owns no blocks.
import { portCopy, portSpoolHold, portSpoolRelease } from 'runtime'
import { assert } from '../../assert'
import {
  publishEnd, publishPayloadStart, publishPropertiesStart, publishQos, publishRetain, publishTopicSize,
  publishTopicStart,
} from '../../codec/publish'
import {
  FEATURE_LANE, FEATURE_MQTT5, FEATURE_RECORDS, FEATURE_RETAINED, FEATURE_SPOOL, FEATURE_SYS, FEATURE_WILL,
  MESSAGES_MAX, NONE, TABLES_GROW, isSpooled, newOffsets, newShortRows, payloadRoom, rowsAtStart,
} from '../../limits'
import { poolAllocate, poolFree } from '../../store/byte_pool'
import { MARK_REPLACED } from '../../records/record_kind'
import { columnGrow, newFreeList, newFreeRows } from '../../store/columns'
import { newRecordNames, recordForget, recordMark } from '../../store/record'
import type { Column, Message, Offset, RecordName } from '../../kinds'

const ROWS = rowsAtStart(MESSAGES_MAX)

/** Offset of the topic; where a row is free, the next one that is. */
let starts: Column<Message, Offset> = newFreeRows(ROWS)
/** Bytes of the topic. */
export let topicSizes: Column<Message> = newOffsets(ROWS)
let propertiesSizes: Column<Message> = newOffsets(FEATURE_MQTT5 ? ROWS : 0)
let payloadSizes: Column<Message> = newOffsets(ROWS)
let flagBits: Column<Message> = new Uint8Array(FEATURE_RETAINED || FEATURE_WILL ? ROWS : 0)
let expiries: Column<Message> = new Float64Array(FEATURE_MQTT5 ? ROWS : 0)
/** Its record, once a session that survives its connection, or the retained messages, hold it. */
export let messageRecord: Column<Message, RecordName> = newRecordNames(ROWS)
let references = newShortRows(ROWS)
let free = 0

/** Messages stored. */
export let messageCount = 0
/** Their bytes: topics, properties and payloads. */
export let messageBytes = 0

export function messageStart(row: Message): Offset {
  return starts[row]
}

export function messageTopicSize(row: Message): number {
  return topicSizes[row]
}

/** Bytes. */
export function messagePropertiesSize(row: Message): number {
  return FEATURE_MQTT5 ? propertiesSizes[row] : 0
}

export function messageFlags(row: Message): number {
  return flagBits[row]
}

export function messageExpiresAt(row: Message): number {
  return expiries[row]
}

export function messageExpirySet(row: Message, expiresAt: number): void {
  expiries[row] = expiresAt
}

export function messageTailStart(row: Message): Offset {
  return starts[row] + topicSizes[row]
}

export function messagePayloadStart(row: Message): Offset {
  return messageTailStart(row) + messagePropertiesSize(row)
}

export function messageEnd(row: Message): Offset {
  return messagePayloadStart(row) + payloadSizes[row]
}

export function messageRoom(row: Message): number {
  return messagePayloadStart(row) - starts[row] + payloadRoom(payloadSizes[row])
}

export function messageRecordName(row: Message): RecordName {
  return messageRecord[row]
}

export function messageReserve(
  topicSize: number, propertiesSize: number, payloadSize: number, flags: number, expiresAt: number, reserve: number,
): Message {
  if (free < 0 && !(TABLES_GROW && messagesGrow())) return NONE
  const start = poolAllocate(topicSize + propertiesSize + payloadRoom(payloadSize), reserve)
  if (start < 0) return NONE
  const row = free
  free = starts[row]
  starts[row] = start
  topicSizes[row] = topicSize
  payloadSizes[row] = payloadSize
  references[row] = 1
  if (FEATURE_RETAINED || FEATURE_WILL) flagBits[row] = flags
  if (FEATURE_MQTT5) {
    propertiesSizes[row] = propertiesSize
    expiries[row] = expiresAt
  }
  if (FEATURE_SYS || FEATURE_LANE) {
    messageCount++
    messageBytes += topicSize + propertiesSize + payloadSize
  }
  return row
}

export function messageStore(end: Offset, expiresAt: number, reserve: number): Message {
  const propertiesSize = publishPayloadStart - publishPropertiesStart
  const flags = publishQos << 1 | publishRetain
  const row = messageReserve(
    publishTopicSize, propertiesSize, publishEnd - publishPayloadStart, flags, expiresAt, reserve,
  )
  if (row >= 0) {
    portCopy(starts[row], publishTopicStart, publishTopicSize)
    portCopy(messageTailStart(row), publishPropertiesStart, FEATURE_SPOOL
      ? propertiesSize + payloadRoom(payloadSizes[row]) : end - publishPropertiesStart)
    if (isSpooled(payloadSizes[row])) portSpoolHold(messagePayloadStart(row))
  }
  return row
}

/** Memory takes everything. */
export const messageIsSpoiled: boolean = false

export function messageFill(_row: Message, target: Offset, start: Offset, size: number): void {
  portCopy(target, start, size)
}

/** Who releases a row has counted as its holder. */
export function messageHold(_row: Message): void {}

export function messageRetain(row: Message): void {
  references[row]++
}

export function messageRelease(row: Message): void {
  if (row < 0) return
  assert(references[row] > 0, 'a message that is released has a holder')
  if (--references[row]) return
  const size = messageEnd(row) - starts[row]
  poolFree(starts[row], FEATURE_SPOOL ? messageRoom(row) : size)
  if (FEATURE_SYS || FEATURE_LANE) {
    messageCount--
    messageBytes -= size
  }
  if (FEATURE_RECORDS) recordForget(messageRecord, row)
  // Behind the end of its record: the port waits for that to be done.
  if (isSpooled(payloadSizes[row])) portSpoolRelease(messagePayloadStart(row))
  starts[row] = free
  free = row
}

export function messageRetainEnd(row: Message): void {
  if (references[row] > 1) recordMark(messageRecord, row, MARK_REPLACED)
}

function messagesGrow(): boolean {
  const rows = references.length
  const grown = Math.min(rows * 2, MESSAGES_MAX)
  if (grown === rows) return false
  starts = newFreeList(columnGrow(starts, grown), rows)
  topicSizes = columnGrow(topicSizes, grown)
  propertiesSizes = columnGrow(propertiesSizes, grown)
  payloadSizes = columnGrow(payloadSizes, grown)
  flagBits = columnGrow(flagBits, grown)
  expiries = columnGrow(expiries, grown)
  references = columnGrow(references, grown)
  messageRecord = columnGrow(messageRecord, grown)
  free = rows
  return true
}
