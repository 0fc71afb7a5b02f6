// Clients that stop reading for a while.

import type { Link } from './link'
import type { Oracle } from './oracle'
import { SLOW_MS_MAX, silentFrom } from './silence'

/** Whether the broker gives it up meanwhile could not be seen: it does not read for long. */
export function readSlowly(oracle: Oracle, link: Link): void {
  if (silentFrom(link, oracle.board) < oracle.time + SLOW_MS_MAX) return
  link.peer.pauseReading()
  link.slowSince = oracle.time
  if (link.state === 'connected') oracle.model.sessions.get(link.clientId)!.slow = true
  oracle.coverage.touch('fault slow reader')
}

export async function readOn(oracle: Oracle, link: Link): Promise<void> {
  if (link.slowSince === undefined) return
  const since = link.slowSince
  await link.peer.resumeReading()
  link.slowSince = undefined
  const session = link.state === 'connected' ? oracle.model.sessions.get(link.clientId) : undefined
  if (session) session.slow = false
  oracle.collect()
  oracle.settle(since)
  session?.forgetSlow()
}
