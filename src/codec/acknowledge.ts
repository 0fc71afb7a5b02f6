// PUBACK, PUBREC, PUBREL, PUBCOMP, and the small packets that are a type and a Reason Code: DISCONNECT, AUTH.
// [MQTT 5.0 sections 3.4 to 3.7, 3.14, 3.15]
import { FEATURE_MQTT5 } from '../limits'
import { propertiesNone, propertiesRead } from './property'
import { readBegin, readByte, readError, readFail, readRest, readTwoByteInteger } from './reader'

export let acknowledgePacketIdentifier = 0
/** 0 where the packet leaves it out. */
export let acknowledgeReasonCode = 0

/**
 * Decodes one of the four acknowledgements; `packet` is the IN_ constant of its properties. Answers 0 or a Reason
 * Code.
 */
export function decodeAcknowledge(version: number, packet: number, start: number, end: number): number {
  readBegin(start, end)
  acknowledgePacketIdentifier = readTwoByteInteger()
  if (!acknowledgePacketIdentifier) readFail() // [MQTT-2.2.1-3]
  readReason(version, packet)
  return readError
}

/** Decodes what follows the fixed header of DISCONNECT or AUTH: a Reason Code and properties, or nothing. */
export function decodeReason(version: number, packet: number, start: number, end: number): number {
  readBegin(start, end)
  readReason(version, packet)
  return readError
}

/** A packet of 5.0 may end before its Reason Code, and before its properties. */
function readReason(version: number, packet: number): void {
  acknowledgeReasonCode = 0
  if (!FEATURE_MQTT5) return rejectRest()
  propertiesNone()
  if (version < 5) return rejectRest()
  if (readRest()) acknowledgeReasonCode = readByte()
  if (readRest()) propertiesRead(packet)
  rejectRest()
}

function rejectRest(): void {
  if (readRest()) readFail()
}
