// Finds the route of a topic: in the cache, or by looking it up among the filters without wildcards
// and under every filter shape in use.
import { accessAllows } from '../../broker/access/access'
import { ACCESS_READ } from '../../broker/access/access_kind'
import { SETTING_DUPLICATES, settings } from '../../broker/settings'
import { topicIsHidden, topicNameIsValid, topicSplit } from '../../codec/topic'
import {
  FEATURE_ACCESS, FEATURE_MORE_SETTINGS, FEATURE_MQTT5, FEATURE_SHARED_SUBSCRIPTION, NONE, TOPICS_CAN_BE_LONG,
  TOPIC_SIZE_MAX,
} from '../../limits'
import { sessionTarget } from '../../store/session_table'
import {
  NO_LOCAL, RETAIN_AS_PUBLISHED, subscriptionIdentifier, subscriptionOptions, subscriptionSession,
} from '../rows'
import { shapeFits, shapeHash, shapeRowsUsed } from './filter_shape'
import {
  SHAPE_EXACT, filterChain, filterChainNext, filterHash, filterMatches, filterShape, filterSkip, filterSubscriptionHead,
} from './filter_table'
import { walkedCount, walkedFilter, walkedFits } from './filter_walked'
import {
  TARGET_IDENTIFIER, TARGET_MIXED, TARGET_MORE, TARGET_SHARED, missedHash, routeBegin, routeCommit, routeEnd,
  routeFirst, routeLookup, routeLookupOver, routeOptions, routesRestart, targetAdd, targetEnd, targetOptions,
  targetSession,
} from './route_cache'
import { subscriptionNext } from './table'
import type { Filter, Offset, Session } from '../../kinds'

const MAXIMUM_QOS = 3

let firstTarget = 0

// Life: until the next routeFind, at most to the end of the call into the core (routeOver).
/** The row of the route. */
export let routeFound = NONE
export let routeTargets = 0
export let routeQos = 0

/** The publisher is looked at when the message is delivered: the route is for all. */
export function routeFind(_publisher: number, topicStart: Offset, topicSize: number): boolean {
  let row = routeLookup(topicStart, topicSize)
  if (row < 0) {
    if (TOPICS_CAN_BE_LONG && topicSize > TOPIC_SIZE_MAX || !topicNameIsValid(topicStart, topicSize)) return false
    row = routeBuild(topicStart, topicSize)
  }
  routeFound = row
  routeTargets = routeEnd[row] - routeFirst[row]
  routeQos = routeOptions[row] & MAXIMUM_QOS
  return true
}

function routeBuild(topicStart: Offset, topicSize: number): number {
  topicSplit(topicStart, topicSize)
  const isHidden = topicIsHidden(topicStart)
  const route = routeBegin(topicSize)
  firstTarget = targetEnd
  if (!addFilters(isHidden, topicStart, topicSize)) {
    routesRestart()
    return routeBuild(topicStart, topicSize)
  }
  routeCommit(route, firstTarget, topicStart, topicSize)
  return route
}

/** Adds the subscriptions of every filter that matches. False: the cache is full. */
function addFilters(isHidden: boolean, topicStart: Offset, topicSize: number): boolean {
  if (!addChain(missedHash, SHAPE_EXACT, topicStart, topicSize)) return false
  for (let shape = 0; shape < shapeRowsUsed; shape++) {
    if (shapeFits(shape, isHidden) && !addChain(shapeHash(shape), shape, topicStart, topicSize)) return false
  }
  for (let row = 0; row < walkedCount; row++) {
    if (walkedFits(row, isHidden) && !addFilter(walkedFilter[row], topicStart, topicSize)) return false
  }
  return true
}

/** The same of the filters of a shape, whose hash is the topic's under it. */
function addChain(hash: number, shape: number, topicStart: Offset, topicSize: number): boolean {
  for (let filter = filterChain(hash); filter >= 0; filter = filterChainNext(filter)) {
    const isCandidate = filterHash[filter] === hash && filterShape[filter] === shape
    if (isCandidate && !addFilter(filter, topicStart, topicSize)) return false
  }
  return true
}

/** Adds the subscriptions of a filter if it matches. False: the cache is full. */
function addFilter(filter: Filter, topicStart: Offset, topicSize: number): boolean {
  if (!filterMatches(filter, topicStart, topicSize)) return true
  return FEATURE_SHARED_SUBSCRIPTION && filterSkip[filter]
    ? targetAdd(NONE, filter, TARGET_SHARED | MAXIMUM_QOS)
    : addSubscriptions(filter, topicStart, topicSize)
}

function addSubscriptions(filter: Filter, topicStart: Offset, topicSize: number): boolean {
  for (let row = filterSubscriptionHead[filter]; row >= 0; row = subscriptionNext[row]) {
    const session = subscriptionSession[row]
    if (FEATURE_ACCESS && !accessAllows(session, ACCESS_READ, topicStart, topicSize)) continue
    if (!addSubscription(session, row)) return false
  }
  return true
}

/**
 * A session gets one copy, with the highest QoS of its subscriptions and all their identifiers. [MQTT-3.3.4-2]
 * [MQTT-3.3.4-3]
 */
function addSubscription(session: Session, row: number): boolean {
  const hasIdentifier = FEATURE_MQTT5 && subscriptionIdentifier[row] > 0
  const options = subscriptionOptions[row] & (MAXIMUM_QOS | NO_LOCAL | RETAIN_AS_PUBLISHED)
    | (hasIdentifier ? TARGET_IDENTIFIER : 0)
  const target = sessionTarget[session]
  // allow_duplicate_messages: each subscription gets a copy of its own, as it may.
  if (FEATURE_MORE_SETTINGS && settings[SETTING_DUPLICATES]
    || target < firstTarget || target >= targetEnd || targetSession[target] !== session) {
    sessionTarget[session] = targetEnd
    return targetAdd(session, row, options)
  }
  targetOptions[target] = mergeOptions(targetOptions[target], options)
  return !hasIdentifier || targetAdd(session, row, TARGET_MORE | TARGET_IDENTIFIER)
}

/** No Local, where all of a session's subscriptions to the topic have it. */
function mergeOptions(a: number, b: number): number {
  const qos = Math.max(a & MAXIMUM_QOS, b & MAXIMUM_QOS)
  const mixed = (a ^ b) & NO_LOCAL || a & TARGET_MIXED ? TARGET_MIXED : 0
  return qos | mixed | a & b & NO_LOCAL | (a | b) & (RETAIN_AS_PUBLISHED | TARGET_IDENTIFIER)
}

/** For the port of tests: what stands in the registers is over. */
export function routeOver(over: never): void {
  routeFound = routeTargets = routeQos = over
  routeLookupOver(over)
}
