// Delivers the publication in hand to the targets of its route.
import {
  publishEnd, publishPropertiesStart, publishQos, publishRetain, publishTopicSize, publishTopicStart,
} from '../codec/publish'
import { NO_MATCHING_SUBSCRIBERS, QUEUES_FULL, SUCCESS } from '../codec/reason_code'
import {
  FEATURE_ACCESS, FEATURE_MQTT5, FEATURE_SHARED_SUBSCRIPTION, FEATURE_SUBSCRIPTION_IDENTIFIER, NONE,
} from '../limits'
import { chooseMember, groupIsFull } from '../feature/shared_subscription'
import { filterMatches, filterSkip } from '../store/filter_table'
import { messageRetain } from '../store/message_table'
import { QUEUE_IDENTIFIERS, QUEUE_SHARED, queueAdd, queueHasRoom, queueIdentifier } from '../store/queue_table'
import {
  TARGET_IDENTIFIER, TARGET_MIXED, TARGET_MORE, TARGET_SHARED, routeEnd, routeFirst, targetOptions, targetSession,
  targetSubscription,
} from '../store/route_cache'
import {
  sessionQueueCount, sessionRowsUsed, sessionSlot, sessionSubscriptionHead, sessionTarget,
} from '../store/session_table'
import {
  subscriptionFilter, subscriptionIdentifier, subscriptionOptions, subscriptionSession, subscriptionSessionNext,
} from '../store/subscription_table'
import { accessAllows } from './access'
import { ACCESS_READ } from './access_kind'
import { FULL_PACKET, FULL_QUEUE, FULL_TRANSMIT, countDropped } from './counters'
import { messageLoad, publicationMessage, publicationSession } from './in_hand'
import { NO_ROOM, SENT, outgoingAddIdentifier, outgoingBegin, outgoingClearIdentifiers, outgoingSend } from './outgoing'
import { queueDeliver } from './queue'
import { queueMax } from './settings'

const NO_LOCAL = 4
const RETAIN_AS_PUBLISHED = 8

/** Whether a queue was pumped, which puts another message in hand. */
let isDisplaced = false
let deliveredCount = 0
let refusedCount = 0

/**
 * Delivers to each target once. Answers SUCCESS; NO_MATCHING_SUBSCRIBERS where No Local left nobody; QUEUES_FULL
 * where every queue that should have taken the message was full, so that nobody got it.
 */
export function deliverRoute(route: number): number {
  const end = routeEnd[route]
  isDisplaced = false
  outgoingBegin()
  deliveredCount = refusedCount = 0
  for (let target = routeFirst[route]; target < end; target++) {
    // Only a stored message is queued, so that it can be put back in hand.
    if (isDisplaced) messageLoad(publicationMessage)
    isDisplaced = false
    const options = targetOptions[target]
    if (FEATURE_SHARED_SUBSCRIPTION && options & TARGET_SHARED) deliverShared(targetSubscription[target])
    else if (!(options & TARGET_MORE)) deliverTarget(target, end, options)
  }
  return outcome()
}

function outcome(): number {
  // 3.1.1 has no words for it.
  if (!FEATURE_MQTT5 || deliveredCount) return SUCCESS
  return refusedCount ? QUEUES_FULL : NO_MATCHING_SUBSCRIBERS
}

/** The same by the marks of subscription_walk.ts. */
export function deliverByMarks(): number {
  isDisplaced = false
  outgoingBegin()
  deliveredCount = refusedCount = 0
  for (let session = 0; session < sessionRowsUsed; session++) {
    if (isDisplaced) messageLoad(publicationMessage)
    isDisplaced = false
    if (!sessionTarget[session]) continue
    if (FEATURE_ACCESS && !accessAllows(session, ACCESS_READ, publishTopicStart, publishTopicSize)) {
      sessionTarget[session] = 0
    } else deliverCopy(session, sessionTarget[session], 0, 0)
  }
  return outcome()
}

function deliverTarget(target: number, end: number, options: number): void {
  const session = targetSession[target]
  if (FEATURE_MQTT5 && options & NO_LOCAL && session === publicationSession) return // [MQTT-3.8.3-3]
  if (FEATURE_MQTT5 && options & TARGET_MIXED && session === publicationSession) options = optionsOfOwn(target, options)
  let identifier = 0
  if (FEATURE_SUBSCRIPTION_IDENTIFIER) {
    outgoingClearIdentifiers()
    if (options & TARGET_IDENTIFIER) identifier = addIdentifiers(target, end, session)
  }
  deliverCopy(session, options, identifier, 0)
}

