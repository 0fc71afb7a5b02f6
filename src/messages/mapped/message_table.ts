// Application Messages of a board whose port reads records where they lie. There is no table: a message is a place, an
// address divided by sixteen, and what is known of it stands there, in the pool or in a record:
//
//   0  how many bytes there are from 16 on, lowest first, 3   3  in the pool: its holders   4 to 15  in a record: the
//   rest of the record's head   16  a message's own head, records/message_head.ts   32  topic, properties, payload
//
// One in the pool is held by so many, and the last one lets go of its blocks. One in a record is held by whoever names
// it, a row of a queue or of the retained messages, a transfer, or the publication (messageHold); when none does its
// record goes.
//
// Memory: none but the pool's; a message there takes 32 bytes more than it has.
import {
  portCopy, portRecordAdd, portRecordCommit, portRecordFill, portRecordIsCommitted, portRecordMark, portRecordRemove,
  portRecordReserve, portRecordSequence, portRecordSize,
} from 'runtime'
import { clockUpdate } from '../../broker/clock'
import { byteAt } from '../../codec/byte'
import {
  publishEnd, publishPayloadStart, publishPropertiesStart, publishQos, publishRetain, publishTopicSize,
  publishTopicStart,
} from '../../codec/publish'
import { packFrom, writeByte, writeFourByteInteger, writeTwoByteInteger } from '../../codec/writer'
import { FLASH_AT, NONE, PLACE_SIZE, POOL_BLOCKS_UNRECORDED, RECORD_BODY_AT, RECORD_HEAD_AT } from '../../limits'
import { memory } from '../../memory'
import { MESSAGE_HEAD_SIZE, NEVER } from '../../records/message_head'
import { MARK_REPLACED, RECORD_MESSAGE, RECORD_RETAINED } from '../../records/record_kind'
import { poolAllocate, poolFree } from '../../store/byte_pool'
import { NO_RECORD, recordsAreKept, sequenceAtStart, startedMs } from '../../store/record'
import { recordIsNamed, recordIsWanted } from './record_holders'
import type { Message, Offset, RecordName } from '../../kinds'

export { messageHold } from './record_holders'

/** Where what a place holds begins. */
const BODY_AT = RECORD_BODY_AT
const HOLDERS_AT = 3
// Within the head of a message.
const PROPERTIES_AT = 18
const TOPIC_AT = 20
const FLAGS_AT = 22
const EXPIRY_HIGH_AT = 23
const LEFT_AT = 24
const EXPIRY_AT = 28
/** An expiry is counted in these, in 40 bits: 136 years, which an interval may have, fit into them. Milliseconds. */
const EXPIRY_MS = 62.5
const EXPIRY_HIGH = 0x1_0000_0000

/** Messages in the pool, and their bytes. */
export let messageCount = 0
export let messageBytes = 0

function two(message: Message, at: number): number {
  const address = message * PLACE_SIZE + at
  return byteAt(address) << 8 | byteAt(address + 1)
}

function four(message: Message, at: number): number {
  return two(message, at) * 65_536 + two(message, at + 2)
}

/** Bytes behind the head of a place. */
function sizeOf(message: Message): number {
  if (isRecord(message)) return portRecordSize(nameOf(message))
  const address = message * PLACE_SIZE
  return memory[address] | memory[address + 1] << 8 | memory[address + 2] << 16
}

function isRecord(message: Message): boolean {
  return message * PLACE_SIZE >= FLASH_AT
}

/** The name of a message's record is its place. */
function nameOf(message: Message): number {
  return message
}

export function messageStart(message: Message): Offset {
  return message * PLACE_SIZE + BODY_AT + MESSAGE_HEAD_SIZE
}

export function messageTopicSize(message: Message): number {
  return two(message, TOPIC_AT)
}

export function messageTailStart(message: Message): Offset {
  return messageStart(message) + messageTopicSize(message)
}

export function messagePayloadStart(message: Message): Offset {
  return messageTailStart(message) + two(message, PROPERTIES_AT)
}

export function messageEnd(message: Message): Offset {
  return message * PLACE_SIZE + BODY_AT + sizeOf(message)
}

export function messageRoom(message: Message): number {
  return messageEnd(message) - messageStart(message)
}

export function messageFlags(message: Message): number {
  return byteAt(message * PLACE_SIZE + FLAGS_AT)
}

/** A record of before the start has the seconds that it had left then. */
export function messageExpiresAt(message: Message): number {
  if (isRecord(message) && portRecordSequence(nameOf(message)) <= sequenceAtStart) {
    const left = four(message, LEFT_AT)
    return left === NEVER ? 0 : startedMs + left * 1_000
  }
  const expiry = four(message, EXPIRY_AT)
  return expiry === NEVER ? NONE : (byteAt(message * PLACE_SIZE + EXPIRY_HIGH_AT) * EXPIRY_HIGH + expiry) * EXPIRY_MS
}

/** Only of a message in the pool. */
export function messageExpirySet(message: Message, expiresAt: number): void {
  expiryWrite(message * PLACE_SIZE, expiresAt)
}

/** Of the message whose place would begin there. */
function expiryWrite(at: Offset, expiresAt: number): void {
  const expiry = Math.floor(expiresAt / EXPIRY_MS)
  memory[at + EXPIRY_HIGH_AT] = expiry / EXPIRY_HIGH
  packFrom(at + EXPIRY_AT)
  writeFourByteInteger(expiresAt < 0 ? NEVER : expiry % EXPIRY_HIGH)
}

