// Which subscriptions of a session wait for retained messages. With an index they are a list in the order of SUBSCRIBE.
// A small table has no column for that: the session has the row that is being sent, and those that wait for it stand
// at retained row 0, where the engine's own search finds them.
import { FEATURE_INDEX, NONE } from '../limits'
import { sessionRetainedHead, sessionRetainedTail } from './session_table'
import { subscriptionRetainedAt, subscriptionRetainedNext, subscriptionSession } from './subscription_table'

/** Has the retained messages that match sent to the subscription, from the first. */
export function retainedWaitAdd(row: number): void {
  const session = subscriptionSession[row]
  const isWaiting = subscriptionRetainedAt[row] >= 0
  subscriptionRetainedAt[row] = 0
  if (FEATURE_INDEX) {
    if (!isWaiting) append(session, row)
  } else if (sessionRetainedHead[session] < 0) sessionRetainedHead[session] = row
}

function append(session: number, row: number): void {
  subscriptionRetainedNext[row] = NONE
  if (sessionRetainedHead[session] < 0) sessionRetainedHead[session] = row
  else subscriptionRetainedNext[sessionRetainedTail[session]] = row
  sessionRetainedTail[session] = row
}

/** The subscription has its retained messages, or ends. */
export function retainedWaitRemove(session: number, row: number): void {
  subscriptionRetainedAt[row] = NONE
  if (FEATURE_INDEX) unlink(session, row)
  else if (sessionRetainedHead[session] === row) sessionRetainedHead[session] = nextOf(session)
}

function unlink(session: number, row: number): void {
  let previous = NONE
  for (let at = sessionRetainedHead[session]; at !== row; at = subscriptionRetainedNext[at]) previous = at
  const after = subscriptionRetainedNext[row]
  if (previous < 0) sessionRetainedHead[session] = after
  else subscriptionRetainedNext[previous] = after
  if (after < 0) sessionRetainedTail[session] = previous
}

function nextOf(session: number): number {
  let row = NONE
  do row = subscriptionRetainedAt.indexOf(0, row + 1)
  while (row >= 0 && subscriptionSession[row] !== session)
  return row
}
