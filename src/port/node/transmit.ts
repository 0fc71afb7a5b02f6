// What leaves: the core's packets are gathered by connection and written once a turn of the event loop, so that a
// turn that brought a thousand messages costs one system call for each client that gets them.
import type { Packed } from '../port'
import type { Link } from './link'

const LANES = 6
const packedStart = new Int32Array(LANES)
const packedEnd = new Int32Array(LANES)

/** By slot. */
const links: (Link | null)[] = []
const dirty: Link[] = []

export function linkAdd(link: Link): void {
  links[link.slot] = link
}

export function linkOf(slot: number): Link | null {
  return links[slot] ?? null
}

export function linkRemove(slot: number): void {
  links[slot] = null
}

/** Links that are open. */
export function linksOpen(): Link[] {
  return links.filter((link) => link !== null)
}

export function portPack(start: number, end: number, lane: number): Packed {
  packedStart[lane] = start
  packedEnd[lane] = end
  return lane
}

export function portWrite(slot: number, packed: Packed): void {
  const link = links[slot]!
  const lane = packed as number
  link.append(packedStart[lane], packedEnd[lane])
  if (link.isDirty) return
  link.isDirty = true
  dirty.push(link)
  turnSchedule()
}

/** Connections that were heard in this turn and in the one before. */
let heardCount = 0
let heardBefore = 0
let isScheduled = false

/**
 * What a connection sent has been handled. While connections are heard one at a time nothing is gained by waiting for
 * the end of the turn: the answer leaves at once, which a ping-pong feels and a crowd does not.
 */
export function heard(): void {
  if (++heardCount === 1 && heardBefore < 2) flushAll()
  turnSchedule()
}

function turnSchedule(): void {
  if (isScheduled) return
  isScheduled = true
  setImmediate(turnEnd)
}

/** Runs when the events of one poll of the network have been handled. */
function turnEnd(): void {
  isScheduled = false
  heardBefore = heardCount
  heardCount = 0
  flushAll()
}

function flushAll(): void {
  // Writing calls nothing of the core before it returns, so that the list does not grow under the loop.
  for (let i = 0; i < dirty.length; i++) dirty[i].flush()
  dirty.length = 0
}

export function portClose(slot: number): void {
  const link = links[slot]
  if (!link) return
  links[slot] = null
  link.finish()
}

export function portPause(slot: number, paused: boolean): void {
  links[slot]?.pause(paused)
}

export function portUnsent(slot: number): number {
  return links[slot]?.unsent ?? 0
}
