// $SYS/broker/...: the broker's own numbers, under the names that mosquitto gave them. They are made when somebody
// subscribes and every SETTING_SYS_INTERVAL seconds while somebody does, and stored nowhere.
import { portCopyIn, portEqual, portHasText, portRecordsWear } from 'runtime'
import { subscriptionMatches } from 'subscriptions/table'
import { publishSetFlags } from '../codec/publish'
import { accessAllows } from '../broker/access/access'
import { ACCESS_READ } from '../broker/access/access_kind'
import { nowMs } from '../broker/clock'
import {
  BYTES_RECEIVED, BYTES_SENT, CLIENTS_EXPIRED, CLIENTS_MAXIMUM, FULL_CONNECTIONS, MESSAGES_RECEIVED, MESSAGES_SENT,
  PUBLISH_BYTES_RECEIVED, PUBLISH_BYTES_SENT, PUBLISH_DROPPED, PUBLISH_RECEIVED, PUBLISH_SENT, counters,
} from '../broker/counters'
import {
  NO_ROOM, outgoingAddIdentifier, outgoingBegin, outgoingClearIdentifiers, outgoingSend,
} from '../broker/publish/outgoing'
import { messageLoad } from '../broker/publish/in_hand'
import { publicationPublish } from '../broker/publish/publication'
import { SETTING_SYS_INTERVAL, settings } from '../broker/settings'
import {
  FEATURE_ACCESS, FEATURE_BRIDGED, FEATURE_SUBSCRIPTION_IDENTIFIER, FEATURE_SYS, FEATURE_SYS_LOADS,
  FEATURE_SYS_TRAFFIC, NONE, QUEUE_ROWS_ROOM, RECORDS_MAPPED, RETAINED_ROOM, SUBSCRIPTIONS_ROOM, TABLES_FIT,
  TABLES_GROW,
} from '../limits'
import { WEAR_COUNT } from '../port/port'
import { connectionCount } from '../store/connection_table'
import {
  messageBytes, messageCount, messageRelease, messageReserve, messageStart, messageTailStart, messageTopicSize,
} from 'messages/message_table'
import { retainedCount } from 'messages/retained_table'
import { sessionClientSize, sessionClientStart, sessionCount, sessionSlot } from '../store/session_table'
import {
  filterHiddenCount, subscriptionCount, subscriptionIdentifier, subscriptionSession,
} from '../subscriptions/rows'
import { VERSION } from '../version'
import { SYS_LOAD_COUNT, loadName, loadValue, loadsUpdate } from './sys_load'
import type { Offset, Session, Slot, Subscription } from '../kinds'

/**
 * Where the positions under $SYS start among those of subscriptionRetainedAt: above every row of the retained table.
 */
export const SYS_AT = TABLES_GROW ? 0x4000_0000 : 0x4000

// Where topics begin, in the order of topicOf's names, which valueOf has too: what stands behind `full/`, the port's
// numbers of its flash, how many there is room for where that is not the board's limit, and what only a computer's
// broker has.
const FULL_AT = 8
const FULL_END = 16
const ROOM_COUNT = 3
const TRAFFIC_COUNT = 12
const ROOM_AT = FULL_END + (RECORDS_MAPPED ? WEAR_COUNT : 0)
const TRAFFIC_AT = ROOM_AT + (TABLES_FIT ? ROOM_COUNT : 0)
const OWN_COUNT = FEATURE_SYS ? TRAFFIC_AT + (FEATURE_SYS_TRAFFIC ? TRAFFIC_COUNT : 0) : 0
export const sysCount = FEATURE_SYS_LOADS ? OWN_COUNT + SYS_LOAD_COUNT : OWN_COUNT

/** Made when it is asked for: a list that stays would take a board 50 variables. */
function topicOf(index: number): string {
  if (FEATURE_SYS_LOADS && index >= OWN_COUNT) return '$SYS/broker/' + loadName(index - OWN_COUNT)
  const names = (
    'uptime,clients/connected,clients/total,messages/received,messages/sent,publish/messages/dropped,' +
    'retained messages/count,subscriptions/count,' +
    'connections,sessions,subscriptions,messages,queue,retained,packet,transmit' +
    (RECORDS_MAPPED ? ',flash/bytes written,flash/erases,flash/years left' : '') +
    (TABLES_FIT ? ',room/subscriptions,room/retained messages,room/queued messages' : '') +
    (FEATURE_SYS_TRAFFIC
      ? ',clients/disconnected,version,clients/expired,clients/maximum,bytes/received,bytes/sent,' +
        'publish/messages/received,publish/messages/sent,publish/bytes/received,publish/bytes/sent,' +
        'store/messages/count,store/messages/bytes'
      : '')
  ).split(',')
  const isFull = index >= FULL_AT && index < FULL_END
  return '$SYS/broker/' + (isFull ? 'full/' : '') + names[index]
}

// What stands around a bridge's Client Identifier in the topic of its state.
const STATE_HEAD = '$SYS/broker/connection/'
const STATE_TAIL = '/state'

