// A packet whose head is larger than a board's receive ring, put together in a range of the pool and handled there: a
// CONNECT with a long Will or password, a long Topic Filter or Topic Name. At the most PACKET_HELD_MAX bytes.
import { portCopy } from 'runtime'
import { frameEnd, framePacket, frameType } from '../codec/frame'
import { CONNECT } from '../codec/packet_type'
import { PACKET_TOO_LARGE, PROTOCOL_ERROR, QUOTA_EXCEEDED, SUCCESS } from '../codec/reason_code'
import { NONE, PACKET_HELD_MAX, POOL_BLOCKS_RESERVED } from '../limits'
import { MESSAGES_RECEIVED, count } from '../broker/counters'
import { dispatch } from '../broker/connection/dispatch'
import { poolAllocate, poolFree } from '../store/byte_pool'
import {
  CONNECTED, connectionHeld, connectionHeldSize, connectionState, rxEnd, rxStart, streamLeft,
} from '../store/connection_table'
import { streamHold } from './stream'
import type { Slot } from '../kinds'

/** Starts to hold the packet framed last, of which the ring is full. Answers 0, or the Reason Code to refuse it. */
export function heldBegin(slot: Slot): number {
  const size = frameEnd - rxStart[slot]
  const isConnected = connectionState[slot] === CONNECTED
  // Nothing else comes before the client is in, [MQTT-3.1.0-1] and of one that is authenticated the CONNECT is held.
  if (!isConnected && (frameType !== CONNECT || connectionHeld[slot] >= 0)) return PROTOCOL_ERROR
  if (size > PACKET_HELD_MAX) return PACKET_TOO_LARGE
  const start = poolAllocate(size, isConnected ? POOL_BLOCKS_RESERVED : 0)
  if (start < 0) return QUOTA_EXCEEDED
  connectionHeld[slot] = start
  connectionHeldSize[slot] = size
  streamHold(slot)
  return heldContinue(slot)
}

/** Takes what has arrived, and handles the packet once it is whole. Answers 0, or the Reason Code to close with. */
export function heldContinue(slot: Slot): number {
  const available = Math.min(streamLeft[slot], rxEnd[slot] - rxStart[slot])
  const start = connectionHeld[slot]
  const size = connectionHeldSize[slot]
  portCopy(start + size - streamLeft[slot], rxStart[slot], available)
  rxStart[slot] += available
  streamLeft[slot] -= available
  if (streamLeft[slot]) return SUCCESS
  count(MESSAGES_RECEIVED)
  // Its handler may keep it once more, in a range of its own.
  connectionHeld[slot] = NONE
  framePacket(start, start + size)
  const answer = dispatch(slot, SUCCESS)
  poolFree(start, size)
  // The packet is consumed: it cannot wait.
  return answer < 0 ? QUOTA_EXCEEDED : answer
}
