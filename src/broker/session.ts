// Sessions through time: what happens when a connection ends, and when a session does. [MQTT 5.0 section 4.1]
import { portLog } from 'runtime'
import { sharedRedeliver } from '../feature/shared_subscription'
import {
  FEATURE_INDEX, FEATURE_LOG, FEATURE_MQTT5, FEATURE_SHARED_SUBSCRIPTION, FEATURE_WILL, SESSIONS_EXPIRE,
} from '../limits'
import { shapesForget } from '../store/filter_shape'
import { walkedForget } from '../store/filter_walked'
import { queueClear, queueRestart } from '../store/queue_table'
import {
  sessionExists, sessionExpiresAt, sessionExpiry, sessionRemove, sessionRowsUsed, sessionSlot, sessionSubscriptionHead,
  sessionWillAt,
} from '../store/session_table'
import { subscriptionRemove } from '../store/subscription_table'
import { walkRemoveAll } from '../store/subscription_walk'
import { clockUpdate, nowMs } from './clock'
import { CLIENTS_EXPIRED, countTraffic } from './counters'
import { LOG_SESSION_EXPIRED } from './log_code'
import { willDiscard, willDue, willPublish } from './will'

/** The Session Expiry Interval that means never. */
export const EXPIRY_NEVER = 0xffff_ffff

/** The client of a session is gone: its Will, and how long the session stays. */
export function sessionDisconnected(session: number, isWillDiscarded: boolean): void {
  clockUpdate()
  queueRestart(session)
  if (FEATURE_WILL) {
    if (isWillDiscarded) willDiscard(session)
    else willDue(session)
  }
  if (!sessionExpiry[session]) return sessionEnd(session)
  if (!SESSIONS_EXPIRE) return
  sessionExpiresAt[session] = nowMs + sessionExpiry[session] * 1_000
}

/** Ends a session without a connection: a Will that waits is published now. [MQTT-3.1.2-8] [MQTT-4.1.0-2] */
export function sessionEnd(session: number): void {
  if (FEATURE_WILL) willPublish(session)
  if (FEATURE_SHARED_SUBSCRIPTION) sharedRedeliver(session)
  if (!FEATURE_INDEX) walkRemoveAll(session)
  else while (sessionSubscriptionHead[session] >= 0) subscriptionRemove(sessionSubscriptionHead[session])
  if (FEATURE_INDEX) {
    shapesForget(session)
    walkedForget(session)
  }
  queueClear(session)
  sessionRemove(session)
}

/** Ends sessions whose time is over, and publishes Wills whose delay is. */
export function sessionsTick(): void {
  for (let session = 0; session < sessionRowsUsed; session++) {
    if (!sessionExists(session) || sessionSlot[session] >= 0) continue
    if (FEATURE_WILL && FEATURE_MQTT5 && sessionWillAt[session] && sessionWillAt[session] <= nowMs) willPublish(session)
    if (sessionExpiresAt[session] <= nowMs) sessionExpire(session)
  }
}

function sessionExpire(session: number): void {
  if (FEATURE_LOG) portLog(LOG_SESSION_EXPIRED, session, 0)
  countTraffic(CLIENTS_EXPIRED, 1)
  sessionEnd(session)
}

/** Ends the session that expired first, to make room. False: there is none. */
export function sessionsMakeRoom(): boolean {
  if (!SESSIONS_EXPIRE) return false
  let oldest = -1
  for (let session = 0; session < sessionRowsUsed; session++) {
    if (!sessionExists(session) || sessionSlot[session] >= 0 || sessionExpiresAt[session] > nowMs) continue
    if (oldest < 0 || sessionExpiresAt[session] < sessionExpiresAt[oldest]) oldest = session
  }
  if (oldest >= 0) sessionExpire(oldest)
  return oldest >= 0
}
