// A session as the model sees it: what the client subscribed to and what it must still be sent. It does not predict
// Packet Identifiers; it learns them from the broker and then holds the broker to them.

import type { AnyPacket } from '../support/peer'
import { isTimely, secondsLeft } from './model_expiry'
import { naiveMatch, sharedParts } from './naive_match'

export interface ModelMessage {
  topic: string
  /** Unique, so that a delivery tells which message it is. */
  payload: string
  qos: number
  retain: boolean
  publisher: string
  /** Virtual milliseconds; Infinity: never. */
  expiresAt: number
}

/** One message for one client of a group: whoever is sent it first, has it. */
export interface ShareTicket {
  members: ModelSession[]
  taken: boolean
  /** All of them were there when the message came. */
  allConnected: boolean
}

export interface Delivery {
  message: ModelMessage
  qos: number
  retain: boolean
  identifiers: number[]
  /** Deliveries of one batch may come in any order: copies of one message. */
  batch: number
  /** It has no order among the others: a retained message, or one that another member of a group left behind. */
  unordered?: boolean
  /** A retained message for this filter. */
  retainedFor?: string
  /** The broker may leave it out: limits, or times that cannot be told apart. */
  optional: boolean
  ticket?: ShareTicket
  shared: boolean
  /** Virtual time when the broker came to it. */
  createdAt: number
  state: 'waiting' | 'sent' | 'released'
  packetIdentifier: number
  /** The client was sent it on an earlier connection. */
  again: boolean
  /** Perhaps it was: the connection ended while its client did not read. */
  perhapsAgain?: boolean
  /** Only its PUBREL was sent on this connection, which takes nothing of the client's Receive Maximum. */
  releasedBefore?: boolean
}

export interface ModelSubscription {
  qos: number
  noLocal: boolean
  retainAsPublished: boolean
  identifier: number
}

const fail = (text: string): never => {
  throw new Error(text)
}

export class ModelSession {
  readonly subscriptions = new Map<string, ModelSubscription>()
  /** QoS 1 and 2, in order. */
  queue: Delivery[] = []
  /** QoS 0 of the operation in hand. */
  now: Delivery[] = []
  /** Retained messages with QoS 0 that a tight broker sends when it comes to them. */
  readonly later: Delivery[] = []
  /** Packet Identifiers of QoS 2 messages from the client that wait for its PUBREL. */
  readonly incoming = new Map<number, string>()
  /** PUBREL packets that must come now. */
  readonly releases = new Set<number>()
  connected = false
  /** The client has stopped reading: what it is sent is seen when it goes on. */
  slow = false
  window = 0
  /** Virtual time when the session ends; Infinity: never, or while it is connected. */
  expiresAt = Infinity
  private readonly aliases = new Map<number, string>()

  constructor(readonly clientId: string) {}

  /** A new connection: whatever was sent and not acknowledged is to be sent again. */
  connect(window: number): void {
    this.connected = true
    this.window = window
    this.expiresAt = Infinity
    this.aliases.clear()
    for (const delivery of this.queue) {
      if (delivery.state === 'sent') {
        delivery.state = 'waiting'
        delivery.again = true
      }
      if (delivery.state !== 'released') continue
      delivery.releasedBefore = true
      this.releases.add(delivery.packetIdentifier)
    }
  }

  disconnect(): void {
    if (this.slow) for (const delivery of this.queue) if (delivery.state === 'waiting') delivery.perhapsAgain = true
    this.connected = false
    this.slow = false
    this.now = []
    this.forgetSlow()
    this.releases.clear()
  }

  /** What a slow reader was not sent until now, it is never sent; retained messages may still come. */
  forgetSlow(): void {
    const kept = this.later.filter(({ retainedFor }) => retainedFor !== undefined)
    this.later.splice(0, this.later.length, ...kept)
  }

  inFlight(): number {
    return this.queue.filter(({ state }) => state !== 'waiting').length
  }

  /** The broker sent this PUBLISH between `since` and `time`: finds what it delivers and judges it. */
  published(packet: AnyPacket, since: number, time: number): void {
    const topic = this.topicOf(packet)
    const list = packet.qos === 0 ? [...this.now, ...this.later] : this.queue
    const payload = packet.payload.toString()
    const fits = (delivery: Delivery): boolean => delivery.state === 'waiting' && delivery.message.payload === payload
      && delivery.message.topic === topic && delivery.qos === packet.qos
        && this.identifiersFit(delivery, identifiersOf(packet).join())
      && delivery.retain === packet.retain && !delivery.ticket?.taken
      // Of a message that was published twice the first was perhaps dropped.
      && (!delivery.optional || isTimely(packet, delivery, Math.max(since, delivery.createdAt), time))
    // Copies that look the same: one that must come counts first, unless it would have overtaken another such.
    const required = list.findIndex((delivery) => !delivery.optional && fits(delivery))
    const isFirst = required < 0 || passedBy(list, required).some(isCertain)
    const index = isFirst ? list.findIndex(fits) : required
    const delivery = list[index] ?? fail(`${this.clientId}: nothing asks for ${JSON.stringify(packet)}`)
    this.checkExpiry(packet, delivery, Math.max(since, delivery.createdAt), time)
    const skipped = passedBy(list, index)
    if (skipped.some(isCertain)) {
      fail(`${this.clientId}: ${payload} overtook ${skipped.map(({ message }) => message.payload).join()}`)
    }
    if (delivery.ticket) delivery.ticket.taken = true
    delete delivery.ticket
    if (packet.qos === 0) {
      this.now = this.now.filter((other) => other !== delivery)
      if (this.later.includes(delivery)) this.later.splice(this.later.indexOf(delivery), 1)
      return
    }
    this.queue = list.filter((other) => !skipped.includes(other))
    this.sent(packet, delivery)
  }

