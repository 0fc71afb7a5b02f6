// The record of a subscription whose session survives its connection.
import { portRecordAdd, portRecordMarks, portRecordRead, portRecordRoom, portRecordSize } from 'runtime'
import {
  retainedWaitAdd, subscriptionAdd, subscriptionFilterSize, subscriptionFind, subscriptionOf,
} from 'subscriptions/table'
import { readByte, readFourByteInteger } from '../codec/reader'
import { sharedFilterParse } from '../codec/shared_filter'
import { filterParse } from '../codec/topic'
import { packFrom, writeByte, writeFourByteInteger } from '../codec/writer'
import {
  FEATURE_RETAINED, FEATURE_SHARED_SUBSCRIPTION, FEATURE_SUBSCRIPTION_IDENTIFIER, NONE, RECORDS_MAPPED,
  RECORD_HEAD_AT,
} from '../limits'
import { poolAllocate, poolFree } from '../store/byte_pool'
import { recordForget, recordMark, recordsAreKept } from '../store/record'
import { sessionOwner, sessionRecord, sessionRetainedHead } from '../store/session_table'
import {
  subscriptionIdentifier, subscriptionOptions, subscriptionRecord, subscriptionRetainedAt,
} from '../subscriptions/rows'
import { MARK_SERVED, MARK_WAITING, RECORD_SUBSCRIPTION } from './record_kind'
import type { Offset, RecordName, Session, Subscription } from '../kinds'

const HEAD_SIZE = 9
/** The owner that no session is. */
const NOBODY = 0

/** Whether a subscription of a session to a filter of this size could be kept. */
export function subscriptionRecordHasRoom(session: Session, filterSize: number): boolean {
  return !recordsAreKept || !sessionRecord[session] || portRecordRoom(1, HEAD_SIZE + filterSize)
}

/**
 * Keeps a subscription as it is now, in the place of what was kept of it; `start` is where its filter's bytes are, in
 * the packet. Where filters lie in records it gives one that has no other place a record that ends with the power.
 * Ask subscriptionRecordHasRoom first.
 */
export function subscriptionRecordWrite(session: Session, row: Subscription, start: Offset): void {
  const isKept = sessionRecord[session] > 0
  if (!recordsAreKept || !isKept && !(RECORDS_MAPPED && !subscriptionRecord[row])) return
  packFrom(RECORD_HEAD_AT)
  writeFourByteInteger(RECORDS_MAPPED && !isKept ? NOBODY : sessionOwner[session])
  writeFourByteInteger(FEATURE_SUBSCRIPTION_IDENTIFIER ? subscriptionIdentifier[row] : 0)
  writeByte(subscriptionOptions[row])
  const record = portRecordAdd(RECORD_SUBSCRIPTION, RECORD_HEAD_AT, HEAD_SIZE, start, subscriptionFilterSize(row))
  recordForget(subscriptionRecord, row)
  subscriptionRecord[row] = record
}

/**
 * The session's packet has been answered: notes of the subscriptions that it left waiting for retained messages that
 * they do. What each has got already is not noted: behind a power cut it gets all of them.
 */
export function subscriptionsWait(session: Session): void {
  if (!recordsAreKept || !sessionRecord[session] || sessionRetainedHead[session] < 0) return
  for (let row = subscriptionOf(session, NONE); row >= 0; row = subscriptionOf(session, row)) {
    if (subscriptionRetainedAt[row] >= 0) recordMark(subscriptionRecord, row, MARK_WAITING)
  }
}

/** Makes the subscription of a record, of which the reader stands behind its owner. False: there is no room for it. */
export function subscriptionRestore(session: Session, record: RecordName): boolean {
  const identifier = readFourByteInteger()
  const options = readByte()
  const size = portRecordSize(record) - HEAD_SIZE
  const bytes = poolAllocate(size, 0)
  if (bytes < 0) return false
  portRecordRead(record, HEAD_SIZE, bytes, size)
  const row = filterIsValid(bytes, size) ? rowOf(session, bytes, size) : -1
  poolFree(bytes, size)
  if (row < 0) return false
  // The power went between a record and the end of the one before it.
  recordForget(subscriptionRecord, row)
  subscriptionRecord[row] = record
  subscriptionOptions[row] = options
  if (FEATURE_SUBSCRIPTION_IDENTIFIER) subscriptionIdentifier[row] = identifier
  const marks = portRecordMarks(record)
  if (FEATURE_RETAINED && marks & MARK_WAITING && !(marks & MARK_SERVED)) retainedWaitAdd(row)
  return true
}

function filterIsValid(start: Offset, size: number): boolean {
  return FEATURE_SHARED_SUBSCRIPTION ? sharedFilterParse(start, size) : filterParse(start, size)
}

function rowOf(session: Session, start: Offset, size: number): Subscription {
  const found = subscriptionFind(session, start, size)
  return found < 0 ? subscriptionAdd(session, start, size) : found
}
