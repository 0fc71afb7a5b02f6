// What has come on a connection is handled: the packets of its receive ring, in order, and what waits there for room.
import { portPause } from 'runtime'
import { NEED_MORE, frameBody, frameEnd, framePacket, frameType } from '../codec/frame'
import { CONNECT } from '../codec/packet_type'
import { PACKET_TOO_LARGE, QUOTA_EXCEEDED, SUCCESS } from '../codec/reason_code'
import { heldBegin, heldContinue } from '../feature/held_packet'
import { runTry } from '../feature/packet_run'
import { runPublishedSet } from '../feature/run_packets'
import { spoolPacket } from '../feature/spool'
import { HOLD, streamBegin, streamContinue, streamIsHeld, streamMayPass, streamPass } from '../feature/stream'
import {
  FEATURE_ACCESS, FEATURE_LATE_ANSWER, FEATURE_MQTT31, FEATURE_MQTT5, FEATURE_RUNS, FEATURE_SPOOL, FEATURE_STREAM,
  FEATURE_WAIT, PACKET_SIZE_MAX, RX_ONE, RX_RING_SIZE, RX_SHARED,
} from '../limits'
import {
  ACCEPTED, PAUSED, PENDING, connectionClose, connectionFlags, connectionHeardAt, connectionIsOpen, connectionState,
  connectionVersion, rxEnd, rxStart, spoolLeft, streamLeft,
} from '../store/connection_table'
import { rxGive, rxKeep, rxOwner, rxOwnerSet, rxTake } from '../store/rx_ring'
import { nowMs } from './clock'
import { FULL_PACKET, MESSAGES_RECEIVED, count } from './counters'
import { dispatch } from './connection/dispatch'
import { WAIT } from './publish/handle_publish'
import { publicationRepeats } from './publish/publication'
import { packetSizeMax } from './settings'
import type { Slot } from '../kinds'

/** Bytes of a CONNECT's body that say which version it is of. */
const VERSION_END = 7

/** Gives a connection the one ring, with what is left of it at the front. */
export function ringTake(slot: Slot): void {
  if (rxOwner !== slot) ringLeave(rxOwner)
  rxOwnerSet(slot)
  rxTake(slot)
}

/** Who has the ring and has no room for what has come is told as far as it says how. */
function ringLeave(former: Slot): void {
  if (former < 0 || !connectionIsOpen(former) || rxGive(former)) return
  if (connectionState[former] === ACCEPTED && !(FEATURE_STREAM && streamLeft[former])) {
    framePacket(rxStart[former], rxEnd[former])
    refusePacket(former, QUOTA_EXCEEDED)
  }
  connectionClose(former, QUOTA_EXCEEDED)
}

/** A full ring holds a packet that waits; perhaps it need not any more. */
export function makeRoom(slot: Slot): boolean {
  const held = rxEnd[slot] - rxStart[slot]
  if (connectionFlags[slot] & PAUSED) resume(slot)
  return rxEnd[slot] - rxStart[slot] < held
}

/** Handles the whole packets of a connection's ring, in order. [MQTT-4.6.0-1] */
export function receivePackets(slot: Slot): void {
  while (rxStart[slot] < rxEnd[slot] && connectionIsOpen(slot)
    && !((FEATURE_WAIT || FEATURE_ACCESS) && connectionFlags[slot] & (PAUSED | PENDING))) {
    const start = rxStart[slot]
    if (FEATURE_RUNS) runPublishedSet(false)
    const answer = FEATURE_STREAM && streamLeft[slot] ? continuePacket(slot) : receivePacket(slot)
    if (answer === NEED_MORE) break
    if (FEATURE_WAIT && answer === WAIT) wait(slot)
    else if (answer) connectionClose(slot, answer)
    // Who brings a CONNECT in pieces has no more time for it.
    else if (connectionState[slot] !== ACCEPTED) connectionHeardAt[slot] = nowMs
    if (FEATURE_RUNS && !answer && rxStart[slot] < rxEnd[slot]) runTry(slot, start)
    if (FEATURE_STREAM && streamLeft[slot]) break
  }
  if (connectionIsOpen(slot) && !rxKeep(slot)) connectionClose(slot, QUOTA_EXCEEDED)
}

/** Handles the next packet. Answers 0, NEED_MORE, WAIT, or the Reason Code to close with. */
function receivePacket(slot: Slot): number {
  const start = rxStart[slot]
  let answer = framePacket(start, rxEnd[slot])
  // 3.1 has no reserved flags: a packet may say there that it is sent again.
  if (FEATURE_MQTT31 && answer > 0 && frameEnd && frameType && connectionVersion[slot] === 3) {
    answer = frameEnd > rxEnd[slot] ? NEED_MORE : SUCCESS
  }
  if (answer > 0) return answer
  if (frameEnd - start > packetSizeMax()) {
    return streamMayPass(slot) ? streamPass(slot) : refusePacket(slot, PACKET_TOO_LARGE)
  }
  if (answer === NEED_MORE) return needMore(slot, frameEnd - start)
  const end = frameEnd
  count(MESSAGES_RECEIVED)
  const error = dispatch(slot, SUCCESS)
  if (!FEATURE_WAIT || error !== WAIT) rxStart[slot] = end
  return error
}

/** A packet that can never be complete in the ring is consumed as it comes, or refused. */
function needMore(slot: Slot, size: number): number {
  if (FEATURE_SPOOL && size > PACKET_SIZE_MAX) {
    const answer = spoolPacket(slot)
    return answer === PACKET_TOO_LARGE ? refusePacket(slot, answer) : answer
  }
  if (RX_SHARED || size <= RX_RING_SIZE || rxEnd[slot] - rxStart[slot] < RX_RING_SIZE) return NEED_MORE
  if (!FEATURE_STREAM) return refusePacket(slot, PACKET_TOO_LARGE)
  let answer = streamBegin(slot)
  if (answer === HOLD) answer = heldBegin(slot)
  return answer > 0 ? refusePacket(slot, answer) : answer
}

function continuePacket(slot: Slot): number {
  return streamIsHeld(slot) ? heldContinue(slot) : streamContinue(slot)
}

/** Nobody hears why the first packet is refused but by a CONNACK, for which only 5.0 has a word. */
function refusePacket(slot: Slot, reasonCode: number): number {
  const isConnect = FEATURE_MQTT5 && connectionState[slot] === ACCEPTED && frameType === CONNECT
  if (isConnect && rxEnd[slot] - frameBody < VERSION_END) return NEED_MORE
  if (reasonCode === PACKET_TOO_LARGE) count(FULL_PACKET)
  return isConnect ? dispatch(slot, reasonCode) : reasonCode
}

function wait(slot: Slot): void {
  connectionFlags[slot] |= PAUSED
  portPause(slot, true)
}

/** Tries again what has waited. */
export function resume(slot: Slot): void {
  if (!FEATURE_LATE_ANSWER || connectionFlags[slot] & PAUSED) publicationRepeats()
  connectionFlags[slot] &= ~PAUSED
  receivePackets(slot)
  // A payload that is the port's comes on, whatever waits for it.
  if (connectionIsOpen(slot)
    && (!(connectionFlags[slot] & (PAUSED | PENDING)) || FEATURE_SPOOL && spoolLeft[slot])) portPause(slot, false)
}

/** The same, of a connection that has not the receive ring. */
export function resumeKept(slot: Slot): void {
  if (RX_ONE) ringTake(slot)
  resume(slot)
}
