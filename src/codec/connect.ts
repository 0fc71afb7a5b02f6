// CONNECT and CONNACK. [MQTT 5.0 sections 3.1, 3.2]
import {
  CLIENT_IDENTIFIER_SIZE_MAX, FEATURE_ACCESS, FEATURE_BRIDGE_LEVEL, FEATURE_MQTT31, FEATURE_MQTT5, FEATURE_QOS2,
  FEATURE_WILL, NONE, TOPIC_SIZE_MAX,
} from '../limits'
import { IN_CONNECT, IN_WILL, propertiesNone, propertiesRead, propertyNumber } from './property'
import { MESSAGE_EXPIRY_INTERVAL, PAYLOAD_FORMAT_INDICATOR, WILL_DELAY_INTERVAL } from './property_identifier'
import {
  CLIENT_IDENTIFIER_NOT_VALID, PAYLOAD_FORMAT_INVALID, QOS_NOT_SUPPORTED, TOPIC_NAME_INVALID,
  UNSUPPORTED_PROTOCOL_VERSION,
} from './reason_code'
import {
  fieldSize, fieldStart, readAbsent, readAt, readBegin, readBinary, readByte, readError, readFail, readFourByteInteger,
  readRest, readString, readTwoByteInteger,
} from './reader'
import { topicNameIsValid } from './topic'
import { utf8IsValid } from './utf8'
import type { Offset } from '../kinds'

/** Of the level. */
const BRIDGE = 0x80
const CLEAN_START = 0x02
const WILL = 0x04
const PASSWORD = 0x40
const USER_NAME = 0x80

// Registers of the last CONNECT. Life: until the next decodeConnect, at most to the end of the call into the core
// (connectOver): who is judged later is decoded anew.
// Offsets point into the packet; a size of NONE says that the field is absent.
/** 3, 4 or 5; known as soon as the Protocol Name and Version were read, also where the rest is wrong. */
export let connectVersion = 0
/** Its level has the bit of a bridge. */
export let connectIsBridge = false
export let connectCleanStart = false
/** Seconds. */
export let connectKeepAlive = 0
export let connectClientStart: Offset = 0
export let connectClientSize = 0
export let connectHasWill = false
export let connectWillQos = 0
export let connectWillRetain = false
export let connectWillTopicStart: Offset = 0
export let connectWillTopicSize = 0
/** Where the Will Properties start, with their length. */
export let connectWillPropertiesAt = 0
export let connectWillPayloadStart: Offset = 0
export let connectWillPayloadSize = 0
/** Seconds. */
export let connectWillDelay = 0
/** Seconds, or NONE. */
export let connectWillExpiry = NONE
export let connectUserStart: Offset = 0
export let connectUserSize = NONE
export let connectPasswordStart: Offset = 0
export let connectPasswordSize = NONE

// The Protocol Names as numbers: `MQTT`, and `MQIs` with `dp`.
const MQTT = 0x4d51_5454
const MQIS = 0x4d51_4973
const DP = 0x6470

/** MQTT (4, 5) or MQIsdp (3). [MQTT-3.1.2-1] [MQTT-3.1.2-2] */
function readProtocol(): void {
  const size = readTwoByteInteger()
  const name = readFourByteInteger()
  const isNew = size === 4 && name === MQTT
  const isOld = FEATURE_MQTT31 && size === 6 && name === MQIS && readTwoByteInteger() === DP
  let level = readByte()
  if (FEATURE_BRIDGE_LEVEL) {
    connectIsBridge = level === (BRIDGE | 3) || level === (BRIDGE | 4)
    if (connectIsBridge) level &= ~BRIDGE
  }
  // Another protocol understands no answer, a later version that of the newest that we speak. A bridge sets the highest
  // bit of its level, and comes back without it when it hears 3.1.1's refusal. With 5.0's it never does.
  connectVersion = isNew || isOld ? FEATURE_MQTT5 && level > 4 && level < 0x80 ? 5 : 4 : 0
  if (isNew ? level === 4 || FEATURE_MQTT5 && level === 5 : isOld && level === 3) connectVersion = level
  else readFail(UNSUPPORTED_PROTOCOL_VERSION)
}

/**
 * Decodes a CONNECT's body into the registers and, for 5.0, its properties into those of property.ts.
 * Answers 0 or a Reason Code; CONNACK can only tell it where connectVersion is not 0.
 */