  /** Several identifiers may be those that held when the message came or those that hold when it is sent. */
  private identifiersFit({ identifiers, message, shared }: Delivery, received: string): boolean {
    if (identifiers.join() === received) return true
    if (identifiers.length < 2 || shared) return false
    const current = [...this.subscriptions].filter(([filter]) => !sharedParts(filter)
      && naiveMatch(filter, message.topic))
      .map(([, { identifier }]) => identifier).filter((identifier) => identifier > 0)
    return current.sort((a, b) => a - b).join() === received
  }

  private sent(packet: AnyPacket, delivery: Delivery): void {
    const used = this.queue.some((other) => other !== delivery && other.packetIdentifier === packet.messageId)
    if (packet.messageId === 0 || used) fail(`${this.clientId}: Packet Identifier ${packet.messageId} is in use`)
    if (packet.dup !== delivery.again && !delivery.perhapsAgain) {
      fail(`${this.clientId}: DUP ${packet.dup} of ${delivery.message.payload}`)
    }
    if (delivery.again && delivery.packetIdentifier !== packet.messageId) {
      fail(`${this.clientId}: sent again as ${packet.messageId}, was ${delivery.packetIdentifier}`)
    }
    if (!delivery.again) this.moveToSent(delivery)
    delivery.state = 'sent'
    delete delivery.perhapsAgain
    delivery.optional = false
    delivery.unordered = false
    delete delivery.retainedFor
    delivery.packetIdentifier = packet.messageId
    const quotaUsed = this.queue.filter(({ state, releasedBefore }) => state !== 'waiting' && !releasedBefore).length
    if (quotaUsed > this.window) fail(`${this.clientId}: more than ${this.window} in flight`)
  }

  /** From now on its place among what is sent counts. */
  private moveToSent(delivery: Delivery): void {
    const others = this.queue.filter((other) => other !== delivery)
    const last = others.map(({ state, again }) => state !== 'waiting' || again).lastIndexOf(true)
    this.queue = [...others.slice(0, last + 1), delivery, ...others.slice(last + 1)]
  }

  private checkExpiry(packet: AnyPacket, delivery: Delivery, since: number, time: number): void {
    const { message } = delivery
    const again = delivery.again || delivery.perhapsAgain
    if (message.expiresAt <= since && !again) fail(`${this.clientId}: ${message.payload} was expired`)
    if (isTimely(packet, delivery, since, time)) return
    fail(`${this.clientId}: ${message.payload} expires in ${message.expiresAt - time} ms, not ${secondsLeft(packet)} s`)
  }

  private topicOf(packet: AnyPacket): string {
    const alias = (packet.properties as { topicAlias?: number } | undefined)?.topicAlias
    if (alias === undefined) return packet.topic
    if (packet.topic !== '') this.aliases.set(alias, packet.topic)
    return this.aliases.get(alias) ?? fail(`${this.clientId}: Topic Alias ${alias} was never set`)
  }

  /** The broker sent a PUBREL. */
  released(packetIdentifier: number): void {
    if (!this.releases.delete(packetIdentifier)) fail(`${this.clientId}: PUBREL ${packetIdentifier} comes from nowhere`)
  }

  /** The client acknowledged finally. */
  remove(delivery: Delivery): void {
    this.queue = this.queue.filter((other) => other !== delivery)
  }

  /** After every operation: nothing that had to be sent is missing. */
  checkComplete(): void {
    if (this.slow) {
      // A slow reader's copies with QoS 0 may be dropped, and what it was sent is seen later.
      this.later.push(...this.now.map((delivery) => Object.assign(delivery, { optional: true })))
      this.now = []
      return
    }
    const missed = this.now.filter(({ optional, ticket }) => !optional && !ticket)
    if (this.connected && missed.length > 0) fail(`${this.clientId}: was not sent ${describe(missed)}`)
    this.now = []
    this.queue = this.queue.filter(({ ticket }) => !ticket?.taken)
    if (!this.connected) return
    if (this.releases.size > 0) fail(`${this.clientId}: PUBREL ${[...this.releases].join()} did not come`)
    const waiting = this.queue.filter(({ state, optional, ticket }) => state === 'waiting' && !optional && !ticket)
    if (this.inFlight() < this.window && waiting.length > 0) fail(`${this.clientId}: was not sent ${describe(waiting)}`)
  }
}

/** Nothing excuses that it does not come. */
const isCertain = ({ optional, ticket }: Delivery): boolean => !optional && !ticket

/** The deliveries that should have come before the one at this place. */
function passedBy(list: Delivery[], index: number): Delivery[] {
  const { batch: own, unordered: isFree } = list[index]!
  return isFree ? [] : list.slice(0, index).filter(({ state, batch, unordered }) =>
    state === 'waiting' && batch !== own && !unordered)
}

const describe = (deliveries: Delivery[]): string =>
  deliveries.map(({ message, qos }) => `${message.topic} ${message.payload} QoS ${qos}`).join('; ')

const identifiersOf = (packet: AnyPacket): number[] => {
  const properties = packet.properties as { subscriptionIdentifier?: number | number[] } | undefined
  return [properties?.subscriptionIdentifier ?? []].flat().sort((a, b) => a - b)
}
