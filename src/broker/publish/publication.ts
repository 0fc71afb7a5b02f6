// The way of an Application Message that is being published, a client's PUBLISH, a Will or the broker's own: route,
// retained table, targets. The message itself is the one in hand (in_hand.ts).
import { portRetained } from 'runtime'
import { deliverRoute } from 'subscriptions/deliver'
import { routeFind, routeQos, routeTargets } from 'subscriptions/route'
import {
  NO_MATCHING_SUBSCRIBERS, QUEUES_FULL, QUOTA_EXCEEDED, SUCCESS, TOPIC_NAME_INVALID,
} from '../../codec/reason_code'
import {
  publishEnd, publishPayloadStart, publishQos, publishRetain, publishTopicSize, publishTopicStart,
} from '../../codec/publish'
import { clusterReplayAt, clusterTake } from '../../feature/cluster'
import {
  FEATURE_BRIDGE, FEATURE_CLUSTERED, FEATURE_LISTENER_TERMS, FEATURE_RECORDS, FEATURE_RETAINED, FEATURE_WAIT, NONE,
  RECORDS_MAPPED,
} from '../../limits'
import { PORT_GO_ON } from '../../port/port'
import { persistTurns } from '../../records/persist_policy'
import { queueRecordsHaveRoom } from '../../records/queue_record'
import { RECORD_RETAINED } from '../../records/record_kind'
import { onPublished } from '../../seams/on_published'
import { bridgeSession } from '../../store/bridge_session'
import { queueHasRoom } from '../../store/queue_table'
import { brokersAreOne, recordsAreKept } from '../../store/record'
import {
  sessionAccessList, sessionClientSize, sessionClientStart, sessionSlot, sessionUserSize, sessionUserStart,
} from '../../store/session_table'
import { retainedFind, retainedHasRoom, retainedRemove, retainedSet } from 'messages/retained_table'
import { retainedMayWait } from 'messages/retained_waiting'
import { FULL_MESSAGES, FULL_RETAINED, count, countDropped } from '../counters'
import {
  publicationBegin, publicationEnd, publicationKeep, publicationMessage, publicationSession, publicationStore,
} from './in_hand'
import { SETTING_RETAIN_SOURCE, settings } from '../settings'
import type { Message, Session } from '../../kinds'

/** The message was refused before, and counted then. */
let isRepeated = false

/** The next publication is one that waited for room. */
export function publicationRepeats(): void {
  isRepeated = true
}

/**
 * Publishes the message in hand for a session (NONE: the broker itself); `message` is where the caller
 * has it stored, or NONE. Answers SUCCESS, NO_MATCHING_SUBSCRIBERS, TOPIC_NAME_INVALID, QUEUES_FULL
 * (see subscriptions/contract.ts), or QUOTA_EXCEEDED: then nothing changed, and a QoS 1 or 2 publisher may try again.
 */
export function publicationPublish(session: Session, expiresAt: number, message: Message): number {
  const taken = FEATURE_CLUSTERED && brokersAreOne ? clusterTake(session, expiresAt, message) : PORT_GO_ON
  if (FEATURE_CLUSTERED && taken !== PORT_GO_ON) return taken
  publicationBegin(session, expiresAt, message)
  const answer = publish()
  onPublished(answer)
  if (FEATURE_WAIT) isRepeated = false
  publicationEnd(message)
  return answer
}

function publish(): number {
  const isFound = routeFind(publicationSession, publishTopicStart, publishTopicSize)
  if (!isFound) return TOPIC_NAME_INVALID
  if (publishQos && routeQos && !(queueHasRoom(routeTargets) && publicationStore() && copiesCanBeKept())) {
    if (!FEATURE_WAIT || !isRepeated) count(FULL_MESSAGES)
    return QUOTA_EXCEEDED
  }
  // What a session has missed on another broker is no topic's newest.
  // All brokers have taken it: one whose retained table is full can refuse it to nobody.
  if (FEATURE_RETAINED && publishRetain && !(FEATURE_CLUSTERED && clusterReplayAt)
    && !retainPublication() && publishQos && !(FEATURE_CLUSTERED && brokersAreOne)
    // The other broker has it retained, and would have it first each time, and nothing that is behind it.
    && !(FEATURE_BRIDGE && publicationSession === bridgeSession)) return QUOTA_EXCEEDED
  const answer = routeTargets ? deliverRoute() : NO_MATCHING_SUBSCRIBERS
  // What is retained was not lost, whoever had no room for it.
  return FEATURE_RETAINED && publishRetain && answer === QUEUES_FULL ? SUCCESS : answer
}

function copiesCanBeKept(): boolean {
  return !FEATURE_RECORDS || queueRecordsHaveRoom(publicationMessage, routeTargets)
}

/** [MQTT-3.3.1-5] [MQTT-3.3.1-6]. False: there is no room, and the topic keeps what it has. */
function retainPublication(): boolean {
  const row = retainedFind(publishTopicStart, publishTopicSize)
  if (publishEnd === publishPayloadStart) {
    if (row >= 0) retainedRemove(row)
    return true
  }
  if (!retainedHasRoom(row) || !publicationStore() || !retainedCanBeKept()) {
    if (!FEATURE_WAIT || !isRepeated) countDropped(FULL_RETAINED)
    return false
  }
  retainedSet(row, publicationMessage)
  if (FEATURE_LISTENER_TERMS && settings[SETTING_RETAIN_SOURCE]) sourceTold(publicationSession)
  return true
}

/** Tells the port whose message the topic retains now. */
function sourceTold(session: Session): void {
  const isOwn = session < 0
  portRetained(
    isOwn ? NONE : sessionSlot[session], isOwn ? NONE : sessionAccessList[session],
    isOwn ? 0 : sessionClientStart[session], isOwn ? 0 : sessionClientSize[session],
    isOwn ? 0 : sessionUserStart(session), isOwn ? 0 : sessionUserSize[session], publishTopicStart, publishTopicSize,
  )
}

function turnsWanted(): number {
  return persistTurns(publishTopicStart, publishTopicSize, publishQos)
}

function retainedCanBeKept(): boolean {
  return !FEATURE_RECORDS || !recordsAreKept
    || RECORDS_MAPPED && retainedMayWait(publicationMessage, turnsWanted()) || publicationKeep(RECORD_RETAINED)
}
