// What a program may ask of a session, and set, by its Client Identifier, connected or not.
import { portCopyIn } from 'runtime'
import { subscriptionFind } from 'subscriptions/table'
import { filterParse } from '../../codec/topic'
import { NONE } from '../../limits'
import { poolAllocate, poolFree } from '../../store/byte_pool'
import { sessionFind, sessionQueueCount, sessionQueueMax } from '../../store/session_table'
import type { Session } from '../../kinds'

/** The session of a Client Identifier in UTF-8, or NONE. */
function sessionOf(client: Uint8Array): Session {
  const start = poolAllocate(client.length, 0)
  if (start < 0) return NONE
  portCopyIn(client, 0, start, client.length)
  const session = sessionFind(start, client.length)
  poolFree(start, client.length)
  return session
}

/** Messages of QoS 1 and 2 that wait for a client or are on their way to it; 0 where it has no session. */
export function sessionQueued(client: Uint8Array): number {
  const session = sessionOf(client)
  return session < 0 ? 0 : sessionQueueCount[session]
}

/** Whether a client's session has a subscription to a Topic Filter, both in UTF-8. */
export function sessionIsSubscribed(client: Uint8Array, filter: Uint8Array): boolean {
  const session = sessionOf(client)
  const start = session < 0 ? NONE : poolAllocate(filter.length, 0)
  if (start < 0) return false
  portCopyIn(filter, 0, start, filter.length)
  const isFound = filterParse(start, filter.length) && subscriptionFind(session, start, filter.length) >= 0
  poolFree(start, filter.length)
  return isFound
}

/** How many messages the queue of a client's session takes; until the session or the program ends. */
export function sessionQueueBound(client: Uint8Array, most: number): void {
  const session = sessionOf(client)
  if (session >= 0) sessionQueueMax[session] = most
}
