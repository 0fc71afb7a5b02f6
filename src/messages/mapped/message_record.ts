// Messages that are kept, of a board whose port reads records where they lie: what is in a record is the message
// itself, so that restoring one is to know its place. columns/message_record.ts says what a record holds.
//
// Memory, while the broker starts: 6 bytes for each message.
import {
  portRecordKind, portRecordMark, portRecordNext, portRecordRead, portRecordRemove, portRecordSequence,
  portRecordSize,
} from 'runtime'
import { readBegin, readFourByteInteger, readTwoByteInteger } from '../../codec/reader'
import { writeByte, writeFourByteInteger, writeTwoByteInteger } from '../../codec/writer'
import { NONE, RECORD_HEAD_AT } from '../../limits'
import { exchangeIsOpen, exchangeMessage, isExchanged } from '../../records/exchange'
import { MARK_WHOLE, RECORD_MESSAGE, RECORD_RETAINED } from '../../records/record_kind'
import {
  messageEnd, messageExpiresAt, messageFlags, messagePayloadStart, messageRecordName, messageReserve, messageStart,
  messageTailStart, messageToRecord, messageTopicSize, recordIsNamed,
} from './message_table'
import type { Message, RecordName } from '../../kinds'

const HEAD_SIZE = 16
/** Seconds that are never over. */
const NEVER = 0xffff_ffff

let sequences = new Uint32Array(0)
let places = new Uint16Array(0)
let restoredCount = 0

export function willHeadWrite(message: Message): void {
  writeFourByteInteger(messagePayloadStart(message) - messageTailStart(message))
  writeTwoByteInteger(messageTopicSize(message))
  writeByte(messageFlags(message))
  writeByte(0)
  const interval = messageExpiresAt(message)
  writeFourByteInteger(interval < 0 ? NEVER : interval / 1_000)
  writeFourByteInteger(0)
}

export function messageRecordSize(message: Message): number {
  return HEAD_SIZE + messageEnd(message) - messageStart(message)
}

export function messageKeep(message: Message, kind: number): Message {
  const kept = messageToRecord(message, kind, isExchanged)
  if (isExchanged && kept >= 0) exchangeMessage(messageRecordName(kept))
  return kept
}

export function messageRestore(record: RecordName): Message {
  if (!sequences.length) {
    const count = recordCount()
    sequences = new Uint32Array(count)
    places = new Uint16Array(count)
  }
  sequences[restoredCount] = portRecordSequence(record)
  return places[restoredCount++] = record * 1
}

function recordCount(): number {
  let count = 0
  let record = 0
  while ((record = portRecordNext(record))) count++
  return count
}

export function willRestore(record: RecordName, at: number): Message {
  portRecordRead(record, at, RECORD_HEAD_AT, HEAD_SIZE)
  readBegin(RECORD_HEAD_AT, RECORD_HEAD_AT + HEAD_SIZE)
  const propertiesSize = readFourByteInteger()
  const topicSize = readTwoByteInteger()
  const flags = readTwoByteInteger() >> 8
  const seconds = readFourByteInteger()
  const size = portRecordSize(record) - at - HEAD_SIZE
  const expiresAt = seconds === NEVER ? NONE : seconds * 1_000
  const message = messageReserve(topicSize, propertiesSize, size - topicSize - propertiesSize, flags, expiresAt, 0)
  // It comes from a packet that the pool has held before.
  if (message < 0 || messageRecordName(message)) return NONE
  portRecordRead(record, at + HEAD_SIZE, messageStart(message), size)
  return message
}

export function messageFind(sequence: number): Message {
  const at = sequences.indexOf(sequence)
  return at < 0 ? NONE : places[at]
}

export function messagesSettle(): void {
  sequences = new Uint32Array(0)
  places = new Uint16Array(0)
  restoredCount = 0
  let record = 0
  while ((record = portRecordNext(record))) {
    const kind = portRecordKind(record)
    if (kind === RECORD_MESSAGE || kind === RECORD_RETAINED) settle(record)
  }
}

function settle(record: RecordName): void {
  if (exchangeIsOpen(record)) portRecordMark(record, MARK_WHOLE)
  if (!recordIsNamed(record * 1)) portRecordRemove(record)
}
