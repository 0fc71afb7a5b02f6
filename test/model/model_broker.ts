// A broker that is slow and obvious: Maps, strings and arrays, written from the standard. It shares no code with the
// broker under test. Where the standard leaves a choice it follows the project's: one copy per client for
// overlapping subscriptions, shared subscriptions besides.

import { naiveMatch, sharedParts } from './naive_match'
import { ModelSession, type Delivery, type ModelMessage, type ModelSubscription, type ShareTicket } from './model_session'

export interface ModelWill {
  message: Omit<ModelMessage, 'expiresAt'>
  delay: number
  expiry: number
}

export interface ModelLimits {
  /** QoS 1 and 2 messages for one session; Infinity where the test never reaches it. */
  queueMax: number
  /** The broker's tables are so small that what is not acknowledged to a publisher may get lost. */
  tight: boolean
}

export interface ConnectTerms {
  clientId: string
  clean: boolean
  /** Milliseconds; Infinity: never. */
  sessionExpiry: number
  window: number
  will?: ModelWill
}

/** Where a message went. */
export interface PublishOutcome {
  matched: boolean
  /** Somebody subscribed who is not to be sent it: the publisher with No Local, members that are away with QoS 0. */
  unsure: boolean
}

export class ModelBroker {
  time = 0
  readonly sessions = new Map<string, ModelSession>()
  readonly retained = new Map<string, ModelMessage>()
  /** Messages that were refused for want of room in a queue, and may be retained all the same. */
  readonly retainedPerhaps = new Map<string, ModelMessage[]>()
  /** Wills of clients that are connected, or that wait for their delay (then with the time). */
  private readonly wills = new Map<string, { will: ModelWill, at: number }>()
  private readonly expiries = new Map<string, number>()
  private batches = 0
  /** Messages for groups that were published in the operation in hand. */
  private tickets: ShareTicket[] = []

  constructor(private readonly limits: ModelLimits) {}

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
    if (!session) this.sessions.set(clientId, session = new ModelSession(clientId))
    session.connect(terms.window)
    this.expiries.set(clientId, terms.sessionExpiry)
    if (terms.will) this.wills.set(clientId, { will: terms.will, at: Infinity })
    return present
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
    session.expiresAt = this.time + sessionExpiry
    const waiting = this.wills.get(clientId)
    if (!withWill) this.wills.delete(clientId)
    else if (waiting) {
      const delay = Math.min(waiting.will.delay, sessionExpiry)
      waiting.at = this.time + delay
      if (delay === 0) {
        this.wills.delete(clientId)
        if (sessionExpiry === 0) this.sessionDelete(clientId)
        this.willPublish(waiting.will)
      }
    }
    if (sessionExpiry === 0) this.sessionEnd(clientId)
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

