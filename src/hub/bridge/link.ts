// The bridge's connection to the other broker, and the client here that stands for that: how they are, and their ends.
import type { Local, Remote, Way } from './ends'

const RETRY_S_MAX = 32
/** A level of the protocol; 3.1.1 with a bridge's bit, and without. */
export const NEWEST = 5
export const PRIVATE = 0x84
export const PLAIN = 4

/** Fields of one object, as they are written from all files of the bridge. */
export const link = {
  /** Undefined: there is no connection. */
  _remote: undefined as Remote | undefined,
  _local: undefined as unknown as Local,
  /** What is under way in either direction. */
  _out: undefined as unknown as Way,
  _in: undefined as unknown as Way,
  /** What both sides speak. */
  _level: NEWEST,
  /** Properties of this broker's CONNACK that the other one must keep to. */
  _limits: '',
  /** Seconds until the next attempt. */
  _retryIn: 1,
  _retryS: 1,
  /** Seconds since something was sent there, and since something came from there. */
  _quietS: 0,
  _silentS: 0,
  _keepAliveS: 0,
  /** Where the other broker has retained whether there is a bridge; '': nowhere. */
  _stateTopic: '',
  /** Whether the client here is connected to this broker, and whether this broker takes no bridges. */
  _isHere: false,
  _isRefused: false,
}

/** Hands bytes to the other broker, or to this one. */
export function hand(isOut: boolean, bytes: string): void {
  if (!isOut) return link._local.hear(bytes)
  link._quietS = 0
  try {
    if (link._remote) link._remote.write(bytes)
  } catch { /* It has gone; its 'close' comes. */ }
}

/** Ends what there is of a connection to the other broker, and with it the client here; there is another attempt. */
export function leave(reason: string): void {
  const former = link._remote
  link._remote = undefined
  link._retryIn = link._retryS
  link._retryS = Math.min(RETRY_S_MAX, link._retryS * 2)
  print(`bridge: ${reason}, next attempt in ${link._retryIn} s`)
  if (former) former.end()
  goFromHere()
}

/** False: this broker has no place. */
export function comeHere(): boolean {
  link._isHere = true
  accept(link._local)
  return link._isHere
}

export function goFromHere(): void {
  if (link._isHere) link._local['#onclose']()
  link._isHere = false
}
