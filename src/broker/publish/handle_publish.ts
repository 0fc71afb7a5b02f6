// PUBLISH from a client. [MQTT 5.0 section 3.3.4]
import { portControl, portHasText, portLog, portPayloadRefusal } from 'runtime'
import { PUBACK, PUBREC } from '../../codec/packet_type'
import { frameBody, frameEnd, frameFlags } from '../../codec/frame'
import {
  decodePublish, publishEnd, publishExpiry, publishPacketIdentifier, publishPayloadIsText, publishPayloadStart,
  publishQos, publishRetain, publishTopicSize, publishTopicStart,
} from '../../codec/publish'
import { propertyHas } from '../../codec/property'
import { TOPIC_ALIAS } from '../../codec/property_identifier'
import {
  IMPLEMENTATION_SPECIFIC_ERROR, MALFORMED_PACKET, NOT_AUTHORIZED, PAYLOAD_FORMAT_INVALID, PROTOCOL_ERROR,
  QOS_NOT_SUPPORTED, QUEUES_FULL, QUOTA_EXCEEDED, RECEIVE_MAXIMUM_EXCEEDED, RETAIN_NOT_SUPPORTED, SUCCESS,
  TOPIC_ALIAS_INVALID, TOPIC_NAME_INVALID,
} from '../../codec/reason_code'
import { topicNameIsValid } from '../../codec/topic'
import { utf8IsValid } from '../../codec/utf8'
import { isOwnState, isSysTopic } from '../../feature/sys'
import {
  FEATURE_BRIDGE, FEATURE_BRIDGED, FEATURE_LISTENER_TERMS, FEATURE_LOG, FEATURE_MORE_SETTINGS, FEATURE_MQTT5,
  FEATURE_QOS2, FEATURE_RECORDS, FEATURE_SYS, FEATURE_TOPIC_ALIAS, FEATURE_WAIT, INBOUND_MAX, NONE, TABLES_GROW,
  isSpooled,
} from '../../limits'
import { inboundRecordAdd, inboundRecordHasRoom } from '../../records/inbound_record'
import { onPublish, onPublishTake, onPublishTaken } from '../../seams/on_publish'
import { bridgeSession } from '../../store/bridge_session'
import { connectionQosMax, connectionSession, connectionVersion } from '../../store/connection_table'
import { INBOUND_HERE } from '../../store/queue_flags'
import {
  inboundAdd, inboundFind, inboundHereCount, inboundRemove, queueFlags, queueHasRoom, queueNext,
} from '../../store/queue_table'
import { sessionInboundCount, sessionInboundHead } from '../../store/session_table'
import { accessWrite } from '../access/access'
import { clockUpdate } from '../clock'
import {
  PUBLISH_BYTES_RECEIVED, PUBLISH_DROPPED, PUBLISH_RECEIVED, REFUSAL, count, countTraffic, counters,
} from '../counters'
import { LOG_PUBLISH_REFUSED } from '../log_code'
import { publicationPublish } from './publication'
import { sendAcknowledge } from '../connection/send'
import {
  SETTING_CONTROL, SETTING_PAYLOADS, SETTING_RECEIVE_MAXIMUM, SETTING_RETAIN_AVAILABLE, payloadIsTooLarge, settings,
} from '../settings'
import type { Message, Session, Slot } from '../../kinds'

/** What a handler answers where the packet must wait: a 3.1.1 client can only be told to wait, not to give up. */
export const WAIT = -2
/** Added to an answer to a PUBLISH whose Topic Name nobody has judged: where it is ill-formed, nothing else matters. */
export const UNROUTED = 0x200
/** Added where it is the port that refuses a payload: at QoS 0 the message is dropped, and its client stays. */
const BY_PORT = 0x400

