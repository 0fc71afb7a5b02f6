// The Topic Filters of one SUBSCRIBE or UNSUBSCRIBE, taken one by one. Each leaves a Reason Code of one byte, in the
// order in which they came: over the bytes of the packet itself, which a filter frees three of at the least, or, for a
// packet that is larger than the receive ring, in a range of the pool (feature/stream.ts).
import { portFilter, portFilterHash, portFilterLook, portRecordsWrite } from 'runtime'
import { SUBACK, SUBSCRIBE, UNSUBACK, UNSUBSCRIBE } from '../../codec/packet_type'
import { IN_SUBSCRIBE, IN_UNSUBSCRIBE, propertiesRead, propertyNumber } from '../../codec/property'
import { SUBSCRIPTION_IDENTIFIER } from '../../codec/property_identifier'
import {
  PACKET_TOO_LARGE, PROTOCOL_ERROR, QUOTA_EXCEEDED, SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED, SUCCESS,
} from '../../codec/reason_code'
import {
  fieldSize, fieldStart, readAt, readError, readFail, readLimit, readSkipTo, readTwoByteInteger,
} from '../../codec/reader'
import { filterParse } from '../../codec/topic'
import { subscriptionAddPlain } from 'subscriptions/table'
import {
  packFrom, packSkip, variableByteIntegerSize, writeByte, writeTwoByteInteger, writeVariableByteInteger,
} from '../../codec/writer'
import {
  FEATURE_LISTENER_TERMS, FEATURE_MQTT5, FEATURE_RECORDS, FEATURE_STREAM,
  FEATURE_SUBSCRIPTION_IDENTIFIER,
  FILTERS_LOOKED_AT, FILTERS_PER_PACKET_MAX, NONE, POOL_AT, RX_SHARED,
} from '../../limits'
import { memory } from '../../memory'
import { subscriptionRecordsBegin } from '../../records/subscription_record'
import { filterIsRecorded } from '../../subscriptions/rows'
import { connectionSession, connectionVersion } from '../../store/connection_table'
import { recordsAreKept } from '../../store/record'
import { sessionSlot } from '../../store/session_table'
import { subscribe, subscribeFilter, subscribeOptionsPlain, unsubscribeFilter } from './subscribe'
import { sendControl } from '../connection/send'
import type { Offset, RecordName, Session, Slot } from '../../kinds'

// The packet in hand. Life: from filterListBegin or filterListResume to filterListEnd or to what puts the packet aside,
// at most to the end of the call into the core (listOver).
/** Whose it is, and whether of 5.0. */
let listSession: Session = 0
let listIsNew = false
export let listType = 0
export let listPacketIdentifier = 0
export let listSubscriptionIdentifier = 0
/** Filters taken. */
export let listCount = 0
/** Offset of the Reason Codes. */
export let listCodes: Offset = 0
/** With FILTERS_LOOKED_AT: what subscribeOptionsPlain says of the session; NONE: it is an UNSUBSCRIBE. */
let listOptionsPlain = NONE
/** Where the filter stands that was looked at last. */
export let listAt: Offset = 0

/** Goes on with a packet of a connection that was put aside. */
export function filterListResume(
  slot: Slot, type: number, packetIdentifier: number, subscriptionIdentifier: number, filters: number, codes: number,
): void {
  listSession = connectionSession[slot]
  listIsNew = FEATURE_MQTT5 && connectionVersion[slot] > 4
  listType = type
  listPacketIdentifier = packetIdentifier
  listSubscriptionIdentifier = subscriptionIdentifier
  listCount = filters
  listCodes = codes
  if (FILTERS_LOOKED_AT) listOptionsPlain = type === SUBSCRIBE ? subscribeOptionsPlain(listSession) : NONE
  if (FEATURE_RECORDS && type === SUBSCRIBE) subscriptionRecordsBegin(listSession, subscriptionIdentifier)
}

/** Reads what stands before the filters. Answers 0 or the Reason Code to close with. */
export function filterListBegin(slot: Slot, type: number): number {
  const packetIdentifier = readTwoByteInteger()
  if (!packetIdentifier) readFail() // [MQTT-2.2.1-3]
  let identifier = 0
  if (FEATURE_MQTT5 && connectionVersion[slot] > 4) {
    propertiesRead(type === SUBSCRIBE ? IN_SUBSCRIBE : IN_UNSUBSCRIBE)
    identifier = propertyNumber(SUBSCRIPTION_IDENTIFIER, 0)
    if (!FEATURE_SUBSCRIPTION_IDENTIFIER && identifier) readFail(SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED)
  }
  filterListResume(slot, type, packetIdentifier, identifier, 0, readAt)
  return readError
}

