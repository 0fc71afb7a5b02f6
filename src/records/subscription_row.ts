// The row of a subscription that is made again of its record.
import { retainedWaitAdd, subscriptionAdd, subscriptionFind } from 'subscriptions/table'
import { sharedFilterParse } from '../codec/shared_filter'
import { filterParse } from '../codec/topic'
import { FEATURE_SHARED_SUBSCRIPTION, NONE } from '../limits'
import { MARK_SERVED, MARK_WAITING } from './record_kind'
import type { Offset, Session, Subscription } from '../kinds'

/** The row of a filter in memory, one that there is or a new one; NONE: it is no filter, or there is no room. */
export function subscriptionParsed(session: Session, start: Offset, size: number): Subscription {
  const isFilter = FEATURE_SHARED_SUBSCRIPTION ? sharedFilterParse(start, size) : filterParse(start, size)
  return isFilter ? subscriptionRowOf(session, start, size) : NONE
}

/** The row of the filter that was parsed last, one that there is or a new one; NONE: there is no room. */
export function subscriptionRowOf(session: Session, start: Offset, size: number): Subscription {
  const row = subscriptionFind(session, start, size)
  return row < 0 ? subscriptionAdd(session, start, size) : row
}

/** By the marks of its record: whether it waits for retained messages. */
export function subscriptionMarked(row: Subscription, marks: number): void {
  if (marks & MARK_WAITING && !(marks & MARK_SERVED)) retainedWaitAdd(row)
}
