// The records of the messages in the queue of a session that survives its connection.
//
// A queued message has its Packet Identifier from when it is queued: what was on its way when the power went is sent
// again under the identifier that it had, [MQTT-4.4.0-1] and nothing needs to be written when it is sent. That it was
// sent is noted only of one that expires, as who was sent it once is sent it again, expired or not: [MQTT-3.3.2-5] all
// that was queued goes out with DUP, which says no more than that it may have been sent before. [MQTT-3.3.1-1]
import { portRecordAdd, portRecordRead, portRecordRoom, portRecordSequence } from 'runtime'
import { clockUpdate } from '../broker/clock'
import { messageKeep } from 'messages/message_record'
import { messageRecordName, messageRelease, messageRetain, messageRoom } from 'messages/message_table'
import { readBegin, readFourByteInteger } from '../codec/reader'
import { packFrom, writeByte, writeFourByteInteger, writeTwoByteInteger } from '../codec/writer'
import {
  FEATURE_BRIDGE, FEATURE_CLUSTERED, FEATURE_MQTT5, FEATURE_SUBSCRIPTION_IDENTIFIER, RECORDS_MAPPED,
  RECORD_HEAD_AT,
} from '../limits'
import { queuePacketIdentifierNext } from '../store/queue_identifiers'
import { queueMessage } from '../store/queue_rows'
import { QUEUE_RELEASED, QUEUE_SENT } from '../store/queue_flags'
import { queueFlags, queueIdentifier, queuePacketIdentifier, queueRecord } from '../store/queue_table'
import { brokersAreOne, recordMark, recordsAreKept, startedMs } from '../store/record'
import { sessionOwner, sessionPacketIdentifier, sessionRecord } from '../store/session_table'
import { MESSAGE_HEAD_SIZE } from './message_head'
import { MARK_RELEASED, MARK_SENT, RECORD_MESSAGE, RECORD_QUEUED } from './record_kind'
import { writeSequence } from './sequence'
import type { Message, QueueRow, RecordName, Session } from '../kinds'

const QUEUED_HEAD_SIZE = 17
/** Where in it stands when it was queued, where there are no Subscription Identifiers: there is room for one. */
const QUEUED_AT = 10
/** What the broker notes of a row besides what it is. */
const LASTING = ~(QUEUE_SENT | QUEUE_RELEASED)

/** Whether a message, as many places in queues, and the exchange that brings it, could be kept. */
export function queueRecordsHaveRoom(message: Message, copies: number): boolean {
  // What came in pieces is in a record already.
  const isThere = RECORDS_MAPPED && messageRecordName(message)
  const size = isThere ? 0 : MESSAGE_HEAD_SIZE + messageRoom(message)
  return !recordsAreKept || portRecordRoom(2 + copies, size + (copies + 1) * QUEUED_HEAD_SIZE)
}

/** Keeps a row that was added to the queue of a session that is kept. Ask queueRecordsHaveRoom first. */
export function queueRecordAdd(session: Session, row: QueueRow): void {
  if (!recordsAreKept || !sessionRecord[session] || !rowKeep(row)) return
  const identifier = queuePacketIdentifierNext(session)
  queuePacketIdentifier[row] = sessionPacketIdentifier[session] = identifier
  const message = portRecordSequence(messageRecordName(queueMessage[row]))
  packFrom(RECORD_HEAD_AT)
  writeFourByteInteger(sessionOwner[session])
  writeSequence(message)
  writeFourByteInteger(FEATURE_SUBSCRIPTION_IDENTIFIER ? queueIdentifier[row] : FEATURE_BRIDGE ? sinceStartS() : 0)
  writeTwoByteInteger(identifier)
  writeByte(queueFlags[row] & LASTING)
  queueRecord[row] = portRecordAdd(RECORD_QUEUED, RECORD_HEAD_AT, QUEUED_HEAD_SIZE, 0, 0)
}

/** Seconds since the start. */
function sinceStartS(): number {
  return (clockUpdate() - startedMs) / 1_000
}

/** When a message of a board was queued, by its row's record: seconds since the start at which it was. */
export function queuedRecordS(record: RecordName): number {
  portRecordRead(record, QUEUED_AT, RECORD_HEAD_AT, 4)
  readBegin(RECORD_HEAD_AT, RECORD_HEAD_AT + 4)
  return readFourByteInteger()
}

/** Keeps the row's message; where that is another one then, the row has it. */
function rowKeep(row: QueueRow): boolean {
  const message = queueMessage[row]
  const kept = messageKeep(message, RECORD_MESSAGE)
  if (kept >= 0 && kept !== message) {
    messageRetain(kept)
    queueMessage[row] = kept
    messageRelease(message)
  }
  return kept >= 0
}

/** The row is sent for the first time, and its message has this expiry. */
export function queueRecordSent(row: QueueRow, expiresAt: number): void {
  if (FEATURE_MQTT5 && expiresAt || FEATURE_CLUSTERED && brokersAreOne) {
    recordMark(queueRecord, row, MARK_SENT)
  }
}

/** PUBREC has come: what is owed from now on is PUBREL. */
export function queueRecordReleased(row: QueueRow): void {
  recordMark(queueRecord, row, MARK_RELEASED)
}
