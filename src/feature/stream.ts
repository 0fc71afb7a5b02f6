// Packets that are larger than a board's receive ring: PUBLISH, whose payload goes straight into the pool, and
// SUBSCRIBE and UNSUBSCRIBE, whose filters are taken one by one: Home Assistant subscribes with up to 500 filters in
// one packet of 30 KB. What stands before the payload or the first filter must fit the ring for that. Any other packet,
// and what has not so many filters, is held until it is whole (held_packet.ts).
//
// Memory: SLOTS_MAX x (2 message, or 4 where it is a place, + 1 flags + 2 Packet Identifier) bytes, 4 more where there
// are Subscription Identifiers, besides streamLeft.
import { frameBody, frameEnd, frameFlags, frameType } from '../codec/frame'
import { PUBLISH, SUBSCRIBE, UNSUBSCRIBE } from '../codec/packet_type'
import {
  decodePublish, publishPacketIdentifier, publishPayloadIsText, publishPayloadStart, publishQos, publishRetain,
  publishSetFlags,
} from '../codec/publish'
import {
  MALFORMED_PACKET, PACKET_TOO_LARGE, PAYLOAD_FORMAT_INVALID, QUOTA_EXCEEDED, SUCCESS,
} from '../codec/reason_code'
import { readAt, readBegin, readError } from '../codec/reader'
import { utf8IsValid } from '../codec/utf8'
import {
  CODES_AT, CODES_SIZE, SLOTS_MAX, FEATURE_MQTT5, FEATURE_QOS2, FEATURE_STREAM, FEATURE_SUBSCRIPTION_IDENTIFIER,
  NONE, PACKET_HELD_MAX, POOL_BLOCKS_RESERVED, RECORDS_MAPPED, RX_RING_SIZE, TX_CREDIT_SIZE,
} from '../limits'
import { memory } from '../memory'
import { FULL_MESSAGES, FULL_PACKET, MESSAGES_RECEIVED, count } from '../broker/counters'
import {
  filterListBegin, filterListNext, filterListRefuse, filterListResume, filterListTaken, listAt, listCount,
  listPacketIdentifier, listSubscriptionIdentifier, listType,
} from '../broker/subscribe/filter_list'
import { filterListFinish } from '../broker/subscribe/handle_subscribe'
import {
  UNROUTED, exchangeAgain, publishAnswer, publishExpiresAt, publishResolve, publishTake,
} from '../broker/publish/handle_publish'
import { messageLoad } from '../broker/publish/in_hand'
import { poolAllocate } from '../store/byte_pool'
import { newLinks, newPlaces } from '../store/columns'
import {
  CONNECTED, connectionHeld, connectionHeldSize, connectionState, connectionVersion, heldRelease, rxEnd, rxStart,
  streamLeft,
} from '../store/connection_table'
import {
  messageEnd, messageExpiresAt, messageFill, messageIsSpoiled, messagePayloadStart, messageRelease,
  messageStore,
} from 'messages/message_table'
import type { Column, Message, Offset, Slot } from '../kinds'

const ROWS = FEATURE_STREAM ? SLOTS_MAX : 0
/** The message that a PUBLISH is stored in; NONE: there was no room, or the packet is held or has filters. */
const streamMessage: Column<Slot, Message> = RECORDS_MAPPED ? newPlaces(ROWS) : newLinks(ROWS)
/**
 * The PUBLISH's QoS and RETAIN, and PAYLOAD_IS_TEXT; or PASSES; or FILTERS, perhaps SKIPS, and the type of a
 * SUBSCRIBE or UNSUBSCRIBE; or HELD.
 */
const streamFlags: Column<Slot> = new Uint8Array(ROWS)
const streamIdentifier: Column<Slot> = new Uint16Array(ROWS)
const streamSubscriptionIdentifier: Column<Slot> = new Uint32Array(FEATURE_SUBSCRIPTION_IDENTIFIER ? ROWS : 0)
const FILTERS = 0x80
const HELD = 0x40
/** Over the limit, and taken all the same: nothing of it is kept. */
const PASSES = 0x20
/** Beside FILTERS: what comes next is the rest of a filter that was refused. */
const SKIPS = 0x10
const PAYLOAD_IS_TEXT = 8
/** What streamBegin answers of a packet that cannot be consumed as it comes. */
export const HOLD = -3

