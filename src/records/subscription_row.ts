// The row of a subscription that is made again of its record.
import { portCopy, portRecordRead } from 'runtime'
import { retainedWaitAdd, subscriptionAdd, subscriptionFind } from 'subscriptions/table'
import { sharedFilterParse } from '../codec/shared_filter'
import { filterParse } from '../codec/topic'
import { FEATURE_RETAINED, FEATURE_SHARED_SUBSCRIPTION, NONE, PLACE_SIZE, RECORDS_MAPPED } from '../limits'
import { poolAllocate, poolFree } from '../store/byte_pool'
import { recordForget } from '../store/record'
import { subscriptionOptions, subscriptionRecord } from '../subscriptions/rows'
import { MARK_SERVED, MARK_WAITING } from './record_kind'
import type { Offset, RecordName, Session, Subscription } from '../kinds'

/**
 * The row of the filter that lies in a record, or with RECORDS_MAPPED at a place, from its byte `at` on: one that there
 * is or a new one, by a copy in the pool; NONE: it is no filter, or there is no room.
 */
export function subscriptionParsed(session: Session, record: RecordName, at: number, size: number): Subscription {
  const bytes = poolAllocate(size, 0)
  if (bytes < 0) return NONE
  if (RECORDS_MAPPED) portCopy(bytes, record * PLACE_SIZE + at, size)
  else portRecordRead(record, at, bytes, size)
  const isFilter = FEATURE_SHARED_SUBSCRIPTION ? sharedFilterParse(bytes, size) : filterParse(bytes, size)
  const row = isFilter ? subscriptionRowOf(session, bytes, size) : NONE
  poolFree(bytes, size)
  return row
}

/** The row of the filter that was parsed last, one that there is or a new one; NONE: there is no room. */
export function subscriptionRowOf(session: Session, start: Offset, size: number): Subscription {
  const row = subscriptionFind(session, start, size)
  return row < 0 ? subscriptionAdd(session, start, size) : row
}

/** What a row has of its record; by the marks it waits for retained messages. */
export function subscriptionRecorded(row: Subscription, record: RecordName, options: number, marks: number): void {
  // The power went between a record and the end of the one before it.
  if (subscriptionRecord[row]) recordForget(subscriptionRecord, row)
  subscriptionRecord[row] = record
  subscriptionOptions[row] = options
  if (FEATURE_RETAINED && marks & MARK_WAITING && !(marks & MARK_SERVED)) retainedWaitAdd(row)
}
