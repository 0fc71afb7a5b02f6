// The model's routing: who is sent a message, with which QoS, flag and identifiers. One copy per client for overlapping
// subscriptions, and shared subscriptions besides.

import { ACCESS_READ } from '../../src/broker/access/access_kind'
import type { ModelAccess } from './model_access'
import { naiveMatch, sharedParts } from './naive_match'
import type { Delivery, ModelMessage, ShareTicket } from './model_delivery'
import { sizeOf, type ModelSession, type ModelSubscription } from './model_session'

export interface ModelLimits {
  /** QoS 1 and 2 messages for one session; Infinity where the test never reaches it. */
  queueMax: number
  /** The broker's tables are so small that what is not acknowledged to a publisher may get lost. */
  tight: boolean
  /** Absent: everybody may do everything. */
  access?: ModelAccess
}

/** Where a message went. */
export interface PublishOutcome {
  matched: boolean
  /** Somebody subscribed who is not to be sent it: the publisher with No Local, members that are away with QoS 0. */
  unsure: boolean
}

const NO_MATCHING_SUBSCRIBERS = 0x10
/** A broker looks once a second at what is due and who is silent, and the look may be late. */
const LATE_MS_MAX = 3_500

/** The Reason Codes that a publisher may be told. [MQTT 5.0 section 3.4.2.1] */
export function checkCode(who: string, code: number, { matched, unsure }: PublishOutcome): void {
  const permitted = matched ? [0] : unsure ? [0, NO_MATCHING_SUBSCRIBERS] : [NO_MATCHING_SUBSCRIBERS]
  if (permitted.includes(code)) return
  throw new Error(`${who}: acknowledged with ${code}, expected ${permitted.join()}`)
}

export abstract class ModelRouter {
  /** Virtual milliseconds. */
  time = 0
  readonly sessions = new Map<string, ModelSession>()
  protected batches = 0
  /** When the last Will Message was published, and its batch. */
  private willsAt = -Infinity
  private willsBatch = 0
  /** Messages for groups that were published in the operation in hand. */
  private tickets: ShareTicket[] = []

  constructor(protected readonly limits: ModelLimits) {}

  protected mayRead(session: ModelSession, topic: string): boolean {
    return this.limits.access?.allows(session, ACCESS_READ, topic) ?? true
  }

  /** The message has RETAIN set. */
  protected abstract retain(message: ModelMessage): void

  /** Delivers to everybody who subscribed, and retains; `mayBeLost`: the broker perhaps has no room for it. */
  publish(message: ModelMessage, mayBeLost = false, isWill = false): PublishOutcome {
    if (message.retain) this.retain(message)
    const batch = isWill ? this.willBatch() : ++this.batches
    const outcome = { matched: false, unsure: false }
    const groups = this.groups(message.topic)
    // Of the last place in a tight queue it is not sure which copy takes it.
    const competing = new Set(this.limits.tight ? [...groups.values()].flat().map(([session]) => session) : [])
    for (const session of this.sessions.values()) {
      const matching = [...session.subscriptions].filter(([filter]) => !sharedParts(filter)
        && naiveMatch(filter, message.topic))
      const local = matching.filter(([, { noLocal }]) => !(noLocal && session.clientId === message.publisher))
      if (matching.length > 0 && local.length === 0) outcome.unsure = true
      if (local.length === 0 || !this.mayRead(session, message.topic)) continue
      outcome.matched = true
      const subscriptions = local.map(([, subscription]) => subscription)
      const retain = message.retain && subscriptions.some(({ retainAsPublished }) => retainAsPublished)
      const optional = mayBeLost || competing.has(session) || (isWill
        && (this.limits.tight || session.clientId === message.publisher))
      this.deliver(session, message, subscriptions, retain, batch, optional)
    }
    for (const members of groups.values()) {
      const isAble = ([session, { qos }]: [ModelSession, ModelSubscription]): boolean =>
        session.connected || (qos > 0 && message.qos > 0)
      if (!this.limits.tight && members.some(isAble)) outcome.matched = true
      else outcome.unsure = true
      const ticket: ShareTicket = { members: members.map(([session]) => session), taken: false, allConnected: false }
      ticket.allConnected = !this.limits.tight && ticket.members.every(({ connected }) => connected)
      this.tickets.push(ticket)
      for (const [session, subscription] of members) {
        const retain = message.retain && subscription.retainAsPublished
        this.deliver(session, message, [subscription], retain, batch, true, ticket)
      }
    }
    return outcome
  }

