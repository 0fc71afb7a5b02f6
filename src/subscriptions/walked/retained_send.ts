// The retained messages that a subscription's filter matches, by comparing it with each of them.
import { sendRetained } from '../../broker/publish/retained_message'
import { byteAt } from '../../codec/byte'
import { HASH, PLUS, topicIsHidden } from '../../codec/topic'
import { RECORDS_MAPPED } from '../../limits'
import { memory } from '../../memory'
import { CONNECTED, connectionState } from '../../store/connection_table'
import { messageStart, messageTopicSize } from 'messages/message_table'
import { retainedOf, retainedRowsUsed } from 'messages/retained_table'
import { sessionRetainedAt } from '../../store/session_table'
import { subscriptionFilterStart, subscriptionMatches } from './table'
import type { Session, Slot, Subscription } from '../../kinds'

export const RETAINED_IN_TURN = false

export function retainedTopicsSend(session: Session, slot: Slot, subscription: Subscription): boolean {
  for (; sessionRetainedAt[session] < retainedRowsUsed; sessionRetainedAt[session]++) {
    const row = sessionRetainedAt[session]
    if (retainedMatches(subscription, row)
      && !(connectionState[slot] === CONNECTED && sendRetained(session, slot, subscription, row))) return false
  }
  return true
}

function retainedMatches(subscription: Subscription, row: number): boolean {
  const message = retainedOf(row)
  if (message < 0) return false
  const topicStart = messageStart(message)
  const filter = subscriptionFilterStart(subscription)
  const first = RECORDS_MAPPED ? byteAt(filter) : memory[filter]
  if (topicIsHidden(topicStart) && (first === PLUS || first === HASH)) return false // [MQTT-4.7.2-1]
  return subscriptionMatches(subscription, topicStart, messageTopicSize(message))
}
