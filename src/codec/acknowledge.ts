// PUBACK, PUBREC, PUBREL, PUBCOMP, and the small packets that are a type and a Reason Code: DISCONNECT, AUTH.
// [MQTT 5.0 sections 3.4 to 3.7, 3.14, 3.15]
import { FEATURE_MQTT5 } from '../limits'
import { frameType } from './frame'
import { AUTH, DISCONNECT, PUBREL } from './packet_type'
import { propertiesNone, propertiesRead } from './property'
import { readBegin, readByte, readError, readFail, readRest, readTwoByteInteger } from './reader'
import type { Offset } from '../kinds'

// Life: until the next decodeAcknowledge or decodeReason, at most to the end of the call into the core
// (acknowledgeOver).
export let acknowledgePacketIdentifier = 0
/** 0 where the packet leaves it out. */
export let acknowledgeReasonCode = 0

/**
 * Decodes one of the four acknowledgements; `packet` is the IN_ constant of its properties. Answers 0 or a Reason
 * Code.
 */
export function decodeAcknowledge(version: number, packet: number, start: Offset, end: Offset): number {
  readBegin(start, end)
  acknowledgePacketIdentifier = readTwoByteInteger()
  if (!acknowledgePacketIdentifier) readFail() // [MQTT-2.2.1-3]
  readReason(version, packet)
  return readError
}

/** Decodes what follows the fixed header of DISCONNECT or AUTH: a Reason Code and properties, or nothing. */
export function decodeReason(version: number, packet: number, start: Offset, end: Offset): number {
  readBegin(start, end)
  readReason(version, packet)
  return readError
}

// Reason Codes that a client's packets may have: bits of 0x00 to 0x1F, and of 0x80 to 0x9F.
/** [MQTT-3.4.2-1] [MQTT-3.5.2-1] */
const RECEIVED_LOW = 0x1_0001
const RECEIVED_HIGH = 0x283_0089
/** [MQTT-3.6.2-1] [MQTT-3.7.2-1] */
const RELEASED_LOW = 1
const RELEASED_HIGH = 0x4_0000
/** [MQTT-3.14.2-1], those that only a server has left out. */
const DISCONNECT_LOW = 0x11
const DISCONNECT_HIGH = 0x3f9_000f

/** Whether the packet framed last has the Reason Code at all; that of an AUTH is judged by its handler. */
function reasonIsKnown(code: number): boolean {
  const isShort = frameType < PUBREL
  const low = isShort ? RECEIVED_LOW : frameType === DISCONNECT ? DISCONNECT_LOW : RELEASED_LOW
  const high = isShort ? RECEIVED_HIGH : frameType === DISCONNECT ? DISCONNECT_HIGH : RELEASED_HIGH
  return frameType === AUTH || !(code & 0x60) && ((code & 0x80 ? high : low) >> (code & 31) & 1) > 0
}

/** A packet of 5.0 may end before its Reason Code, and before its properties. */
function readReason(version: number, packet: number): void {
  acknowledgeReasonCode = 0
  if (!FEATURE_MQTT5) return rejectRest()
  propertiesNone()
  if (version < 5) return rejectRest()
  if (readRest()) acknowledgeReasonCode = readByte()
  if (acknowledgeReasonCode && !reasonIsKnown(acknowledgeReasonCode)) readFail()
  if (readRest()) propertiesRead(packet)
  rejectRest()
}

function rejectRest(): void {
  if (readRest()) readFail()
}

/** For the port of tests: what stands in the registers is over. */
export function acknowledgeOver(over: never): void {
  acknowledgePacketIdentifier = acknowledgeReasonCode = over
}