/**
 * Starts to consume the packet framed last, of which the ring is full. Answers 0, HOLD, or the Reason Code to refuse it
 * with.
 */
export function streamBegin(slot: Slot): number {
  if (connectionState[slot] === CONNECTED) {
    if (frameType === PUBLISH) return publishBegin(slot)
    if (frameEnd - rxStart[slot] > PACKET_HELD_MAX && (frameType === SUBSCRIBE || frameType === UNSUBSCRIBE)) {
      return filtersBegin(slot)
    }
  }
  return HOLD
}

function filtersBegin(slot: Slot): number {
  readBegin(frameBody, rxEnd[slot])
  const error = filterListBegin(slot, frameType)
  if (error) return error === MALFORMED_PACKET ? PACKET_TOO_LARGE : error
  const start = poolAllocate(CODES_SIZE, 0)
  if (start < 0) return QUOTA_EXCEEDED
  connectionHeld[slot] = start
  connectionHeldSize[slot] = CODES_SIZE
  memory[start] = memory[start + 1] = 0
  streamFlags[slot] = FILTERS | listType
  streamIdentifier[slot] = listPacketIdentifier
  if (FEATURE_SUBSCRIPTION_IDENTIFIER) streamSubscriptionIdentifier[slot] = listSubscriptionIdentifier
  streamMessage[slot] = NONE
  return streamFrom(slot, readAt)
}

function streamFrom(slot: Slot, start: Offset): number {
  rxStart[slot] = start
  streamLeft[slot] = frameEnd - start
  return SUCCESS
}

function publishBegin(slot: Slot): number {
  const error = decodePublish(frameFlags, connectionVersion[slot], frameBody, rxEnd[slot], frameEnd)
  // What does not fit the ring reads as malformed here.
  if (error) return error === MALFORMED_PACKET ? HOLD : error
  const refusal = publishResolve(slot)
  if (refusal) return refusal
  const message = messageStore(publishPayloadStart, publishExpiresAt(), POOL_BLOCKS_RESERVED)
  streamMessage[slot] = message
  streamFlags[slot] = publishQos << 1 | publishRetain | (publishPayloadIsText ? PAYLOAD_IS_TEXT : 0)
  streamIdentifier[slot] = publishPacketIdentifier
  if (message < 0) count(FULL_MESSAGES)
  return streamFrom(slot, publishPayloadStart)
}

/**
 * Whether the packet framed last, which is over the limit, is a PUBLISH at QoS 0 of a client of 3.1.1, which was told
 * no limit: it loses the message, and not its connection, on which it would only send it again.
 */
export function streamMayPass(slot: Slot): boolean {
  return RECORDS_MAPPED && frameType === PUBLISH && frameFlags < 2 && connectionState[slot] === CONNECTED
    && connectionVersion[slot] < 5
}

/** Consumes it as it comes, and keeps nothing of it. */
export function streamPass(slot: Slot): number {
  count(FULL_PACKET)
  streamMessage[slot] = NONE
  streamFlags[slot] = PASSES
  streamFrom(slot, rxStart[slot])
  return streamContinue(slot)
}

/** Consumes what has arrived. Answers 0, or the Reason Code to close with. */
export function streamContinue(slot: Slot): number {
  if (streamFlags[slot] & SKIPS) restSkip(slot)
  const available = Math.min(streamLeft[slot], rxEnd[slot] - rxStart[slot])
  if (streamFlags[slot] & FILTERS) return continueFilters(slot, rxStart[slot], rxStart[slot] + available)
  return continuePublish(slot, available)
}

function continueFilters(slot: Slot, start: Offset, end: Offset): number {
  const held = connectionHeld[slot]
  const identifier = FEATURE_SUBSCRIPTION_IDENTIFIER ? streamSubscriptionIdentifier[slot] : 0
  const filters = memory[held] << 8 | memory[held + 1]
  filterListResume(slot, streamFlags[slot] & 15, streamIdentifier[slot], identifier, filters, held + CODES_AT)
  readBegin(start, end)
  let error = SUCCESS
  while (!error && readAt < end) error = filterListNext()
  const at = error ? listAt : readAt
  const rest = end - at
  streamLeft[slot] -= at - start
  rxStart[slot] = at
  // What is wrong may be that it has not all come.
  if (readError && rest < streamLeft[slot]) {
    const size = rest < 2 ? RX_RING_SIZE : (memory[at] << 8 | memory[at + 1]) + (listType === SUBSCRIBE ? 3 : 2)
    if (size > rest) error = size > RX_RING_SIZE ? filterRefuse(slot, size, error) : SUCCESS
  }
  error = filterListTaken() || error
  memory[held] = listCount >> 8
  memory[held + 1] = listCount
  if (error || streamLeft[slot]) return error
  count(MESSAGES_RECEIVED)
  error = filterListFinish(slot)
  heldRelease(slot)
  return error
}

