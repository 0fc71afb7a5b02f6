// Messages that are kept, with a row for each: a record (records/message_head.ts) is written from it and read into it.
import {
  portRecordAdd, portRecordAge, portRecordRead, portRecordSequence, portRecordSize, portSpoolRestore,
} from 'runtime'
import { clockUpdate } from '../../broker/clock'
import { readBegin, readFourByteInteger, readTwoByteInteger } from '../../codec/reader'
import { packFrom, writeByte, writeFourByteInteger, writeTwoByteInteger } from '../../codec/writer'
import { NONE, RECORD_HEAD_AT, REFERENCE_SIZE, TABLES_GROW, isSpooled } from '../../limits'
import { MESSAGE_HEAD_SIZE, NEVER } from '../../records/message_head'
import { recordRename } from '../../store/record'
import {
  messageCount, messageEnd, messageExpiresAt, messageFlags, messagePropertiesSize, messageRecord, messageRelease,
  messagePayloadStart, messageReserve, messageRoom, messageStart, messageTopicSize,
} from './message_table'
import type { Message, RecordName } from '../../kinds'

/** Messages that were restored: they have the first rows, and one reference for the time of the start. */
let restoredCount = 0

function headWrite(message: Message): void {
  writeFourByteInteger(messagePropertiesSize(message))
  writeTwoByteInteger(messageTopicSize(message))
  writeByte(messageFlags(message))
  writeByte(0)
  writeFourByteInteger(secondsLeft(messageExpiresAt(message)))
  const payloadSize = messageEnd(message) - messagePayloadStart(message)
  writeFourByteInteger(isSpooled(payloadSize) ? payloadSize : 0)
}

function secondsLeft(expiresAt: number): number {
  return expiresAt ? Math.max(0, Math.ceil((expiresAt - clockUpdate()) / 1_000)) : NEVER
}

export function messageKeep(message: Message, kind: number): Message {
  if (messageRecord[message]) return message
  packFrom(RECORD_HEAD_AT)
  headWrite(message)
  messageRecord[message] = portRecordAdd(
    kind, RECORD_HEAD_AT, MESSAGE_HEAD_SIZE, messageStart(message), messageRoom(message))
  return messageRecord[message] ? message : NONE
}

export function messageRestore(record: RecordName, _kind: number): Message {
  portRecordRead(record, 0, RECORD_HEAD_AT, MESSAGE_HEAD_SIZE)
  readBegin(RECORD_HEAD_AT, RECORD_HEAD_AT + MESSAGE_HEAD_SIZE)
  const propertiesSize = readFourByteInteger()
  const topicSize = readTwoByteInteger()
  const flags = readTwoByteInteger() >> 8
  const seconds = readFourByteInteger()
  const spooledSize = readFourByteInteger()
  const size = portRecordSize(record) - MESSAGE_HEAD_SIZE
  const room = size - topicSize - propertiesSize
  const payloadSize = isSpooled(spooledSize) && room === REFERENCE_SIZE ? spooledSize : room
  const expiresAt = expiryOf(seconds, record)
  const message = payloadSize < 0 ? NONE : messageReserve(topicSize, propertiesSize, payloadSize, flags, expiresAt, 0)
  if (message < 0) return NONE
  portRecordRead(record, MESSAGE_HEAD_SIZE, messageStart(message), size)
  if (isSpooled(payloadSize) && !portSpoolRestore(messagePayloadStart(message), payloadSize)) {
    messageRelease(message)
    return NONE
  }
  messageRecord[message] = record
  restoredCount = messageCount
  return message
}

/** It expires at once where its time is over: 0 would be never. */
function expiryOf(seconds: number, record: RecordName): number {
  return seconds === NEVER ? 0 : Math.max(1, clockUpdate() + (seconds - portRecordAge(record)) * 1_000)
}

/** Boards with messages of columns have tables of one size. */
export function messageLeave(_message: Message): void {}

/** A table that grows has them in the order of the port's walk, which is that of the numbers. */
export function messageFind(sequence: number): Message {
  if (!TABLES_GROW) {
    let message = restoredCount - 1
    while (message >= 0 && portRecordSequence(messageRecord[message]) !== sequence) message--
    return message
  }
  let low = 0
  let high = restoredCount
  while (low < high) {
    const middle = (low + high) >> 1
    if (portRecordSequence(messageRecord[middle]) < sequence) low = middle + 1
    else high = middle
  }
  return low < restoredCount && portRecordSequence(messageRecord[low]) === sequence ? low : NONE
}

export function messageMoved(from: RecordName, to: RecordName): void {
  recordRename([messageRecord], from, to)
}

export function messagesSettle(): void {
  for (let message = 0; message < restoredCount; message++) messageRelease(message)
}

/** No rows are kept. */
export const messageAgain = (_message: Message): void => undefined
