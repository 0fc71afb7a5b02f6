// The bridge's connection to the other broker, and the client here that stands for that: how they are, and their ends.
//
// Memory: a variable for each field of `link`, two for one with a text.
import { BRIDGE_IDENTIFIER, BRIDGE_SOCKET } from '../../port/espruino/own_clients'
import type { Local, Remote } from './ends'
import { characters, connectPacket, lengthAndText } from '../packets'
import { POLICIES, term } from './terms'

const RETRY_S_MAX = 32
/** The Reason Code of a broker that has no room, and the longest wait for it. */
export const QUOTA_EXCEEDED = 0x97
const FULL_S_MAX = 1_024
/** Milliseconds until it is looked again whether a message is still halfway. */
const HALFWAY_MS = 200
/** Where `waiting` of extension.d.ts has the broker's counters, and a row of these: src/broker/counters.ts. */
const COUNTERS = 3
const REFUSAL = 19
/** A level of the protocol; 3.1.1 with a bridge's bit, and without. */
export const NEWEST = 5
export const PRIVATE = 0x84
export const PLAIN = 4
/** Bits of `_presence`. */
export const HERE = 1
export const SAID = 2
/** The session never ends. */
export const LASTING = '\x11\xff\xff\xff\xff'
/** One message at a time. */
export const ONE_MESSAGE = '\x21\0\x01'

interface Link {
  /** Undefined: there is no connection. */
  _remote?: Remote
  /** What the other broker speaks. */
  _level: number
  /** Properties of this broker's CONNACK that the other one must keep to. */
  _limits: string
  /** Bytes of the largest packet of the other broker's that this one takes. */
  _most: number
  /** Seconds until the next attempt; with a connection, until that is given up, as this broker had no room. */
  _retryIn: number
  /** The wait for one who is not there, or refuses, twice as long each time; none: it is a second. */
  _retryS?: number
  /** The wait for a broker that had no room for a message, twice as long each time. */
  _fullS?: number
  /** The same for this broker, while the connection stays and what goes there goes on, or where it let go of it. */
  _heldS?: number
  /** Seconds since something was sent there, and since something came from there. */
  _quietS: number
  _silentS: number
  _keepAliveS: number
  /** Bits of a PUBLISH's first byte that the other broker does not take: RETAIN, a QoS. */
  _unfit: number
  /** What this broker is to be answered, and the other one. */
  _answers?: string
  _answersOut?: string
  /** Packet Identifiers of messages at QoS 2 that are on their way at QoS 1. */
  _lowered?: string
  /** Messages that the other broker has taken, and those that it has refused; seconds since that was said. */
  _sent: number
  _refused?: number
  _saidS: number
  /** Whether the client here is connected to this broker, HERE; and whether that has it retained so, SAID. */
  _presence: number
}

/** Fields of one object, as they are written from all files of the bridge; those that are seldom there take nothing. */
export const link: Link = {
  _level: NEWEST, _limits: '', _most: 0, _retryIn: 1, _quietS: 0, _silentS: 0, _keepAliveS: 0, _unfit: 0,
  _sent: 0, _saidS: 0, _presence: SAID,
}

export const localEnd = {
  sckt: BRIDGE_SOCKET,
  /** What waits on the way there: the broker asks before it writes more, and is told when that has left. */
  get dSnd() {
    const unsent = link._remote && link._remote.dSnd
    if (unsent) link._remote!['#ondrain'] = localEnd.write
    return unsent
  },
} as unknown as Local

/** Sends the other broker what the bridge has to say itself; `localEnd.hear` is what tells this one. */
export function send(bytes: string): void {
  link._quietS = 0
  try { link._remote!.write(bytes) } catch { /* It has gone; its 'close' comes. */ }
}

/**
 * Hands this broker the end of a message at QoS 1 or 2 while a large one is on its way there: what it answers stands
 * behind that one, and until then another message may find the room that this one has not found. Beside its counters
 * stands at once whether it is refused, and why.
 */