export function handlePublish(slot: Slot): number {
  const version = FEATURE_MQTT5 ? connectionVersion[slot] : 4
  const error = decodePublish(frameFlags, version, frameBody, frameEnd, frameEnd) || publishResolve(slot)
  if (error) return error
  // It may be looked at, and need not. [MQTT 5.0 section 3.3.2.3.2]
  if (FEATURE_MQTT5 && publishPayloadIsText && !isSpooled(frameEnd - publishPayloadStart)
    && !utf8IsValid(publishPayloadStart, frameEnd, true)) {
    return publishAnswer(slot, version, publishQos, publishPacketIdentifier, PAYLOAD_FORMAT_INVALID | UNROUTED)
  }
  onPublishTake(slot)
  const answer = publishTake(slot, version, publishPacketIdentifier, publishExpiresAt(), NONE)
  onPublishTaken()
  return answer
}

/** When the decoded PUBLISH expires, milliseconds of the port's clock; 0: never. */
export function publishExpiresAt(): number {
  return FEATURE_MQTT5 && publishExpiry >= 0 ? clockUpdate() + publishExpiry * 1_000 : 0
}

/**
 * Makes the decoded PUBLISH's topic, or the one that its alias stands for, the publication's. Answers 0 or a Reason
 * Code.
 */
export function publishResolve(slot: Slot): number {
  if (!FEATURE_QOS2 && publishQos > 1) return QOS_NOT_SUPPORTED
  // [MQTT-3.2.2-11] [MQTT-3.2.2-14]; 3.1.1 is told by closing, as mosquitto does.
  if (FEATURE_LISTENER_TERMS && publishQos > connectionQosMax[slot]) return QOS_NOT_SUPPORTED
  if (FEATURE_MORE_SETTINGS && publishRetain && !settings[SETTING_RETAIN_AVAILABLE]) return RETAIN_NOT_SUPPORTED
  // Whoever allows no alias may be sent none. [MQTT-3.3.2-9]
  if (FEATURE_MQTT5 && !FEATURE_TOPIC_ALIAS && connectionVersion[slot] > 4 && propertyHas(TOPIC_ALIAS)) {
    return TOPIC_ALIAS_INVALID
  }
  return onPublish(slot) || (publishTopicSize ? SUCCESS : PROTOCOL_ERROR) // [MQTT-4.7.3-1]
}

/**
 * Publishes the message in hand and acknowledges it; `message` is where the caller has it stored, or NONE. Answers
 * 0, WAIT, or the Reason Code to close with.
 */
export function publishTake(
  slot: Slot, version: number, packetIdentifier: number, expiresAt: number, message: Message,
): number {
  const session = connectionSession[slot]
  const qos = publishQos
  const again = FEATURE_QOS2 && qos === 2 ? exchangeAgain(slot, version, packetIdentifier, UNROUTED) : NONE
  if (again >= 0) return again
  const payloadSize = publishEnd - publishPayloadStart
  const isExchange = FEATURE_QOS2 && qos > 1
  // Those of connections before count too, so that no session takes all rows.
  const hasRoom = !isExchange || sessionInboundCount[session] < INBOUND_MAX && queueHasRoom(1)
    && (!FEATURE_RECORDS || inboundRecordHasRoom())
  if (isExchange && hasRoom) inboundAdd(session, packetIdentifier)
  const answer = hasRoom ? publishJudge(slot, session, expiresAt, message) : QUOTA_EXCEEDED
  if (isExchange && (answer & 0x80)) inboundRemove(session, packetIdentifier)
  else if (FEATURE_RECORDS && isExchange) inboundRecordAdd(session)
  // 3.1.1 has no way to say no: the packet waits for room.
  if (answer === QUOTA_EXCEEDED && qos && version < 5) return FEATURE_WAIT ? WAIT : answer
  if (FEATURE_SYS) {
    countTraffic(PUBLISH_RECEIVED, 1)
    countTraffic(PUBLISH_BYTES_RECEIVED, payloadSize)
  }
  const isRouted = hasRoom && answer !== TOPIC_NAME_INVALID
  // Who cannot be reached for long is not to keep the other broker from sending what is for others.
  const isOver = FEATURE_BRIDGE && answer === QUEUES_FULL && session === bridgeSession
  return publishAnswer(slot, version, qos, packetIdentifier, isOver ? SUCCESS : isRouted ? answer : answer | UNROUTED)
}

/**
 * Acknowledges a PUBLISH at QoS 2 whose message has been taken before; `answer` is publishAnswer's. [MQTT-4.3.3-10]
 * Answers NONE where it has not, 0, or the Reason Code to close with.
 */
