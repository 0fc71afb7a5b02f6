// Who gets a topic, by a mark for each session: the topic is compared with the filters that it may equal, and with
// every one that has a wildcard.
import { portEqual, portHash } from 'runtime'
import { topicIsHidden, topicMatches, topicNameIsValid } from '../../codec/topic'
import { FEATURE_HASH, FEATURE_MQTT5, FILTERS_LOOKED_AT, TOPICS_CAN_BE_LONG, TOPIC_SIZE_MAX } from '../../limits'
import { sessionTarget } from '../../store/session_table'
import { NO_LOCAL, RETAIN_AS_PUBLISHED, SUBSCRIPTION_ROWS, subscriptionOptions, subscriptionSession } from '../rows'
import {
  CHAINS, END, WALK_EXACT, heads, subscriptionFilterSize, subscriptionFilterStart, subscriptionNext, walkPlainSize,
} from './table'
import type { Offset, Session } from '../../kinds'

/** In a mark of sessionTarget, beside the QoS and Retain As Published: the session gets the message. */
const MARKED = 16

// Life: until the next routeFind, at most to the end of the call into the core (routeOver).
/** Sessions that are marked. */
export let routeTargets = 0
/** The highest QoS of their marks. */
export let routeQos = 0
/** What walkPlainSize has of a filter that equals the topic. */
let topicKey = 0

/**
 * Marks in sessionTarget who gets the topic: 0 nobody, else the highest QoS of the session's subscriptions, MARKED, and
 * Retain As Published. [MQTT-3.3.4-2]
 */
export function routeFind(publisher: Session, topicStart: Offset, topicSize: number): boolean {
  if (TOPICS_CAN_BE_LONG && topicSize > TOPIC_SIZE_MAX || !topicNameIsValid(topicStart, topicSize)) return false
  routeTargets = routeQos = 0
  sessionTarget.fill(0)
  if (FEATURE_HASH) {
    const hash = portHash(topicStart, topicSize)
    if (FILTERS_LOOKED_AT) topicKey = hash >> 8 & 127 | WALK_EXACT
    mark(heads[hash & CHAINS - 1], publisher, topicStart, topicSize)
    mark(heads[CHAINS], publisher, topicStart, topicSize)
  } else mark(SUBSCRIPTION_ROWS - 1, publisher, topicStart, topicSize)
  return true
}

function matches(row: number, topicStart: Offset, topicSize: number): boolean {
  const plain = walkPlainSize[row]
  if (FILTERS_LOOKED_AT && plain >= WALK_EXACT && plain !== topicKey) return false
  const start = subscriptionFilterStart(row)
  return plain >= WALK_EXACT ? subscriptionFilterSize(row) === topicSize && portEqual(start, topicStart, topicSize)
    : plain <= topicSize && portEqual(start, topicStart, plain)
      && topicMatches(start + plain, subscriptionFilterSize(row) - plain, topicStart + plain, topicSize - plain)
}

/** Marks the sessions of a chain. */
function mark(row: number, publisher: Session, topicStart: Offset, topicSize: number): void {
  for (; row !== END; row = FEATURE_HASH ? subscriptionNext[row] : row - 1) {
    const session = subscriptionSession[row]
    const options = subscriptionOptions[row]
    if (!FEATURE_HASH && session < 0) continue
    if (FEATURE_MQTT5 && options & NO_LOCAL && session === publisher) continue // [MQTT-3.8.3-3]
    // [MQTT-4.7.2-1]
    if (topicIsHidden(topicStart) && !topicIsHidden(subscriptionFilterStart(row))) continue
    if (!matches(row, topicStart, topicSize)) continue
    const marked = sessionTarget[session]
    if (!marked) routeTargets++
    const qos = Math.max(marked & 3, options & 3)
    routeQos = Math.max(routeQos, qos)
    sessionTarget[session] = MARKED | qos | (FEATURE_MQTT5 ? (marked | options) & RETAIN_AS_PUBLISHED : 0)
  }
}

/** For the port of tests: what stands in the registers is over. */
export function routeOver(over: never): void {
  routeTargets = routeQos = over
}