/** The options of the publisher's own subscriptions that are not No Local. */
function optionsOfOwn(target: number, options: number): number {
  const session = targetSession[target]
  let own = options & TARGET_IDENTIFIER
  for (let row = sessionSubscriptionHead[session]; row >= 0; row = subscriptionSessionNext[row]) {
    const filter = subscriptionFilter[row]
    if (subscriptionOptions[row] & NO_LOCAL || FEATURE_SHARED_SUBSCRIPTION && filterSkip[filter]
      || !filterMatches(filter, publishTopicStart, publishTopicSize)) continue
    own = Math.max(own & 3, subscriptionOptions[row] & 3) | (own | subscriptionOptions[row]) & ~3
  }
  return own
}

/**
 * Puts the identifiers of all the session's matching subscriptions into the next copy; answers the first.
 * [MQTT-3.3.4-3]
 */
function addIdentifiers(target: number, end: number, session: number): number {
  let first = 0
  for (; target < end; target++) {
    const subscription = targetSubscription[target]
    if (targetSession[target] !== session || !subscriptionIdentifier[subscription]) continue
    if (session === publicationSession && subscriptionOptions[subscription] & NO_LOCAL) continue
    outgoingAddIdentifier(subscriptionIdentifier[subscription])
    first = first ? -1 : subscriptionIdentifier[subscription]
  }
  return first
}

/** A shared subscription's message goes to one member, besides the members' own subscriptions. [MQTT-4.8.2-3] */
function deliverShared(filter: number): void {
  const size = publishTopicSize + publishEnd - publishPropertiesStart
  const subscription = chooseMember(filter, publishQos, publishTopicStart, publishTopicSize, size, NONE)
  if (subscription < 0) {
    if (groupIsFull) refuse()
    return
  }
  const identifier = FEATURE_SUBSCRIPTION_IDENTIFIER ? subscriptionIdentifier[subscription] : 0
  outgoingClearIdentifiers()
  if (identifier) outgoingAddIdentifier(identifier)
  deliverCopy(subscriptionSession[subscription], subscriptionOptions[subscription], identifier, QUEUE_SHARED)
}

/** `identifier` is the Subscription Identifier, 0: none, -1: several, which the next copy has. */
function deliverCopy(session: number, options: number, identifier: number, queueFlag: number): void {
  const qos = Math.min(options & 3, publishQos) // [MQTT-3.8.4-8]
  // [MQTT-3.3.1-12] [MQTT-3.3.1-13]
  const retain = FEATURE_MQTT5 && options & RETAIN_AS_PUBLISHED ? publishRetain : 0
  if (qos) deliverQueued(session, qos << 1 | retain | queueFlag, identifier)
  else deliverNow(session, retain)
}

/** QoS 0 is for those who are here and have room. */
function deliverNow(session: number, retain: number): void {
  deliveredCount++
  const slot = sessionSlot[session]
  if (slot < 0) return
  const answer = outgoingSend(slot, retain, 0)
  if (answer !== SENT) countDropped(answer === NO_ROOM ? FULL_TRANSMIT : FULL_PACKET)
}

/** A queue has no room, or every queue of a group. */
function refuse(): void {
  refusedCount++
  countDropped(FULL_QUEUE)
}

/**
 * QoS 1 and 2 go through the session's queue. The queue of one session that is full drops what is new: who is away too
 * long, or too slow, loses messages itself and nobody else does.
 */
function deliverQueued(session: number, flags: number, identifier: number): void {
  if (sessionQueueCount[session] >= queueMax() || !queueHasRoom(1)) return refuse()
  deliveredCount++
  messageRetain(publicationMessage)
  if (FEATURE_SUBSCRIPTION_IDENTIFIER && identifier < 0) flags |= QUEUE_IDENTIFIERS
  const row = queueAdd(session, publicationMessage, flags)
  if (FEATURE_SUBSCRIPTION_IDENTIFIER && identifier > 0) queueIdentifier[row] = identifier
  isDisplaced = true
  queueDeliver(session, row)
}