export function decodeConnect(start: Offset, end: Offset): number {
  if (FEATURE_MQTT5) propertiesNone()
  readBegin(start, end)
  readProtocol()
  const flags = readByte()
  connectKeepAlive = readTwoByteInteger()
  const isNew = FEATURE_MQTT5 && connectVersion > 4
  if (flags & 1 && !(FEATURE_MQTT31 && connectVersion === 3)) readFail() // [MQTT-3.1.2-3]; 3.1 does not use it
  connectCleanStart = (flags & CLEAN_START) > 0
  readWillFlags(flags)
  if (!isNew && (flags & (USER_NAME | PASSWORD)) === PASSWORD) readFail() // 3.1.1 [MQTT-3.1.2-22]
  if (readError) return readError
  const connectAt = readAt
  if (isNew) propertiesRead(IN_CONNECT)
  readString()
  connectClientStart = fieldStart
  connectClientSize = fieldSize
  // The will's properties overwrite the registers of the CONNECT's: those are read again at the end.
  if (connectHasWill) readWill()
  readCredentials(flags)
  if (readRest()) readFail()
  const error = readError
  if (isNew && connectHasWill && !error) {
    readBegin(connectAt, end)
    propertiesRead(IN_CONNECT)
  }
  return error || connectClientSize <= CLIENT_IDENTIFIER_SIZE_MAX ? error : CLIENT_IDENTIFIER_NOT_VALID
}

function readWillFlags(flags: number): void {
  const qos = flags >> 3 & 3
  connectHasWill = (flags & WILL) > 0
  if (FEATURE_WILL) {
    connectWillQos = qos
    connectWillRetain = (flags & 0x20) > 0
  }
  // [MQTT-3.1.2-11] [MQTT-3.1.2-12] [MQTT-3.1.2-13]
  if (qos > 2 || !connectHasWill && flags & 0x38) readFail()
  if (FEATURE_WILL && !FEATURE_QOS2 && qos > 1) readFail(QOS_NOT_SUPPORTED)
}

function readWill(): void {
  if (!FEATURE_WILL) {
    readString()
    return readBinary()
  }
  connectWillDelay = 0
  connectWillExpiry = NONE
  let isText = 0
  if (FEATURE_MQTT5 && connectVersion > 4) {
    readWillProperties()
    isText = propertyNumber(PAYLOAD_FORMAT_INDICATOR, 0)
  }
  readString()
  connectWillTopicStart = fieldStart
  connectWillTopicSize = fieldSize
  if (!readError && !(topicNameIsValid(fieldStart, fieldSize) && fieldSize <= TOPIC_SIZE_MAX)) {
    readFail(TOPIC_NAME_INVALID)
  }
  readBinary()
  connectWillPayloadStart = fieldStart
  connectWillPayloadSize = fieldSize
  if (isText && !utf8IsValid(fieldStart, fieldStart + fieldSize, true)) readFail(PAYLOAD_FORMAT_INVALID)
}

function readWillProperties(): void {
  connectWillPropertiesAt = readAt
  propertiesRead(IN_WILL)
  connectWillDelay = propertyNumber(WILL_DELAY_INTERVAL, 0)
  connectWillExpiry = propertyNumber(MESSAGE_EXPIRY_INTERVAL, NONE)
}

function readCredentials(flags: number): void {
  if (!FEATURE_ACCESS) {
    if (flags & USER_NAME) readString()
    if (flags & PASSWORD) readBinary()
    return
  }
  readAbsent()
  if (flags & USER_NAME) readString()
  connectUserStart = fieldStart
  connectUserSize = fieldSize
  readAbsent()
  if (flags & PASSWORD) readBinary()
  connectPasswordStart = fieldStart
  connectPasswordSize = fieldSize
}

/** For the port of tests: what stands in the registers is over. */
export function connectOver(over: never): void {
  connectVersion = connectIsBridge = connectCleanStart = connectKeepAlive = over
  connectClientStart = connectClientSize = over
  connectHasWill = connectWillQos = connectWillRetain = connectWillTopicStart = connectWillTopicSize = over
  connectWillPropertiesAt = connectWillPayloadStart = connectWillPayloadSize = connectWillDelay = over
  connectWillExpiry = connectUserStart = connectUserSize = connectPasswordStart = connectPasswordSize = over
}
