// The record of a subscription whose session survives its connection.
import {
  portRecordGather, portRecordMarks, portRecordRead, portRecordRemove, portRecordRoom, portRecordSize,
} from 'runtime'
import {
  retainedWaitAdd, subscriptionAdd, subscriptionFind, subscriptionOf,
} from 'subscriptions/table'
import { readByte, readFourByteInteger, readSkipTo } from '../codec/reader'
import { sharedFilterParse } from '../codec/shared_filter'
import { filterIsPlain, filterParse } from '../codec/topic'
import { packFrom, writeFourByteInteger } from '../codec/writer'
import {
  FEATURE_RETAINED, FEATURE_SHARED_SUBSCRIPTION, FEATURE_SUBSCRIPTION_IDENTIFIER, FILTERS_LOOKED_AT, NONE, PLACE_SIZE,
  RECORDS_MAPPED, RECORD_HEAD_AT,
} from '../limits'
import { memory } from '../memory'
import { poolAllocate, poolFree } from '../store/byte_pool'
import { recordForget, recordMark, recordsAreKept } from '../store/record'
import { sessionOwner, sessionRecord, sessionRetainedHead } from '../store/session_table'
import {
  subscriptionIdentifier, subscriptionOptions, subscriptionRecord, subscriptionRetainedAt,
} from '../subscriptions/rows'
import { FILTER_AT, MARK_SERVED, MARK_WAITING, RECORD_SUBSCRIPTION } from './record_kind'
import type { Offset, RecordName, Session, Subscription } from '../kinds'

const HEAD_SIZE = 9
const IDENTIFIER_AT = RECORD_HEAD_AT + 4
const OPTIONS_AT = RECORD_HEAD_AT + 8

/** Whether a subscription of a session to a filter of this size could be kept. */
export function subscriptionRecordHasRoom(session: Session, filterSize: number): boolean {
  return !recordsAreKept || !sessionRecord[session] || portRecordRoom(1, HEAD_SIZE + filterSize)
}

/** Packs what the records of a packet's subscriptions have in common: it stays until the packet is put aside. */
export function subscriptionRecordsBegin(session: Session, identifier: number): void {
  if (!recordsAreKept) return
  const owner = sessionRecord[session] && sessionOwner[session]
  // Byte by byte: what packs numbers takes an interpreter five times as long.
  memory[RECORD_HEAD_AT] = owner >>> 24
  memory[RECORD_HEAD_AT + 1] = owner >> 16
  memory[RECORD_HEAD_AT + 2] = owner >> 8
  memory[RECORD_HEAD_AT + 3] = owner
  if (FEATURE_SUBSCRIPTION_IDENTIFIER) {
    packFrom(IDENTIFIER_AT)
    writeFourByteInteger(identifier)
  } else memory[IDENTIFIER_AT] = memory[IDENTIFIER_AT + 1] = memory[IDENTIFIER_AT + 2] = memory[IDENTIFIER_AT + 3] = 0
}

/**
 * Keeps a subscription with these options, in the place of what was kept of it; `start` is where its filter's bytes
 * are, in the packet. Where filters lie in records it gives one that has no other place a record that ends with the
 * power. False: there is no room, and what was kept of it stays.
 */
export function subscriptionRecordWrite(
  session: Session, row: Subscription, start: Offset, size: number, options: number,
): boolean {
  const former = subscriptionRecord[row]
  if (!recordsAreKept || !sessionRecord[session] && !(RECORDS_MAPPED && !former)) return true
  memory[OPTIONS_AT] = options
  const record = portRecordGather(RECORD_SUBSCRIPTION, RECORD_HEAD_AT, HEAD_SIZE, start, size)
  if (!record) return false
  subscriptionRecord[row] = record
  if (former) portRecordRemove(former)
  return true
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
  let identifier = 0
  if (FEATURE_SUBSCRIPTION_IDENTIFIER) identifier = readFourByteInteger()
  else readSkipTo(OPTIONS_AT)
  const options = readByte()
  const size = portRecordSize(record) - HEAD_SIZE
  const row = filterRestore(session, record, size)
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

/** The row of a record's filter, where it lies if it is plain, as most are, else from a copy in the pool. */
function filterRestore(session: Session, record: RecordName, size: number): Subscription {
  if (FILTERS_LOOKED_AT) {
    const start = record * PLACE_SIZE + FILTER_AT
    if (filterIsPlain(start, size)) return rowOf(session, start, size)
  }
  const bytes = poolAllocate(size, 0)
  if (bytes < 0) return NONE
  portRecordRead(record, HEAD_SIZE, bytes, size)
  const row = filterIsValid(bytes, size) ? rowOf(session, bytes, size) : NONE
  poolFree(bytes, size)
  return row
}

function filterIsValid(start: Offset, size: number): boolean {
  return FEATURE_SHARED_SUBSCRIPTION ? sharedFilterParse(start, size) : filterParse(start, size)
}

function rowOf(session: Session, start: Offset, size: number): Subscription {
  const found = subscriptionFind(session, start, size)
  return found < 0 ? subscriptionAdd(session, start, size) : found
}
