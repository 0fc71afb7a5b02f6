// Hands packets to the port under the credit of their connection, and packs the small ones. CONNACK, SUBACK and
// PUBLISH are packed where what they say is known.
import { portCopy, portPack, portUnsent, portWrite } from 'runtime'
import { DISCONNECT, PINGRESP, PUBREL } from '../../codec/packet_type'
import { SERVER_REFERENCE } from '../../codec/property_identifier'
import { PACKET_TOO_LARGE, QUOTA_EXCEEDED, SUCCESS, USE_ANOTHER_SERVER } from '../../codec/reason_code'
import {
  blockBegin, blockEnd, openBegin, openEnd, packAt, packBegin, writeByte, writeText, writeTwoByteInteger,
} from '../../codec/writer'
import {
  FEATURE_CLUSTERED, FEATURE_MQTT5, FEATURE_QOS2, FEATURE_REASON_STRING, HAS_LARGE, LARGE_AT_ONCE, PACKET_SIZE_MAX,
  RECORDS_MAPPED, TABLES_GROW, TX_CREDIT_SIZE,
} from '../../limits'
import {
  PROBLEM_INFORMATION, connectionClose, connectionControl, connectionControlNew, connectionFlags, connectionLarge,
  connectionMark, connectionPacketMax, connectionTransmit, connectionVersion,
} from '../../store/connection_table'
import { transferHeldSize, transferHold, transferMessage } from '../../store/transfer_table'
import { BYTES_SENT, FULL_TRANSMIT, MESSAGES_SENT, count, countMore, countTraffic } from '../counters'
import { writeReasonString } from './reason_string'
import type { Packed } from '../../port/port'
import type { Offset, Slot } from '../../kinds'

/** The lane for packets that are made for one connection; 0 and 1 are for those that many get. */
export const LANE_SINGLE = 2
/** Added to a lane: the properties and payload behind its head. */
export const LANE_TAIL = 3

/**
 * Whether the connection may be handed `size` more bytes that it could also do without for now. What is larger than the
 * credit is not counted for what is small behind it: one such packet, on a computer as many as two of its size.
 * Where it goes in pieces, what is small is held behind it.
 */
export function sendHasRoom(slot: Slot, size: number): boolean {
  if (RECORDS_MAPPED && transferMessage[slot] >= 0) return transferHeldSize[slot] + size <= TX_CREDIT_SIZE
  if (connectionTransmit[slot] + size <= TX_CREDIT_SIZE) return true
  // Perhaps some of it has left: the port knows.
  creditSet(slot, portUnsent(slot))
  if (RECORDS_MAPPED && size > TX_CREDIT_SIZE) return true
  return LARGE_AT_ONCE && size > TX_CREDIT_SIZE
    ? !connectionLarge[slot] || TABLES_GROW && connectionLarge[slot] + size <= Math.max(size, PACKET_SIZE_MAX) * 2
    : connectionTransmit[slot] + size <= TX_CREDIT_SIZE + (LARGE_AT_ONCE ? connectionLarge[slot] : 0)
}

/** So many bytes have not left, the last that were handed over. */
export function creditSet(slot: Slot, unsent: number): void {
  connectionTransmit[slot] = unsent
  if (!HAS_LARGE) return
  if (LARGE_AT_ONCE && unsent <= TX_CREDIT_SIZE) connectionLarge[slot] = 0
  if (LARGE_AT_ONCE && connectionLarge[slot] > unsent) connectionLarge[slot] = unsent
  if (RECORDS_MAPPED) unsent += transferHeldSize[slot]
  if (connectionControl[slot] > unsent) connectionControl[slot] = unsent
}

/** `size` bytes have left. */
export function creditReturn(slot: Slot, size: number): void {
  creditSet(slot, connectionTransmit[slot] - Math.min(size, connectionTransmit[slot]))
  // What was handed over before the mark has left.
  if (!HAS_LARGE || !TABLES_GROW || (connectionMark[slot] -= size) > 0) return
  connectionControl[slot] = connectionControlNew[slot]
  connectionControlNew[slot] = 0
  connectionMark[slot] = connectionTransmit[slot]
}

/**
 * Holds a packet of two ranges behind the message that a connection is sent in pieces; `reserve` as in poolAllocate.
 * False: there is no room.
 */
export function sendLater(
  slot: Slot, headStart: Offset, headSize: number, tailStart: Offset, tailSize: number, reserve: number,
): boolean {
  const start = transferHold(slot, headSize + tailSize, reserve)
  if (start < 0) return false
  portCopy(start, headStart, headSize)
  portCopy(start + headSize, tailStart, tailSize)
  return true
}

/** Hands packed bytes over. */
export function sendPacked(slot: Slot, packed: Packed, size: number): void {
  portWrite(slot, packed)
  connectionTransmit[slot] += size
  countTraffic(BYTES_SENT, size)
}

