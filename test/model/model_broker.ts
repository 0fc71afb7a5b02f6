// A broker that is slow and obvious: Maps, strings and arrays, written from the standard. It shares no code with the
// broker under test. This file is its sessions, Wills and time; below it lie model_retained.ts and model_router.ts.

import { ModelRetained } from './model_retained'
import type { Delivery, ModelMessage } from './model_delivery'
import { ModelSession } from './model_session'

export interface ModelWill {
  message: Omit<ModelMessage, 'expiresAt'>
  delay: number
  expiry: number
}

export interface ConnectTerms {
  clientId: string
  /** Absent: the client has no name. */
  user?: string | undefined
  clean: boolean
  /** Milliseconds; Infinity: never. */
  sessionExpiry: number
  window: number
  will?: ModelWill
}

const NEVER = 0xffff_ffff
/** A broker that keeps what is retained may find out so late that one has expired, milliseconds. */
const EXPIRED_MS_MAX = 400_000

/** Milliseconds of a Session Expiry Interval; Infinity: never. */
export const expiryMs = (interval: number | undefined): number =>
  interval === undefined ? 0 : interval === NEVER ? Infinity : interval * 1_000

export class ModelBroker extends ModelRetained {
  /** Wills of clients that are connected, or that wait for their delay (then with the time). */
  private readonly wills = new Map<string, { will: ModelWill, at: number }>()
  private readonly expiries = new Map<string, number>()

  /** Answers whether a session was present. */
  connect(terms: ConnectTerms): boolean {
    const { clientId } = terms
    let session = this.sessions.get(clientId)
    if (session?.connected) this.takeOver(session, terms.clean)
    else if (terms.clean) this.sessionEnd(clientId)
    // A Will Message that waits is not published when the session goes on. [MQTT-3.1.3-9]
    this.wills.delete(clientId)
    session = this.sessions.get(clientId)
    const present = session !== undefined
    if (!session) this.sessions.set(clientId, session = new ModelSession(clientId, terms.user))
    this.userChange(session, terms.user)
    session.connect(terms.window)
    this.expiries.set(clientId, terms.sessionExpiry)
    if (terms.will) this.wills.set(clientId, { will: terms.will, at: Infinity })
    return present
  }

  /** What waits in a session is for whoever receives it: what that user may not read, is not for him. */
  private userChange(session: ModelSession, user: string | undefined): void {
    if (session.user === user) return
    session.user = user
    const mayKeep = ({ state, message }: Delivery): boolean =>
      state === 'released' || this.mayRead(session, message.topic)
    // The broker perhaps drops it when it comes to it, and not before: it may be for the next user again.
    const back = session.withheld.filter(mayKeep).map((delivery): Delivery => (
      { ...delivery, optional: true, perhapsAgain: true, unordered: true, state: 'waiting', packetIdentifier: 0 }))
    session.withheld = [...session.withheld, ...session.queue].filter((delivery) => !mayKeep(delivery))
    session.queue = [...session.queue.filter(mayKeep), ...back]
    session.later.splice(0, session.later.length, ...session.later.filter(mayKeep))
  }

  /** A CONNECT that was refused once its Client Identifier was taken over: the former connection has ended. */
  connectDenied(clientId: string, clean: boolean): void {
    const session = this.sessions.get(clientId)
    if (session?.connected) this.disconnect(clientId, true)
    else if (session && !clean) {
      session.awaySince = this.time
      session.expiresAt = this.time + this.expiries.get(clientId)!
    }
    if (clean) this.sessionEnd(clientId)
  }

  /** A CONNECT that a tight broker had no room for: what was before it has ended all the same. */
  connectRefused(clientId: string, clean: boolean): void {
    this.connectDenied(clientId, clean)
    this.wills.delete(clientId)
  }

  /**
   * The broker has ended a session to make room for that of a client with this user, or without one. Throws where it
   * should have been another's: one of a client that is connected, of a user for a client without one, or one that is
   * away for a shorter time than another that has nothing queued, as far as the model is sure of it.
   */
  sessionReplaced(clientId: string, user: string | undefined): void {
    const session = this.sessions.get(clientId)!
    if (session.connected) throw new Error(`the session of ${clientId} was ended, which is connected`)
    if (session.user !== undefined && user === undefined) {
      throw new Error(`the session of ${clientId}, a user's, was ended for a client without a user`)
    }
    const better = [...this.sessions.values()].find((other) => !other.connected && other.awaySince < session.awaySince
      && other.queue.length === 0 && other.later.length === 0 && (other.user === undefined || user !== undefined))
    if (better) throw new Error(`the session of ${clientId} was ended, and ${better.clientId} is away longer`)
    this.sessionEnd(clientId)
  }

  private takeOver(session: ModelSession, clean: boolean): void {
    session.disconnect()
    const waiting = this.wills.get(session.clientId)
    this.wills.delete(session.clientId)
    const isDue = waiting && (waiting.will.delay === 0 || clean || this.expiries.get(session.clientId) === 0)
    const ends = clean || this.expiries.get(session.clientId) === 0
    if (ends) this.sessionDelete(session.clientId)
    if (isDue) this.willPublish(waiting.will)
  }

