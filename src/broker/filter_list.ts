// The Topic Filters of one SUBSCRIBE or UNSUBSCRIBE, taken one by one: so a packet may be larger than the receive ring.
// What is known of the packet, and the Reason Code of each filter, stay in a range of the pool until the last filter.
//
// The range: type 1, Packet Identifier 2, Subscription Identifier 4, filters 2, then a Reason Code each.
import { portPack } from 'runtime'
import { SUBACK, SUBSCRIBE, UNSUBACK } from '../codec/packet_type'
import { IN_SUBSCRIBE, IN_UNSUBSCRIBE, SUBSCRIPTION_IDENTIFIER, propertiesRead, propertyNumber } from '../codec/property'
import { MALFORMED_PACKET, PROTOCOL_ERROR, QUOTA_EXCEEDED, SUCCESS } from '../codec/reason_code'
import { readError, readFail, readRest, readTwoByteInteger } from '../codec/reader'
import { packAt, packBegin, writeByte, writeTwoByteInteger, writeVariableByteInteger } from '../codec/writer'
import { FEATURE_MQTT5, FILTERS_PER_PACKET_MAX } from '../limits'
import { memory } from '../memory'
import { poolAllocate } from '../store/byte_pool'
import { connectionHeld, connectionHeldSize, connectionPacketMax, connectionSession, connectionVersion } from '../store/connection_table'
import { heldRelease } from './connection'
import { MESSAGES_SENT, count } from './counters'
import { subscribeFilter, unsubscribeFilter } from './subscribe'
import { LANE_SINGLE, LANE_TAIL, sendPacked } from './send'

const IDENTIFIER_AT = 1
const SUBSCRIPTION_IDENTIFIER_AT = 3
const COUNT_AT = 7
const CODES_AT = 9

/**
 * Reads what stands before the filters; `restSize` are the bytes of the packet behind its fixed header.
 * Answers 0 or the Reason Code to close with.
 */
export function filterListBegin(slot: number, type: number, restSize: number): number {
  const packetIdentifier = readTwoByteInteger()
  if (!packetIdentifier) readFail(MALFORMED_PACKET) // [MQTT-2.2.1-3]
  let subscriptionIdentifier = 0
  if (FEATURE_MQTT5 && connectionVersion[slot] > 4) {
    propertiesRead(type === SUBSCRIBE ? IN_SUBSCRIBE : IN_UNSUBSCRIBE)
    subscriptionIdentifier = propertyNumber(SUBSCRIPTION_IDENTIFIER, 0)
  }
  if (readError) return readError
  // A filter takes three bytes at the least, an option byte not counted.
  const filtersMax = Math.min(Math.floor(restSize / 3) + 1, FILTERS_PER_PACKET_MAX)
  const start = poolAllocate(CODES_AT + filtersMax, 0)
  if (start < 0) return QUOTA_EXCEEDED
  connectionHeld[slot] = start
  connectionHeldSize[slot] = CODES_AT + filtersMax
  memory[start] = type
  writeShort(start + IDENTIFIER_AT, packetIdentifier)
  writeShort(start + SUBSCRIPTION_IDENTIFIER_AT, subscriptionIdentifier >>> 16)
  writeShort(start + SUBSCRIPTION_IDENTIFIER_AT + 2, subscriptionIdentifier)
  writeShort(start + COUNT_AT, 0)
  return SUCCESS
}

function writeShort(at: number, value: number): void {
  memory[at] = value >> 8
  memory[at + 1] = value
}

function readShort(at: number): number {
  return memory[at] << 8 | memory[at + 1]
}

/** Reads one filter, does what the packet wants with it, and keeps the Reason Code. Answers 0 or a code to close with. */
export function filterListNext(slot: number): number {
  const start = connectionHeld[slot]
  const session = connectionSession[slot]
  const isNew = FEATURE_MQTT5 && connectionVersion[slot] > 4
  const identifier = FEATURE_MQTT5
    ? readShort(start + SUBSCRIPTION_IDENTIFIER_AT) * 65_536 + readShort(start + SUBSCRIPTION_IDENTIFIER_AT + 2)
    : 0
  const code = memory[start] === SUBSCRIBE
    ? subscribeFilter(session, isNew, identifier)
    : unsubscribeFilter(session)
  if (readError) return readError
  const filters = readShort(start + COUNT_AT)
  if (CODES_AT + filters >= connectionHeldSize[slot]) return QUOTA_EXCEEDED
  memory[start + CODES_AT + filters] = isNew || code < 0x80 ? code : 0x80
  writeShort(start + COUNT_AT, filters + 1)
  return SUCCESS
}

/** After the last filter: SUBACK or UNSUBACK. A packet without a filter is an error. [MQTT-3.8.3-2] [MQTT-3.10.3-2] */
export function filterListEnd(slot: number): number {
  const start = connectionHeld[slot]
  const filters = readShort(start + COUNT_AT)
  if (filters) sendCodes(slot, start, filters)
  heldRelease(slot)
  return filters ? SUCCESS : PROTOCOL_ERROR
}

/** [MQTT-3.8.4-5] [MQTT-3.8.4-6]; an UNSUBACK of 3.1.1 has no codes. */
function sendCodes(slot: number, start: number, filters: number): void {
  const isNew = FEATURE_MQTT5 && connectionVersion[slot] > 4
  const type = memory[start] === SUBSCRIBE ? SUBACK : UNSUBACK
  const codes = isNew || type === SUBACK ? filters : 0
  const head = packBegin(LANE_SINGLE)
  writeByte(type << 4)
  writeVariableByteInteger(2 + (isNew ? 1 : 0) + codes)
  writeTwoByteInteger(readShort(start + IDENTIFIER_AT))
  if (isNew) writeByte(0)
  const size = packAt - head
  if (size + codes > connectionPacketMax[slot]) return
  sendPacked(slot, portPack(head, packAt, LANE_SINGLE), size)
  const tail = start + CODES_AT
  if (codes) sendPacked(slot, portPack(tail, tail + codes, LANE_SINGLE + LANE_TAIL), codes)
  count(MESSAGES_SENT)
}

/** Whether the reader has another filter. */
export function filterListHasMore(): boolean {
  return readRest() > 0 && !readError
}
