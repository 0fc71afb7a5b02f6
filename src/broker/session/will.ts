// The Will Message: stored with its session at CONNECT, published when the connection ends without a DISCONNECT that
// forbids it and its delay has passed, or the session ends before. [MQTT 5.0 section 3.1.2.5]
import { portCopy, portLog } from 'runtime'
import { applicationPropertiesRead, keptPropertiesStart } from '../../codec/application_properties'
import {
  connectWillDelay, connectWillExpiry, connectWillPayloadSize, connectWillPayloadStart, connectWillPropertiesAt,
  connectWillQos, connectWillRetain, connectWillTopicSize, connectWillTopicStart,
} from '../../codec/connect'
import { publishSetFlags } from '../../codec/publish'
import { IN_WILL, propertiesEnd } from '../../codec/property'
import { readBegin } from '../../codec/reader'
import { QUOTA_EXCEEDED } from '../../codec/reason_code'
import { FEATURE_LOG, FEATURE_MQTT5, FEATURE_RECORDS, NONE, POOL_BLOCKS_RESERVED } from '../../limits'
import { willRecordAdd } from '../../records/session_record'
import {
  messageExpiresAt, messageExpirySet, messageFlags, messageRelease, messageReserve, messageStart, messageTailStart,
} from 'messages/message_table'
import { recordForget } from '../../store/record'
import {
  sessionClientSize, sessionClientStart, sessionWill, sessionWillAt, sessionWillDelay, sessionWillRecord,
} from '../../store/session_table'
import { nowMs } from '../clock'
import { FULL_MESSAGES, countDropped } from '../counters'
import { LOG_WILL } from '../log_code'
import { messageLoad } from '../publish/in_hand'
import { publicationPublish } from '../publish/publication'
import type { Session } from '../../kinds'

/**
 * Stores the Will of the CONNECT in hand, if it has one that is to be published, with its session, in the place of the
 * one before. False: there is no room. Changes the CONNECT's Will Properties.
 */
export function willStore(session: Session, version: number, hasWill: boolean): boolean {
  willDiscard(session)
  if (!hasWill) return true
  let propertiesStart = 0
  let propertiesSize = 0
  if (FEATURE_MQTT5 && version > 4) {
    readBegin(connectWillPropertiesAt, connectWillTopicStart)
    applicationPropertiesRead(IN_WILL)
    propertiesStart = keptPropertiesStart
    propertiesSize = propertiesEnd - keptPropertiesStart
  }
  const message = messageReserve(
    connectWillTopicSize, propertiesSize, connectWillPayloadSize, connectWillQos << 1 | (connectWillRetain ? 1 : 0),
    // The interval, until it starts to count; NONE: there is none.
    connectWillExpiry < 0 ? NONE : connectWillExpiry * 1_000, POOL_BLOCKS_RESERVED,
  )
  if (message < 0) return false
  const tail = messageTailStart(message)
  portCopy(messageStart(message), connectWillTopicStart, connectWillTopicSize)
  portCopy(tail, propertiesStart, propertiesSize)
  portCopy(tail + propertiesSize, connectWillPayloadStart, connectWillPayloadSize)
  if (FEATURE_MQTT5) sessionWillDelay[session] = connectWillDelay
  sessionWill[session] = message
  return true
}

/** Drops a session's Will: DISCONNECT has come, or the client is back in time. [MQTT-3.1.2-10] [MQTT-3.1.3-9] */
export function willDiscard(session: Session): void {
  if (FEATURE_RECORDS) recordForget(sessionWillRecord, session)
  messageRelease(sessionWill[session])
  sessionWill[session] = NONE
  if (FEATURE_MQTT5) sessionWillAt[session] = 0
}

/**
 * The connection ended without a DISCONNECT that discards the Will: publishes it, or starts its delay.
 * [MQTT-3.1.2-8]
 */
export function willDue(session: Session): void {
  if (sessionWill[session] < 0) return
  if (FEATURE_MQTT5 && sessionWillDelay[session]) {
    sessionWillAt[session] = nowMs + sessionWillDelay[session] * 1_000
    if (FEATURE_RECORDS) willRecordAdd(session)
  } else willPublish(session)
}

/** Publishes a session's Will if it has one, once. */
export function willPublish(session: Session): void {
  const message = sessionWill[session]
  if (message < 0) return
  sessionWill[session] = NONE
  let expiresAt = 0
  if (FEATURE_MQTT5) {
    sessionWillAt[session] = 0
    const interval = messageExpiresAt(message)
    if (interval >= 0) expiresAt = nowMs + interval
    messageExpirySet(message, expiresAt)
  }
  messageLoad(message)
  publishSetFlags(messageFlags(message))
  if (FEATURE_LOG) portLog(LOG_WILL, sessionClientStart[session], sessionClientSize[session])
  if (publicationPublish(session, expiresAt, message) === QUOTA_EXCEEDED) countDropped(FULL_MESSAGES)
  if (FEATURE_RECORDS) recordForget(sessionWillRecord, session)
  messageRelease(message)
}