  /** The connection ended; `withWill` unless a DISCONNECT of 0x00 came. */
  disconnect(clientId: string, withWill: boolean, sessionExpiry = this.expiries.get(clientId)!): void {
    const session = this.sessions.get(clientId)!
    session.disconnect()
    this.expiries.set(clientId, sessionExpiry)
    session.awaySince = this.time
    session.expiresAt = this.time + sessionExpiry
    const isOver = session.expiresAt <= this.time
    const waiting = this.wills.get(clientId)
    if (!withWill) this.wills.delete(clientId)
    else if (waiting) {
      const delay = Math.min(waiting.will.delay, sessionExpiry)
      waiting.at = this.time + delay
      if (waiting.at <= this.time) {
        this.wills.delete(clientId)
        if (isOver) this.sessionDelete(clientId)
        this.willPublish(waiting.will)
      }
    }
    if (isOver) this.sessionEnd(clientId)
  }

  /** Whether a session perhaps waits for retained messages: which of them it gets after a power cut is not certain. */
  get isInDoubt(): boolean {
    return [...this.sessions.values()].some(({ later, wasFull, slow, reader, queue }) => later.length > 0 || wasFull
      || slow || reader?.isBehind === true || queue.some(({ retainedFor }) => retainedFor !== undefined))
  }

  /**
   * The power goes and comes back, on a broker that keeps what it acknowledges and has no clock that goes on: all
   * intervals begin anew. Wills of clients that were connected are gone, and sessions that end with a connection.
   */
  powerCut(): void {
    for (const [clientId, session] of [...this.sessions]) {
      if (session.connected) this.wills.delete(clientId)
      session.powerCut(this.time)
      const expiry = this.expiries.get(clientId)!
      session.expiresAt = this.time + expiry
      if (expiry === 0) this.sessions.delete(clientId)
    }
    for (const [clientId, waiting] of this.wills) {
      waiting.at = this.time + Math.min(waiting.will.delay, this.expiries.get(clientId)!)
    }
    const anew = (message: ModelMessage): ModelMessage =>
      ({ ...message, expiresAt: this.time + this.retainedIntervals.get(message.topic)! })
    for (const [topic, message] of this.retained) this.retained.set(topic, anew(message))
    for (const message of this.retainedExpired.values()) {
      if (message.expiresAt > this.time - EXPIRED_MS_MAX) this.refuse(anew(message))
    }
  }

  private sessionEnd(clientId: string): void {
    this.sessionDelete(clientId)
    const waiting = this.wills.get(clientId)
    this.wills.delete(clientId)
    if (waiting) this.willPublish(waiting.will)
  }

  private sessionDelete(clientId: string): void {
    const session = this.sessions.get(clientId)
    this.sessions.delete(clientId)
    for (const delivery of session?.queue ?? []) {
      const isBegun = delivery.state !== 'waiting' || delivery.again
      // [MQTT-4.8.2-5]
      if (!delivery.shared || (delivery.qos === 2 && isBegun)) continue
      // With the QoS that it had for the former member, at most.
      this.redeliver(session!, { ...delivery.message, qos: delivery.qos })
    }
  }

  private willPublish({ message, expiry }: ModelWill): void {
    this.publish({ ...message, expiresAt: this.time + expiry }, false, true)
  }

  /** Times after `time` at which something is due, and when Will Messages that are due then expire. */
  deadlines(): number[] {
    const found: number[] = []
    // Of thousands of messages few have a time.
    const add = (at: number): void => {
      if (at > this.time && at < Infinity) found.push(at)
    }
    for (const { expiresAt, queue } of this.sessions.values()) {
      add(expiresAt)
      for (const { message } of queue) add(message.expiresAt)
    }
    for (const { at, will } of this.wills.values()) {
      add(at)
      add(at + will.expiry)
    }
    for (const { expiresAt } of this.retained.values()) add(expiresAt)
    return found
  }

  /** Lets time pass, with everything that falls due, in its order. */
  advance(time: number): void {
    const since = this.time
    for (;;) {
      const next = Math.min(...this.deadlines())
      if (next > time) break
      this.time = next
      for (const [clientId, { will, at }] of [...this.wills]) {
        if (at > this.time) continue
        this.wills.delete(clientId)
        this.willPublish(will)
      }
      for (const session of [...this.sessions.values()]) {
        if (session.expiresAt <= this.time) this.sessionEnd(session.clientId)
        else this.expireQueue(session, since)
      }
      for (const [topic, message] of [...this.retained]) {
        if (message.expiresAt > this.time) continue
        this.retained.delete(topic)
        this.retainedExpired.set(topic, message)
      }
    }
    this.time = time
  }

  /**
   * A message that was never sent is deleted; in tight tables it may hold its place until the broker looks. One that
   * came after `since` has perhaps been sent before it expired.
   */
  private expireQueue(session: ModelSession, since: number): void {
    const isExpired = (delivery: Delivery): boolean =>
      delivery.state === 'waiting' && !delivery.again && delivery.message.expiresAt <= this.time
    const isBehind = session.slow || session.reader?.isBehind === true
    const mayStay = (delivery: Delivery): boolean => this.limits.tight || isBehind
      || delivery.perhapsAgain === true || (session.connected && delivery.createdAt >= since)
    for (const delivery of session.queue.filter(isExpired)) delivery.optional = true
    const kept = session.queue.filter((delivery) => !isExpired(delivery) || mayStay(delivery))
    session.perhapsHeld += session.queue.length - kept.length
    session.queue = kept
  }
}
