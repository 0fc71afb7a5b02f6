// The record of an Application Message: bytes of the properties 4, of the topic 2, flags 1 (QoS and RETAIN as in the
// fixed header), 1 where an exchange of QoS 2 brought it (records/exchange.ts), else 0: 1, seconds until it expires 4
// (0xFFFFFFFF: never), 4 that are another port's (messages/mapped); topic, properties, payload. The seconds are those
// that were left when it was written.
import {
  portRecordAdd, portRecordAge, portRecordMark, portRecordRead, portRecordSequence, portRecordSize,
} from 'runtime'
import { clockUpdate } from '../../broker/clock'
import { readBegin, readFourByteInteger, readTwoByteInteger } from '../../codec/reader'
import { packFrom, writeByte, writeFourByteInteger, writeTwoByteInteger } from '../../codec/writer'
import { NONE, RECORD_HEAD_AT, TABLES_GROW } from '../../limits'
import { exchangeIsOpen, exchangeMessage, isExchanged } from '../../records/exchange'
import { MARK_WHOLE } from '../../records/record_kind'
import {
  messageCount, messageEnd, messageExpiresAt, messageFlags, messagePropertiesSize, messageRecord, messageRelease,
  messageReserve, messageStart, messageTopicSize,
} from './message_table'
import type { Message, RecordName } from '../../kinds'

/** Bytes in front of the topic. */
const HEAD_SIZE = 16
/** Seconds that are never over. */
const NEVER = 0xffff_ffff

/** Messages that were restored: they have the first rows, and one reference for the time of the start. */
let restoredCount = 0

function headWrite(message: Message, isWill: boolean): void {
  writeFourByteInteger(messagePropertiesSize(message))
  writeTwoByteInteger(messageTopicSize(message))
  writeByte(messageFlags(message))
  writeByte(isExchanged && !isWill ? 1 : 0)
  writeFourByteInteger(secondsLeft(messageExpiresAt(message), isWill))
  writeFourByteInteger(0)
}

/** What message_table.ts has of a Will is an interval that has not begun, or NONE. */
function secondsLeft(expiresAt: number, isWill: boolean): number {
  if (isWill) return expiresAt < 0 ? NEVER : expiresAt / 1_000
  return expiresAt ? Math.max(0, Math.ceil((expiresAt - clockUpdate()) / 1_000)) : NEVER
}

export function willHeadWrite(message: Message): void {
  headWrite(message, true)
}

export function messageRecordSize(message: Message): number {
  return HEAD_SIZE + messageEnd(message) - messageStart(message)
}

export function messageKeep(message: Message, kind: number): Message {
  if (messageRecord[message]) return message
  packFrom(RECORD_HEAD_AT)
  headWrite(message, false)
  const start = messageStart(message)
  messageRecord[message] = portRecordAdd(kind, RECORD_HEAD_AT, HEAD_SIZE, start, messageEnd(message) - start)
  if (isExchanged) exchangeMessage(messageRecord[message])
  return messageRecord[message] ? message : NONE
}

export function messageRestore(record: RecordName): Message {
  const message = restore(record, 0, false)
  if (message < 0) return NONE
  messageRecord[message] = record
  restoredCount = messageCount
  return message
}

export function willRestore(record: RecordName, at: number): Message {
  return restore(record, at, true)
}

function restore(record: RecordName, at: number, isWill: boolean): Message {
  portRecordRead(record, at, RECORD_HEAD_AT, HEAD_SIZE)
  readBegin(RECORD_HEAD_AT, RECORD_HEAD_AT + HEAD_SIZE)
  const propertiesSize = readFourByteInteger()
  const topicSize = readTwoByteInteger()
  const flags = readTwoByteInteger() >> 8
  const seconds = readFourByteInteger()
  const size = portRecordSize(record) - at - HEAD_SIZE
  const payloadSize = size - topicSize - propertiesSize
  const expiresAt = isWill ? willInterval(seconds) : expiryOf(seconds, record)
  const message = payloadSize < 0 ? NONE : messageReserve(topicSize, propertiesSize, payloadSize, flags, expiresAt, 0)
  if (message >= 0) portRecordRead(record, at + HEAD_SIZE, messageStart(message), size)
  return message
}

function willInterval(seconds: number): number {
  return seconds === NEVER ? NONE : seconds * 1_000
}

/** It expires at once where its time is over: 0 would be never. */
function expiryOf(seconds: number, record: RecordName): number {
  return seconds === NEVER ? 0 : Math.max(1, clockUpdate() + (seconds - portRecordAge(record)) * 1_000)
}

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

export function messagesSettle(): void {
  for (let message = 0; message < restoredCount; message++) {
    if (exchangeIsOpen(messageRecord[message])) portRecordMark(messageRecord[message], MARK_WHOLE)
    messageRelease(message)
  }
}
