// A socket as the board's code sees it, and one pass of the engine's work on it: deliver what waits, send, receive,
// close. State that the engine keeps in properties is kept in the same properties: `conn`, `sckt`, `cls`, `dSnd`,
// `dRcv`, `endd`.

import { STREAM_BUFFER } from './emitter'
import { listenersOf } from './event_queue'
import type { BoardObject } from './event_queue'
import { byteText, bytesOfText, textOfBytes } from './latin1'
import type { Runtime } from './runtime'
import type { Wire } from './wire'

/** What a stream keeps for a listener that is still to come. */
const STREAM_BUFFER_SIZE = 512

const ERROR_UNSENT_DATA = { code: -8, message: 'unsent data' }
const ERROR_NO_CONNECTION = { code: -6, message: 'not connected' }

interface Failure { code: number, message: string }

export interface Connection {
  readonly socket: BoardObject
  wire: Wire | null
  /** Set by `end` with nothing to send, and by a failed connect. */
  closeNow: boolean
}

const text = (value: unknown): string => typeof value === 'string' ? value : ''

/** The methods of a socket; `find` leads from the object to its connection. */
export function socketMethods (
  runtime: Runtime, find: (socket: BoardObject) => Connection,
): Record<string, (this: BoardObject, ...args: unknown[]) => unknown> {
  function write (socket: BoardObject, data: unknown): void {
    if (socket.cls || find(socket).closeNow) throw new Error('This socket is closed')
    // A Uint8Array becomes the text '65,66', as every value becomes its text.
    const added = data === undefined ? '' : byteText(String(data))
    runtime.heap.grow(added.length)
    socket.dSnd = text(socket.dSnd) + added
  }

  return {
    write (data) {
      write(this, data)
      return false
    },
    end (data) {
      if (data !== undefined) write(this, data)
      if (!text(this.dSnd)) find(this).closeNow = true
      this.cls = true
    },
    available () {
      return text(this[STREAM_BUFFER]).length
    },
    read (size) {
      const all = text(this[STREAM_BUFFER])
      const taken = Number(size) > 0 ? all.slice(0, Number(size)) : all
      if (taken.length < all.length) this[STREAM_BUFFER] = all.slice(taken.length)
      else delete this[STREAM_BUFFER]
      return taken
    },
  }
}

/** Gives data to the `data` listeners, or keeps it for them; answers what could not be given or kept. */
function pushData (runtime: Runtime, socket: BoardObject, data: string, force: boolean): string {
  if (!data) return ''
  const listeners = listenersOf(socket, 'data')
  if (listeners.length > 0) {
    for (const listener of listeners) {
      if (runtime.call(listener, socket, [data])) continue
      runtime.print('Error processing Serial data handler - removing it.')
      runtime.flagError('CALLBACK')
      delete socket['#ondata']
      break
    }
    return ''
  }
  const kept = socket[STREAM_BUFFER]
  if (typeof kept !== 'string') {
    socket[STREAM_BUFFER] = data
    return ''
  }
  const fits = kept.length + data.length <= STREAM_BUFFER_SIZE
  if (!fits && force) runtime.flagError('BUFFER_FULL')
  if ((fits || force) && kept.length < STREAM_BUFFER_SIZE) {
    socket[STREAM_BUFFER] = kept + data.slice(0, STREAM_BUFFER_SIZE - kept.length)
  }
  return fits ? '' : data
}

/** Sends up to a chunk of what is queued; false when the peer is gone. */
function sendQueued (runtime: Runtime, socket: BoardObject, wire: Wire, chunkSize: number): boolean {
  const queued = text(socket.dSnd)
  const sent = wire.send(bytesOfText(queued.slice(0, chunkSize)))
  if (sent === 'closed') return false
  runtime.heap.shrink(sent)
  socket.dSnd = queued.slice(sent)
  if (sent > 0 && sent === queued.length && !socket.cls) runtime.events.push(socket, 'drain', [socket])
  return true
}

function noteConnected (runtime: Runtime, socket: BoardObject): void {
  if (socket.conn) return
  socket.conn = true
  runtime.events.push(socket, 'connect', [socket])
  if (!text(socket.dSnd)) runtime.events.push(socket, 'drain', [socket])
}

/**
 * One pass over a connection. True when it is over: its events are queued and the caller forgets it.
 * `dRcv` is written only when something was received, so data that once found no room is delivered again in every
 * pass after a listener came: the engine does that too.
 */
export function connectionPass (runtime: Runtime, connection: Connection, chunkSize: number): boolean {
  const { socket, wire } = connection
  let closing = connection.closeNow || !wire || wire.state === 'refused'
  let failure: Failure | null = wire && wire.state !== 'refused' ? null : ERROR_NO_CONNECTION
  let peerClosed = false
  let rest = pushData(runtime, socket, text(socket.dRcv), false)
  if (wire && !closing && wire.state === 'open') {
    if (text(socket.dSnd)) peerClosed = !sendQueued(runtime, socket, wire, chunkSize)
    else if (socket.cls) closing = true
    const received = wire.receive(chunkSize)
    if (received === 'closed') peerClosed = true
    else noteConnected(runtime, socket)
    if (received instanceof Uint8Array) {
      rest = pushData(runtime, socket, rest + textOfBytes(received), false)
      socket.dRcv = rest
    }
  }
  if (!closing && !peerClosed) return false
  if (pushData(runtime, socket, rest, true)) return false
  if (peerClosed && text(socket.dSnd)) failure = ERROR_UNSENT_DATA
  runtime.heap.shrink(text(socket.dSnd).length)
  finishConnection(runtime, connection, failure)
  return true
}

function finishConnection (runtime: Runtime, { socket, wire }: Connection, failure: Failure | null): void {
  wire?.end()
  delete socket.sckt
  socket.conn = false
  socket.cls = true
  if (failure) runtime.events.push(socket, 'error', [failure])
  if (!socket.endd) runtime.events.push(socket, 'end', [])
  socket.endd = true
  runtime.events.push(socket, 'close', [failure !== null])
}
