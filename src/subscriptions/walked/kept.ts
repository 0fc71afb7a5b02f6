// What is kept of subscriptions as they stand in memory (records/tables.ts), and what is left of that at a start.
import { portRecordLost, portRecordStands } from 'runtime'
import { NONE } from '../../limits'
import { MARK_SERVED, MARK_WAITING } from '../../records/record_kind'
import {
  SUBSCRIPTION_ROWS, filterHiddenCount, subscriptionCount, subscriptionOptions, subscriptionRecord,
  subscriptionSession, subscriptionsCount,
} from '../rows'
import {
  CHAINS, heads, retainedWaitAdd, subscriptionFree, subscriptionFreeSet, subscriptionNext, subscriptionRemove,
  subscriptionUnchain, walkPlainSize,
} from './table'
import type { Session, Subscription, Table } from '../../kinds'

// Behind the heads of the chains.
const FREE_AT = CHAINS + 1
const HIDDEN_AT = CHAINS + 2
const COUNT_AT = CHAINS + 3

export function subscriptionTables(): Table[] {
  heads[FREE_AT] = subscriptionFree()
  heads[HIDDEN_AT] = filterHiddenCount
  heads[COUNT_AT] = subscriptionCount
  return [
    subscriptionRecord, subscriptionSession, subscriptionOptions, subscriptionNext, walkPlainSize, heads,
  ] as unknown[] as Table[]
}

/** A hidden filter that is gone cannot be read: it is counted until the next start, which harms nobody. */
export function subscriptionsKept(now: Session[]): void {
  let left = heads[COUNT_AT]
  subscriptionFreeSet(heads[FREE_AT])
  subscriptionsCount(left, heads[HIDDEN_AT])
  let session: Session
  let state
  // The engine reads what it skips too: what few rows need stands elsewhere.
  for (let row = 0; left && row < SUBSCRIPTION_ROWS; row++) {
    if ((session = subscriptionSession[row]) >= 0) {
      left--
      state = portRecordStands(subscriptionRecord[row])
      session = subscriptionSession[row] = state ? now[session] : NONE
      if (session < 0) rowLost(row, state)
      else if ((state & (MARK_WAITING | MARK_SERVED)) === MARK_SERVED) retainedWaitAdd(row)
    }
  }
}

/** Of a record that is there its session is not. */
function rowLost(row: Subscription, state: number): void {
  if (state) subscriptionRemove(row)
  else {
    portRecordLost(subscriptionRecord[row], 1)
    subscriptionsCount(-1, 0)
    subscriptionUnchain(row)
  }
}
