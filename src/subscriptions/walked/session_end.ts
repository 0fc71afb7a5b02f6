// The subscriptions of a session that ends, of which there may be hundreds: Home Assistant's.
import { portFilterLeave, portRecordsWrite } from 'runtime'
import { topicIsHidden } from '../../codec/topic'
import { FEATURE_RETAINED, FEATURE_SYS, FLASH_AT, NONE, PLACE_SIZE, RECORDS_MAPPED } from '../../limits'
import { poolFree } from '../../store/byte_pool'
import { sessionRetainedHead } from '../../store/session_table'
import {
  FILTER_SIZE_SIZE, filterHiddenCount, routesChanged, subscriptionRecord, subscriptionRetainedAt, subscriptionSession,
  subscriptionsCount,
} from '../rows'
import {
  CHAINS, END, heads, retainedStand, subscriptionFilterSize, subscriptionFilterStart, subscriptionFree,
  subscriptionFreeSet, subscriptionNext, subscriptionOf, subscriptionRemove, subscriptionUnchain,
} from './table'
import type { Session, Subscription } from '../../kinds'

/** Rows that leave their chains one by one: where there are more all chains are looked at once. */
const ONE_BY_ONE = 16

export function subscriptionsEnd(session: Session): void {
  if (RECORDS_MAPPED) return rowsLeave(session)
  let row
  while ((row = subscriptionSession.indexOf(session)) >= 0) subscriptionRemove(row)
}

/** The record of a filter counts as long as its session does: nothing is written. */
function rowsLeave(session: Session): void {
  let row: number = NONE
  let count = 0
  let hidden = 0
  portRecordsWrite()
  while ((row = subscriptionOf(session, row)) >= 0) {
    if (FEATURE_SYS && filterHiddenCount && topicIsHidden(subscriptionFilterStart(row))) hidden++
    rowLeave(row)
    if (++count <= ONE_BY_ONE) subscriptionUnchain(row)
  }
  if (FEATURE_SYS) subscriptionsCount(-count, -hidden)
  if (count > ONE_BY_ONE) chainsSettle()
  // Who has the session's row next waits for nothing.
  if (FEATURE_RETAINED) sessionRetainedHead[session] = NONE
  if (count) routesChanged()
}

/** All that a row has, but its place in a chain, is another's from now on. */
function rowLeave(row: Subscription): void {
  const place = subscriptionRecord[row]
  if (FEATURE_RETAINED && subscriptionRetainedAt[row] >= 0) retainedStand(row, NONE)
  if (place * PLACE_SIZE < FLASH_AT) poolFree(place * PLACE_SIZE, subscriptionFilterSize(row) + FILTER_SIZE_SIZE)
  else portFilterLeave(place)
  subscriptionRecord[row] = 0
  subscriptionSession[row] = NONE
}

/** Rows that no session has are in no chain any more, but free. */
export function chainsSettle(): void {
  let free = subscriptionFree()
  for (let chain = 0; chain <= CHAINS; chain++) {
    let before: number = END
    for (let row = heads[chain], after; row !== END; row = after) {
      after = subscriptionNext[row]
      if (subscriptionSession[row] >= 0) before = row
      else {
        if (before === END) heads[chain] = after
        else subscriptionNext[before] = after
        subscriptionNext[row] = free
        free = row
      }
    }
  }
  subscriptionFreeSet(free)
}
