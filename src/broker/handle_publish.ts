// PUBLISH from a client. [MQTT 5.0 section 3.3.4]
import { portLog } from 'runtime'
import { PUBACK, PUBREC } from '../codec/packet_type'
import { frameBody, frameEnd, frameFlags } from '../codec/frame'
import {
  decodePublish, publishExpiry, publishPacketIdentifier, publishPayloadIsText, publishPayloadStart,
  publishPropertiesStart, publishQos, publishRetain, publishTopicAlias, publishTopicSize, publishTopicStart,
} from '../codec/publish'
import {
  MALFORMED_PACKET, NOT_AUTHORIZED, PAYLOAD_FORMAT_INVALID, PROTOCOL_ERROR, QOS_NOT_SUPPORTED,
  QUOTA_EXCEEDED, RECEIVE_MAXIMUM_EXCEEDED, SUCCESS, TOPIC_ALIAS_INVALID, TOPIC_NAME_INVALID,
} from '../codec/reason_code'
import { utf8IsValid } from '../codec/utf8'
import { aliasIn, aliasInSet, aliasTopicSize, aliasTopicStart } from '../feature/topic_alias'
import { isSysTopic } from '../feature/sys'
import { FEATURE_ACCESS, FEATURE_MQTT5, FEATURE_QOS2, FEATURE_SYS, FEATURE_TOPIC_ALIAS, NONE, TOPIC_ALIAS_MAX } from '../limits'
import { connectionSession, connectionVersion } from '../store/connection_table'
import { inboundAdd, inboundHas, queueHasRoom } from '../store/queue_table'
import { sessionInboundCount } from '../store/session_table'
import { ACCESS_WRITE, accessAllows } from './access'
import { clockUpdate } from './clock'
import { PUBLISH_BYTES_RECEIVED, PUBLISH_DROPPED, PUBLISH_RECEIVED, count, counters } from './counters'
import { LOG_PUBLISH_REFUSED } from './log_code'
import {
  publicationPublish, publicationSetContent, publicationSetTerms, publicationSetTopic, publicationPayloadSize, publicationTopicSize,
  publicationTopicStart,
} from './publication'
import { sendAcknowledge } from './send'
import { SETTING_QUEUE, SETTING_RECEIVE_MAXIMUM, settings } from './settings'

/** What a handler answers where the packet must wait: a 3.1.1 client can only be told to wait, not to give up. */
export const WAIT = -2

export function handlePublish(slot: number): number {
  const version = connectionVersion[slot]
  const error = decodePublish(frameFlags, version, frameBody, frameEnd) || publishResolve(slot)
  if (error) return error
  if (FEATURE_MQTT5 && publishPayloadIsText && !utf8IsValid(publishPayloadStart, frameEnd)) {
    return publishAnswer(slot, version, publishQos, publishPacketIdentifier, PAYLOAD_FORMAT_INVALID)
  }
  const propertiesSize = publishPayloadStart - publishPropertiesStart
  publicationSetContent(publishPropertiesStart, propertiesSize, frameEnd - publishPayloadStart)
  publicationSetTerms(publishQos, publishRetain, publishExpiresAt(), connectionSession[slot], NONE)
  return publishTake(slot, version, publishQos, publishPacketIdentifier)
}

/** When the decoded PUBLISH expires, milliseconds of the port's clock; 0: never. */
export function publishExpiresAt(): number {
  return FEATURE_MQTT5 && publishExpiry >= 0 ? clockUpdate() + publishExpiry * 1_000 : 0
}

/** Makes the decoded PUBLISH's topic, or the one that its alias stands for, the publication's. Answers 0 or a Reason Code. */
export function publishResolve(slot: number): number {
  if (!FEATURE_QOS2 && publishQos > 1) return QOS_NOT_SUPPORTED
  publicationSetTopic(publishTopicStart, publishTopicSize)
  if (!FEATURE_TOPIC_ALIAS || publishTopicAlias < 0) return publishTopicSize ? SUCCESS : PROTOCOL_ERROR
  if (!publishTopicAlias || publishTopicAlias > TOPIC_ALIAS_MAX) return TOPIC_ALIAS_INVALID // [MQTT-3.3.2-8]
  if (publishTopicSize) {
    return aliasInSet(slot, publishTopicAlias, publishTopicStart, publishTopicSize) ? SUCCESS : QUOTA_EXCEEDED
  }
  if (!aliasIn(slot, publishTopicAlias)) return PROTOCOL_ERROR
  publicationSetTopic(aliasTopicStart, aliasTopicSize)
  return SUCCESS
}

/** Publishes the publication in hand, and acknowledges it. Answers 0, WAIT, or the Reason Code to close with. */
export function publishTake(slot: number, version: number, qos: number, packetIdentifier: number): number {
  const session = connectionSession[slot]
  if (FEATURE_QOS2 && qos === 2) {
    if (inboundHas(session, packetIdentifier)) return publishAnswer(slot, version, qos, packetIdentifier, SUCCESS) // [MQTT-4.3.3-10]
    const max = version > 4 ? settings[SETTING_RECEIVE_MAXIMUM] : settings[SETTING_QUEUE]
    if (sessionInboundCount[session] >= max) return RECEIVE_MAXIMUM_EXCEEDED // [MQTT-3.3.4-7]
  }
  const answer = publishJudge(session, qos)
  // 3.1.1 has no way to say no: the packet waits for room.
  if (answer === QUOTA_EXCEEDED && qos && version < 5) return WAIT
  counters[PUBLISH_RECEIVED]++
  counters[PUBLISH_BYTES_RECEIVED] += publicationPayloadSize
  if (answer === TOPIC_NAME_INVALID) return topicError()
  if (FEATURE_QOS2 && qos === 2 && (answer & 0xff) < 0x80) inboundAdd(session, packetIdentifier)
  return publishAnswer(slot, version, qos, packetIdentifier, answer)
}

function publishJudge(session: number, qos: number): number {
  if (FEATURE_SYS && isSysTopic(publicationTopicStart, publicationTopicSize)) return NOT_AUTHORIZED
  if (FEATURE_ACCESS && !accessAllows(session, ACCESS_WRITE, publicationTopicStart, publicationTopicSize)) return NOT_AUTHORIZED
  if (FEATURE_QOS2 && qos === 2 && !queueHasRoom(1)) return QUOTA_EXCEEDED
  return publicationPublish()
}

/** Ill-formed UTF-8 is malformed, a wildcard is an invalid name. [MQTT-1.5.4-1] [MQTT-3.3.2-2] */
function topicError(): number {
  return utf8IsValid(publicationTopicStart, publicationTopicStart + publicationTopicSize)
    ? TOPIC_NAME_INVALID
    : MALFORMED_PACKET
}

/** Acknowledges with what became of the message; 3.1.1 is only told that it came. Answers 0, or a code to close with. */
export function publishAnswer(
  slot: number, version: number, qos: number, packetIdentifier: number, answer: number,
): number {
  const reasonCode = answer & 0xff
  if (reasonCode >= 0x80) {
    count(PUBLISH_DROPPED)
    portLog(LOG_PUBLISH_REFUSED, slot, reasonCode)
  }
  if (!qos) return FEATURE_MQTT5 && reasonCode === PAYLOAD_FORMAT_INVALID ? reasonCode : SUCCESS
  sendAcknowledge(slot, qos > 1 ? PUBREC : PUBACK, packetIdentifier, version > 4 ? reasonCode : SUCCESS)
  return SUCCESS
}
