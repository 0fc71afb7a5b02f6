// One Topic Filter of a SUBSCRIBE or an UNSUBSCRIBE. [MQTT 5.0 sections 3.8.3, 3.8.4, 3.10.4]
import { portHasText } from 'runtime'
import { retainedWaitAdd, subscriptionAdd, subscriptionFind, subscriptionRemove } from 'subscriptions/table'
import {
  MALFORMED_PACKET, NO_SUBSCRIPTION_EXISTED, NOT_AUTHORIZED, PROTOCOL_ERROR, QUOTA_EXCEEDED,
  SHARED_SUBSCRIPTIONS_NOT_SUPPORTED, SUCCESS, TOPIC_FILTER_INVALID,
} from '../../codec/reason_code'
import { fieldSize, fieldStart, readByte, readError, readFail, readString } from '../../codec/reader'
import { sharedFilterParse, sharedPrefixSize } from '../../codec/shared_filter'
import { filterIsHidden, filterParse } from '../../codec/topic'
import {
  FEATURE_ACCESS, FEATURE_AUTHORIZE, FEATURE_BRIDGE_LEVEL, FEATURE_LISTENER_TERMS, FEATURE_MQTT5, FEATURE_QOS2,
  FEATURE_RECORDS, FEATURE_RETAINED, FEATURE_SHARED_SUBSCRIPTION, FEATURE_SUBSCRIPTION_IDENTIFIER,
  FEATURE_SYS_RETAINED, NONE, RECORDS_MAPPED,
} from '../../limits'
import { subscriptionRecordHasRoom, subscriptionRecordWrite } from '../../records/subscription_record'
import { retainedCount } from 'messages/retained_table'
import {
  NO_LOCAL, RETAIN_AS_PUBLISHED, routesChanged, subscriptionIdentifier, subscriptionOptions,
} from '../../subscriptions/rows'
import { BRIDGE, connectionFlags, connectionQosMax } from '../../store/connection_table'
import { sessionSlot } from '../../store/session_table'
import { accessSubscribe, accessUnsubscribe, ruleCount } from '../access/access'
import { FULL_SUBSCRIPTIONS, count } from '../counters'
import type { Offset, Session } from '../../kinds'

const RETAIN_HANDLING_SHIFT = 4

/** A Topic Filter has at least one character. [MQTT-4.7.3-1] */
function checkFilter(): void {
  if (!fieldSize) readFail()
}

/** Parses the filter read last. False: it is not one. */
function parseFilter(): boolean {
  return FEATURE_SHARED_SUBSCRIPTION ? sharedFilterParse(fieldStart, fieldSize) : filterParse(fieldStart, fieldSize)
}

/** Reads a filter and its options, and subscribes. Answers its Reason Code; readError says that the packet is wrong. */
export function subscribeFilter(session: Session, isNew: boolean, identifier: number): number {
  readString()
  const start = fieldStart
  const size = fieldSize
  let options = readByte()
  const refusal = filterRefusal(options, isNew)
  if (refusal) return refusal
  // [MQTT-3.8.3-4]
  if (FEATURE_SHARED_SUBSCRIPTION && sharedPrefixSize && options & NO_LOCAL) return readFail(PROTOCOL_ERROR)
  if (FEATURE_ACCESS && (ruleCount || FEATURE_AUTHORIZE)) {
    const refusal = FEATURE_SHARED_SUBSCRIPTION
      ? accessSubscribe(session, start + sharedPrefixSize, size - sharedPrefixSize)
      : accessSubscribe(session, start, size)
    if (refusal) return refusal
  }
  if (!FEATURE_QOS2 && (options & 3) > 1) options--
  if (FEATURE_LISTENER_TERMS) options = options & ~3 | Math.min(options & 3, connectionQosMax[sessionSlot[session]])
  if (FEATURE_BRIDGE_LEVEL && isBridge(session) && !sharedPrefixSize) options |= NO_LOCAL | RETAIN_AS_PUBLISHED
  return subscribe(session, start, size, options, identifier)
}

