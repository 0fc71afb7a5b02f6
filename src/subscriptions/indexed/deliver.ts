// Delivers the publication in hand to the targets of the route found last.
import { portShares } from 'runtime'
import { copiesBegin, copiesOutcome, copyDeliver, copyNext, copyRefuse } from '../../broker/publish/deliver_copy'
import { publicationSession } from '../../broker/publish/in_hand'
import { outgoingAddIdentifier, outgoingClearIdentifiers } from '../../broker/publish/outgoing'
import {
  publishEnd, publishPropertiesStart, publishQos, publishTopicSize, publishTopicStart,
} from '../../codec/publish'
import { SETTING_DUPLICATES, settings } from '../../broker/settings'
import { clusterReaches } from '../../feature/cluster'
import { chooseMember, groupIsFull } from '../../feature/shared_subscription'
import {
  FEATURE_CLUSTERED, FEATURE_MORE_SETTINGS, FEATURE_MQTT5, FEATURE_SHARED_SUBSCRIPTION,
  FEATURE_SUBSCRIPTION_IDENTIFIER, NONE,
} from '../../limits'
import { QUEUE_SHARED } from '../../store/queue_flags'
import { brokersAreOne } from '../../store/record'
import { sessionSubscriptionHead } from '../../store/session_table'
import { NO_LOCAL, subscriptionIdentifier, subscriptionOptions, subscriptionSession } from '../rows'
import { filterMatches, filterSize, filterSkip, filterStart } from './filter_table'
import { routeFound } from './route'
import {
  TARGET_IDENTIFIER, TARGET_MIXED, TARGET_MORE, TARGET_SHARED, routeEnd, routeFirst, targetOptions, targetSession,
  targetSubscription,
} from './route_cache'
import { subscriptionFilter, subscriptionSessionNext } from './table'
import type { Filter, Offset, Session } from '../../kinds'

export function deliverRoute(): number {
  const end = routeEnd[routeFound]
  copiesBegin()
  for (let target = routeFirst[routeFound]; target < end; target++) {
    copyNext()
    const options = targetOptions[target]
    if (FEATURE_SHARED_SUBSCRIPTION && options & TARGET_SHARED) deliverShared(targetSubscription[target])
    else if (!(options & TARGET_MORE)) deliverTarget(target, end, options)
  }
  return copiesOutcome()
}

function deliverTarget(target: number, end: Offset, options: number): void {
  const session = targetSession[target]
  if (FEATURE_CLUSTERED && !clusterReaches(session)) return
  if (FEATURE_MQTT5 && options & NO_LOCAL && session === publicationSession) return // [MQTT-3.8.3-3]
  if (FEATURE_MQTT5 && options & TARGET_MIXED && session === publicationSession) options = optionsOfOwn(target, options)
  let identifier = 0
  if (FEATURE_SUBSCRIPTION_IDENTIFIER) {
    outgoingClearIdentifiers()
    if (options & TARGET_IDENTIFIER) identifier = addIdentifiers(target, end, session)
  }
  copyDeliver(session, options, identifier, 0)
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
function addIdentifiers(target: number, end: Offset, session: Session): number {
  let first = 0
  for (; target < end; target++) {
    const subscription = targetSubscription[target]
    if (targetSession[target] !== session || !subscriptionIdentifier[subscription]) continue
    if (session === publicationSession && subscriptionOptions[subscription] & NO_LOCAL) continue
    outgoingAddIdentifier(subscriptionIdentifier[subscription])
    // The other copies have theirs.
    if (FEATURE_MORE_SETTINGS && settings[SETTING_DUPLICATES]) return subscriptionIdentifier[subscription]
    first = first ? -1 : subscriptionIdentifier[subscription]
  }
  return first
}

/** A shared subscription's message goes to one member, besides the members' own subscriptions. [MQTT-4.8.2-3] */
function deliverShared(filter: Filter): void {
  if (FEATURE_CLUSTERED && brokersAreOne && !portShares(filterStart[filter], filterSize[filter])) return
  const size = publishTopicSize + publishEnd - publishPropertiesStart
  const subscription = chooseMember(filter, publishQos, publishTopicStart, publishTopicSize, size, NONE)
  if (subscription < 0) {
    if (groupIsFull) copyRefuse()
    return
  }
  const identifier = FEATURE_SUBSCRIPTION_IDENTIFIER ? subscriptionIdentifier[subscription] : 0
  outgoingClearIdentifiers()
  if (identifier) outgoingAddIdentifier(identifier)
  copyDeliver(subscriptionSession[subscription], subscriptionOptions[subscription], identifier, QUEUE_SHARED)
}