/** Refuses a filter that is longer than the ring, if it can end within its packet, and skips what has come of it. */
function filterRefuse(slot: Slot, size: number, error: number): number {
  if (size > streamLeft[slot]) return error
  const held = connectionHeld[slot]
  memory[held + 2] = size >> 8
  memory[held + 3] = size
  streamFlags[slot] |= SKIPS
  restSkip(slot)
  return filterListRefuse()
}

/** Skips what has come of a filter that was refused. */
function restSkip(slot: Slot): void {
  const held = connectionHeld[slot]
  const size = memory[held + 2] << 8 | memory[held + 3]
  const skipped = Math.min(size, rxEnd[slot] - rxStart[slot])
  rxStart[slot] += skipped
  streamLeft[slot] -= skipped
  memory[held + 2] = size - skipped >> 8
  memory[held + 3] = size - skipped
  if (skipped === size) streamFlags[slot] &= ~SKIPS
}

function continuePublish(slot: Slot, available: number): number {
  const message = streamMessage[slot]
  if (message >= 0) messageFill(message, messageEnd(message) - streamLeft[slot], rxStart[slot], available)
  if (message >= 0 && messageIsSpoiled) {
    streamRelease(slot)
    count(FULL_MESSAGES)
  }
  rxStart[slot] += available
  streamLeft[slot] -= available
  return streamLeft[slot] ? SUCCESS : publishEnd(slot)
}

/** The payload is complete. A message that found no room is refused; 3.1.1 hears it by losing its connection. */
function publishEnd(slot: Slot): number {
  const message = streamMessage[slot]
  const qos = streamFlags[slot] >> 1 & 3
  const version = connectionVersion[slot]
  streamMessage[slot] = NONE
  count(MESSAGES_RECEIVED)
  if (message < 0) {
    const again = FEATURE_QOS2 && qos > 1 ? exchangeAgain(slot, version, streamIdentifier[slot], SUCCESS) : NONE
    if (again >= 0) return again
    if (qos && version < 5) return QUOTA_EXCEEDED
    const reasonCode = RECORDS_MAPPED && streamFlags[slot] === PASSES ? PACKET_TOO_LARGE : QUOTA_EXCEEDED
    return publishAnswer(slot, version, qos, streamIdentifier[slot], reasonCode)
  }
  messageLoad(message)
  publishSetFlags(streamFlags[slot])
  const expiresAt = FEATURE_MQTT5 ? messageExpiresAt(message) : 0
  // It may be looked at, and need not: [MQTT 5.0 section 3.3.2.3.2] an interpreter would be a minute at it.
  const isTrusted = RECORDS_MAPPED && messageEnd(message) - messagePayloadStart(message) > TX_CREDIT_SIZE
  const isText = !(streamFlags[slot] & PAYLOAD_IS_TEXT) || isTrusted
    || utf8IsValid(messagePayloadStart(message), messageEnd(message), true)
  const answer = isText
    ? publishTake(slot, version, streamIdentifier[slot], expiresAt, message)
    : publishAnswer(slot, version, qos, streamIdentifier[slot], PAYLOAD_FORMAT_INVALID | UNROUTED)
  messageRelease(message)
  // The packet is consumed: it cannot wait.
  return answer < 0 ? QUOTA_EXCEEDED : answer
}

/** What is left of a connection's packet is not consumed but held, from the start of the packet on. */
export function streamHold(slot: Slot): void {
  streamFlags[slot] = HELD
  streamMessage[slot] = NONE
  streamFrom(slot, rxStart[slot])
}

/** Whether it is. */
export function streamIsHeld(slot: Slot): boolean {
  return streamFlags[slot] === HELD
}

/** Forgets what a connection was in the middle of. */
export function streamRelease(slot: Slot): void {
  messageRelease(streamMessage[slot])
  streamMessage[slot] = NONE
}
