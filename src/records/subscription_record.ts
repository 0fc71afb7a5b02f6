// The record of a subscription whose session survives its connection.
import {
  portByte, portRecordGather, portRecordMarks, portRecordRead, portRecordRemove, portRecordRoom, portRecordSize,
} from 'runtime'
import {
  retainedWaitAdd, subscriptionAdd, subscriptionFind, subscriptionOf,
} from 'subscriptions/table'
import { readByte, readFourByteInteger } from '../codec/reader'
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
import { OWNER_SIZE, ownedHeadRead } from './owned_head'
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

/** Makes the subscription of a record. False: there is no room for it. */
export function subscriptionRestore(session: Session, record: RecordName): boolean {
  const row = filterRestore(session, record, portRecordSize(record) - HEAD_SIZE)
  if (row < 0) return false
  // The power went between a record and the end of the one before it.
  if (subscriptionRecord[row]) recordForget(subscriptionRecord, row)
  subscriptionRecord[row] = record
  optionsRestore(row, record)
  const marks = FEATURE_RETAINED ? portRecordMarks(record) : 0
  if (marks & MARK_WAITING && !(marks & MARK_SERVED)) retainedWaitAdd(row)
  return true
}

/** Options, and the Subscription Identifier where there are such. */
function optionsRestore(row: Subscription, record: RecordName): void {
  if (RECORDS_MAPPED && !FEATURE_SUBSCRIPTION_IDENTIFIER) {
    subscriptionOptions[row] = portByte(record * PLACE_SIZE + FILTER_AT - 1)
    return
  }
  ownedHeadRead(record, OWNER_SIZE)
  const identifier = readFourByteInteger()
  if (FEATURE_SUBSCRIPTION_IDENTIFIER) subscriptionIdentifier[row] = identifier
  subscriptionOptions[row] = readByte()
}

/** The row of a record's filter, where it lies if it is plain, as most are, else from a copy in the pool. */
function filterRestore(session: Session, record: RecordName, size: number): Subscription {
  let start: Offset = record * PLACE_SIZE + FILTER_AT
  let bytes: Offset = NONE
  if (!FILTERS_LOOKED_AT || !filterIsPlain(start, size)) {
    start = bytes = filterCopy(record, size)
    if (bytes < 0) return NONE
  }
  let row = subscriptionFind(session, start, size)
  if (row < 0) row = subscriptionAdd(session, start, size)
  if (bytes >= 0) poolFree(bytes, size)
  return row
}

/** A copy in the pool of a record's filter, which is parsed; NONE: it is none, or there is no room. */
function filterCopy(record: RecordName, size: number): Offset {
  const bytes = poolAllocate(size, 0)
  if (bytes < 0) return NONE
  portRecordRead(record, HEAD_SIZE, bytes, size)
  if (FEATURE_SHARED_SUBSCRIPTION ? sharedFilterParse(bytes, size) : filterParse(bytes, size)) return bytes
  poolFree(bytes, size)
  return NONE
}
