// Sends retained messages to new subscriptions, as the client's credit and window allow: a subscription remembers how
// far it has come, so that a thousand retained messages need no memory and a slow reader misses none.
import { retainedTopicsSend } from 'subscriptions/retained_send'
import {
  retainedStand, retainedWaitRemove, subscriptionFilterSize, subscriptionFilterStart, subscriptionIsExact,
} from 'subscriptions/table'
import { topicIsHidden } from '../../codec/topic'
import { SYS_AT, sysCount, sysSend } from '../../feature/sys'
import { FEATURE_RETAINED, FEATURE_SYS_RETAINED } from '../../limits'
import { CONNECTED, connectionState } from '../../store/connection_table'
import { retainedFind } from 'messages/retained_table'
import { sessionRetainedHead, sessionSlot } from '../../store/session_table'
import { subscriptionRetainedAt } from '../../subscriptions/rows'
import { sendRetained } from './retained_message'
import type { Session, Subscription } from '../../kinds'

/** Sends what the session's subscriptions wait for, until the client has no room. */
export function retainedPump(session: Session): void {
  if (!FEATURE_RETAINED) return
  const slot = sessionSlot[session]
  if (slot < 0) return
  let subscription
  while ((subscription = sessionRetainedHead[session]) >= 0 && connectionState[slot] === CONNECTED) {
    const at = subscriptionRetainedAt[subscription]
    if (!at && subscriptionIsExact(subscription)) {
      const row = retainedFind(subscriptionFilterStart(subscription), subscriptionFilterSize(subscription))
      if (row >= 0 && !sendRetained(session, slot, subscription, row)) return
      topicsDone(session, subscription)
    } else if (!FEATURE_SYS_RETAINED || at < SYS_AT) {
      if (!retainedTopicsSend(session, slot, subscription)) return
      topicsDone(session, subscription)
    } else if (at - SYS_AT >= sysCount) retainedWaitRemove(session, subscription)
    else if (!sysSend(at - SYS_AT, slot, subscription)) return
    else subscriptionRetainedAt[subscription]++
  }
}

/** What is stored has been sent: what is left are the broker's own numbers. */
function topicsDone(session: Session, subscription: Subscription): void {
  if (FEATURE_SYS_RETAINED && topicIsHidden(subscriptionFilterStart(subscription))) retainedStand(subscription, SYS_AT)
  else retainedWaitRemove(session, subscription)
}
