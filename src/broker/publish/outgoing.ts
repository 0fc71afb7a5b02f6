// The PUBLISH packets that leave: packed from a message's bytes, once for all clients that can have the same copy.
import { portPack, portUnsent } from 'runtime'
import { PUBLISH } from '../../codec/packet_type'
import { MESSAGE_EXPIRY_INTERVAL, SUBSCRIPTION_IDENTIFIER, TOPIC_ALIAS } from '../../codec/property_identifier'
import {
  publishEnd, publishPayloadStart, publishPropertiesStart, publishTopicSize, publishTopicStart,
} from '../../codec/publish'
import {
  packAt, packBegin, variableByteIntegerSize, writeByte, writeField, writeFourByteInteger, writeRange,
  writeTwoByteInteger, writeVariableByteInteger,
} from '../../codec/writer'
import {
  FEATURE_MQTT5, FEATURE_SUBSCRIPTION_IDENTIFIER, IDENTIFIERS_MAX, LARGE_AT_ONCE, NONE, PACKET_FITS_PACK, PACK_SIZE,
  POOL_BLOCKS_RX, RECORDS_MAPPED, TX_CREDIT_SIZE,
} from '../../limits'
import { connectionLarge, connectionPacketMax, connectionVersion } from '../../store/connection_table'
import { transferMessage } from '../../store/transfer_table'
import { TOPIC_KNOWN } from '../../feature/topic_alias'
import { deliveryIsSingle, onDelivered, onDelivery } from '../../seams/on_delivery'
import { nowMs } from '../clock'
import { MESSAGES_SENT, PUBLISH_BYTES_SENT, PUBLISH_SENT, count, countTraffic } from '../counters'
import { publicationExpiresAt } from './in_hand'
import { LANE_SINGLE, LANE_TAIL, creditSet, sendHasRoom, sendLater, sendPacked } from '../connection/send'
import { transferBegin } from '../../feature/transfer'
import type { Packed } from '../../port/port'
import type { Offset, Slot } from '../../kinds'

/** The Subscription Identifiers of the next copy. */
const identifiers = new Uint32Array(IDENTIFIERS_MAX)
let identifierCount = 0

// What is packed, by lane: 0 the copy for 3.1.1, 1 the copy for 5.0, 2 a copy for one client.
const heads: Packed[] = [0, 0, 0]
const tails: Packed[] = [0, 0, 0]
const headSizes = [0, 0, 0]
const tailSizes = [0, 0, 0]
/** By lane: the flags with which it holds the message in hand, NONE: it does not, or it holds one client's copy. */
const packedFlags = [NONE, NONE, NONE]

/** Another message is in hand: what lanes 0 and 1 hold is void. */
export function outgoingBegin(): void {
  packedFlags[0] = packedFlags[1] = NONE
}

/** The next copy has no Subscription Identifier. */
export function outgoingClearIdentifiers(): void {
  if (FEATURE_SUBSCRIPTION_IDENTIFIER) identifierCount = 0
}

export function outgoingAddIdentifier(identifier: number): void {
  if (FEATURE_SUBSCRIPTION_IDENTIFIER && identifierCount < IDENTIFIERS_MAX) identifiers[identifierCount++] = identifier
}

// What outgoingSend answers.
export const SENT = 0
/** There is no room in the connection's credit. */
export const NO_ROOM = 1
/** The client does not take packets of this size. [MQTT-3.1.2-24] [MQTT-3.1.2-25] */
export const TOO_LARGE = 2

/**
 * Sends a copy of the message to a connection; `flags` are the fixed header's, `packetIdentifier` 0 at QoS 0.
 * Only a copy at QoS 0 without an identifier or an alias is shared between clients.
 */