let dueAt = 0
/** When the broker started, milliseconds of the port's clock. */
let startedMs = 0
/** When load averages were looked at last. */
let updatedMs = 0

export function sysStart(): void {
  startedMs = nowMs
  if (FEATURE_SYS_LOADS) updatedMs = nowMs
}

/** Whether a client's topic lies under $SYS/, where only the broker publishes. */
export function isSysTopic(start: Offset, size: number): boolean {
  return size > 4 && portHasText(start, '$SYS/')
}

/** Whether a topic is the one on which the client of a session, a bridge, says how it is with itself. */
export function isOwnState(session: Session, start: Offset, size: number): boolean {
  const clientSize = sessionClientSize[session]
  return FEATURE_BRIDGED && size === clientSize + STATE_HEAD.length + STATE_TAIL.length
    && portHasText(start, STATE_HEAD) && portHasText(start + size - STATE_TAIL.length, STATE_TAIL)
    && portEqual(start + STATE_HEAD.length, sessionClientStart[session], clientSize)
}

/** What a topic says: one expression, which the build puts into its only call. */
function valueOf(index: number): string {
  return '' + (index < FULL_AT ? [
    ((nowMs - startedMs) / 1_000 | 0) + ' seconds', connectionCount, sessionCount, counters[MESSAGES_RECEIVED],
    counters[MESSAGES_SENT], counters[PUBLISH_DROPPED], retainedCount, subscriptionCount,
  ][index] : index < FULL_END ? counters[index + (FULL_CONNECTIONS - FULL_AT)]
    : RECORDS_MAPPED && index < ROOM_AT ? portRecordsWear(index - FULL_END)
      : FEATURE_SYS_TRAFFIC && index >= TRAFFIC_AT ? valueOfTraffic(index - TRAFFIC_AT)
        : [SUBSCRIPTIONS_ROOM, RETAINED_ROOM, QUEUE_ROWS_ROOM][index - ROOM_AT])
}

function valueOfTraffic(index: number): number | string {
  // Apart from the list, as it goes through all of them.
  if (!index) return sessionsAway()
  if (FEATURE_SYS_LOADS && index >= OWN_COUNT - TRAFFIC_AT) return loadValue(index + TRAFFIC_AT - OWN_COUNT)
  return [
    'midge ' + VERSION, counters[CLIENTS_EXPIRED], counters[CLIENTS_MAXIMUM], counters[BYTES_RECEIVED],
    counters[BYTES_SENT], counters[PUBLISH_RECEIVED], counters[PUBLISH_SENT], counters[PUBLISH_BYTES_RECEIVED],
    counters[PUBLISH_BYTES_SENT], messageCount, messageBytes,
  ][index - 1]
}

function sessionsAway(): number {
  let away = 0
  for (let session = 0; session < sessionSlot.length; session++) if (sessionSlot[session] >= 0) away++
  return sessionCount - away
}

/** Stores a topic with its value as a message, whose one reference is the caller's; NONE: there is no room. */
function store(index: number): number {
  const topic = topicOf(index)
  const value = valueOf(index)
  const message = messageReserve(topic.length, 0, value.length, 0, 0, 0)
  if (message < 0) return NONE
  portCopyIn(topic, 0, messageStart(message), topic.length)
  portCopyIn(value, 0, messageTailStart(message), value.length)
  return message
}

/** Sends a value as a retained message to a new subscription if its filter matches. False: it has to wait. */
export function sysSend(index: number, slot: Slot, subscription: Subscription): boolean {
  const message = store(index)
  if (message < 0) return false
  let answer = 0
  if (subscriptionMatches(subscription, messageStart(message), messageTopicSize(message))
    && (!FEATURE_ACCESS || accessAllows(
      subscriptionSession[subscription], ACCESS_READ, messageStart(message), messageTopicSize(message),
    ))) {
    outgoingClearIdentifiers()
    const identifier = FEATURE_SUBSCRIPTION_IDENTIFIER ? subscriptionIdentifier[subscription] : 0
    if (identifier) outgoingAddIdentifier(identifier)
    messageLoad(message)
    outgoingBegin()
    answer = outgoingSend(slot, 1, 0)
  }
  messageRelease(message)
  return answer !== NO_ROOM
}

/** Publishes every value, when it is time and anybody has a filter that begins with $. */
export function sysTick(): void {
  const interval = settings[SETTING_SYS_INTERVAL]
  if (!interval || nowMs < dueAt) return
  if (FEATURE_SYS_LOADS) {
    loadsUpdate(Math.max(1, (nowMs - updatedMs) / 1_000))
    updatedMs = nowMs
  }
  dueAt = nowMs + interval * 1_000
  if (!filterHiddenCount) return
  for (let index = 0; index < sysCount; index++) {
    const message = store(index)
    if (message < 0) return
    messageLoad(message)
    publishSetFlags(0)
    publicationPublish(NONE, 0, message)
    messageRelease(message)
  }
}
