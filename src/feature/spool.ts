// PUBLISH packets whose payload is too large for memory, more than PACKET_SIZE_MAX bytes: the port takes it as it
// comes, and has it elsewhere. In memory, in records and in whatever the core hands over, a reference of REFERENCE_SIZE
// bytes stands where the payload begins, and what the core calls the payload's end is as far behind it as the payload
// is large: so every size that is computed is right, and nothing but the reference may be read. Whoever copies a
// message asks payloadRoom (limits.ts) how much of it is there.
//
// A packet waits in its connection's range of the pool until its payload is whole: a publisher that goes in the middle
// has published nothing. Nothing else of the connection is handled meanwhile. [MQTT-4.6.0-1]
//
// Memory: SLOTS_MAX x 4 bytes, spoolLeft.
import { portSpoolBegin, portSpoolEnd } from 'runtime'
import { NEED_MORE, frameBody, frameEnd, frameFlags, framePacket, frameType } from '../codec/frame'
import { PUBLISH } from '../codec/packet_type'
import {
  decodePublish, publishEnd, publishPacketIdentifier, publishPayloadStart, publishQos, publishRetain,
} from '../codec/publish'
import { MALFORMED_PACKET, PACKET_TOO_LARGE } from '../codec/reason_code'
import { PACKET_SIZE_MAX, REFERENCE_SIZE, isSpooled } from '../limits'
import { dispatch } from '../broker/connection/dispatch'
import { FULL_MESSAGES, MESSAGES_RECEIVED, count } from '../broker/counters'
import { UNROUTED, WAIT, publishAnswer, publishResolve } from '../broker/publish/handle_publish'
import {
  CONNECTED, PENDING, SPOOLED, connectionFlags, connectionState, connectionVersion, rxEnd, rxStart, spoolLeft,
} from '../store/connection_table'
import type { Slot } from '../kinds'

/** DUP in the fixed header. */
const DUPLICATE = 8

/**
 * The packet framed last is larger than PACKET_SIZE_MAX and is not whole. Answers as receivePacket does: NEED_MORE
 * also where its payload is the port's from now on.
 */
export function spoolPacket(slot: Slot): number {
  if (connectionFlags[slot] & SPOOLED) return spooledHandle(slot)
  if (frameType !== PUBLISH || connectionState[slot] !== CONNECTED) return PACKET_TOO_LARGE
  const error = decodePublish(frameFlags, connectionVersion[slot], frameBody, rxEnd[slot], frameEnd)
  // What is not all there reads as malformed.
  if (error === MALFORMED_PACKET) return rxEnd[slot] - rxStart[slot] < PACKET_SIZE_MAX ? NEED_MORE : PACKET_TOO_LARGE
  if (error) return error
  const size = publishEnd - publishPayloadStart
  const here = rxEnd[slot] - publishPayloadStart
  return isSpooled(size) && here >= REFERENCE_SIZE ? spoolBegin(slot, size, here) : NEED_MORE
}

/** `here` bytes of the decoded PUBLISH's payload have come. */
function spoolBegin(slot: Slot, size: number, here: number): number {
  // 3.1.1 can only be told to wait.
  const mayWait = publishQos > 0 && connectionVersion[slot] < 5
  if (!portSpoolBegin(slot, size, publishPayloadStart, here, publishQos + publishRetain > 0, mayWait)) return WAIT
  rxEnd[slot] = publishPayloadStart + REFERENCE_SIZE
  spoolLeft[slot] = size - here
  connectionFlags[slot] |= PENDING | SPOOLED
  return NEED_MORE
}

/** The payload is whole: the packet goes its way. */
function spooledHandle(slot: Slot): number {
  decodePublish(frameFlags, connectionVersion[slot], frameBody, frameEnd, frameEnd)
  const end = publishPayloadStart + REFERENCE_SIZE
  const answer = dispatch(slot, 0)
  if (answer === WAIT) return WAIT
  count(MESSAGES_RECEIVED)
  spooledEnd(slot, end)
  return answer
}

function spooledEnd(slot: Slot, end: number): void {
  rxStart[slot] = end
  connectionFlags[slot] &= ~SPOOLED
  portSpoolEnd(slot)
}

/** Refuses the packet whose payload the port could not take. Answers 0, or the Reason Code to close with. */
export function spoolRefuse(slot: Slot, reasonCode: number): number {
  framePacket(rxStart[slot], rxEnd[slot])
  const version = connectionVersion[slot]
  decodePublish(frameFlags, version, frameBody, frameEnd, frameEnd)
  const end = publishPayloadStart + REFERENCE_SIZE
  const qos = publishQos
  count(MESSAGES_RECEIVED)
  count(FULL_MESSAGES)
  // What comes again may have been taken the first time, and then must not be refused. [MQTT-4.3.3-10]
  const error = qos && version < 5 || qos > 1 && frameFlags & DUPLICATE ? reasonCode : publishResolve(slot)
  const answer = error || publishAnswer(slot, version, qos, publishPacketIdentifier, reasonCode | UNROUTED)
  spooledEnd(slot, end)
  return answer
}
