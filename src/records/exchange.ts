// A message of QoS 2 and its Packet Identifier come together, or its sender would have it delivered twice, or never.
// A store that takes the changes of one call into the core as one (RECORDS_BY_CALL) does that by itself. In another
// the message's record says that it belongs to an exchange, the places in queues follow, the exchange's record names
// the message, and a mark says that the message is whole: one that is not, and that no exchange names, was about to be
// taken when the power went. It is in no queue then, and its sender sends it again.
//
// Memory, while the broker starts: 8 bytes for each row of the queues.
import {
  portRecordAdd, portRecordKind, portRecordMark, portRecordMarks, portRecordRead, portRecordRoom,
  portRecordSequence,
} from 'runtime'
import { readBegin, readFourByteInteger, readTwoByteInteger } from '../codec/reader'
import { packFrom, writeFourByteInteger, writeTwoByteInteger } from '../codec/writer'
import { QUEUE_ROWS_MAX, RECORDS_BY_CALL, RECORD_HEAD_AT } from '../limits'
import { memory } from '../memory'
import { queuePacketIdentifier, queueRecord } from '../store/queue_table'
import { NO_RECORD, recordsAreKept } from '../store/record'
import { sessionInboundHead, sessionOwner, sessionRecord } from '../store/session_table'
import { MARK_WHOLE, RECORD_INBOUND } from './record_kind'
import type { RecordName, Session } from '../kinds'

const INBOUND_SIZE = 12
/** Where a message's record says that an exchange brought it: message_record.ts. */
const EXCHANGE_AT = 7

/** The message that is published belongs to an exchange that is kept. Life: from exchangeBegin to exchangeEnd. */
export let isExchanged = false
/** The record of that message. */
let exchangedRecord: RecordName = NO_RECORD

/** Whether an exchange could be kept. */
export function exchangeHasRoom(): boolean {
  return !recordsAreKept || portRecordRoom(1, INBOUND_SIZE)
}

/** A message of QoS 2 that a session sends is going to be published. */
export function exchangeBegin(session: Session): void {
  isExchanged = !RECORDS_BY_CALL && recordsAreKept && sessionRecord[session] > 0
  exchangedRecord = NO_RECORD
}

/** The record of a message was added, while isExchanged. */
export function exchangeMessage(record: RecordName): void {
  exchangedRecord = record
}

/** It was published, or refused. */
export function exchangeEnd(session: Session, isTaken: boolean): void {
  isExchanged = false
  if (!isTaken || !recordsAreKept || !sessionRecord[session]) return
  const row = sessionInboundHead[session]
  packFrom(RECORD_HEAD_AT)
  writeFourByteInteger(sessionOwner[session])
  writeTwoByteInteger(queuePacketIdentifier[row])
  writeSequence(exchangedRecord ? portRecordSequence(exchangedRecord) : 0)
  queueRecord[row] = portRecordAdd(RECORD_INBOUND, RECORD_HEAD_AT, INBOUND_SIZE, 0, 0)
  if (exchangedRecord) portRecordMark(exchangedRecord, MARK_WHOLE)
}

/** A record's sequence number, six bytes. */
export function writeSequence(sequence: number): void {
  writeTwoByteInteger(Math.floor(sequence / 0x1_0000_0000))
  writeFourByteInteger(sequence % 0x1_0000_0000)
}

export function readSequence(): number {
  const high = readTwoByteInteger()
  return high * 0x1_0000_0000 + readFourByteInteger()
}

// While the broker starts: sequence numbers of messages that exchanges name.
let named = new Float64Array(0)
let namedCount = 0

/** Records are going to be restored, or have been. */
export function exchangesForget(isStarting: boolean): void {
  named = new Float64Array(isStarting && !RECORDS_BY_CALL ? QUEUE_ROWS_MAX : 0)
  namedCount = 0
}

/** Notes what a record names, if it is of an exchange. */
export function exchangeNote(record: RecordName): void {
  if (RECORDS_BY_CALL || portRecordKind(record) !== RECORD_INBOUND || namedCount === QUEUE_ROWS_MAX) return
  portRecordRead(record, 0, RECORD_HEAD_AT, INBOUND_SIZE)
  readBegin(RECORD_HEAD_AT + 6, RECORD_HEAD_AT + INBOUND_SIZE)
  named[namedCount++] = readSequence()
}

/**
 * Whether a message's record is of an exchange that did not begin: the message is in nobody's queue. Where it did, that
 * is noted, as the exchange's record will end.
 */
export function exchangeIsOpen(record: RecordName): boolean {
  if (RECORDS_BY_CALL || portRecordMarks(record) & MARK_WHOLE) return false
  portRecordRead(record, EXCHANGE_AT, RECORD_HEAD_AT, 1)
  if (!memory[RECORD_HEAD_AT]) return false
  if (named.indexOf(portRecordSequence(record)) < 0) return true
  portRecordMark(record, MARK_WHOLE)
  return false
}
