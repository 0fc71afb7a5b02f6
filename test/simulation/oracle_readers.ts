// Clients that stop reading for a while, and those that read slowly and are well otherwise: these must not be closed,
// and are sent all that their credit has room for.

import type { Reader } from '../model/model_session'
import { isSmall } from '../support/small_board'
import type { Link } from './link'
import type { Oracle } from './oracle'
import { Unjudged } from './script'
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

/** A board hears within a second that there is room, and may be late, milliseconds. */
const CREDIT_LATE_MS = 2_500

/** What a slow reader has room for, by half of the credit: the broker may count otherwise, but not so much. */
class SlowReader implements Reader {
  constructor(private readonly oracle: Oracle, private readonly link: Link) {}

  get isBehind(): boolean {
    return this.link.unread!.length > 0 || this.isAmidPacket || this.isLate
  }

  get isAmidPacket(): boolean {
    return this.link.peer.hasHalfPacket
  }

  private get isLate(): boolean {
    const { world, time } = this.oracle
    return world.fault !== undefined && time - this.link.readAt < CREDIT_LATE_MS
  }

  mayWait(size: number): boolean {
    return this.isLate || this.isAmidPacket || !this.hasRoom(size)
  }

  hasRoom(size: number): boolean {
    const credit = this.oracle.board.TX_CREDIT_SIZE
    const sizes = this.link.unread!.map((packet) => packet.size)
    // What comes in pieces is larger than the credit.
    if (size > credit) return !this.isAmidPacket && sizes.every((other) => other <= credit)
    return sizes.filter((other) => other <= credit).reduce((sum, other) => sum + other, size) <= credit / 2
  }
}

/**
 * One that reads at once, of a board: what the broker does in one step goes out together, and at QoS 0 it drops what it
 * has no credit for then.
 */
class QuickReader implements Reader {
  constructor(private readonly link: Link, private readonly credit: number) {}

  get isBehind(): boolean {
    return this.isAmidPacket
  }

  get isAmidPacket(): boolean {
    return this.link.peer.hasHalfPacket
  }

  hasRoom(size: number): boolean {
    return this.link.sentAtOnce + size <= this.credit
  }

  mayWait(): boolean {
    return this.isAmidPacket
  }
}

export const readerOf = ({ board }: Oracle, link: Link): Reader | undefined =>
  isSmall(board) ? new QuickReader(link, board.TX_CREDIT_SIZE) : undefined

export function sip(oracle: Oracle, link: Link): void {
  if (link.state !== 'connected' || link.slowSince !== undefined || link.unread) return
  link.peer.sip()
  link.unread = []
  oracle.model.sessions.get(link.clientId)!.reader = new SlowReader(oracle, link)
  oracle.coverage.touch('slow reader that is well')
}

export async function read(oracle: Oracle, link: Link, size: number): Promise<void> {
  if (!link.unread) return
  for (let left = size; left > 0 && link.unread.length > 0;) {
    const first = link.unread[0]
    const taken = Math.min(left, first.left)
    first.left -= taken
    left -= taken
    if (first.left === 0) link.unread.shift()
  }
  link.readAt = oracle.time
  await link.peer.read(size)
  oracle.collect()
  oracle.settle(oracle.time)
}

/** Bytes that are more than any broker has for a client. */
const ALL = 100_000_000

/**
 * Whoever is in the midst of a large packet reads it to its end before it sends anything: until then its answer is held
 * back, and nothing can be said about when it comes.
 */
export async function readBeforeItSends(oracle: Oracle, link: Link): Promise<void> {
  if (link.slowSince !== undefined) throw new Unjudged('a client that does not read sends nothing')
  for (let turns = 0; link.unread && link.peer.hasHalfPacket && turns < 100; turns++) {
    await read(oracle, link, ALL)
    if (link.peer.hasHalfPacket) await oracle.advance(1_000)
  }
}