/** The head of a message, at an address of memory. */
function headWrite(at: Offset, topicSize: number, propertiesSize: number, flags: number, expiresAt: number): void {
  packFrom(at)
  writeFourByteInteger(propertiesSize)
  writeTwoByteInteger(topicSize)
  writeByte(flags)
  packFrom(at + LEFT_AT - BODY_AT)
  writeFourByteInteger(NEVER)
  expiryWrite(at - BODY_AT, expiresAt)
}

export function messageReserve(
  topicSize: number, propertiesSize: number, payloadSize: number, flags: number, expiresAt: number, reserve: number,
): Message {
  const size = MESSAGE_HEAD_SIZE + topicSize + propertiesSize + payloadSize
  const start = poolAllocate(BODY_AT + size, reserve)
  if (start < 0) return NONE
  memory[start] = size
  memory[start + 1] = size >> 8
  memory[start + 2] = size >> 16
  memory[start + HOLDERS_AT] = 1
  headWrite(start + BODY_AT, topicSize, propertiesSize, flags, expiresAt)
  messageCount++
  messageBytes += size - MESSAGE_HEAD_SIZE
  return start / PLACE_SIZE
}

/** A message in a record that is not committed. */
function reserveRecord(
  topicSize: number, propertiesSize: number, size: number, flags: number, expiresAt: number,
): Message {
  const record: number = portRecordReserve(flags & 1 ? RECORD_RETAINED : RECORD_MESSAGE, size)
  if (!record) return NONE
  headWrite(RECORD_HEAD_AT, topicSize, propertiesSize, flags, expiresAt)
  leftWrite(RECORD_HEAD_AT - BODY_AT, expiresAt)
  if (portRecordFill(record, 0, RECORD_HEAD_AT, MESSAGE_HEAD_SIZE)) return record
  portRecordRemove(record)
  return NONE
}

/** The seconds that a message has left, in the head of a place at an address of memory. */
function leftWrite(at: Offset, expiresAt: number): void {
  packFrom(at + LEFT_AT)
  writeFourByteInteger(expiresAt > 0 ? Math.max(0, Math.ceil((expiresAt - clockUpdate()) / 1_000)) : NEVER)
}

export let messageIsSpoiled = false

export function messageFill(message: Message, target: Offset, start: Offset, size: number): void {
  messageIsSpoiled = isRecord(message)
    && !portRecordFill(nameOf(message), target - message * PLACE_SIZE - BODY_AT, start, size)
  if (!isRecord(message)) portCopy(target, start, size)
}

/** In the pool where it has room, else in a record that is not committed. */
export function messageStore(end: Offset, expiresAt: number, reserve: number): Message {
  const propertiesSize = publishPayloadStart - publishPropertiesStart
  const flags = publishQos << 1 | publishRetain
  const payloadSize = publishEnd - publishPayloadStart
  let message = messageReserve(
    publishTopicSize, propertiesSize, payloadSize, flags, expiresAt, recordsAreKept ? POOL_BLOCKS_UNRECORDED : reserve,
  )
  if (message < 0 && recordsAreKept) {
    const size = MESSAGE_HEAD_SIZE + publishTopicSize + propertiesSize + payloadSize
    message = reserveRecord(publishTopicSize, propertiesSize, size, flags, expiresAt)
  }
  if (message < 0) return NONE
  const start = messageStart(message)
  messageFill(message, start, publishTopicStart, publishTopicSize)
  if (!messageIsSpoiled) {
    messageFill(message, start + publishTopicSize, publishPropertiesStart, end - publishPropertiesStart)
  }
  if (!messageIsSpoiled) return message
  portRecordRemove(nameOf(message))
  return NONE
}

/**
 * Has a message in a record, in the place of the one in the pool, which the caller still holds. Answers its place;
 * NONE: there is no room.
 */
export function messageToRecord(message: Message, kind: number): Message {
  if (!isRecord(message)) {
    leftWrite(message * PLACE_SIZE, messageExpiresAt(message))
    const record: number = portRecordAdd(kind, message * PLACE_SIZE + BODY_AT, sizeOf(message), 0, 0)
    return record || NONE
  }
  if (portRecordIsCommitted(nameOf(message))) return message
  return portRecordCommit(nameOf(message)) ? message : NONE
}

export function messageRetain(message: Message): void {
  if (!isRecord(message)) memory[message * PLACE_SIZE + HOLDERS_AT]++
}

export function messageRelease(message: Message): void {
  if (message < 0) return
  if (isRecord(message)) {
    if (recordsAreKept && !recordIsNamed(message)) portRecordRemove(nameOf(message))
    return
  }
  const start = message * PLACE_SIZE
  if (--memory[start + HOLDERS_AT]) return
  messageCount--
  messageBytes -= messageRoom(message)
  poolFree(start, BODY_AT + sizeOf(message))
}

/** A record that no row of the retained messages has any more. While the broker starts, queues are not there yet. */
export function messageRetainEnd(message: Message): void {
  if (recordsAreKept && !recordIsWanted(message)) portRecordRemove(nameOf(message))
  else portRecordMark(nameOf(message), MARK_REPLACED)
}

export function messageRecordName(message: Message): RecordName {
  return isRecord(message) ? nameOf(message) : NO_RECORD
}
