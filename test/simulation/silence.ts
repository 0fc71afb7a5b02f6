// Connections on which nothing comes: how long the broker bears them. [MQTT-3.1.2-22]

import type { Board } from '../support/world'
import type { Link } from './link'

/**
 * A broker looks at its connections once a second, and the look may be half a second late; and of what its express lane
 * handed on it may have heard a second later than it came. While the clock is set it may lose a second.
 */
const LATE_MS_MAX = 3_500
/** Between the earliest look and what most of the latest are. */
const LATE_MS_USUAL = 1_250
const KEEP_ALIVE_TIMEOUT = 0x8d
/** A client that stops reading goes on before that, milliseconds. */
export const SLOW_MS_MAX = 15_000

/** Milliseconds; 0: there is no limit. */
const limitOf = (link: Link, board: Board): number =>
  link.state === 'new' ? board.CONNECT_TIMEOUT_MS : link.silenceMs

/** When a connection that stays silent is closed, at the earliest. */
export function silentFrom(link: Link, board: Board): number {
  const limit = limitOf(link, board)
  return limit === 0 || link.state === 'over' || link.slowSince !== undefined ? Infinity : link.heardAt + limit
}

/** When it must have been closed. */
export const silentAt = (link: Link, board: Board): number => silentFrom(link, board) + LATE_MS_MAX

/** When a connection that was closed for its silence was closed, unless the look was very late. */
export const closedAt = (link: Link, board: Board): number => silentFrom(link, board) + LATE_MS_USUAL

/**
 * Closed connections in the order in which the broker closed them. Of those that one look may have found, who is closed
 * later may have had the Will Message of who is closed first.
 */
export function inOrder(closed: readonly Link[], board: Board): Link[] {
  const byTime = [...closed].sort((a, b) => closedAt(a, board) - closedAt(b, board) || a.place - b.place)
  const looks: Link[][] = []
  for (const link of byTime) {
    const look = looks.at(-1)
    if (look && closedAt(link, board) - closedAt(look[0], board) < LATE_MS_USUAL) look.push(link)
    else looks.push([link])
  }
  return looks.flatMap((look) => look.sort((a, b) => a.stream.length - b.stream.length))
}

/** Whether the broker has closed the connection for its silence, which must be neither too early nor too late. */
export function judgeSilence(link: Link, board: Board, time: number): boolean {
  const limit = limitOf(link, board)
  const silence = time - link.heardAt
  if (!link.peer.isClosed) {
    if (silentAt(link, board) > time) return false
    throw new Error(`${link.name}: still open after ${silence} ms of silence, ${limit} allowed`)
  }
  if (limit === 0 || silence < limit) {
    throw new Error(`${link.name}: closed after ${silence} ms of silence: ${JSON.stringify(link.answers)}`)
  }
  if (link.state === 'connected') {
    const reason = link.takeReason() ?? KEEP_ALIVE_TIMEOUT
    if (reason !== KEEP_ALIVE_TIMEOUT) throw new Error(`${link.name}: DISCONNECT ${reason} after silence`)
  }
  return true
}
