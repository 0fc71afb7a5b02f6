// What the runtime calls: connections come and go, bytes come, time passes. Everything else follows from here.
import { portChunkSize, portLog } from 'runtime'
import { RETAINED_IN_TURN } from 'subscriptions/retained_send'
import { KEEP_ALIVE_TIMEOUT, NO_REASON, QUOTA_EXCEEDED, SUCCESS } from '../codec/reason_code'
import { spoolRefuse } from '../feature/spool'
import { transferContinue } from '../feature/transfer'
import {
  FEATURE_ENHANCED_AUTHENTICATION, FEATURE_LOG, FEATURE_RETAINED, FEATURE_SYS, FEATURE_SYS_LOADS, FEATURE_WAIT, NONE,
  RECORDS_MAPPED, RX_ONE, SESSIONS_EXPIRE, TABLES_FIT,
} from '../limits'
import { onStart } from '../seams/on_start'
import { onTick } from '../seams/on_tick'
import {
  CONNECTED, NETWORK_LOST, PAUSED, PENDING, connectionAdd, connectionClose, connectionFlags, connectionHeardAt,
  connectionIsOpen, connectionRowsUsed, connectionSession, connectionSilenceMs, connectionState,
} from '../store/connection_table'
import { rxAppend } from '../store/rx_ring'
import { sessionRetainedHead } from '../store/session_table'
import { transferMessage } from '../store/transfer_table'
import { clockSet, clockUpdate, nowMs } from './clock'
import { connectionsSettle } from './connection/connection'
import { BYTES_RECEIVED, FULL_CONNECTIONS, SOCKETS_OPENED, count, countTraffic } from './counters'
import { authAnswer } from './connection/handle_auth'
import { connectResume } from './connection/handle_connect'
import { LOG_ACCEPTED, LOG_FULL } from './log_code'
import { queuePump } from './session/queue'
import { retainedPump } from './publish/retained'
import { makeRoom, receivePackets, resume, resumeKept, ringTake } from './receive'
import { creditReturn } from './connection/send'
import { sessionsTick } from './session/session'
import { connectTimeoutMs } from './settings'
import type { Chunk } from '../port/port'
import type { Session, Slot } from '../kinds'

/** How long a 3.1.1 client is kept waiting for room before it is told by closing, milliseconds. */
const WAIT_MS_MAX = 30_000

/** Starts the broker; the port is ready. */
export function brokerStart(): void {
  clockUpdate()
  onStart()
  if (TABLES_FIT) sessionsTick()
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
    if (RX_ONE) ringTake(slot)
    const taken = rxAppend(slot, chunk, from, size - from)
    // Only what waits can fill a ring.
    if (taken > 0 || !FEATURE_WAIT) {
      from += taken
      receivePackets(slot)
    } else if (!makeRoom(slot)) connectionClose(slot, QUOTA_EXCEEDED)
  }
  connectionsSettle()
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

/** The payload that the port was given by portSpoolBegin is whole; else a Reason Code: it could not take it. */
export function brokerSpooled(slot: Slot, reasonCode: number): void {
  if (!connectionIsOpen(slot)) return
  connectionFlags[slot] &= ~PENDING
  connectionHeardAt[slot] = clockUpdate()
  const error = reasonCode ? spoolRefuse(slot, reasonCode) : SUCCESS
  if (error) connectionClose(slot, error)
  else resume(slot)
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