/**
 * Takes filters that a look says to be plain, as most are, up to the first that is not; one that has not all come is an
 * error of the reader's. Hundreds come through this loop, which is read again for each: the build puts into it what is
 * called from nowhere else, and what few need stands elsewhere.
 */
function plainTake(): void {
  const session = listSession
  const limit = readLimit
  const codesEnd = listCodes + FILTERS_PER_PACKET_MAX
  const look = portFilterLook()
  let code = listCodes + listCount
  let at = readAt
  // Those of a packet that is larger than the ring leave the pool to messages.
  let isRecorded = recordsAreKept && listCodes >= POOL_AT
  for (;;) {
    const size = memory[at] << 8 | memory[at + 1]
    const end = at + 2 + size
    if (end >= limit) {
      if (at < limit) readFail()
      break
    }
    const options = memory[end]
    const hash = portFilterHash(look, at + 2, size)
    if (options > listOptionsPlain || hash <= 0 || code === codesEnd) break
    let place: RecordName = 0
    if (isRecorded || (isRecorded = filterIsRecorded(session, size))) {
      place = subscriptionAddPlain(session, hash, at, size, options)
    }
    memory[code++] = place ? options : plainSubscribe(at + 2, size, options)
    at = end + 1
  }
  listCount = code - listCodes
  listAt = at
  readSkipTo(at)
}

/** The Reason Code of a filter of which there may be a subscription, or that lies in the pool, or has no room. */
function plainSubscribe(start: Offset, size: number, options: number): number {
  filterParse(start, size)
  return codeOf(subscribe(listSession, start, size, options, listSubscriptionIdentifier))
}

/** What 3.1.1 has for a Reason Code. */
function codeOf(code: number): number {
  return listIsNew || code < 0x80 ? code : 0x80
}

/**
 * Reads a filter, or as many as plainTake does, and one: does what the packet wants with each, and keeps its Reason
 * Code. Answers 0 or a code to close with.
 */
export function filterListNext(): number {
  if (FILTERS_LOOKED_AT && listOptionsPlain >= 0) {
    plainTake()
    if (readAt === readLimit || readError) return readError
  }
  if (FEATURE_STREAM) listAt = readAt
  const code = listType === SUBSCRIBE
    ? subscribeFilter(listSession, listIsNew, listSubscriptionIdentifier)
    : unsubscribeFilter(listSession)
  if (readError) return readError
  if (FEATURE_LISTENER_TERMS) {
    portFilter(sessionSlot[listSession], listType === SUBSCRIBE, code, fieldStart, fieldSize)
  }
  // Without streams a packet has no more filters than its ring has room for.
  if ((FEATURE_STREAM || RX_SHARED) && listCount === FILTERS_PER_PACKET_MAX) return QUOTA_EXCEEDED
  memory[listCodes + listCount++] = codeOf(code)
  return SUCCESS
}

/** The filters that have come are taken: what is kept of them is written. Answers 0 or a code to close with. */
export function filterListTaken(): number {
  return FEATURE_RECORDS && !portRecordsWrite() ? QUOTA_EXCEEDED : SUCCESS
}

/**
 * A filter is longer than what it is read in: it is refused for want of room. Answers 0 or a code to close with: an
 * UNSUBACK of 3.1.1 cannot say no.
 */
export function filterListRefuse(): number {
  if (!listIsNew && listType === UNSUBSCRIBE) return PACKET_TOO_LARGE
  if (listCount === FILTERS_PER_PACKET_MAX) return QUOTA_EXCEEDED
  memory[listCodes + listCount++] = listIsNew ? QUOTA_EXCEEDED : 0x80
  return SUCCESS
}

/**
 * After the last filter: SUBACK or UNSUBACK, of which 3.1.1 has no codes. [MQTT-3.8.4-5] [MQTT-3.8.4-6]
 * A packet without a filter is an error. [MQTT-3.8.3-2] [MQTT-3.10.3-2]
 */
export function filterListEnd(slot: Slot): number {
  if (!listCount) return PROTOCOL_ERROR
  const type = listType === SUBSCRIBE ? SUBACK : UNSUBACK
  const codes = listIsNew || type === SUBACK ? listCount : 0
  const size = 2 + (listIsNew ? 1 : 0)
  // In front of the codes is room for as much as the packet itself had there.
  const head = listCodes - size - 1 - variableByteIntegerSize(size + codes)
  packFrom(head)
  writeByte(type << 4)
  writeVariableByteInteger(size + codes)
  writeTwoByteInteger(listPacketIdentifier)
  if (listIsNew) writeByte(0)
  packSkip(codes)
  sendControl(slot, head)
  return SUCCESS
}

/** For the port of tests: what stands in the registers is over. */
export function listOver(over: never): void {
  listSession = listIsNew = listType = listPacketIdentifier = listSubscriptionIdentifier = over
  listCount = listCodes = listOptionsPlain = listAt = over
}