function isBridge(session: Session): boolean {
  return (connectionFlags[sessionSlot[session]] & BRIDGE) > 0
}

/**
 * The highest options byte with which a session subscribes to a filter that is plain without a closer look; NONE: every
 * filter is looked at.
 */
export function subscribeOptionsPlain(session: Session): number {
  const isLookedAt = FEATURE_ACCESS && (ruleCount || FEATURE_AUTHORIZE) || FEATURE_BRIDGE_LEVEL && isBridge(session)
  return isLookedAt ? NONE : FEATURE_QOS2 ? 2 : 1
}

/** Judges a filter and its options. */
function filterRefusal(options: number, isNew: boolean): number {
  checkOptions(options, isNew)
  checkFilter()
  if (readError) return readError
  if (!parseFilter()) return TOPIC_FILTER_INVALID
  // CONNACK has said that there are none. [MQTT 5.0 section 3.2.2.3.13]
  if (FEATURE_MQTT5 && !FEATURE_SHARED_SUBSCRIPTION && filterIsHidden && isNew && portHasText(fieldStart, '$share/')) {
    readFail(SHARED_SUBSCRIPTIONS_NOT_SUPPORTED)
    return readError
  }
  return SUCCESS
}

/** [MQTT-3.8.3-5]; 3.1.1 [MQTT-3-8.3-4] */
function checkOptions(options: number, isNew: boolean): void {
  const isWrong = FEATURE_MQTT5 && isNew
    ? options >> 6 || (options >> RETAIN_HANDLING_SHIFT & 3) > 2
    : options >> 2
  if (!isWrong && (options & 3) < 3) return
  readFail(FEATURE_MQTT5 && isNew && !(options >> 6) ? PROTOCOL_ERROR : MALFORMED_PACKET)
}

/**
 * Subscribes to the filter that was parsed last: the subscription takes the place of the one that the session had.
 * [MQTT-3.8.4-3] Answers its Reason Code.
 *
 * Every filter of a SUBSCRIBE comes through this.
 */
export function subscribe(session: Session, start: Offset, size: number, options: number, identifier: number): number {
  let row = subscriptionFind(session, start, size)
  const isNew = row < 0
  if (FEATURE_RECORDS && !RECORDS_MAPPED && !subscriptionRecordHasRoom(session, size)) row = NONE
  else if (isNew) row = subscriptionAdd(session, start, size)
  if (FEATURE_RECORDS && row >= 0) {
    const isKept = subscriptionRecordWrite(session, row, start, size, options)
    if (!isKept) {
      if (isNew) subscriptionRemove(row)
      row = NONE
    }
  }
  if (row < 0) {
    count(FULL_SUBSCRIPTIONS)
    return QUOTA_EXCEEDED
  }
  subscriptionOptions[row] = options
  if (FEATURE_SUBSCRIPTION_IDENTIFIER) subscriptionIdentifier[row] = identifier
  if (FEATURE_RETAINED && (FEATURE_SYS_RETAINED || retainedCount)) {
    const handling = options >> RETAIN_HANDLING_SHIFT
    // [MQTT-3.3.1-9] to [MQTT-3.3.1-11]; a shared subscription gets no retained messages.
    const isWanted = !(FEATURE_SHARED_SUBSCRIPTION && sharedPrefixSize) && (!handling || handling < 2 && isNew)
    if (isWanted) retainedWaitAdd(row)
  }
  routesChanged()
  return options & 3
}

/** Reads a filter, and ends the session's subscription to it. [MQTT-3.10.4-1] */
export function unsubscribeFilter(session: Session): number {
  readString()
  checkFilter()
  if (readError) return readError
  if (!parseFilter()) return TOPIC_FILTER_INVALID
  if (FEATURE_LISTENER_TERMS
    && !accessUnsubscribe(session, fieldStart + sharedPrefixSize, fieldSize - sharedPrefixSize)) return NOT_AUTHORIZED
  const row = subscriptionFind(session, fieldStart, fieldSize)
  if (row < 0) return NO_SUBSCRIPTION_EXISTED
  subscriptionRemove(row)
  return SUCCESS
}
