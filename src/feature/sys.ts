// $SYS/broker/...: the broker's own numbers, under the names that mosquitto gave them. They are made when somebody
// subscribes and every SETTING_SYS_INTERVAL seconds while somebody does, and stored nowhere.
import { portCopyIn, portEqual, portHasText, portRecordsWear } from 'runtime'
import { subscriptionMatches } from 'subscriptions/table'
import { publishSetFlags } from '../codec/publish'
import { accessAllows } from '../broker/access/access'
import { ACCESS_READ } from '../broker/access/access_kind'
import { nowMs } from '../broker/clock'
import {
  BYTES_RECEIVED, BYTES_SENT, CLIENTS_EXPIRED, CLIENTS_MAXIMUM, FULL_CONNECTIONS, FULL_MESSAGES, FULL_PACKET,
  FULL_QUEUE, FULL_RETAINED, FULL_SESSIONS, FULL_SUBSCRIPTIONS, FULL_TRANSMIT, MESSAGES_RECEIVED, MESSAGES_SENT,
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
import { WEAR_ERASES, WEAR_YEARS } from '../port/port'
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

// Sources that are no counter.
const UPTIME = -1
const CONNECTED = -2
const TOTAL = -3
const RETAINED = -4
const SUBSCRIPTIONS = -5
const DISCONNECTED = -6
const STORED = -7
const STORED_BYTES = -8
const VERSION_TEXT = -9
/** The port's numbers of its flash, from WEAR_BYTES on. */
const WEAR_AT = -20
/** How many subscriptions, retained and queued messages there is room for, where that is not the board's limit. */
const ROOM_AT = -30

/** What stands behind `full/`. */
const FULL_AT = 8
const FULL_END = 16
/** Where each topic's number comes from: a counter, or one of the sources above. */
const SOURCES = /* @__PURE__ */ new Int8Array(/* @__PURE__ */ [
  UPTIME, CONNECTED, TOTAL, MESSAGES_RECEIVED, MESSAGES_SENT, PUBLISH_DROPPED, RETAINED, SUBSCRIPTIONS,
  FULL_CONNECTIONS, FULL_SESSIONS, FULL_SUBSCRIPTIONS, FULL_MESSAGES, FULL_QUEUE, FULL_RETAINED, FULL_PACKET,
  FULL_TRANSMIT,
].concat(RECORDS_MAPPED ? [WEAR_AT, WEAR_AT + WEAR_ERASES, WEAR_AT + WEAR_YEARS] : [])
  .concat(TABLES_FIT ? [ROOM_AT, ROOM_AT + 1, ROOM_AT + 2] : []).concat(FEATURE_SYS_TRAFFIC ? [
  VERSION_TEXT, DISCONNECTED, CLIENTS_EXPIRED, CLIENTS_MAXIMUM, BYTES_RECEIVED, BYTES_SENT, PUBLISH_RECEIVED,
  PUBLISH_SENT, PUBLISH_BYTES_RECEIVED, PUBLISH_BYTES_SENT, STORED, STORED_BYTES,
] : []))

const OWN_COUNT = FEATURE_SYS ? SOURCES.length : 0
export const sysCount = FEATURE_SYS_LOADS ? OWN_COUNT + SYS_LOAD_COUNT : OWN_COUNT

/** The topic of a source. Made when it is asked for: a list that stays would take a board 50 variables. */
function topicOf(index: number): string {
  if (FEATURE_SYS_LOADS && index >= OWN_COUNT) return '$SYS/broker/' + loadName(index - OWN_COUNT)
  const names = (
    'uptime,clients/connected,clients/total,messages/received,messages/sent,publish/messages/dropped,' +
    'retained messages/count,subscriptions/count,' +
    'connections,sessions,subscriptions,messages,queue,retained,packet,transmit' +
    (RECORDS_MAPPED ? ',flash/bytes written,flash/erases,flash/years left' : '') +
    (TABLES_FIT ? ',room/subscriptions,room/retained messages,room/queued messages' : '') +
    (FEATURE_SYS_TRAFFIC
      ? ',version,clients/disconnected,clients/expired,clients/maximum,bytes/received,bytes/sent,' +
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

/** The value of a source as text. */
function valueOf(source: number): string {
  if (source >= 0) return '' + counters[source]
  if (source === UPTIME) return ((nowMs - startedMs) / 1_000 | 0) + ' seconds'
  if (TABLES_FIT && source < WEAR_AT) return '' + [SUBSCRIPTIONS_ROOM, RETAINED_ROOM, QUEUE_ROWS_ROOM][source - ROOM_AT]
  if (RECORDS_MAPPED && source < VERSION_TEXT) return '' + portRecordsWear(source - WEAR_AT)
  if (FEATURE_SYS_TRAFFIC && source < SUBSCRIPTIONS) return valueOfTraffic(source)
  return '' + [connectionCount, sessionCount, retainedCount, subscriptionCount][CONNECTED - source]
}

function valueOfTraffic(source: number): string {
  if (source === VERSION_TEXT) return 'midge ' + VERSION
  return '' + [sessionsAway(), messageCount, messageBytes][DISCONNECTED - source]
}

function sessionsAway(): number {
  let away = 0
  for (let session = 0; session < sessionSlot.length; session++) if (sessionSlot[session] >= 0) away++
  return sessionCount - away
}

/** Stores a topic with its value as a message, whose one reference is the caller's; NONE: there is no room. */
function store(index: number): number {
  const topic = topicOf(index)
  const value = FEATURE_SYS_LOADS && index >= OWN_COUNT ? loadValue(index - OWN_COUNT) : valueOf(SOURCES[index])
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
