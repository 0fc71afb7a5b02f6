// What the broker counts: the numbers of $SYS, and what was given up because something was full.
// Memory: COUNTERS x 8 bytes.
import { FEATURE_BRIDGE, FEATURE_SYS, FEATURE_SYS_LOADS, FEATURE_SYS_TRAFFIC } from '../limits'

export const BYTES_RECEIVED = 0
export const BYTES_SENT = 1
export const MESSAGES_RECEIVED = 2
export const MESSAGES_SENT = 3
export const PUBLISH_RECEIVED = 4
export const PUBLISH_SENT = 5
export const PUBLISH_BYTES_RECEIVED = 6
export const PUBLISH_BYTES_SENT = 7
/** Copies of messages that were dropped, for whatever reason below. */
export const PUBLISH_DROPPED = 8
export const CLIENTS_EXPIRED = 9
export const CLIENTS_MAXIMUM = 10
// What was full; the rows of the table of docs/devices.md.
export const FULL_CONNECTIONS = 11
export const FULL_SESSIONS = 12
export const FULL_SUBSCRIPTIONS = 13
export const FULL_MESSAGES = 14
export const FULL_QUEUE = 15
export const FULL_RETAINED = 16
export const FULL_PACKET = 17
export const FULL_TRANSMIT = 18
/** No count: the Reason Code of the PUBLISH that was refused last. Only with FEATURE_BRIDGE, which asks for it. */
export const REFUSAL = 19
// Only with FEATURE_SYS_LOADS.
/** Clients that were let in, and Network Connections that came. */
export const CONNECTS_RECEIVED = 20
export const SOCKETS_OPENED = 21
const COUNTERS = FEATURE_SYS_LOADS ? 22 : FEATURE_BRIDGE ? 20 : 19

/** By the constants above. Doubles: a busy gateway passes 2^32 bytes within the hour. */
export const counters = new Float64Array(FEATURE_SYS ? COUNTERS : 0)

/** What a counter has come to. */
export function counterOf(counter: number): number {
  return counters[counter]
}

/** Adds to a counter. */
export function countMore(counter: number, amount: number): void {
  if (FEATURE_SYS) counters[counter] += amount
}

export function count(counter: number): void {
  if (FEATURE_SYS) counters[counter]++
}

/** Adds to a counter that only FEATURE_SYS_TRAFFIC has. */
export function countTraffic(counter: number, amount: number): void {
  if (FEATURE_SYS_TRAFFIC) countMore(counter, amount)
}

/** One copy of a message was dropped because something was full. */
export function countDropped(full: number): void {
  count(PUBLISH_DROPPED)
  count(full)
}
