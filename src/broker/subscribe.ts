// One Topic Filter of a SUBSCRIBE or an UNSUBSCRIBE. [MQTT 5.0 sections 3.8.3, 3.8.4, 3.10.4]
import { portHasText } from 'runtime'
import {
  MALFORMED_PACKET, NO_SUBSCRIPTION_EXISTED, PROTOCOL_ERROR, QUOTA_EXCEEDED, SHARED_SUBSCRIPTIONS_NOT_SUPPORTED,
  SUCCESS, TOPIC_FILTER_INVALID,
} from '../codec/reason_code'
import { fieldSize, fieldStart, readByte, readError, readFail, readString } from '../codec/reader'
import { filterIsHidden, filterParse } from '../codec/topic'
import { sharedSkip } from '../feature/shared_subscription'
import {
  FEATURE_ACCESS, FEATURE_AUTHORIZE, FEATURE_INDEX, FEATURE_MQTT5, FEATURE_QOS2, FEATURE_RETAINED,
  FEATURE_SHARED_SUBSCRIPTION, FEATURE_SUBSCRIPTION_IDENTIFIER, FEATURE_SYS_RETAINED, NONE,
} from '../limits'
import { filterFind, filterRelease, filterTake } from '../store/filter_table'
import {
  retainedWaitAdd, routesChanged, subscriptionAdd, subscriptionFind, subscriptionIdentifier, subscriptionOptions,
  subscriptionRemove,
} from '../store/subscription_table'
import { retainedCount } from '../store/retained_table'
import { walkAdd, walkFind, walkRemove } from '../store/subscription_walk'
import { accessSubscribe, ruleCount } from './access'
import { FULL_SUBSCRIPTIONS, count } from './counters'

const NO_LOCAL = 4
const RETAIN_HANDLING_SHIFT = 4

/** Bytes of `$share/name/` in front of the filter read last. */
let skip = 0

/** A Topic Filter has at least one character. [MQTT-4.7.3-1] */
function checkFilter(): void {
  if (!fieldSize) readFail()
}

/** Parses the filter read last. False: it is not one. */
function parseFilter(): boolean {
  if (!FEATURE_SHARED_SUBSCRIPTION) return filterParse(fieldStart, fieldSize)
  skip = sharedSkip(fieldStart, fieldSize)
  return skip >= 0 && filterParse(fieldStart + skip, fieldSize - skip)
}

/** Reads a filter and its options, and subscribes. Answers its Reason Code; readError says that the packet is wrong. */
export function subscribeFilter(session: number, isNew: boolean, identifier: number): number {
  readString()
  const start = fieldStart
  const size = fieldSize
  const options = readByte()
  checkOptions(options, isNew)
  checkFilter()
  if (readError) return readError
  if (!parseFilter()) return TOPIC_FILTER_INVALID
  // CONNACK has said that there are none. [MQTT 5.0 section 3.2.2.3.13]
  if (FEATURE_MQTT5 && !FEATURE_SHARED_SUBSCRIPTION && filterIsHidden && isNew && portHasText(start, '$share/')) {
    return readFail(SHARED_SUBSCRIPTIONS_NOT_SUPPORTED)
  }
  if (FEATURE_SHARED_SUBSCRIPTION && skip && options & NO_LOCAL) return readFail(PROTOCOL_ERROR) // [MQTT-3.8.3-4]
  if (FEATURE_ACCESS && (ruleCount || FEATURE_AUTHORIZE)) {
    const refusal = FEATURE_SHARED_SUBSCRIPTION
      ? accessSubscribe(session, start + skip, size - skip)
      : accessSubscribe(session, start, size)
    if (refusal) return refusal
  }
  return subscribe(session, start, size, options, identifier)
}

/** [MQTT-3.8.3-5]; 3.1.1 [MQTT-3-8.3-4] */
function checkOptions(options: number, isNew: boolean): void {
  const isWrong = FEATURE_MQTT5 && isNew
    ? options >> 6 || (options >> RETAIN_HANDLING_SHIFT & 3) > 2
    : options >> 2
  if (!isWrong && (options & 3) < 3) return
  readFail(FEATURE_MQTT5 && isNew && !(options >> 6) ? PROTOCOL_ERROR : MALFORMED_PACKET)
}

/** A subscription of the session to the filter takes the place of the one it had. [MQTT-3.8.4-3] */
function subscribe(session: number, start: number, size: number, options: number, identifier: number): number {
  if (!FEATURE_QOS2 && (options & 3) > 1) options--
  const filter = FEATURE_INDEX ? filterTake(session, start, size, skip) : NONE
  if (FEATURE_INDEX && filter < 0) return full()
  let row = FEATURE_INDEX ? subscriptionFind(session, filter) : walkFind(session, start, size)
  const isNew = row < 0
  if (isNew) row = FEATURE_INDEX ? subscriptionAdd(session, filter) : walkAdd(session, start, size)
  if (row < 0) {
    if (FEATURE_INDEX) filterRelease(filter)
    return full()
  }
  subscriptionOptions[row] = options
  if (FEATURE_SUBSCRIPTION_IDENTIFIER) subscriptionIdentifier[row] = identifier
  if (FEATURE_RETAINED) {
    const handling = options >> RETAIN_HANDLING_SHIFT
    // [MQTT-3.3.1-9] to [MQTT-3.3.1-11]; a shared subscription gets no retained messages.
    const isWanted = !skip && (!handling || handling < 2 && isNew)
    if (isWanted && (FEATURE_SYS_RETAINED || retainedCount)) retainedWaitAdd(row)
  }
  routesChanged()
  return options & 3
}

function full(): number {
  count(FULL_SUBSCRIPTIONS)
  return QUOTA_EXCEEDED
}

/** The session's subscription to the filter parsed last, or NONE. */
function findSubscription(session: number): number {
  const filter = filterFind(fieldStart, fieldSize, skip)
  return filter < 0 ? NONE : subscriptionFind(session, filter)
}

/** Reads a filter, and ends the session's subscription to it. [MQTT-3.10.4-1] */
export function unsubscribeFilter(session: number): number {
  readString()
  checkFilter()
  if (readError) return readError
  if (!parseFilter()) return TOPIC_FILTER_INVALID
  const row = FEATURE_INDEX ? findSubscription(session) : walkFind(session, fieldStart, fieldSize)
  if (row < 0) return NO_SUBSCRIPTION_EXISTED
  if (FEATURE_INDEX) subscriptionRemove(row)
  else walkRemove(row)
  return SUCCESS
}
