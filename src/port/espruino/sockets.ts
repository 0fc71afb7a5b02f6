// The sockets by slot: what the core writes, and what the network says. The firmware's send queue has no bound and
// says nothing: the core counts what it hands over, and asks portUnsent before it goes past a connection's credit.
import { brokerAccept, brokerClosed, brokerReceive, brokerWritable } from '../../main'
import type { Packed } from '../port'
import { memoryWindow } from './bytes'

const sockets: BoardSocket[] = []
/** Lanes from this one on are written at once and need no copy. */
const LANE_SINGLE = 2

/**
 * The handler of a server's connections; everything is attached at once, as what comes before would be lost. A client
 * may be gone already, and its 'close' with it: both happen in one pass of the engine.
 */
export function socketAccept(socket: BoardSocket): void {
  const slot = socket._slot = socket.sckt ? brokerAccept() : -1
  if (slot < 0) {
    socket.end()
    return
  }
  sockets[slot] = socket
  socket.on('data', onData)
  socket.on('close', onClose)
  socket.on('error', onError)
}

function onData(this: BoardSocket, data: string): void {
  if (this._slot >= 0) brokerReceive(this._slot, data)
}

function onClose(this: BoardSocket): void {
  const slot = this._slot
  this._slot = -1
  if (slot >= 0) brokerClosed(slot)
}

/** Errors end in 'close', which does the work; without a handler they would be printed as uncaught. */
function onError(): void {}

/** The queue has become empty. */
function onDrain(this: BoardSocket): void {
  this.removeAllListeners('drain')
  this._waits = false
  if (this._slot >= 0) brokerWritable(this._slot, 0xffff)
}

export function portPack(start: number, end: number, lane: number): Packed {
  const packed = memoryWindow(start, end - start)
  return lane < LANE_SINGLE ? packed + '' : packed
}

export function portWrite(slot: number, packed: Packed): void {
  sockets[slot].write(packed as string)
}

export function portClose(slot: number): void {
  const socket = sockets[slot]
  socket._slot = -1
  socket.end()
}

/** The firmware cannot be told to stop reading. */
export function portPause(): void {}

export function portUnsent(slot: number): number {
  const socket = sockets[slot]
  const queue = socket.dSnd
  if (!queue) return 0
  // Only while somebody waits: 'drain' is an event for nearly every message.
  if (!socket._waits) {
    socket._waits = true
    socket.on('drain', onDrain)
  }
  return queue.length
}