export function exchangeAgain(slot: Slot, version: number, packetIdentifier: number, answer: number): number {
  const session = connectionSession[slot]
  const row = inboundFind(session, packetIdentifier)
  const isOpen = row >= 0 && queueFlags[row] > 0
  // Its own bridge hands on the messages of a broker that may be of 3.1.1, which is told no number.
  if (version > 4 && !isOpen && inboundHereCount >= settings[SETTING_RECEIVE_MAXIMUM]
    && (!TABLES_GROW || inboundCountHere(session) >= settings[SETTING_RECEIVE_MAXIMUM])
    && !(FEATURE_BRIDGE && session === bridgeSession)) {
    return RECEIVE_MAXIMUM_EXCEEDED // [MQTT-3.3.4-7]
  }
  if (row < 0) return NONE
  queueFlags[row] = INBOUND_HERE
  return publishAnswer(slot, version, 2, packetIdentifier, answer)
}

/** Where tables grow: what inboundHereCount is elsewhere. It walks the exchanges, and is asked where they are many. */
function inboundCountHere(session: Session): number {
  let count = 0
  for (let row = sessionInboundHead[session]; row >= 0; row = queueNext[row]) count += queueFlags[row]
  return count
}

function publishJudge(slot: Slot, session: Session, expiresAt: number, message: Message): number {
  if (FEATURE_SYS && isSysTopic(publishTopicStart, publishTopicSize)
    && !(FEATURE_BRIDGED && isOwnState(session, publishTopicStart, publishTopicSize))
    || !accessWrite(slot, session, publishTopicStart, publishTopicSize)) return NOT_AUTHORIZED | UNROUTED
  // An acknowledgement has no code of its own for it, 0x95 is for whole packets. [MQTT 5.0 section 3.4.2.1]
  if (FEATURE_MORE_SETTINGS && payloadIsTooLarge(publishEnd - publishPayloadStart)) {
    return IMPLEMENTATION_SPECIFIC_ERROR | UNROUTED
  }
  if (FEATURE_MORE_SETTINGS && settings[SETTING_CONTROL] && publishTopicSize > 9
    && portHasText(publishTopicStart, '$CONTROL/')
    && portControl(slot, publishTopicStart, publishTopicSize, publishPayloadStart, publishEnd)) return UNROUTED
  const refusal = FEATURE_MORE_SETTINGS && settings[SETTING_PAYLOADS] ? portPayloadRefusal(slot) : 0
  return refusal ? refusal | BY_PORT | UNROUTED : publicationPublish(session, expiresAt, message)
}

/** Ill-formed UTF-8 is malformed, a wildcard is an invalid name. [MQTT-1.5.4-1] [MQTT-3.3.2-2] */
function topicError(): number {
  return utf8IsValid(publishTopicStart, publishTopicStart + publishTopicSize)
    ? TOPIC_NAME_INVALID
    : MALFORMED_PACKET
}

/**
 * Acknowledges with what became of the message; 3.1.1 is only told that it came. Answers 0, or a code to close with.
 */
export function publishAnswer(
  slot: Slot, version: number, qos: number, packetIdentifier: number, answer: number,
): number {
  if (answer & UNROUTED && !topicNameIsValid(publishTopicStart, publishTopicSize)) return topicError()
  const reasonCode = answer & 0xff
  if (reasonCode >= 0x80) {
    count(PUBLISH_DROPPED)
    if (FEATURE_BRIDGE) counters[REFUSAL] = reasonCode
    if (FEATURE_LOG) portLog(LOG_PUBLISH_REFUSED, slot, reasonCode)
  }
  if (!qos) {
    return FEATURE_MQTT5 && reasonCode === PAYLOAD_FORMAT_INVALID && !(FEATURE_MORE_SETTINGS && answer & BY_PORT)
      ? reasonCode : SUCCESS
  }
  sendAcknowledge(slot, FEATURE_QOS2 && qos > 1 ? PUBREC : PUBACK, packetIdentifier, version > 4 ? reasonCode : SUCCESS)
  return SUCCESS
}