  /** Will Messages that a broker may find due at the same time have no order among them. */
  private willBatch(): number {
    if (this.time - this.willsAt > LATE_MS_MAX) this.willsBatch = ++this.batches
    this.willsAt = this.time
    return this.willsBatch
  }

  /** Nobody who is to be sent a message has room for it. */
  isFull({ topic, qos, publisher }: ModelMessage): boolean {
    const takers = [...this.sessions.values()].filter(({ clientId, subscriptions }) => [...subscriptions]
      .some(([filter, { noLocal }]) => !(noLocal && clientId === publisher)
        && naiveMatch(sharedParts(filter)?.filter ?? filter, topic))).filter((session) => this.mayRead(session, topic))
    return qos > 0 && takers.every((session) => this.mayBeFull(session))
  }

  /** Perhaps nothing more has room in its queue. */
  protected mayBeFull({ queue, perhapsHeld }: ModelSession): boolean {
    return queue.length + perhapsHeld >= this.limits.queueMax
  }

  /** After every operation: nothing that had to be sent is missing. */
  checkComplete(): void {
    for (const { members, taken, allConnected } of this.tickets) {
      const canBeSent = allConnected && members.every((session) => session.connected
        && !session.slow && !session.reader?.isBehind && session.inFlight() < session.window)
      if (taken || !canBeSent) continue
      throw new Error(`nobody of ${members.map(({ clientId }) => clientId).join()} got a shared message`)
    }
    this.tickets = []
    for (const session of this.sessions.values()) session.checkComplete()
  }

  /** Members of every group whose filter matches, by the whole shared filter. */
  private groups(topic: string): Map<string, [ModelSession, ModelSubscription][]> {
    const groups = new Map<string, [ModelSession, ModelSubscription][]>()
    for (const session of this.sessions.values()) {
      for (const [filter, subscription] of session.subscriptions) {
        const shared = sharedParts(filter)
        if (!shared || !naiveMatch(shared.filter, topic) || !this.mayRead(session, topic)) continue
        groups.set(filter, [...groups.get(filter) ?? [], [session, subscription]])
      }
    }
    return groups
  }

  protected deliver(
    session: ModelSession, message: ModelMessage, subscriptions: ModelSubscription[], retain: boolean, batch: number,
    optional: boolean, ticket?: ShareTicket, isRetained = false,
  ): void {
    const qos = Math.min(message.qos, Math.max(...subscriptions.map((subscription) => subscription.qos)))
    const identifiers = subscriptions.map(({ identifier }) => identifier).filter((identifier) => identifier > 0)
    const delivery: Delivery = {
      message, qos, retain, identifiers: identifiers.sort((a, b) => a - b), batch, optional, state: 'waiting',
      createdAt: this.time,
      packetIdentifier: 0, again: false, shared: ticket !== undefined, ...(ticket ? { ticket } : {}),
    }
    if (qos === 0) {
      delivery.optional ||= session.reader?.hasRoom(sizeOf(message)) === false
      if (session.connected) session.now.push(delivery)
      return
    }
    const certain = session.queue.filter((other) => !other.optional)
    // What is retained waits for room; what is new is dropped.
    if (certain.length >= this.limits.queueMax && !isRetained) return
    if (this.mayBeFull(session)) delivery.optional = session.wasFull = true
    session.queue.push(delivery)
  }

  /** What a group's member leaves behind may go to another one. */
  protected redeliver(former: ModelSession, message: ModelMessage): void {
    for (const filter of former.subscriptions.keys()) {
      const members = this.groups(message.topic).get(filter) ?? []
      const ticket: ShareTicket = { members: members.map(([session]) => session), taken: false, allConnected: false }
      for (const [session, subscription] of members) {
        const retain = message.retain && subscription.retainAsPublished
        this.deliver(session, message, [subscription], retain, ++this.batches, true, ticket)
        const delivery = session.queue.at(-1)
        if (delivery?.batch === this.batches) delivery.unordered = true
      }
    }
  }
}
