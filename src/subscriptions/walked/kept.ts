// What is kept of subscriptions as they stand in memory (records/tables.ts), and what is left of that at a start.
import { portRecordLost, portRecordStands } from 'runtime'
import { topicIsHidden } from '../../codec/topic'
import { NONE } from '../../limits'
import { MARK_SERVED, MARK_WAITING } from '../../records/record_kind'
import {
  SUBSCRIPTION_ROWS, filterHiddenCount, subscriptionCount, subscriptionOptions, subscriptionRecord,
  subscriptionSession, subscriptionsCount,
} from '../rows'
import { chainsSettle } from './session_end'
import {
  CHAINS, END, heads, retainedWaitAdd, subscriptionFilterStart, subscriptionFree, subscriptionFreeSet,
  subscriptionNext, walkPlainSize,
} from './table'
import type { Session, Subscription, Table } from '../../kinds'

// Behind the heads of the chains.
const FREE_AT = CHAINS + 1
const HIDDEN_AT = CHAINS + 2
const COUNT_AT = CHAINS + 3
const OTHERS_AT = CHAINS + 4

export function subscriptionTables(other: number): Table[] {
  heads[FREE_AT] = subscriptionFree()
  heads[HIDDEN_AT] = filterHiddenCount
  heads[COUNT_AT] = subscriptionCount
  heads[OTHERS_AT] = other
  return [
    subscriptionRecord, subscriptionSession, subscriptionOptions, subscriptionNext, walkPlainSize, heads,
  ] as unknown[] as Table[]
}

export const keptWithSubscriptions = (): number => heads[OTHERS_AT]

/** None were kept. */
export function subscriptionsNew(): void {
  let free = END
  for (let row = SUBSCRIPTION_ROWS; row--;) {
    subscriptionNext[row] = free
    free = row
  }
}

/** A hidden filter that is gone cannot be read: it is counted until the next start, which harms nobody. */
export function subscriptionsKept(now: Session[]): void {
  let left = heads[COUNT_AT]
  let hidden = heads[HIDDEN_AT]
  let lost = 0
  subscriptionFreeSet(heads[FREE_AT])
  let session: Session
  let state
  // The engine reads what it skips too: what few rows need stands elsewhere.
  for (let row = 0; left && row < SUBSCRIPTION_ROWS; row++) {
    if ((session = subscriptionSession[row]) >= 0) {
      left--
      // What is a session's that is not there counts no more, whatever it is.
      session = now[session]
      state = session < 0 ? 0 : portRecordStands(subscriptionRecord[row])
      subscriptionSession[row] = state ? session : NONE
      if (!state) {
        lost++
        if (hidden && isHiddenYet(row)) hidden--
        portRecordLost(subscriptionRecord[row], 1)
        // What no row names is not moved by cleaning.
        subscriptionRecord[row] = 0
      } else if ((state & (MARK_WAITING | MARK_SERVED)) === MARK_SERVED) retainedWaitAdd(row)
    }
  }
  subscriptionsCount(heads[COUNT_AT] - lost, hidden)
  if (lost) chainsSettle()
}

function isHiddenYet(row: Subscription): boolean {
  return portRecordStands(subscriptionRecord[row]) < 0 && topicIsHidden(subscriptionFilterStart(row))
}
