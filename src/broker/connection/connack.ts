// CONNACK. [MQTT 5.0 section 3.2]
import { connectVersion } from '../../codec/connect'
import { CONNACK } from '../../codec/packet_type'
import {
  ASSIGNED_CLIENT_IDENTIFIER, BROKER_NAME_PROPERTY, MAXIMUM_PACKET_SIZE, MAXIMUM_QOS, RECEIVE_MAXIMUM,
  RESPONSE_INFORMATION, RETAIN_AVAILABLE, SERVER_KEEP_ALIVE, SESSION_EXPIRY_INTERVAL, SHARED_SUBSCRIPTION_AVAILABLE,
  SUBSCRIPTION_IDENTIFIERS_AVAILABLE, USER_PROPERTY,
} from '../../codec/property_identifier'
import { NO_REASON, connackReturnCode } from '../../codec/reason_code'
import {
  blockBegin, blockEnd, openBegin, openEnd, writeByte, writeField, writeFourByteInteger, writeRange, writeText,
  writeTwoByteInteger,
} from '../../codec/writer'
import {
  FEATURE_BRIDGED, FEATURE_LISTENER_TERMS, FEATURE_MORE_SETTINGS, FEATURE_MQTT31, FEATURE_MQTT5, FEATURE_QOS2,
  FEATURE_REASON_STRING, FEATURE_RESPONSE_INFORMATION, FEATURE_SHARED_SUBSCRIPTION, FEATURE_SPOOL,
  FEATURE_SUBSCRIPTION_IDENTIFIER, REMAINING_LENGTH_MAX,
} from '../../limits'
import { onConnack } from '../../seams/on_connack'
import { connectionIsOpen, connectionQosMax, connectionReason } from '../../store/connection_table'
import { sessionClientSize, sessionClientStart } from '../../store/session_table'
import { writeReasonString } from './reason_string'
import { LANE_SINGLE, sendControl, sendShort, wantsReasonString } from './send'
import { SETTING_PACKET_SIZE, SETTING_RECEIVE_MAXIMUM, SETTING_RETAIN_AVAILABLE, settings } from '../settings'
import type { Session, Slot } from '../../kinds'

// What a CONNACK of success tells 5.0 beyond the limits that are the same for all.
/** Session Expiry Interval, seconds, where it is not what the client asked for; else NONE. */
let connackSessionExpiry = -1
/** Server Keep Alive, seconds, where the client must use it; else NONE. */
let connackKeepAlive = -1
let connackIsAssigned = false
let connackHasResponseInformation = false

/** At most 20 characters of ASCII; '': it does not say. */
let brokerName = ''

/** Has the broker say from now on what bridges call it: at most 20 characters of ASCII. */
export function brokerNameSet(name: string): void {
  brokerName = name
}

export function connackSet(sessionExpiry: number, keepAlive: number, isAssigned: boolean, hasResponse: boolean): void {
  connackSessionExpiry = sessionExpiry
  connackKeepAlive = keepAlive
  connackIsAssigned = isAssigned
  if (FEATURE_RESPONSE_INFORMATION) connackHasResponseInformation = hasResponse
}

/** CONNACK with a Reason Code of failure, as the client's version has it. */
export function sendConnackRefusal(slot: Slot, reasonCode: number): void {
  // The Session Present flag, the first byte, is 0. [MQTT-3.2.2-6]
  if (!FEATURE_MQTT5 || connectVersion < 5) return sendShort(slot, CONNACK << 4, connackReturnCode(reasonCode))
  const body = openBegin(LANE_SINGLE)
  writeTwoByteInteger(reasonCode)
  const block = blockBegin()
  if (FEATURE_REASON_STRING && wantsReasonString(slot)) writeReasonString(reasonCode)
  blockEnd(block)
  sendControl(slot, openEnd(CONNACK << 4, body))
}

