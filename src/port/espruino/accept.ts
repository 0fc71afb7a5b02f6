// What a board's sockets tell the broker. Handlers are shared and find their socket in `this`: a closure for each
// connection would cost a dozen variables, and a cycle that only the garbage collector ends. They are put where the
// engine looks for the handlers of an event: `on` makes a list for each, two variables more.
//
// What a call into the core keeps is kept for good (recordsCommit) before the engine sends anything, which it does
// between two of its events.
import { brokerAccept, brokerClosed, brokerReceive, brokerWritable } from '../../main'
import { laneVoid } from '../../feature/lane'
import { FEATURE_BOARD_SERVICES, FEATURE_LANE, FEATURE_RECORDS } from '../../limits'
import { NO_ENTRIES, laneCheck, laneLearn, laneOpen } from './lane'
import { ROOM, recordsCommit, reserve, sectorsErased } from './records'
import { recordsRoom } from './records_tick'
import { laneAcknowledge, laneStays, laneYield } from './lane_send'
import { drainHandlerSet, sockets } from './sockets'
import { isMemoryLow } from './variables'

/**
 * The handler of a server's connections; everything is attached at once, as what comes before would be lost. A client
 * may be gone already, and its 'close' with it: both happen in one pass of the engine.
 */
export function socketAccept(socket: BoardSocket): void {
  const slot = socket._slot = socket.sckt && !(FEATURE_BOARD_SERVICES && isMemoryLow) ? brokerAccept() : -1
  if (slot < 0) {
    socket.end()
    return
  }
  sockets[slot] = socket
  drainHandlerSet(onDrain)
  if (FEATURE_LANE) laneOpen(socket)
  // What has come already is given to who listens.
  if (!socket.on('data', FEATURE_LANE ? onData : onChunk)) socket['#ondata'] = FEATURE_LANE ? onData : onChunk
  socket['#onclose'] = onClose
}

/** Every character of this function is read for every packet: what is rare stands elsewhere. */
function onData(this: BoardSocket, data: string): void {
  for (const entry of this._lane[data.length] || NO_ENTRIES) {
    if (data.startsWith(entry._head) && (entry._left-- || entry._turn(this, data))) {
      for (const target of entry._same) {
        try {
          target._put(data)
        } catch { /* It has gone; the broker will be told. */ }
      }
      return
    }
  }
  if (!laneAcknowledge(this, data)) receive(this, data)
}

function receive(socket: BoardSocket, data: string): void {
  if (socket._slot < 0) return
  if (!laneStays(socket, data)) laneYield()
  if (FEATURE_RECORDS && sectorsErased < reserve + ROOM) recordsRoom()
  laneVoid(false)
  brokerReceive(socket._slot, data)
  if (FEATURE_RECORDS) recordsCommit()
  laneLearn(socket, data)
}

function onChunk(this: BoardSocket, data: string): void {
  if (this._slot >= 0) brokerReceive(this._slot, data)
  if (FEATURE_RECORDS) recordsCommit()
}

function onClose(this: BoardSocket): void {
  const slot = this._slot
  if (slot < 0) return
  if (FEATURE_LANE) laneYield()
  this._slot = -1
  brokerClosed(slot)
  if (FEATURE_RECORDS) recordsCommit()
  if (FEATURE_LANE) laneCheck()
}

/**
 * The queue has become empty. Named while the board starts, it would be an expression there, into which the build moves
 * nothing: brokerWritable would stand beside it, five variables. So each connection names it.
 */
function onDrain(this: BoardSocket): void {
  delete this['#ondrain']
  if (FEATURE_LANE) {
    this._put = this.write
    laneYield()
  }
  if (this._slot >= 0) brokerWritable(this._slot, 0xffff)
  if (FEATURE_RECORDS) recordsCommit()
  if (FEATURE_LANE) laneCheck()
}

/** The network is gone: no socket will hear of it. */
export function socketsDrop(): void {
  for (const socket of sockets) {
    if (!socket || socket._slot < 0) continue
    onClose.call(socket)
    socket.end()
  }
}
