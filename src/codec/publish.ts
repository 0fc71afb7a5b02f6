// PUBLISH, both ways. [MQTT 5.0 section 3.3]
import { FEATURE_MQTT5, FEATURE_TOPIC_ALIAS, NONE } from '../limits'
import { memory } from '../memory'
import { applicationPropertiesRead, keptPropertiesStart } from './application_properties'
import { IN_PUBLISH, propertiesEnd, propertiesNone, propertyNumber } from './property'
import { MESSAGE_EXPIRY_INTERVAL, PAYLOAD_FORMAT_INDICATOR, TOPIC_ALIAS } from './property_identifier'
import {
  readBegin, readError, readFail, readRest, readSkipTo, readTwoByteInteger, readBinary, fieldStart, fieldSize, readAt,
} from './reader'
import type { Offset } from '../kinds'

// Registers of the message in hand: the PUBLISH decoded last, or a stored message that publishSet was called for.
// Life: until the next decodePublish or publishSet, at most to the end of the call into the core (publishOver), or of
// what the lane's port does right behind it.
export let publishQos = 0
/** 1 or 0. */
export let publishRetain = 0
export let publishTopicStart: Offset = 0
/** Bytes; 0 where the topic is an alias's. */
export let publishTopicSize = 0
/** The properties that travel with the message lie directly before the payload. */
export let publishPropertiesStart: Offset = 0
export let publishPayloadStart: Offset = 0
/** Behind the payload. */
export let publishEnd: Offset = 0
// What only a packet has.
/** 1 to 65,535; 0 at QoS 0. */
export let publishPacketIdentifier = 0
/** The client's Topic Alias, or NONE. */
export let publishTopicAlias = NONE
/** Seconds, or NONE. */
export let publishExpiry = NONE
export let publishPayloadIsText = false

/** Makes the bytes of a message the ones in hand. Offsets into memory, which stay good while the message is handled. */
export function publishSet(
  topicStart: Offset, topicSize: number, propertiesStart: Offset, payloadStart: Offset, end: Offset,
): void {
  publishSetTopic(topicStart, topicSize)
  publishPropertiesStart = propertiesStart
  publishPayloadStart = payloadStart
  publishEnd = end
}

export function publishSetTopic(start: Offset, size: number): void {
  publishTopicStart = start
  publishTopicSize = size
}

/** `flags`: QoS in bits 1 and 2, RETAIN in bit 0, as in the fixed header. */
export function publishSetFlags(flags: number): void {
  publishQos = flags >> 1 & 3
  publishRetain = flags & 1
}

/**
 * Decodes a PUBLISH up to its payload, of which nothing need be there. `end` bounds the bytes that have arrived,
 * `packetEnd` is where the packet ends.
 * Answers 0 or a Reason Code. The Topic Name is judged when its route is looked up for the first time.
 */
export function decodePublish(flags: number, version: number, start: Offset, end: Offset, packetEnd: number): number {
  publishSetFlags(flags)
  readBegin(start, end)
  readBinary()
  publishSetTopic(fieldStart, fieldSize)
  publishPacketIdentifier = publishQos ? readTwoByteInteger() : 0
  // [MQTT-3.3.1-4] [MQTT-3.3.1-2] [MQTT-2.2.1-3]
  if (publishQos > 2 || (publishQos ? !publishPacketIdentifier : flags & 8)) readFail()
  publishPropertiesStart = readAt
  if (FEATURE_MQTT5) {
    publishTopicAlias = publishExpiry = NONE
    publishPayloadIsText = false
    if (version > 4) decodePublishProperties()
  }
  publishPayloadStart = readAt
  publishEnd = packetEnd
  return readError
}

function decodePublishProperties(): void {
  // No properties: the common case, told by one byte.
  if (readRest() && !memory[readAt]) {
    propertiesNone()
    readSkipTo(publishPropertiesStart = readAt + 1)
    return
  }
  applicationPropertiesRead(IN_PUBLISH)
  publishPropertiesStart = keptPropertiesStart
  readSkipTo(propertiesEnd)
  publishPayloadIsText = propertyNumber(PAYLOAD_FORMAT_INDICATOR, 0) > 0
  publishExpiry = propertyNumber(MESSAGE_EXPIRY_INTERVAL, NONE)
  if (FEATURE_TOPIC_ALIAS) publishTopicAlias = propertyNumber(TOPIC_ALIAS, NONE)
}

/** For the port of tests: what stands in the registers is over. */
export function publishOver(over: never): void {
  publishQos = publishRetain = publishTopicStart = publishTopicSize = publishPropertiesStart = over
  publishPayloadStart = publishEnd = publishPacketIdentifier = publishTopicAlias = publishExpiry = over
  publishPayloadIsText = over
}
