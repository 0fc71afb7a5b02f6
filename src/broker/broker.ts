// What the runtime calls: connections come and go, bytes come, time passes. Everything else follows from here.
import { portChunkSize, portLog, portPause } from 'runtime'
import { RETAINED_IN_TURN } from 'subscriptions/retained_send'
import { NEED_MORE, frameBody, frameEnd, framePacket, frameType } from '../codec/frame'
import { CONNECT } from '../codec/packet_type'
import { KEEP_ALIVE_TIMEOUT, NO_REASON, PACKET_TOO_LARGE, QUOTA_EXCEEDED, SUCCESS } from '../codec/reason_code'
import { heldBegin, heldContinue } from '../feature/held_packet'
import { runTry } from '../feature/packet_run'
import { runPublishedSet } from '../feature/run_packets'
import { HOLD, streamBegin, streamContinue, streamIsHeld, streamMayPass, streamPass } from '../feature/stream'
import { transferContinue } from '../feature/transfer'
import {
  FEATURE_ACCESS, FEATURE_ENHANCED_AUTHENTICATION, FEATURE_LATE_ANSWER, FEATURE_LOG, FEATURE_MQTT31, FEATURE_MQTT5,
  FEATURE_RETAINED, FEATURE_RUNS, FEATURE_STREAM, FEATURE_SYS, FEATURE_SYS_LOADS, FEATURE_WAIT, NONE, RECORDS_MAPPED,
  RX_ONE, RX_RING_SIZE, RX_SHARED, SESSIONS_EXPIRE,
} from '../limits'
import { onStart } from '../seams/on_start'
import { onTick } from '../seams/on_tick'
import {
  ACCEPTED, CONNECTED, NETWORK_LOST, PAUSED, PENDING, connectionAdd, connectionClose, connectionFlags,
  connectionHeardAt, connectionIsOpen, connectionRowsUsed, connectionSession, connectionSilenceMs, connectionState,
  connectionVersion, rxEnd, rxStart, streamLeft,
} from '../store/connection_table'
import { rxAppend, rxGive, rxKeep, rxTake } from '../store/rx_ring'
import { sessionRetainedHead } from '../store/session_table'
import { transferMessage } from '../store/transfer_table'
import { clockSet, clockUpdate, nowMs } from './clock'
import { connectionsSettle } from './connection/connection'
import {
  BYTES_RECEIVED, FULL_CONNECTIONS, FULL_PACKET, MESSAGES_RECEIVED, SOCKETS_OPENED, count, countTraffic,
} from './counters'
import { dispatch } from './connection/dispatch'
import { authAnswer } from './connection/handle_auth'
import { connectResume } from './connection/handle_connect'
import { WAIT } from './publish/handle_publish'
import { LOG_ACCEPTED, LOG_FULL } from './log_code'
import { publicationRepeats } from './publish/publication'
import { queuePump } from './session/queue'
import { retainedPump } from './publish/retained'
import { creditReturn } from './connection/send'
import { sessionsTick } from './session/session'
import { connectTimeoutMs, packetSizeMax } from './settings'
import type { Chunk } from '../port/port'
import type { Session, Slot } from '../kinds'

/** How long a 3.1.1 client is kept waiting for room before it is told by closing, milliseconds. */
const WAIT_MS_MAX = 30_000
/** Bytes of a CONNECT's body that say which version it is of. */
const VERSION_END = 7

/** Starts the broker; the port is ready. */
export function brokerStart(): void {
  clockUpdate()
  onStart()
}

/** A Network Connection has come. Answers its slot, or NONE: there is none left, and the runtime closes it. */
export function brokerAccept(): Slot {
  const slot = connectionAdd(clockUpdate())
  if (slot < 0) {
    count(FULL_CONNECTIONS)
    if (FEATURE_LOG) portLog(LOG_FULL, NONE, FULL_CONNECTIONS)
  } else if (FEATURE_LOG) portLog(LOG_ACCEPTED, slot, 0)
  if (FEATURE_SYS_LOADS) count(SOCKETS_OPENED)
  return slot
}

/** A connection has sent bytes that the port holds back: its client is alive. */
export function brokerHeard(slot: Slot): void {
  clockUpdate()
  heard(slot)
}

function heard(slot: Slot): void {
  // The bytes of a long packet are life too; what waits for room has its own time.
  if (connectionState[slot] === CONNECTED && !(FEATURE_WAIT && connectionFlags[slot] & PAUSED)) {
    connectionHeardAt[slot] = nowMs
  }
}

/** Bytes have come on a connection. The chunk is the runtime's and is not kept. */
export function brokerReceive(slot: Slot, chunk: Chunk): void {
  const size = portChunkSize(chunk)
  countTraffic(BYTES_RECEIVED, size)
  clockUpdate()
  heard(slot)
  let from = 0
  while (from < size && connectionIsOpen(slot)) {
    const taken = rxAppend(slot, chunk, from, size - from)
    // Only what waits can fill a ring.
    if (taken > 0 || !FEATURE_WAIT) {
      from += taken
      receivePackets(slot)
    } else if (!makeRoom(slot)) connectionClose(slot, QUOTA_EXCEEDED)
  }
  give(slot)
  connectionsSettle()
}

