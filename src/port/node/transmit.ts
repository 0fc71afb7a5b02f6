// What leaves: the core's packets are gathered by connection and written once a turn of the event loop, so that a
// turn that brought a thousand messages costs one system call for each client that gets them.
import { PINGRESP, PUBLISH } from '../../codec/packet_type'
import { memory } from '../../memory'
import type { Packed } from '../port'
import type { Link } from './link'
import { PAUSED_BY_CORE } from './pause_reason'
import { spool } from './spool_seam'
import type { Offset, Slot } from '../../kinds'

const LANES = 6
/** Lanes from this one on hold what stands behind a packet's head. */
const LANE_TAIL = 3
/** The bit of QoS 2 in a PUBLISH's first byte. */
const QOS_2 = 4
const packedStart = new Int32Array(LANES)
const packedEnd = new Int32Array(LANES)

/** By slot. */
const links: (Link | null)[] = []
let dirty: Link[] = []
/** Those whose bytes wait for the commit that is under way. */
let sealed: Link[] = []

/**
 * What the core keeps. Nothing that acknowledges leaves before everything that was done to records until then is there
 * for good.
 */
interface Store {
  /** Something was done since the last commit began. */
  readonly isChanged: boolean
  /** A commit is under way. */
  readonly isBusy: boolean
  /** To be called when something is done for the first time since a commit began. */
  changed: () => void
  /** `done` hears whether it succeeded. */
  commit(done: (isKept: boolean) => void): void
}

let store: Store | null = null

/** From now on what is written waits for a store. */
export function writesWaitFor(given: Store): void {
  store = given
  // What is done while a chunk is handled is looked at when it has been.
  store.changed = () => { if (!isHearing) turnSchedule() }
}

/** Whether what was gathered has to wait for the store. */
export function storeHolds(): boolean {
  return store !== null && (store.isBusy || store.isChanged)
}

export function linkAdd(link: Link): void {
  links[link.slot] = link
}

export function linkOf(slot: Slot): Link | null {
  return links[slot] ?? null
}

export function linkRemove(slot: Slot): void {
  links[slot] = null
}

/** Links that are open. */
export function linksOpen(): Link[] {
  return links.filter((link) => link !== null)
}

/** Links with bytes that have not left, open or not. */
export function linksWaiting(): Link[] {
  return [...dirty, ...sealed]
}

export function portPack(start: Offset, end: Offset, lane: number): Packed {
  packedStart[lane] = start
  packedEnd[lane] = end
  return lane
}

export function portWrite(slot: Slot, packed: Packed): void {
  const link = links[slot]!
  const lane = packed as number
  link.append(packedStart[lane], packedEnd[lane])
  if (store !== null && mustWait(lane)) link.isHeld = true
  if (link.isDirty) return
  link.isDirty = true
  dirty.push(link)
  if (!isHearing) turnSchedule()
}

/**
 * Whether what a lane holds may leave only when what was done to records has been kept. A PUBLISH at QoS 0 or 1 need
 * not wait: when the power goes, its sender has no acknowledgement and sends it again: a duplicate is the worst that
 * comes of it. [MQTT 5.0 section 4.3.2] One that its reader acknowledges at once is then never written at all.
 */
function mustWait(lane: number): boolean {
  // What stands behind a head goes with it.
  if (lane >= LANE_TAIL) return false
  const first = memory[packedStart[lane]]
  const type = first >> 4
  return type === PUBLISH ? (first & QOS_2) > 0 : type !== PINGRESP
}

/** A connection has gathered bytes that wait for the store, or for their turn behind those that do. */
export function linkWaits(link: Link): void {
  if (!link.isDirty) dirty.push(link)
  link.isDirty = true
  if (!isHearing) turnSchedule()
}

/** How many chunks one turn of the event loop is looked at after, while connections are heard one at a time. */
const CHUNKS_PER_LOOK = 8
/** How many of the turns looked at last their mean is of, about; and chunks of one turn that count in it. */
const TURNS_IN_MEAN = 8
const CHUNKS_MAX = 4
/** A larger chunk's answers leave by themselves: a write that is saved is little beside their copies. */
const GATHERED_SIZE_MAX = 16_384
/** A mean of nine chunks in eight turns and more is a crowd: a write that is saved costs eight ends of a turn. */
const CROWD_SUM = 9

/** A chunk is being handled: what is written leaves by `heard`. */
let isHearing = false
/** Chunks in as many turns as are in the mean. */
let chunkSum = TURNS_IN_MEAN
/** Several chunks come in a turn, often enough. */
let isCrowd = false
/** Chunks in the turn that is looked at. */
let heardCount = 0
let unseenCount = 0
let isScheduled = false

/** A chunk of a connection comes to the core. */
export function hearing(): void {
  isHearing = true
}

/**
 * A chunk of `size` bytes has been handled. In a crowd the answers wait for the end of the turn, and leave in one write
 * for each client. While connections are heard one at a time nothing is gained by that: they leave at once, and only
 * now and then a look is taken whether a crowd has come, because the end of a turn costs an eighth of such a message's
 * time.
 */
export function heard(size: number): void {
  isHearing = false
  // Nobody is to hear of it.
  if (!dirty.length && !storeHolds()) return
  const isGathered = size <= GATHERED_SIZE_MAX
  if (!isCrowd || !isGathered) {
    flushAll()
    if (++unseenCount < CHUNKS_PER_LOOK && !isScheduled) return
    unseenCount = 0
  }
  turnSchedule()
  if (isGathered) heardCount++
}

function turnSchedule(): void {
  if (isScheduled) return
  isScheduled = true
  heardCount = 0
  setImmediate(turnEnd)
}

/** Runs when the events of one poll of the network have been handled. */
function turnEnd(): void {
  isScheduled = false
  chunkSum += Math.min(heardCount, CHUNKS_MAX) - chunkSum / TURNS_IN_MEAN
  isCrowd = chunkSum > CROWD_SUM
  flushAll()
}

function flushAll(): void {
  if (store !== null && (store.isBusy || store.isChanged)) return flushFree(store)
  // Writing calls nothing of the core before it returns, so that the list does not grow under the loop.
  for (let i = 0; i < dirty.length; i++) dirty[i].flush()
  dirty.length = 0
}

/** What need not wait leaves; the rest waits for a commit. */
function flushFree(to: Store): void {
  const links = dirty
  dirty = []
  for (const link of links) {
    if (link.isHeld) dirty.push(link)
    else link.flush()
  }
  commitBegin(to)
}

/** What was gathered waits for a commit; while one is under way, for the next. */
function commitBegin(to: Store): void {
  if (to.isBusy) return
  const links = dirty
  dirty = []
  for (const link of links) (link.seal() ? sealed : dirty).push(link)
  spool?.seal()
  to.commit(commitDone)
}

function commitDone(isKept: boolean): void {
  const links = sealed
  sealed = []
  spool?.committed(isKept)
  for (const link of links) {
    if (isKept) link.release()
    else link.drop()
  }
  flushAll()
}

export function portClose(slot: Slot): void {
  const link = links[slot]
  if (!link) return
  links[slot] = null
  link.finish()
}

export function portPause(slot: Slot, paused: boolean): void {
  links[slot]?.pause(PAUSED_BY_CORE, paused)
}

export function portUnsent(slot: Slot): number {
  return links[slot]?.unsent ?? 0
}
