// One retained message to a new subscription.
import { portRetainedAllows } from 'runtime'
import {
  FEATURE_ACCESS, FEATURE_BRIDGED, FEATURE_LISTENER_TERMS, FEATURE_RECORDS, FEATURE_SUBSCRIPTION_IDENTIFIER,
} from '../../limits'
import { queueRecordAdd, queueRecordsHaveRoom } from '../../records/queue_record'
import { messageFlags, messageRetain, messageStart, messageTopicSize } from 'messages/message_table'
import { QUEUE_RETAIN } from '../../store/queue_flags'
import { queueAdd, queueHasRoom, queueIdentifier, queueSince } from '../../store/queue_table'
import { retainedOf, retainedRemove } from 'messages/retained_table'
import { sessionQueueCount } from '../../store/session_table'
import { subscriptionIdentifier, subscriptionOptions } from '../../subscriptions/rows'
import { accessAllows } from '../access/access'
import { ACCESS_READ } from '../access/access_kind'
import { nowMs } from '../clock'
import { messageLoad } from './in_hand'
import { NO_ROOM, outgoingAddIdentifier, outgoingBegin, outgoingClearIdentifiers, outgoingSend } from './outgoing'
import { messageHasExpired, queuePump } from '../session/queue'
import { SETTING_RETAIN_SOURCE, queueMax, settings } from '../settings'
import type { Message, RetainedRow, Session, Slot, Subscription } from '../../kinds'

/** Sends or queues the message of a retained row. False: it has to wait. */
export function sendRetained(session: Session, slot: Slot, subscription: Subscription, row: RetainedRow): boolean {
  const message = retainedOf(row)
  if (messageHasExpired(message)) {
    retainedRemove(row)
    return true
  }
  const topicStart = messageStart(message)
  if (FEATURE_ACCESS && !accessAllows(session, ACCESS_READ, topicStart, messageTopicSize(message))) return true
  if (FEATURE_LISTENER_TERMS && settings[SETTING_RETAIN_SOURCE]
    && !portRetainedAllows(topicStart, messageTopicSize(message))) return true
  const qos = Math.min(subscriptionOptions[subscription] & 3, messageFlags(message) >> 1)
  const identifier = FEATURE_SUBSCRIPTION_IDENTIFIER ? subscriptionIdentifier[subscription] : 0
  if (qos) return queueRetained(session, message, qos, identifier)
  outgoingClearIdentifiers()
  if (identifier) outgoingAddIdentifier(identifier)
  messageLoad(message)
  outgoingBegin()
  return outgoingSend(slot, 1, 0) !== NO_ROOM // [MQTT-3.3.1-8]
}

function queueRetained(session: Session, message: Message, qos: number, identifier: number): boolean {
  if (sessionQueueCount[session] >= queueMax() || !queueHasRoom(1)) return false
  if (FEATURE_RECORDS && !queueRecordsHaveRoom(message, 1)) return false
  messageRetain(message)
  const queued = queueAdd(session, message, qos << 1 | QUEUE_RETAIN)
  if (identifier) queueIdentifier[queued] = identifier
  if (FEATURE_BRIDGED) queueSince[queued] = nowMs
  if (FEATURE_RECORDS) queueRecordAdd(session, queued)
  queuePump(session)
  return true
}