/** Leaves the receive ring to others. */
function give(slot: Slot): void {
  if (RX_ONE && connectionIsOpen(slot) && !rxGive(slot)) connectionClose(slot, QUOTA_EXCEEDED)
}

/** A full ring holds a packet that waits; perhaps it need not any more. */
function makeRoom(slot: Slot): boolean {
  const held = rxEnd[slot] - rxStart[slot]
  if (connectionFlags[slot] & PAUSED) resume(slot)
  return rxEnd[slot] - rxStart[slot] < held
}

/** Handles the whole packets of a connection's ring, in order. [MQTT-4.6.0-1] */
function receivePackets(slot: Slot): void {
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
function resume(slot: Slot): void {
  if (!FEATURE_LATE_ANSWER || connectionFlags[slot] & PAUSED) publicationRepeats()
  connectionFlags[slot] &= ~PAUSED
  receivePackets(slot)
  if (connectionIsOpen(slot) && !(connectionFlags[slot] & (PAUSED | PENDING))) portPause(slot, false)
}

/** The same, of a connection that has not the receive ring. */
function resumeKept(slot: Slot): void {
  if (RX_ONE) rxTake(slot)
  resume(slot)
  give(slot)
}

/** `creditSize` bytes that were written to a connection have left. */
export function brokerWritable(slot: Slot, creditSize: number): void {
  if (!connectionIsOpen(slot)) return
  creditReturn(slot, creditSize)
  if (connectionState[slot] === CONNECTED && transferContinue(slot)) sessionPump(connectionSession[slot])
  connectionsSettle()
}

/** Sends what waits for a session: its queue, and the retained messages of new subscriptions. */
function sessionPump(session: Session): void {
  queuePump(session)
  if (FEATURE_RETAINED && sessionRetainedHead[session] >= 0) retainedPump(session)
}

/** The network of a connection is gone. Not called for a connection that portClose was called for. */
export function brokerClosed(slot: Slot): void {
  connectionClose(slot, NETWORK_LOST)
  connectionsSettle()
}

/** The late answer of portAuthenticate or portAuthExchange for a connection that is still there. */
export function brokerAuthenticated(slot: Slot, reasonCode: number): void {
  if (!(connectionFlags[slot] & PENDING) || !connectionIsOpen(slot)) return
  connectionFlags[slot] &= ~PENDING
  if (FEATURE_ENHANCED_AUTHENTICATION) {
    const error = authAnswer(slot, reasonCode)
    if (error) connectionClose(slot, error)
  } else connectResume(slot, reasonCode)
  // Whoever waited for this answer has had nothing to say.
  if (connectionState[slot] === CONNECTED) connectionHeardAt[slot] = clockUpdate()
  if (connectionIsOpen(slot)) resumeKept(slot)
  connectionsSettle()
}

/** Time has passed; `ms` is the port's clock. Call it about once a second: nothing happens earlier than it is due. */
export function brokerTick(ms: number): void {
  clockSet(ms)
  for (let slot = 0; slot < connectionRowsUsed; slot++) {
    if (connectionIsOpen(slot)) tickConnection(slot, ms - connectionHeardAt[slot])
  }
  if (SESSIONS_EXPIRE || FEATURE_SYS) connectionsSettle()
  if (SESSIONS_EXPIRE) sessionsTick()
  onTick()
  connectionsSettle()
}

function tickConnection(slot: Slot, silenceMs: number): void {
  const state = connectionState[slot]
  const isPaused = FEATURE_WAIT && connectionFlags[slot] & PAUSED
  if (state !== CONNECTED) {
    if (silenceMs > connectTimeoutMs()) connectionClose(slot, NO_REASON)
  } else if (isPaused) {
    if (silenceMs > WAIT_MS_MAX) connectionClose(slot, QUOTA_EXCEEDED)
    else resumeKept(slot)
  } else if (connectionSilenceMs[slot] && silenceMs > connectionSilenceMs[slot]) {
    connectionClose(slot, KEEP_ALIVE_TIMEOUT) // [MQTT-3.1.2-22]
  } else if (RECORDS_MAPPED && transferMessage[slot] >= 0) {
    brokerWritable(slot, 0)
  } else if (!RETAINED_IN_TURN && FEATURE_RETAINED && sessionRetainedHead[connectionSession[slot]] >= 0) {
    retainedPump(connectionSession[slot])
  }
}

/** The broker ends: tells every 5.0 client the Reason Code and closes. Sessions stay. */
export function brokerStop(reasonCode: number): void {
  for (let slot = 0; slot < connectionRowsUsed; slot++) connectionClose(slot, reasonCode)
  connectionsSettle()
}
