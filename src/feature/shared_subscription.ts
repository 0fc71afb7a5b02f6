// Shared subscriptions: a filter `$share/name/filter` is a group, and each message goes to one of its members.
// [MQTT 5.0 section 4.8.2]
import { FEATURE_ACCESS, FEATURE_RECORDS, NONE } from '../limits'
import { queueRecordAdd } from '../records/queue_record'
import { accessAllows } from '../broker/access/access'
import { ACCESS_READ } from '../broker/access/access_kind'
import { queuePump } from '../broker/session/queue'
import { sendHasRoom } from '../broker/connection/send'
import { inflightMax, queueMax } from '../broker/settings'
import { connectionReceiveMax } from '../store/connection_table'
import { messageEnd, messageFlags, messageRetain, messageStart, messageTopicSize } from 'messages/message_table'
import { queueMessage } from '../store/queue_rows'
import { QUEUE_RELEASED, QUEUE_SENT, QUEUE_SHARED } from '../store/queue_flags'
import { queueAdd, queueFlags, queueHasRoom, queueIdentifier, queueNext } from '../store/queue_table'
import {
  sessionInflightCount, sessionQueueCount, sessionQueueHead, sessionQueueNext, sessionSlot, sessionSubscriptionHead,
} from '../store/session_table'
import {
  filterChosen, filterMatches, filterSkip, filterSubscriptionHead,
} from '../subscriptions/indexed/filter_table'
import { subscriptionFilter, subscriptionNext, subscriptionSessionNext } from '../subscriptions/indexed/table'
import {
  RETAIN_AS_PUBLISHED, subscriptionIdentifier, subscriptionOptions, subscriptionSession,
} from '../subscriptions/rows'
import type { Filter, Offset, Session, Subscription } from '../kinds'

/** How ready a member is to take a message; the first with the highest wins. */
const UNABLE = 0
const AWAY = 1
const BUSY = 2
const READY = 3

/** Bytes of a PUBLISH besides topic, payload and the properties that travel, at the most. */
const HEAD_SIZE_MAX = 32

/** Whether chooseMember met a queue without room: what it answers NONE for might have been kept. Life: until the next
 * call, at most to the end of the call into the core (groupOver). */
export let groupIsFull = false

/**
 * Chooses the member that gets a message: in turn among those that are connected and have room; else one that
 * can keep it until it has. `size` is that of topic, properties and payload. Answers its subscription, or NONE.
 */
export function chooseMember(
  filter: Filter, qos: number, topicStart: Offset, topicSize: number, size: number, except: Session,
): Subscription {
  const head = filterSubscriptionHead[filter]
  const last = filterChosen[filter]
  const first = last >= 0 && subscriptionNext[last] >= 0 ? subscriptionNext[last] : head
  let best = NONE
  groupIsFull = false
  let bestState = UNABLE
  let row = first
  do {
    const session = subscriptionSession[row]
    const state = session === except ? UNABLE : memberState(session, Math.min(qos, subscriptionOptions[row] & 3), size)
    if (state > bestState && !(FEATURE_ACCESS && !accessAllows(session, ACCESS_READ, topicStart, topicSize))) {
      best = row
      bestState = state
      if (state === READY) break
    }
    row = subscriptionNext[row] >= 0 ? subscriptionNext[row] : head
  } while (row !== first)
  if (best >= 0) filterChosen[filter] = best
  return best
}

function memberState(session: Session, qos: number, size: number): number {
  const slot = sessionSlot[session]
  if (!qos) return slot < 0 ? UNABLE : sendHasRoom(slot, size + HEAD_SIZE_MAX) ? READY : BUSY
  if (sessionQueueCount[session] >= queueMax()) {
    groupIsFull = true
    return UNABLE
  }
  if (slot < 0) return AWAY
  const window = Math.min(connectionReceiveMax[slot], inflightMax())
  return sessionQueueNext[session] < 0 && sessionInflightCount[session] < window ? READY : BUSY
}

/**
 * A session ends with messages of its groups: those that no client can have seen, and QoS 1, go to other
 * members; a QoS 2 message that was sent does not. [MQTT-4.8.2-4] [MQTT-4.8.2-5]
 */
export function sharedRedeliver(session: Session): void {
  for (let row = sessionQueueHead[session]; row >= 0; row = queueNext[row]) {
    const flags = queueFlags[row]
    const isQos2 = (flags & 4) > 0
    if (flags & QUEUE_SHARED && !(flags & QUEUE_RELEASED) && !(isQos2 && flags & QUEUE_SENT)) redeliver(session, row)
  }
}

function redeliver(session: Session, row: number): void {
  const message = queueMessage[row]
  const topicStart = messageStart(message)
  const topicSize = messageTopicSize(message)
  for (let at = sessionSubscriptionHead[session]; at >= 0; at = subscriptionSessionNext[at]) {
    const filter = subscriptionFilter[at]
    if (!filterSkip[filter] || !filterMatches(filter, topicStart, topicSize)) continue
    const qos = queueFlags[row] >> 1 & 3
    const size = messageEnd(message) - topicStart
    const member = chooseMember(filter, qos, topicStart, topicSize, size, session)
    if (member < 0 || !(subscriptionOptions[member] & 3) || !queueHasRoom(1)) return
    messageRetain(message)
    const other = subscriptionSession[member]
    const options = subscriptionOptions[member]
    const retain = options & RETAIN_AS_PUBLISHED ? messageFlags(message) & 1 : 0
    const added = queueAdd(other, message, Math.min(qos, options & 3) << 1 | retain | QUEUE_SHARED)
    queueIdentifier[added] = subscriptionIdentifier[member]
    if (FEATURE_RECORDS) queueRecordAdd(other, added)
    queuePump(other)
    return
  }
}

/** For the port of tests: what stands in the registers is over. */
export function groupOver(over: never): void {
  groupIsFull = over
}
