// The receive rings: bytes that have arrived on a connection and are not handled yet, rxStart to rxEnd.
//
// On a board each connection has RX_RING_SIZE bytes of memory. A ring is filled to its end, and then the packet that is
// not complete moves to its front: so every packet lies in one piece, which costs one copy of an incomplete
// packet a revolution. Where the board has one ring (RX_ONE), a connection has it until another one is sent something:
// what is left then waits in a range of the pool, and stands in the ring again before its next chunk is handled.
// On a computer all connections share one area (RX_SHARED), in which a chunk is handled at
// once; only what is left of it moves to a range of the pool, where the packet is completed.
import { portCopy, portCopyIn, portSpoolTake } from 'runtime'
import {
  FEATURE_SPOOL, NONE, PACKET_SIZE_MAX, POOL_AT, RX_AT, RX_ONE, RX_RING_SIZE, RX_SHARED, TABLES_GROW,
} from '../limits'
import { NEED_MORE, frameEnd, framePacket } from '../codec/frame'
import { poolAllocate, poolFree } from './byte_pool'
import { PAUSED, PENDING, connectionFlags, rxBase, rxCapacity, rxEnd, rxStart, spoolLeft } from './connection_table'
import type { Chunk } from '../port/port'
import type { Slot } from '../kinds'

/** Bytes that may wait while a connection is paused, on a computer. */
const WAIT_SIZE_MAX = 262_144

/** With RX_ONE: the connection that has the ring; NONE: none had it yet. */
export let rxOwner: Slot = NONE

export function rxOwnerSet(slot: Slot): void {
  rxOwner = slot
}

/**
 * Takes bytes of a chunk, from its byte `from` on; `size` is the rest of it. Answers how many it took, of which the
 * packets are to be handled before the next call, or NONE: there is no room for one byte.
 */
export function rxAppend(slot: Slot, chunk: Chunk, from: number, size: number): number {
  return RX_SHARED ? rxAppendShared(slot, chunk, from, size) : rxAppendOwn(slot, chunk, from, size)
}

function rxAppendOwn(slot: Slot, chunk: Chunk, from: number, size: number): number {
  const base = RX_ONE ? RX_AT : slot * RX_RING_SIZE
  const end = base + RX_RING_SIZE
  // With RX_ONE rxTake has been called.
  if (!RX_ONE && rxStart[slot] === rxEnd[slot]) rxStart[slot] = rxEnd[slot] = base
  else if (!RX_ONE && rxEnd[slot] === end) {
    const rest = end - rxStart[slot]
    portCopy(base, rxStart[slot], rest)
    rxStart[slot] = base
    rxEnd[slot] = base + rest
  }
  const room = end - rxEnd[slot]
  if (!room) return NONE
  return rxFill(slot, chunk, from, size < room ? size : room)
}

function rxFill(slot: Slot, chunk: Chunk, from: number, size: number): number {
  portCopyIn(chunk, from, rxEnd[slot], size)
  rxEnd[slot] += size
  return size
}

function rxAppendShared(slot: Slot, chunk: Chunk, from: number, size: number): number {
  if (!rxCapacity[slot]) {
    rxStart[slot] = rxEnd[slot] = RX_AT
    return rxFill(slot, chunk, from, Math.min(size, RX_RING_SIZE))
  }
  if (FEATURE_SPOOL && spoolLeft[slot]) return rxSpool(slot, chunk, from, Math.min(size, spoolLeft[slot]))
  const taken = Math.min(size, rxMissing(slot))
  return rxReserve(slot, taken) ? rxFill(slot, chunk, from, taken) : NONE
}

/** They are of a payload that is the port's. */
function rxSpool(slot: Slot, chunk: Chunk, from: number, size: number): number {
  spoolLeft[slot] -= size
  portSpoolTake(slot, chunk, from, size)
  return size
}

/** Bytes to add to the range: up to the end of its packet, so that what follows is handled in the shared area. */
function rxMissing(slot: Slot): number {
  const held = rxEnd[slot] - rxStart[slot]
  if (connectionFlags[slot] & (PAUSED | PENDING)) return Math.max(0, WAIT_SIZE_MAX - held)
  const answer = framePacket(rxStart[slot], rxEnd[slot])
  return answer === NEED_MORE && frameEnd ? Math.min(frameEnd - rxEnd[slot], PACKET_SIZE_MAX) : 1
}

/** Makes room for `size` more bytes in the connection's own range. */
function rxReserve(slot: Slot, size: number): boolean {
  const held = rxEnd[slot] - rxStart[slot]
  if (!size) return false
  if (rxCapacity[slot] && rxEnd[slot] + size <= rxBase[slot] + rxCapacity[slot]) return true
  const capacity = Math.max(held + size, Math.min(held * 2, PACKET_SIZE_MAX))
  const base = poolAllocate(capacity, 0)
  if (base < 0) return false
  portCopy(base, rxStart[slot], held)
  rxRelease(slot)
  rxBase[slot] = rxStart[slot] = base
  rxEnd[slot] = base + held
  rxCapacity[slot] = capacity
  return true
}

/**
 * After the packets of a chunk were handled: keeps what is left where it outlives the chunk. False: there is no
 * room.
 */
export function rxKeep(slot: Slot): boolean {
  if (!RX_SHARED || !TABLES_GROW) return true
  if (rxStart[slot] === rxEnd[slot]) rxRelease(slot)
  else if (!rxCapacity[slot]) return rxReserve(slot, 1)
  return true
}

/** Puts what is left of the connection that has the one ring to its front. */
export function rxTake(slot: Slot): void {
  if (rxStart[slot] === rxEnd[slot]) rxStart[slot] = rxEnd[slot] = RX_AT
  else if (rxStart[slot] !== RX_AT) rxMove(slot, RX_AT)
}

/** Keeps what is left until there is more of it, as the one ring is another's now. False: there is no room. */
export function rxGive(slot: Slot): boolean {
  if (rxStart[slot] === rxEnd[slot]) return true
  const start = poolAllocate(rxEnd[slot] - rxStart[slot], 0)
  if (start >= 0) rxMove(slot, start)
  return start >= 0
}

function rxMove(slot: Slot, target: number): void {
  const size = rxEnd[slot] - rxStart[slot]
  portCopy(target, rxStart[slot], size)
  rxRelease(slot)
  rxStart[slot] = target
  rxEnd[slot] = target + size
}

/** Forgets what has arrived. */
export function rxRelease(slot: Slot): void {
  if (RX_ONE && rxStart[slot] >= POOL_AT) poolFree(rxStart[slot], rxEnd[slot] - rxStart[slot])
  if (RX_SHARED && rxCapacity[slot]) {
    poolFree(rxBase[slot], rxCapacity[slot])
    rxCapacity[slot] = 0
  }
}
