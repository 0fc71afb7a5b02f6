// What a program shows of a client that is connected, beside its Client Identifier (connection/client_identifier.ts).
import { BRIDGE, connectionFlags, connectionSession } from '../../store/connection_table'
import { sessionQueueCount, sessionUserSize, sessionWill } from '../../store/session_table'
import type { Message, Slot } from '../../kinds'

/** Bytes of its User Name, which lies behind its Client Identifier; NONE: it has none. */
export function clientUserSize(slot: Slot): number {
  return sessionUserSize[connectionSession[slot]]
}

/** Messages at QoS 1 and 2 that wait for it or are on their way to it. */
export function clientQueued(slot: Slot): number {
  return sessionQueueCount[connectionSession[slot]]
}

/** Its Will, or NONE. */
export function clientWill(slot: Slot): Message {
  return sessionWill[connectionSession[slot]]
}

/** Whether it is another broker's bridge, and of 3.1.1, which says so. */
export function clientIsBridge(slot: Slot): boolean {
  return (connectionFlags[slot] & BRIDGE) > 0
}