/** CONNACK of success, the first packet of a connection. [MQTT-3.2.0-1] */
export function sendConnack(slot: Slot, session: Session, isPresent: boolean): void {
  // The Session Present flag, which 3.1 has not, and a code of 0.
  const flags = isPresent && (!FEATURE_MQTT31 || connectVersion > 3) ? 0x100 : 0
  if (!FEATURE_MQTT5 || connectVersion < 5) return sendShort(slot, CONNACK << 4, flags)
  const body = openBegin(LANE_SINGLE)
  writeTwoByteInteger(flags)
  const block = blockBegin()
  writeLimits(slot)
  writeTerms(session)
  if (FEATURE_BRIDGED && brokerName) writeName(slot)
  onConnack(slot)
  blockEnd(block)
  sendControl(slot, openEnd(CONNACK << 4, body))
  // Where it does not fit nothing may come in its place. [MQTT-3.14.0-1]
  if (!connectionIsOpen(slot)) connectionReason[slot] = NO_REASON
}

/** What is the same for every client of a listener. */
function writeLimits(slot: Slot): void {
  writeByte(RECEIVE_MAXIMUM)
  writeTwoByteInteger(settings[SETTING_RECEIVE_MAXIMUM])
  // Where it is the standard's own it need not be said. [MQTT 5.0 section 3.2.2.3.6]
  if (!FEATURE_SPOOL || settings[SETTING_PACKET_SIZE] <= REMAINING_LENGTH_MAX) {
    writeByte(MAXIMUM_PACKET_SIZE)
    writeFourByteInteger(settings[SETTING_PACKET_SIZE])
  }
  if (!FEATURE_QOS2) {
    writeByte(MAXIMUM_QOS)
    writeByte(1)
  }
  // Where it is 2 it must not be said. [MQTT 5.0 section 3.2.2.3.4]
  if (FEATURE_LISTENER_TERMS && connectionQosMax[slot] < 2) {
    writeByte(MAXIMUM_QOS)
    writeByte(connectionQosMax[slot])
  }
  if (FEATURE_MORE_SETTINGS && !settings[SETTING_RETAIN_AVAILABLE]) {
    writeByte(RETAIN_AVAILABLE)
    writeByte(0)
  }
  if (!FEATURE_SUBSCRIPTION_IDENTIFIER) {
    writeByte(SUBSCRIPTION_IDENTIFIERS_AVAILABLE)
    writeByte(0)
  }
  if (!FEATURE_SHARED_SUBSCRIPTION) {
    writeByte(SHARED_SUBSCRIPTION_AVAILABLE)
    writeByte(0)
  }
}

/** Only where there is room for sure, and where nobody minds. [MQTT-3.2.2-20] */
function writeName(slot: Slot): void {
  if (connackIsAssigned || connackHasResponseInformation || !wantsReasonString(slot)) return
  writeByte(USER_PROPERTY)
  writeTwoByteInteger(BROKER_NAME_PROPERTY.length)
  writeText(BROKER_NAME_PROPERTY)
  writeTwoByteInteger(brokerName.length)
  writeText(brokerName)
}

function writeTerms(session: Session): void {
  if (connackSessionExpiry >= 0) {
    writeByte(SESSION_EXPIRY_INTERVAL)
    writeFourByteInteger(connackSessionExpiry)
  }
  if (connackKeepAlive >= 0) {
    writeByte(SERVER_KEEP_ALIVE)
    writeTwoByteInteger(connackKeepAlive)
  }
  if (connackIsAssigned) {
    writeByte(ASSIGNED_CLIENT_IDENTIFIER)
    writeField(sessionClientStart[session], sessionClientSize[session])
  }
  if (FEATURE_RESPONSE_INFORMATION && connackHasResponseInformation) {
    // A place for the client's own response topics. [MQTT 5.0 section 4.10.1]
    writeByte(RESPONSE_INFORMATION)
    writeTwoByteInteger(sessionClientSize[session] + 10)
    writeText('response/')
    writeRange(sessionClientStart[session], sessionClientSize[session])
    writeText('/')
  }
}
