// Sessions through time: what happens when a connection ends, and when a session does. [MQTT 5.0 section 4.1]
import { portLog } from 'runtime'
import { subscriptionsEnd } from 'subscriptions/session_end'
import {
  FEATURE_ACCESS, FEATURE_LOG, FEATURE_MQTT5, FEATURE_RECORDS, FEATURE_WILL, NONE, SESSIONS_EXPIRE,
  TABLES_FIT,
} from '../../limits'
import { sessionRecordAway } from '../../records/session_record'
import { onSessionEnd } from '../../seams/on_session_end'
import { queueClear, queueRestart } from '../../store/queue_table'
import { recordForget } from '../../store/record'
import {
  sessionClientSize, sessionClientStart, sessionExists, sessionExpiresAt, sessionExpiry, sessionQueueCount,
  sessionRecord, sessionRemove, sessionRowsUsed, sessionSlot, sessionUserSize, sessionWillAt,
} from '../../store/session_table'
import { clockUpdate, nowMs } from '../clock'
import { CLIENTS_EXPIRED, FULL_SESSIONS, count, countTraffic } from '../counters'
import { LOG_SESSION_EXPIRED, LOG_SESSION_REPLACED } from '../log_code'
import { willDiscard, willDue, willPublish } from './will'
import type { Session } from '../../kinds'

/** The Session Expiry Interval that means never. */
export const EXPIRY_NEVER = 0xffff_ffff

/** The client of a session is gone: its Will, and how long the session stays. */
export function sessionDisconnected(session: Session, isWillDiscarded: boolean): void {
  clockUpdate()
  queueRestart(session)
  if (FEATURE_RECORDS && sessionExpiry[session]) sessionRecordAway(session)
  if (FEATURE_WILL) {
    if (isWillDiscarded) willDiscard(session)
    else willDue(session)
  }
  if (!sessionExpiry[session]) return sessionEnd(session)
  if (!SESSIONS_EXPIRE) return
  sessionExpiresAt[session] = nowMs + sessionExpiry[session] * 1_000
}

/** Ends a session without a connection: a Will that waits is published now. [MQTT-3.1.2-8] [MQTT-4.1.0-2] */
export function sessionEnd(session: Session): void {
  // What it owns ends with it, also where the power goes in between.
  if (FEATURE_RECORDS) recordForget(sessionRecord, session)
  if (FEATURE_WILL) willPublish(session)
  onSessionEnd(session)
  subscriptionsEnd(session)
  queueClear(session)
  sessionRemove(session)
}

/** Ends sessions whose time is over, and publishes Wills whose delay is. */
export function sessionsTick(): void {
  for (let session = 0; session < sessionRowsUsed; session++) {
    if (!sessionExists(session) || sessionSlot[session] >= 0) continue
    if (FEATURE_WILL && FEATURE_MQTT5 && sessionWillAt[session] && sessionWillAt[session] <= nowMs) willPublish(session)
    if (sessionExpiresAt[session] > nowMs) continue
    // Of one that was not restored as a whole for want of room it is 0: records/restore.ts.
    sessionExpire(session, TABLES_FIT && !sessionExpiresAt[session] ? LOG_SESSION_REPLACED : LOG_SESSION_EXPIRED)
  }
}

/** Its time is over, or another needs its place: `code` is for the log. */
function sessionExpire(session: Session, code: number): void {
  if (FEATURE_LOG) portLog(code, sessionClientStart[session], sessionClientSize[session])
  countTraffic(CLIENTS_EXPIRED, 1)
  sessionEnd(session)
}

// Who goes first where sessions make room, milliseconds: more than any clock says.
const HAS_NOTHING_QUEUED = 1e15
const HAS_MESSAGES = 2e15
const STAYS = 3e15

/**
 * Ends a session whose client is away, to make room for that of a client with a user or without: the one that is over,
 * else the one with nothing queued, else one of a client without a user, of several the one that is away longest. Those
 * of users stay where who comes has none. False: there is none to end.
 */
export function sessionsMakeRoom(hasUser: boolean): boolean {
  let found = NONE
  let foundRank = STAYS
  for (let session = 0; session < sessionRowsUsed; session++) {
    if (!sessionExists(session) || sessionSlot[session] >= 0) continue
    const isOver = SESSIONS_EXPIRE && sessionExpiresAt[session] <= nowMs
    let rank = isOver ? 0 : sessionQueueCount[session] ? HAS_MESSAGES : HAS_NOTHING_QUEUED
    if (FEATURE_ACCESS && rank && sessionUserSize[session] >= 0 && !(hasUser && rank < HAS_MESSAGES)) rank = STAYS
    // Since when it is away, or over.
    if (SESSIONS_EXPIRE) rank += sessionExpiresAt[session] - (rank && sessionExpiry[session] * 1_000)
    if (rank >= foundRank) continue
    found = session
    foundRank = rank
  }
  if (found < 0) return false
  const isOver = SESSIONS_EXPIRE && foundRank < HAS_NOTHING_QUEUED
  if (!isOver) count(FULL_SESSIONS)
  sessionExpire(found, isOver ? LOG_SESSION_EXPIRED : LOG_SESSION_REPLACED)
  return true
}
