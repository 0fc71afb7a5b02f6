// The model's retained messages and subscriptions. A tight broker sends retained messages when it comes to them, and so
// perhaps other ones than were there when the client subscribed.

import { naiveMatch, sharedParts } from './naive_match'
import { ModelRouter } from './model_router'
import type { Delivery, ModelMessage } from './model_delivery'
import { sizeOf, type ModelSession, type ModelSubscription } from './model_session'
import { describe } from './model_text'

/** What waits for credit comes within this time, milliseconds. */
const CREDIT_MS_MAX = 5_000

export abstract class ModelRetained extends ModelRouter {
  readonly retained = new Map<string, ModelMessage>()
  /** By topic: how long they had to live when they came. */
  protected readonly retainedIntervals = new Map<string, number>()
  /** Topics whose message has expired: a broker may find that out when it comes to it, and not before. */
  readonly retainedExpired = new Map<string, ModelMessage>()
  /** Messages that were refused for want of room in a queue, and may be retained all the same. */
  readonly retainedPerhaps = new Map<string, ModelMessage[]>()

  /** A message that the broker refused. */
  refuse(message: ModelMessage): void {
    if (!message.retain) return
    this.retainedPerhaps.set(message.topic, [...this.retainedPerhaps.get(message.topic) ?? [], message])
    this.offer(message)
  }

  protected retain(message: ModelMessage): void {
    this.retainedPerhaps.delete(message.topic)
    this.retainedExpired.delete(message.topic)
    if (message.payload === '') this.retained.delete(message.topic)
    else this.retained.set(message.topic, message)
    this.retainedIntervals.set(message.topic, message.expiresAt - this.time)
    this.offer(message)
  }

  /** Whether retained messages that the client asked for may come later. */
  private mayPostpone({ wasFull, reader }: ModelSession): boolean {
    return this.limits.tight || wasFull || reader?.isBehind === true
  }

  private offer(message: ModelMessage): void {
    // A session that waits for retained messages may be sent this one among them, instead of its former one.
    for (const session of this.sessions.values()) {
      if (!this.mayPostpone(session)) continue
      const pending = this.pending(session)
      if (pending.length === 0) continue
      for (const delivery of pending) if (delivery.message.topic === message.topic) mayStayAway(delivery)
      if (message.payload === '' || !this.mayRead(session, message.topic)) continue
      for (const [filter, { qos, identifier }] of session.subscriptions) {
        if (sharedParts(filter) || !naiveMatch(filter, message.topic)) continue
        const identifiers = identifier ? [identifier] : []
        this.postpone(session, { ...pending[0], message, identifiers, retainedFor: filter },
          Math.min(message.qos, qos))
      }
    }
  }

  /** Retained messages that their subscriber has no room for yet. */
  private pending(session: ModelSession): Delivery[] {
    return [...session.queue, ...session.later]
      .filter(({ retainedFor, state, again }) => retainedFor !== undefined && state === 'waiting' && !again)
  }

  /** One that may come as well; of several that look the same, one will do. */
  private postpone(session: ModelSession, delivery: Delivery, qos: number): void {
    const list = qos > 0 ? session.queue : session.later
    const isThere = this.pending(session).some((other) => other.message === delivery.message && other.qos === qos
      && other.optional && other.retainedFor === delivery.retainedFor
      && other.identifiers.join() === delivery.identifiers.join())
    if (!isThere) list.push({ ...delivery, qos, optional: true })
  }

  /** What is retained for a filter and still waits is not sent any more, or with the options of a new subscription. */
  private retainedReplace(session: ModelSession, filter: string, subscription?: ModelSubscription): void {
    // With room enough it is in the queue already.
    if (!this.mayPostpone(session)) return
    for (const delivery of this.pending(session)) {
      if (delivery.retainedFor !== filter) continue
      mayStayAway(delivery)
      if (!subscription) continue
      const identifiers = subscription.identifier ? [subscription.identifier] : []
      this.postpone(session, { ...delivery, identifiers }, Math.min(delivery.message.qos, subscription.qos))
    }
  }

  /** Whether there is a subscription that is going to end or to be replaced. */
  private keepFormer({ former, subscriptions }: ModelSession, filter: string): boolean {
    const subscription = subscriptions.get(filter)
    if (subscription) former.push([filter, subscription])
    return subscription !== undefined
  }

  unsubscribe(clientId: string, filter: string): boolean {
    const session = this.sessions.get(clientId)!
    this.retainedReplace(session, filter)
    this.keepFormer(session, filter)
    return session.subscriptions.delete(filter)
  }

  /** One granted filter of a SUBSCRIBE. */
  subscribe(clientId: string, filter: string, subscription: ModelSubscription, retainHandling: number): void {
    const session = this.sessions.get(clientId)!
    const existed = this.keepFormer(session, filter)
    session.subscriptions.set(filter, subscription)
    this.retainedReplace(session, filter, subscription)
    if (sharedParts(filter) || retainHandling === 2 || (retainHandling === 1 && existed)) return
    const batch = ++this.batches
    const messages = [...this.retained.values(), ...[...this.retainedPerhaps.values()].flat()]
      .filter(({ payload, topic }) => payload !== '' && naiveMatch(filter, topic) && this.mayRead(session, topic))
    // Of a board: what there is no credit for comes when the client has read, whichever of them that is.
    const size = messages.reduce((sum, message) => sum + sizeOf(message), 0)
    const isMore = session.reader?.hasRoom(size) === false
    for (const message of messages) {
      // What has no room waits, and all that is retained behind it.
      const mayPostpone = this.mayPostpone(session) || this.mayBeFull(session)
      const mayWait = mayPostpone || isMore
      // Whether No Local concerns what was retained long ago, the standard does not say.
      const isPerhaps = this.retained.get(message.topic) !== message
      const optional = mayWait || isPerhaps || (subscription.noLocal && message.publisher === clientId)
      this.deliver(session, message, [subscription], true, batch, optional, undefined, true)
      const delivery = [...session.queue, ...session.now].find((candidate) => candidate.batch === batch)
      if (!delivery) continue
      delivery.retainedFor = filter
      delivery.unordered = true
      delivery.batch = ++this.batches
      if (!mayWait || delivery.qos > 0) continue
      session.now = session.now.filter((other) => other !== delivery)
      session.later.push(delivery)
      const isCertain = !mayPostpone && !isPerhaps && !subscription.noLocal
      if (isCertain) delivery.dueAt = this.time + CREDIT_MS_MAX
    }
  }

  override checkComplete(): void {
    super.checkComplete()
    for (const { clientId, connected, slow, reader, later } of this.sessions.values()) {
      const missed = later.filter(({ dueAt, message }) => dueAt! < this.time && message.expiresAt > this.time)
      if (missed.length === 0) continue
      if (connected && !slow && !reader?.isBehind) throw new Error(`${clientId}: was not sent ${describe(missed)}`)
    }
  }
}

/** There is a reason now for it not to come. */
function mayStayAway(delivery: Delivery): void {
  delivery.optional = true
  delete delivery.dueAt
}