/**
 * Hands over the packet between `start` and packAt. A client that does not take packets of its size would wait for the
 * answer for ever: it loses its connection. [MQTT-3.1.2-24]
 * So does one that asks and asks and does not read the answers; what it is sent does not count.
 */
export function sendControl(slot: Slot, start: Offset): void {
  const size = packAt - start
  if (FEATURE_MQTT5 && size > connectionPacketMax[slot]) return connectionClose(slot, PACKET_TOO_LARGE)
  if (RECORDS_MAPPED && transferMessage[slot] >= 0) {
    if (!sendLater(slot, start, size, 0, 0, 0)) {
      count(FULL_TRANSMIT)
      return connectionClose(slot, QUOTA_EXCEEDED)
    }
  } else sendPacked(slot, portPack(start, packAt, LANE_SINGLE), size)
  count(MESSAGES_SENT)
  if (HAS_LARGE) connectionControl[slot] += size
  if (HAS_LARGE && TABLES_GROW) connectionControlNew[slot] += size
  if ((HAS_LARGE ? connectionControl : connectionTransmit)[slot] <= TX_CREDIT_SIZE * 2) return
  creditSet(slot, portUnsent(slot))
  if ((HAS_LARGE ? connectionControl : connectionTransmit)[slot] <= TX_CREDIT_SIZE * 2) return
  count(FULL_TRANSMIT)
  connectionClose(slot, QUOTA_EXCEEDED)
}

/** Bytes of packets of `size` bytes that sendControl would hand over, one by one, without an end of the connection. */
export function controlRoom(slot: Slot, size: number): number {
  if (FEATURE_MQTT5 && size > connectionPacketMax[slot]) return 0
  return Math.max(0, TX_CREDIT_SIZE * 2 - (HAS_LARGE ? connectionControl : connectionTransmit)[slot])
}

/** What `number` calls of sendControl would do for packets that stand one behind the other, within controlRoom. */
export function sendControls(slot: Slot, start: Offset, end: Offset, number: number): void {
  sendPacked(slot, portPack(start, end, LANE_SINGLE), end - start)
  countMore(MESSAGES_SENT, number)
  if (HAS_LARGE) connectionControl[slot] += end - start
  if (HAS_LARGE && TABLES_GROW) connectionControlNew[slot] += end - start
}

/** PUBACK, PUBREC, PUBREL or PUBCOMP; 3.1.1 knows no Reason Code, and 5.0 leaves it out for success. [MQTT-3.4.2-1] */
export function sendAcknowledge(slot: Slot, type: number, packetIdentifier: number, reasonCode: number): void {
  const first = type << 4 | (FEATURE_QOS2 && type === PUBREL ? 2 : 0)
  if (FEATURE_MQTT5 && reasonCode !== SUCCESS && connectionVersion[slot] > 4) {
    const body = openBegin(LANE_SINGLE)
    writeTwoByteInteger(packetIdentifier)
    writeReason(slot, reasonCode)
    sendControl(slot, openEnd(first, body))
    return
  }
  sendShort(slot, first, packetIdentifier)
}

/** A packet whose body is two bytes. */
export function sendShort(slot: Slot, first: number, body: number): void {
  const start = packBegin(LANE_SINGLE)
  writeByte(first)
  writeByte(2)
  writeTwoByteInteger(body)
  sendControl(slot, start)
}

/** A Reason Code, and its words where the client wants them. */
function writeReason(slot: Slot, reasonCode: number): void {
  writeByte(reasonCode)
  if (!FEATURE_REASON_STRING) return
  const block = blockBegin()
  if (wantsReasonString(slot)) writeReasonString(reasonCode)
  blockEnd(block)
}

/** [MQTT-3.1.2-29]; and a client with a tight Maximum Packet Size gets none. [MQTT-3.4.2-2] */
export function wantsReasonString(slot: Slot): boolean {
  return (connectionFlags[slot] & PROBLEM_INFORMATION) > 0 && connectionPacketMax[slot] >= 128
}

export function sendPingresp(slot: Slot): void {
  const start = packBegin(LANE_SINGLE)
  writeByte(PINGRESP << 4)
  writeByte(0)
  sendControl(slot, start)
}

/** Where clients are sent that are to use another server, Latin-1 bytes of UTF-8; '': nowhere. */
let serverReference = ''

export function serverReferenceSet(reference: string): void {
  serverReference = reference
}

function writeReference(): void {
  writeByte(USE_ANOTHER_SERVER)
  const block = blockBegin()
  writeByte(SERVER_REFERENCE)
  writeTwoByteInteger(serverReference.length)
  writeText(serverReference)
  blockEnd(block)
}

/** DISCONNECT, which 5.0 alone has from a server. */
export function sendDisconnect(slot: Slot, reasonCode: number): void {
  const body = openBegin(LANE_SINGLE)
  if (FEATURE_CLUSTERED && reasonCode === USE_ANOTHER_SERVER && serverReference) writeReference()
  else writeReason(slot, reasonCode)
  sendControl(slot, openEnd(DISCONNECT << 4, body))
}