export function outgoingSend(slot: Slot, flags: number, packetIdentifier: number): number {
  const isNew = FEATURE_MQTT5 && connectionVersion[slot] > 4
  const isSingle = deliveryIsSingle(slot)
  // In the middle of a message in pieces.
  const isLater = RECORDS_MAPPED && transferMessage[slot] >= 0
  // What is queued waits there.
  if (isLater && packetIdentifier) return NO_ROOM
  const isShared = !packetIdentifier && !(FEATURE_SUBSCRIPTION_IDENTIFIER && identifierCount)
    && !isSingle && !isLater
  const lane = isShared ? isNew ? 1 : 0 : LANE_SINGLE
  if (packedFlags[lane] !== flags) pack(lane, slot, flags, packetIdentifier, isNew)
  const size = PACKET_FITS_PACK ? headSizes[lane] : headSizes[lane] + tailSizes[lane]
  if (FEATURE_MQTT5 && size > connectionPacketMax[slot]) return TOO_LARGE
  if (!sendHasRoom(slot, size)) return NO_ROOM
  if (isSingle) onDelivered()
  if (isLater) {
    const tailSize = tailSizes[lane]
    // It can be dropped, and a packet that is coming would take its connection along.
    if (!sendLater(slot, packAt - headSizes[lane], headSizes[lane], publishEnd - tailSize, tailSize, POOL_BLOCKS_RX)) {
      return NO_ROOM
    }
  } else {
    sendPacked(slot, heads[lane], headSizes[lane])
    if (RECORDS_MAPPED && size > TX_CREDIT_SIZE) transferBegin(slot, tailSizes[lane])
    else if (!PACKET_FITS_PACK && tailSizes[lane]) sendPacked(slot, tails[lane], tailSizes[lane])
  }
  if (LARGE_AT_ONCE && size > TX_CREDIT_SIZE) {
    connectionLarge[slot] += size
    // A port that says only when all has left is to say it.
    creditSet(slot, portUnsent(slot))
  }
  count(MESSAGES_SENT)
  countTraffic(PUBLISH_SENT, 1)
  countTraffic(PUBLISH_BYTES_SENT, publishEnd - publishPayloadStart)
  return SENT
}

function pack(lane: number, slot: Slot, flags: number, packetIdentifier: number, isNew: boolean): void {
  const tailStart = isNew ? publishPropertiesStart : publishPayloadStart
  const tailSize = publishEnd - tailStart
  const fixed = isNew ? addedSize() : 0
  const alias = onDelivery(slot, fixed + tailSize)
  const topicBytes = alias & TOPIC_KNOWN ? 0 : publishTopicSize
  const added = fixed + (alias ? 3 : 0)
  const blockSize = added + publishPayloadStart - publishPropertiesStart
  const rest = 2 + topicBytes + (packetIdentifier ? 2 : 0) + tailSize
    + (isNew ? variableByteIntegerSize(blockSize) + added : 0)
  const start = packBegin(lane)
  writeByte(PUBLISH << 4 | flags)
  writeVariableByteInteger(rest)
  writeField(publishTopicStart, topicBytes)
  if (packetIdentifier) writeTwoByteInteger(packetIdentifier)
  if (isNew) {
    writeVariableByteInteger(blockSize)
    if (added) writeAdded(alias)
  }
  packTail(lane, start, tailStart, tailSize)
  if (lane !== LANE_SINGLE) packedFlags[lane] = flags
}

/** A short tail joins the head: one write for each client instead of two. */
function packTail(lane: number, start: Offset, tailStart: Offset, tailSize: number): void {
  if (PACKET_FITS_PACK || packAt - start + tailSize <= PACK_SIZE) {
    writeRange(tailStart, tailSize)
    if (!PACKET_FITS_PACK) tailSizes[lane] = 0
  } else {
    tails[lane] = portPack(tailStart, tailStart + tailSize, lane + LANE_TAIL)
    tailSizes[lane] = tailSize
  }
  heads[lane] = portPack(start, packAt, lane)
  headSizes[lane] = packAt - start
}

/** Bytes of the properties that the server adds besides an alias: remaining expiry interval, identifiers. */
function addedSize(): number {
  let size = publicationExpiresAt ? 5 : 0
  if (!FEATURE_SUBSCRIPTION_IDENTIFIER) return size
  for (let i = 0; i < identifierCount; i++) size += 1 + variableByteIntegerSize(identifiers[i])
  return size
}

function writeAdded(alias: number): void {
  if (alias) {
    writeByte(TOPIC_ALIAS)
    writeTwoByteInteger(alias & ~TOPIC_KNOWN)
  }
  if (publicationExpiresAt) {
    writeByte(MESSAGE_EXPIRY_INTERVAL)
    writeFourByteInteger(Math.max(0, Math.ceil((publicationExpiresAt - nowMs) / 1_000))) // [MQTT-3.3.2-6]
  }
  for (let i = 0; FEATURE_SUBSCRIPTION_IDENTIFIER && i < identifierCount; i++) {
    writeByte(SUBSCRIPTION_IDENTIFIER)
    writeVariableByteInteger(identifiers[i])
  }
}