export function hearBehind(bytes: string): void {
  const counters = anew().waiting()[COUNTERS]!
  counters[REFUSAL] = 0
  localEnd.hear(bytes)
  if (counters[REFUSAL] === QUOTA_EXCEEDED) remoteHold()
}

/** What takes a PUBLISH of that first byte: PUBACK, or PUBREC at QoS 2. */
export function acknowledgement(first: number, packetIdentifier: string): string {
  return characters(first & 4 ? 0x50 : 0x40, 2) + packetIdentifier
}

/** Answers one of the brokers, when this one has written what it is about, and no message is halfway there. */
export function answer(isOut: boolean, bytes: string): void {
  if (!link._answers && !link._answersOut) setTimeout(answersHand, 0)
  if (isOut) link._answersOut = (link._answersOut || '') + bytes
  else link._answers = (link._answers || '') + bytes
}

function answersHand(): void {
  const answers = link._answers
  const answersOut = link._answersOut
  if (!(link._presence & HERE) || !link._remote) return
  if (answersOut && !localEnd.left) {
    delete link._answersOut
    send(answersOut)
  }
  if (answers && !link._remote.left) {
    delete link._answers
    localEnd.hear(answers)
  }
  if (link._answers || link._answersOut) setTimeout(answersHand, HALFWAY_MS)
}

/**
 * Ends what there is of a connection to the other broker, and with it the client here; there is another attempt, in
 * `wait` seconds where that is said, 0: the caller makes it.
 */
export function leave(reason: string, wait?: number): void {
  const former = link._remote
  link._remote = undefined
  const retryS = link._retryS || 1
  link._retryIn = wait !== undefined ? wait
    : link._fullS ? Math.ceil(link._fullS * (1 + Math.random()) / 2) : retryS
  link._retryS = Math.min(RETRY_S_MAX, retryS * 2)
  print(`bridge: ${reason}, next attempt in ${link._retryIn} s`)
  if (former) former.end()
  goFromHere()
}

/** The other broker has no room: it is asked again later, and later each time, and not at the same time by all. */
export function leaveFull(reason: string): void {
  link._fullS = longer(link._fullS)
  leave(reason)
}

/**
 * This broker had no room for a message. It and all behind it at QoS 1 and 2 stay without an answer, so that they come
 * again with the next connection; until then what goes there makes room. False: it has waited half an hour for that,
 * and is not to keep back for ever what is for others; or it would not come again, as the other broker forgets us.
 */
export function remoteHold(): boolean {
  if (link._heldS === FULL_S_MAX || term('cleansession') === 'true') return false
  // Others may have been under way, and are refused as well.
  if (!link._retryIn) link._retryIn = link._heldS = longer(link._heldS)
  return true
}

/** The next wait for room, of seconds. */
export function longer(wait?: number): number {
  return Math.min(FULL_S_MAX, wait! * 2 || 2)
}

/** Fields of a CONNECT in front of its payload: properties, where it is one of 5.0. */
export function connectFields(isNewest: boolean, properties: string): string {
  return isNewest ? characters(properties.length) + properties : ''
}

/** Connects the client here, with these properties. False: this broker has no place. */
export function comeHere(properties: string): boolean {
  link._presence |= HERE
  delete link._lowered
  delete link._answers
  delete link._answersOut
  delete localEnd.part
  localEnd.left = 0
  localEnd.on = (_event: 'data', handler: Local['hear']) => localEnd.hear = handler
  const broker = anew()
  broker.accept(localEnd)
  // It was called once, and would hold on to all of this call.
  delete (localEnd as Partial<Local>).on
  if (link._presence & HERE) {
    localEnd.hear(connectPacket(NEWEST, 0, 0,
      connectFields(true, LASTING + properties) + lengthAndText(BRIDGE_IDENTIFIER)))
  }
  const isHere = (link._presence & HERE) > 0
  if (isHere) broker.waiting(localEnd, POLICIES.split(' ').indexOf(term('bridge_queue_policy') || 'newest'))
  return isHere
}

export function goFromHere(): void {
  if (link._presence & HERE) localEnd['#onclose']()
  link._presence &= SAID
}
