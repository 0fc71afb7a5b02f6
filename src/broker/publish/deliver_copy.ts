// One copy of the publication in hand to one session: now, or through its queue. Who gets one is the business of
// `subscriptions/deliver`.
import { publishQos, publishRetain } from '../../codec/publish'
import { NO_MATCHING_SUBSCRIBERS, QUEUES_FULL, SUCCESS } from '../../codec/reason_code'
import { clusterReplayAt } from '../../feature/cluster'
import {
  FEATURE_BRIDGE, FEATURE_BRIDGED, FEATURE_CLUSTERED, FEATURE_MORE_SETTINGS, FEATURE_MQTT5, FEATURE_RECORDS,
  FEATURE_SUBSCRIPTION_IDENTIFIER,
} from '../../limits'
import { CLUSTER_GROUP } from '../../port/port'
import { queueRecordAdd } from '../../records/queue_record'
import { messageRetain } from 'messages/message_table'
import { queueMessage } from '../../store/queue_rows'
import { bridgeSession } from '../../store/bridge_session'
import { QUEUE_IDENTIFIERS } from '../../store/queue_flags'
import { queueAdd, queueHasRoom, queueIdentifier, queueSince } from '../../store/queue_table'
import {
  sessionQueueBytes, sessionQueueCount, sessionQueueMax, sessionQueueTail, sessionSlot,
} from '../../store/session_table'
import { RETAIN_AS_PUBLISHED } from '../../subscriptions/rows'
import { FULL_PACKET, FULL_QUEUE, FULL_TRANSMIT, countDropped } from '../counters'
import { messageLoad, publicationMessage, publicationReplace, publicationStore } from './in_hand'
import { NO_ROOM, SENT, outgoingBegin, outgoingSend } from './outgoing'
import { nowMs } from '../clock'
import { queueDeliver } from '../session/queue'
import { bridgeYield, queueOvertake, queueYield } from '../session/queue_policy'
import { SETTING_QUEUE_BYTES, SETTING_QUEUE_QOS0, queueMax, settings } from '../settings'
import type { Session } from '../../kinds'

const QOS_BITS = 6

/** Whether the publication is known to be in hand: where a queue was pumped another message may be. */
let isInHand = true
let deliveredCount = 0
let refusedCount = 0

/** The copies of the publication in hand begin. */
export function copiesBegin(): void {
  isInHand = true
  outgoingBegin()
  deliveredCount = refusedCount = 0
}

/** Another one is next: has the publication in hand again. */
export function copyNext(): void {
  // Only a stored message is queued, so that it can be put back in hand.
  if (!isInHand) messageLoad(publicationMessage)
  isInHand = true
}

/** What became of all copies: the answer of deliverRoute. */
export function copiesOutcome(): number {
  // 3.1.1 has no words for it.
  if (!FEATURE_MQTT5 || deliveredCount) return SUCCESS
  return refusedCount ? QUEUES_FULL : NO_MATCHING_SUBSCRIBERS
}

/** A queue has no room, or every queue of a group: then it is tried again where the broker is one with others. */
export function copyRefuse(): void {
  refusedCount++
  if (!(FEATURE_CLUSTERED && clusterReplayAt === CLUSTER_GROUP)) countDropped(FULL_QUEUE)
}

/** `identifier` is the Subscription Identifier, 0: none, -1: several, which the next copy has. */
export function copyDeliver(session: Session, options: number, identifier: number, queueFlag: number): void {
  const qos = Math.min(options & 3, publishQos) // [MQTT-3.8.4-8]
  // [MQTT-3.3.1-12] [MQTT-3.3.1-13]
  const retain = FEATURE_MQTT5 && options & RETAIN_AS_PUBLISHED ? publishRetain : 0
  if (qos || FEATURE_MORE_SETTINGS && isQueuedAtQos0(session)) {
    deliverQueued(session, qos << 1 | retain | queueFlag, identifier)
  } else deliverNow(session, retain)
}

/** max_queued_bytes: whether the session's queue may have one more message, whatever its size. */
function bytesHaveRoom(session: Session): boolean {
  return !settings[SETTING_QUEUE_BYTES] || sessionQueueBytes[session] < settings[SETTING_QUEUE_BYTES]
}

/** queue_qos0_messages: the client is away, and its session waits for it. */
function isQueuedAtQos0(session: Session): boolean {
  return settings[SETTING_QUEUE_QOS0] > 0 && sessionSlot[session] < 0
}

/** QoS 0 is for those who are here and have room. */
function deliverNow(session: Session, retain: number): void {
  deliveredCount++
  const slot = sessionSlot[session]
  if (slot < 0) return
  const answer = outgoingSend(slot, retain, 0)
  if (answer !== SENT) countDropped(answer === NO_ROOM ? FULL_TRANSMIT : FULL_PACKET)
}

/** max_queued_messages and max_queued_bytes, or what was said of the session in their place. False: it is full. */
function queueTakes(session: Session): boolean {
  if (!queueHasRoom(1)) return false
  const isBounded = FEATURE_BRIDGED && sessionQueueMax[session] > 0
  if (!isBounded && sessionQueueCount[session] >= queueMax()) return false
  if (!FEATURE_MORE_SETTINGS) return true
  if (!isBounded && !bytesHaveRoom(session) || !publicationStore()) return false
  return !isBounded || queueYield(session, publicationMessage)
}

/**
 * QoS 1 and 2 go through the session's queue. The queue of one session that is full drops what is new: who is away too
 * long, or too slow, loses messages itself and nobody else does.
 */
function deliverQueued(session: Session, flags: number, identifier: number): void {
  const isTaken = FEATURE_BRIDGE && session === bridgeSession ? bridgeYield(publicationMessage) : queueTakes(session)
  if (!isTaken) return copyRefuse()
  deliveredCount++
  messageRetain(publicationMessage)
  if (FEATURE_SUBSCRIPTION_IDENTIFIER && identifier < 0) flags |= QUEUE_IDENTIFIERS
  const last = sessionQueueTail[session]
  const row = queueAdd(session, publicationMessage, flags)
  if (FEATURE_BRIDGED) {
    queueSince[row] = nowMs
    queueOvertake(session, last)
  }
  if (FEATURE_SUBSCRIPTION_IDENTIFIER && identifier > 0) queueIdentifier[row] = identifier
  // What is not acknowledged need not be kept.
  if (FEATURE_RECORDS && (!FEATURE_MORE_SETTINGS || flags & QOS_BITS)) {
    queueRecordAdd(session, row)
    publicationReplace(queueMessage[row])
  }
  isInHand = queueDeliver(session, row)
}
