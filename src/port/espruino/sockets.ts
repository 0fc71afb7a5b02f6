// The sockets by slot: what the broker writes. It counts what it hands over, and asks portUnsent before it goes past a
// connection's credit.
import { FEATURE_LANE } from '../../limits'
import type { Packed } from '../port'
import { bytesAt } from './address'
import type { Offset, Slot } from '../../kinds'

export const sockets: BoardSocket[] = []
/** What a socket has that nothing was kept for yet: one object for all, to which nobody adds. */
export const NOTHING = {}
/** Lanes from this one on are written at once and need no copy. */
const LANE_SINGLE = 2

/** What a socket's queue has become empty for: accept.ts sets it, as it calls the core. */
let onDrain: (this: BoardSocket) => void

export function drainHandlerSet(handler: (this: BoardSocket) => void): void {
  onDrain = handler
}

/** The firmware's queues say nothing: they are listened to only while somebody waits for one to become empty. */
export function portUnsent(slot: Slot): number {
  const socket = sockets[slot]
  const queue = socket.dSnd
  if (!queue) return 0
  // Not before: 'drain' is an event for nearly every message.
  socket['#ondrain'] = onDrain
  return queue.length
}

export function portPack(start: Offset, end: Offset, lane: number): Packed {
  const packed = bytesAt(start, end - start)
  return lane < LANE_SINGLE ? packed + '' : packed
}

/** A socket that has just closed throws; the broker will be told. */
export function portWrite(slot: Slot, packed: Packed): void {
  try {
    sockets[slot].write(packed as string)
  } catch { /* It has gone. */ }
}

export function portClose(slot: Slot): void {
  const socket = sockets[slot]
  socket._slot = -1
  if (FEATURE_LANE) socket._lane = NOTHING
  socket.end()
}

/** The firmware cannot be told to stop reading. */
export function portPause(): void {}
