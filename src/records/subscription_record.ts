// The record of a subscription whose session survives its connection.
import { portRecordAdd, portRecordMarks, portRecordRemove, portRecordRoom, portRecordSize } from 'runtime'
import { subscriptionOf } from 'subscriptions/table'
import { readByte, readFourByteInteger } from '../codec/reader'
import { packFrom, writeFourByteInteger } from '../codec/writer'
import { FEATURE_SUBSCRIPTION_IDENTIFIER, NONE, RECORDS_MAPPED, RECORD_HEAD_AT } from '../limits'
import { memory } from '../memory'
import { recordMark, recordsAreKept } from '../store/record'
import { sessionOwner, sessionRecord, sessionRetainedHead } from '../store/session_table'
import { subscriptionIdentifier, subscriptionRecord, subscriptionRetainedAt } from '../subscriptions/rows'
import { filterHeadWrite, filterRecordAdd } from './filter_record'
import { OWNER_SIZE, ownedHeadRead } from './owned_head'
import { MARK_WAITING, RECORD_SUBSCRIPTION } from './record_kind'
import { subscriptionParsed, subscriptionRecorded } from './subscription_row'
import type { Offset, RecordName, Session, Subscription } from '../kinds'

const HEAD_SIZE = 9
const OPTIONS_AT = RECORD_HEAD_AT + 8

/** Whether a subscription of a session to a filter of this size could be kept. */
export function subscriptionRecordHasRoom(session: Session, filterSize: number): boolean {
  return !recordsAreKept || !sessionRecord[session] || portRecordRoom(1, HEAD_SIZE + filterSize)
}

/** Packs what the records of a packet's subscriptions have in common: it stays until the packet is put aside. */
export function subscriptionRecordsBegin(session: Session, identifier: number): void {
  if (!recordsAreKept) return
  const owner = sessionRecord[session] && sessionOwner[session]
  packFrom(RECORD_HEAD_AT)
  if (RECORDS_MAPPED) filterHeadWrite(owner)
  else {
    writeFourByteInteger(owner)
    writeFourByteInteger(identifier)
  }
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
  if (!RECORDS_MAPPED) memory[OPTIONS_AT] = options
  const record = RECORDS_MAPPED ? filterRecordAdd(start, size, options)
    : portRecordAdd(RECORD_SUBSCRIPTION, RECORD_HEAD_AT, HEAD_SIZE, start, size)
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
  const row = subscriptionParsed(session, record, HEAD_SIZE, portRecordSize(record) - HEAD_SIZE)
  if (row < 0) return false
  ownedHeadRead(record, OWNER_SIZE)
  const identifier = readFourByteInteger()
  if (FEATURE_SUBSCRIPTION_IDENTIFIER) subscriptionIdentifier[row] = identifier
  subscriptionRecorded(row, record, readByte(), portRecordMarks(record))
  return true
}
