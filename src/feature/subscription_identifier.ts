// Subscription Identifiers: which of them a message carries that was queued. [MQTT 5.0 section 3.8.2.1.2]
import { outgoingAddIdentifier, outgoingClearIdentifiers } from '../broker/publish/outgoing'
import { messageStart, messageTopicSize } from 'messages/message_table'
import { queueMessage } from '../store/queue_rows'
import { QUEUE_IDENTIFIERS } from '../store/queue_flags'
import { queueFlags, queueIdentifier } from '../store/queue_table'
import { sessionSubscriptionHead } from '../store/session_table'
import { filterMatches, filterSkip } from '../subscriptions/indexed/filter_table'
import { subscriptionFilter, subscriptionSessionNext } from '../subscriptions/indexed/table'
import { subscriptionIdentifier } from '../subscriptions/rows'
import type { Session } from '../kinds'

/** Puts those of a queue's row into the next copy: its own, or those of all its session's filters that match. */
export function identifiersAdd(session: Session, row: number): void {
  outgoingClearIdentifiers()
  if (queueIdentifier[row]) outgoingAddIdentifier(queueIdentifier[row])
  if (!(queueFlags[row] & QUEUE_IDENTIFIERS)) return
  const message = queueMessage[row]
  for (let at = sessionSubscriptionHead[session]; at >= 0; at = subscriptionSessionNext[at]) {
    const filter = subscriptionFilter[at]
    if (subscriptionIdentifier[at] && !filterSkip[filter]
      && filterMatches(filter, messageStart(message), messageTopicSize(message))) {
      outgoingAddIdentifier(subscriptionIdentifier[at])
    }
  }
}
