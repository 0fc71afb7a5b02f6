// What a program may ask of a session, and set, by its Client Identifier, connected or not.
import { portCopyIn } from 'runtime'
import { subscriptionFind } from 'subscriptions/table'
import { connectClientSize, connectClientStart } from '../../codec/connect'
import { sharedFilterParse } from '../../codec/shared_filter'
import { NONE } from '../../limits'
import { poolAllocate, poolFree } from '../../store/byte_pool'
import { connectionReceiveMax } from '../../store/connection_table'
import { queueNext, queueSince } from '../../store/queue_table'
import { startedMs } from '../../store/record'
import {
  sessionCount, sessionFind, sessionQueueBytes, sessionQueueBytesMax, sessionQueueCount, sessionQueueDropped,
  sessionQueueHead, sessionQueueMax, sessionQueuePolicy, sessionSlot,
} from '../../store/session_table'
import { clockUpdate } from '../clock'
import { QUEUED, QUEUED_BYTES, QUEUED_MS } from './queue_words'
import type { Session } from '../../kinds'

/** The session of a Client Identifier in UTF-8, or NONE. */
export function sessionOf(client: Uint8Array): Session {
  const start = poolAllocate(client.length, 0)
  if (start < 0) return NONE
  portCopyIn(client, 0, start, client.length)
  const session = sessionFind(start, client.length)
  poolFree(start, client.length)
  return session
}

let sessionsMax = Infinity

/** How many sessions there may be, of clients that are here and that are away; for those to come. */
export function sessionsMaxSet(most: number): void {
  sessionsMax = most
}

/** Whether the client of the CONNECT in hand has a session, or may have one. */
export function claimHasPlace(): boolean {
  return sessionCount < sessionsMax || sessionFind(connectClientStart, connectClientSize) >= 0
}

/** A number of a session's queue: see queue_words.ts; 0 where the client has none. */
export function sessionQueueLook(client: Uint8Array, what: number): number {
  const session = sessionOf(client)
  if (session < 0) return 0
  if (what === QUEUED_MS) return queueAge(session)
  if (what === QUEUED) return sessionQueueCount[session]
  return what === QUEUED_BYTES ? sessionQueueBytes[session] : sessionQueueDropped[session]
}

function queueAge(session: Session): number {
  const now = clockUpdate()
  let since = now
  for (let row = sessionQueueHead[session]; row >= 0; row = queueNext[row]) {
    since = Math.min(since, queueSince[row] || startedMs)
  }
  return now - since
}

/** Whether a client's session has a subscription to a Topic Filter, both in UTF-8. */
export function sessionIsSubscribed(client: Uint8Array, filter: Uint8Array): boolean {
  const session = sessionOf(client)
  const start = session < 0 ? NONE : poolAllocate(filter.length, 0)
  if (start < 0) return false
  portCopyIn(filter, 0, start, filter.length)
  const isFound = sharedFilterParse(start, filter.length) && subscriptionFind(session, start, filter.length) >= 0
  poolFree(start, filter.length)
  return isFound
}

/** Packet Identifiers of a session: with a policy each message that waits has another one, see queue_identifiers.ts. */
const IDENTIFIERS_MAX = 65_535

/**
 * How many messages, and bytes of payload, the queue of a client's session takes, Infinity: no limit; and what it does
 * when it is full, see queue_words.ts. Until the session or the program ends.
 */
export function sessionQueueBound(client: Uint8Array, messages: number, bytes: number, policy: number): void {
  const session = sessionOf(client)
  if (session < 0) return
  sessionQueueMax[session] = policy ? Math.min(messages, IDENTIFIERS_MAX) : messages
  sessionQueueBytesMax[session] = bytes
  sessionQueuePolicy[session] = policy
}

/** How many messages go to a client that is here without an acknowledgement, from its next one on. */
export function sessionWindowSet(client: Uint8Array, size: number): void {
  const session = sessionOf(client)
  if (session >= 0) connectionReceiveMax[sessionSlot[session]] = size
}
