// The way of an Application Message that is being published, a client's PUBLISH, a Will or the broker's own: route,
// retained table, targets. The message itself is the one in hand (in_hand.ts).
import {
  NO_MATCHING_SUBSCRIBERS, QUEUES_FULL, QUOTA_EXCEEDED, SUCCESS, TOPIC_NAME_INVALID, UNSPECIFIED_ERROR,
} from '../codec/reason_code'
import {
  publishEnd, publishPayloadStart, publishQos, publishRetain, publishTopicSize, publishTopicStart,
} from '../codec/publish'
import { topicNameIsValid } from '../codec/topic'
import { FEATURE_INDEX, FEATURE_RETAINED, FEATURE_WAIT, NONE } from '../limits'
import { messageRelease } from '../store/message_table'
import { queueHasRoom } from '../store/queue_table'
import { retainedFind, retainedHasRoom, retainedRemove, retainedSet } from '../store/retained_table'
import { walkMatch, walkQos, walkTargets } from '../store/subscription_walk'
import { routeEnd, routeFirst, routeOptions } from '../store/route_cache'
import { FULL_MESSAGES, FULL_RETAINED, count, countDropped } from './counters'
import { deliverByMarks, deliverRoute } from './deliver'
import { publicationBegin, publicationMessage, publicationSession, publicationStore } from './in_hand'
import { laneVoid } from './lane'
import { routeFind } from './route'

/** The message was refused before, and counted then. */
let isRepeated = false

/** The next publication is one that waited for room. */
export function publicationRepeats(): void {
  isRepeated = true
}

/**
 * Publishes the message in hand for a session (NONE: the broker itself); `message` is where the caller
 * has it stored, or NONE. Answers SUCCESS, NO_MATCHING_SUBSCRIBERS, TOPIC_NAME_INVALID, QUEUES_FULL
 * (see deliver.ts), or QUOTA_EXCEEDED: then nothing changed, and a QoS 1 or 2 publisher may try again.
 */
export function publicationPublish(session: number, expiresAt: number, message: number): number {
  publicationBegin(session, expiresAt, message)
  const answer = publish()
  laneVoid(answer < UNSPECIFIED_ERROR)
  if (FEATURE_WAIT) isRepeated = false
  if (publicationMessage !== message) messageRelease(publicationMessage)
  return answer
}

/** Without an index: marks who gets the message. Answers the route, or NONE: the Topic Name is not valid. */
function markTargets(): number {
  if (!topicNameIsValid(publishTopicStart, publishTopicSize)) return NONE
  walkMatch(publicationSession, publishTopicStart, publishTopicSize)
  return 0
}

function publish(): number {
  const route = FEATURE_INDEX ? routeFind(publishTopicStart, publishTopicSize) : markTargets()
  if (route < 0) return TOPIC_NAME_INVALID
  const targets = FEATURE_INDEX ? routeEnd[route] - routeFirst[route] : walkTargets
  const targetQos = FEATURE_INDEX ? routeOptions[route] & 3 : walkQos
  if (publishQos && targetQos && !(queueHasRoom(targets) && publicationStore())) {
    if (!FEATURE_WAIT || !isRepeated) count(FULL_MESSAGES)
    return QUOTA_EXCEEDED
  }
  if (FEATURE_RETAINED && publishRetain && !retainPublication() && publishQos) return QUOTA_EXCEEDED
  const answer = !targets ? NO_MATCHING_SUBSCRIBERS : FEATURE_INDEX ? deliverRoute(route) : deliverByMarks()
  // What is retained was not lost, whoever had no room for it.
  return FEATURE_RETAINED && publishRetain && answer === QUEUES_FULL ? SUCCESS : answer
}

/** [MQTT-3.3.1-5] [MQTT-3.3.1-6]. False: there is no room, and the topic keeps what it has. */
function retainPublication(): boolean {
  const row = retainedFind(publishTopicStart, publishTopicSize)
  if (publishEnd === publishPayloadStart) {
    if (row >= 0) retainedRemove(row)
    return true
  }
  if (!retainedHasRoom(row) || !publicationStore()) {
    if (!FEATURE_WAIT || !isRepeated) countDropped(FULL_RETAINED)
    return false
  }
  retainedSet(row, publicationMessage)
  return true
}
