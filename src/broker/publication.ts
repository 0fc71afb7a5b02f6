// The Application Message that is being published: registers that a PUBLISH, a Will, $SYS or the program itself fill in,
// and the way that it takes from there: route, retained table, targets.
import { NO_MATCHING_SUBSCRIBERS, QUOTA_EXCEEDED, TOPIC_NAME_INVALID } from '../codec/reason_code'
import { FEATURE_MQTT5, NONE } from '../limits'
import { messageExpiresAt, messageFlags, messageRelease, messageStore } from '../store/message_table'
import { queueHasRoom } from '../store/queue_table'
import {
  retainedFind, retainedHasRoom, retainedRemove, retainedSet,
} from '../store/retained_table'
import { routeEnd, routeFirst, routeOptions } from '../store/route_cache'
import { FULL_MESSAGES, FULL_RETAINED, count, countDropped } from './counters'
import { deliverRoute } from './deliver'
import { routeFind } from './route'

// Offsets into memory, which stay good until the publication is done.
export let publicationTopicStart = 0
export let publicationTopicSize = 0
/** The properties that travel lie directly before the payload. */
export let publicationPropertiesStart = 0
export let publicationPropertiesSize = 0
export let publicationPayloadSize = 0
export let publicationQos = 0
export let publicationRetain = false
/** Milliseconds of the port's clock; 0: never. */
export let publicationExpiresAt = 0
/** The publisher's session, for No Local; NONE: the broker itself. */
export let publicationSession = NONE
/** The message, once it is stored. */
export let publicationMessage = NONE

export function publicationSetTopic(start: number, size: number): void {
  publicationTopicStart = start
  publicationTopicSize = size
}

export function publicationSetContent(propertiesStart: number, propertiesSize: number, payloadSize: number): void {
  publicationPropertiesStart = propertiesStart
  publicationPropertiesSize = propertiesSize
  publicationPayloadSize = payloadSize
}

/** `message` is a stored message whose reference passes to the publication, or NONE. */
export function publicationSetTerms(
  qos: number, retain: boolean, expiresAt: number, session: number, message: number,
): void {
  publicationQos = qos
  publicationRetain = retain
  publicationExpiresAt = expiresAt
  publicationSession = session
  publicationMessage = message
}

/**
 * Publishes the message of the registers. Answers SUCCESS, NO_MATCHING_SUBSCRIBERS, TOPIC_NAME_INVALID, or
 * QUEUES_FULL (see deliver.ts), or QUOTA_EXCEEDED: then nothing changed, and a QoS 1 or 2 publisher may try again.
 */
export function publicationPublish(): number {
  const answer = publish()
  if (publicationMessage >= 0) messageRelease(publicationMessage)
  publicationMessage = NONE
  return answer
}

function publish(): number {
  const route = routeFind(publicationTopicStart, publicationTopicSize)
  if (route < 0) return TOPIC_NAME_INVALID
  if (publicationQos && routeOptions[route] & 3) {
    if (!queueHasRoom(routeEnd[route] - routeFirst[route]) || !publicationStore()) return refuse()
  }
  if (publicationRetain && !retainPublication() && publicationQos) return QUOTA_EXCEEDED
  return routeFirst[route] < routeEnd[route] ? deliverRoute(route) : NO_MATCHING_SUBSCRIBERS
}

function refuse(): number {
  count(FULL_MESSAGES)
  return QUOTA_EXCEEDED
}

/** Stores the message if it is not. False: there is no room. */
export function publicationStore(): boolean {
  if (publicationMessage >= 0) return true
  publicationMessage = messageStore(
    publicationTopicStart, publicationTopicSize,
    publicationPropertiesStart, publicationPropertiesSize, publicationPayloadSize,
  )
  if (publicationMessage < 0) return false
  messageFlags[publicationMessage] = publicationQos << 1 | (publicationRetain ? 1 : 0)
  if (FEATURE_MQTT5) messageExpiresAt[publicationMessage] = publicationExpiresAt
  return true
}

/** [MQTT-3.3.1-5] [MQTT-3.3.1-6]. False: there is no room, and the topic keeps what it has. */
function retainPublication(): boolean {
  const row = retainedFind(publicationTopicStart, publicationTopicSize)
  if (!publicationPayloadSize) {
    if (row >= 0) retainedRemove(row)
    return true
  }
  if (!retainedHasRoom(row) || !publicationStore()) {
    countDropped(FULL_RETAINED)
    return false
  }
  retainedSet(row, publicationMessage)
  return true
}