  /** What a group's member leaves behind may go to another one. */
  private redeliver(former: ModelSession, message: ModelMessage): void {
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

  private willPublish({ message, expiry }: ModelWill): void {
    this.publish({ ...message, expiresAt: this.time + expiry }, true)
  }

  /** Times after `time` at which something is due, and when Will Messages that are due then expire. */
  deadlines(): number[] {
    return [
      ...[...this.sessions.values()].map(({ expiresAt }) => expiresAt), ...[...this.wills.values()].flatMap(({ at, will }) => [at, at + will.expiry]),
      ...[...this.retained.values()].map(({ expiresAt }) => expiresAt),
      ...[...this.sessions.values()].flatMap(({ queue }) => queue.map(({ message }) => message.expiresAt)),
    ].filter((at) => at > this.time && at < Infinity)
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
      for (const [topic, { expiresAt }] of [...this.retained]) if (expiresAt <= this.time) this.retained.delete(topic)
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
    const mayStay = (delivery: Delivery): boolean => this.limits.tight || (session.connected && delivery.createdAt > since)
    for (const delivery of session.queue.filter(isExpired)) delivery.optional = true
    session.queue = session.queue.filter((delivery) => !isExpired(delivery) || mayStay(delivery))
  }

  /** Delivers to everybody who subscribed, and retains. */
  publish(message: ModelMessage, isWill = false): PublishOutcome {
    if (message.retain) this.retain(message)
    const batch = ++this.batches
    const outcome = { matched: false, unsure: false }
    const groups = this.groups(message.topic)
    // Of the last place in a tight queue it is not sure which copy takes it.
    const competing = new Set(this.limits.tight ? [...groups.values()].flat().map(([session]) => session) : [])
    for (const session of this.sessions.values()) {
      const matching = [...session.subscriptions].filter(([filter]) => !sharedParts(filter) && naiveMatch(filter, message.topic))
      const local = matching.filter(([, { noLocal }]) => !(noLocal && session.clientId === message.publisher))
      if (matching.length > 0 && local.length === 0) outcome.unsure = true
      if (local.length === 0) continue
      outcome.matched = true
      const subscriptions = local.map(([, subscription]) => subscription)
      const retain = message.retain && subscriptions.some(({ retainAsPublished }) => retainAsPublished)
      const optional = competing.has(session) || (isWill && (this.limits.tight || session.clientId === message.publisher))
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

  /** After every operation: nothing that had to be sent is missing. */
  checkComplete(): void {
    for (const { members, taken, allConnected } of this.tickets) {
      const canBeSent = allConnected && members.every((session) => session.connected && session.inFlight() < session.window)
      if (!taken && canBeSent) throw new Error(`nobody of ${members.map(({ clientId }) => clientId).join()} got a shared message`)
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
        if (!shared || !naiveMatch(shared.filter, topic)) continue
        groups.set(filter, [...groups.get(filter) ?? [], [session, subscription]])
      }
    }
    return groups
  }

  private deliver(
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
      if (session.connected) session.now.push(delivery)
      return
    }
    const certain = session.queue.filter((other) => !other.optional)
    // What is retained waits for room; what is new is dropped.
    if (certain.length >= this.limits.queueMax && !isRetained) return
    if (session.queue.length >= this.limits.queueMax) delivery.optional = true
    session.queue.push(delivery)
  }

  /** A message that the broker refused. */
  refuse(message: ModelMessage): void {
    if (!message.retain) return
    this.retainedPerhaps.set(message.topic, [...this.retainedPerhaps.get(message.topic) ?? [], message])
    this.offer(message)
  }

  private retain(message: ModelMessage): void {
    this.retainedPerhaps.delete(message.topic)
    if (message.payload === '') this.retained.delete(message.topic)
    else this.retained.set(message.topic, message)
    this.offer(message)
  }

  private offer(message: ModelMessage): void {
    if (!this.limits.tight) return
    // A session that waits for retained messages may be sent this one among them, instead of its former one.
    for (const session of this.sessions.values()) {
      const pending = this.pending(session)
      if (pending.length === 0) continue
      for (const delivery of pending) if (delivery.message.topic === message.topic) delivery.optional = true
      if (message.payload === '') continue
      for (const [filter, { qos, identifier }] of session.subscriptions) {
        if (sharedParts(filter) || !naiveMatch(filter, message.topic)) continue
        const identifiers = identifier ? [identifier] : []
        this.postpone(session, { ...pending[0]!, message, identifiers, retainedFor: filter }, Math.min(message.qos, qos))
      }
    }
  }

  /** Retained messages that their subscriber has no room for yet. */
  private pending(session: ModelSession): Delivery[] {
    return [...session.queue, ...session.later]
      .filter(({ retainedFor, state, again }) => retainedFor !== undefined && state === 'waiting' && !again)
  }

  private postpone(session: ModelSession, delivery: Delivery, qos: number): void {
    const list = qos > 0 ? session.queue : session.later
    list.push({ ...delivery, qos, optional: true })
  }

  /** What is retained for a filter and still waits is not sent any more, or with the options of a new subscription. */
  private retainedReplace(session: ModelSession, filter: string, subscription?: ModelSubscription): void {
    // With room enough it is in the queue already.
    if (!this.limits.tight) return
    for (const delivery of this.pending(session)) {
      if (delivery.retainedFor !== filter) continue
      delivery.optional = true
      if (!subscription) continue
      const identifiers = subscription.identifier ? [subscription.identifier] : []
      this.postpone(session, { ...delivery, identifiers }, Math.min(delivery.message.qos, subscription.qos))
    }
  }

  unsubscribe(clientId: string, filter: string): boolean {
    const session = this.sessions.get(clientId)!
    this.retainedReplace(session, filter)
    return session.subscriptions.delete(filter)
  }

  /** One granted filter of a SUBSCRIBE. */
  subscribe(clientId: string, filter: string, subscription: ModelSubscription, retainHandling: number): void {
    const session = this.sessions.get(clientId)!
    const existed = session.subscriptions.has(filter)
    session.subscriptions.set(filter, subscription)
    this.retainedReplace(session, filter, subscription)
    if (sharedParts(filter) || retainHandling === 2 || (retainHandling === 1 && existed)) return
    const batch = ++this.batches
    for (const message of [...this.retained.values(), ...[...this.retainedPerhaps.values()].flat()]) {
      if (message.payload === '' || !naiveMatch(filter, message.topic)) continue
      // Whether No Local concerns what was retained long ago, the standard does not say.
      const optional = this.limits.tight || (subscription.noLocal && message.publisher === clientId)
      this.deliver(session, message, [subscription], true, batch, optional, undefined, true)
      const delivery = [...session.queue, ...session.now].find((candidate) => candidate.batch === batch)
      if (!delivery) continue
      delivery.retainedFor = filter
      delivery.unordered = true
      delivery.batch = ++this.batches
      if (!this.limits.tight || delivery.qos > 0) continue
      session.now = session.now.filter((other) => other !== delivery)
      session.later.push(delivery)
    }
  }
}
