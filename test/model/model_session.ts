// A session as the model sees it: what the client subscribed to and what it must still be sent. It does not predict
// Packet Identifiers; it learns them from the broker and then holds the broker to them.

import type { AnyPacket } from '../support/peer'

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
}

export interface Delivery {
  message: ModelMessage
  qos: number
  retain: boolean
  identifiers: number[]
  /** Deliveries of one batch may come in any order: copies of one message. */
  batch: number
  /** A retained message for this filter: it has no order among the others. */
  retainedFor?: string
  /** The broker may leave it out: limits, or times that cannot be told apart. */
  optional: boolean
  ticket?: ShareTicket
  state: 'waiting' | 'sent' | 'released'
  packetIdentifier: number
  /** The client was sent it on an earlier connection. */
  again: boolean
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
      if (delivery.state === 'released') this.releases.add(delivery.packetIdentifier)
    }
  }

  disconnect(): void {
    this.connected = false
    this.now = []
    this.releases.clear()
  }

  inFlight(): number {
    return this.queue.filter(({ state }) => state !== 'waiting').length
  }

  /** The broker sent this PUBLISH: finds what it delivers and judges it. */
  published(packet: AnyPacket, time: number): void {
    const topic = this.topicOf(packet)
    const list = packet.qos === 0 ? [...this.now, ...this.later] : this.queue
    const payload = packet.payload.toString()
    const fits = (delivery: Delivery): boolean => delivery.state === 'waiting' && delivery.message.payload === payload
      && delivery.message.topic === topic && delivery.qos === packet.qos && delivery.identifiers.join() === identifiersOf(packet).join()
      && delivery.retain === packet.retain && !delivery.ticket?.taken
    const index = list.findIndex(fits)
    const delivery = list[index] ?? fail(`${this.clientId}: nothing asks for ${JSON.stringify(packet)}`)
    this.checkExpiry(packet, delivery, time)
    const isPassed = ({ state, batch, retainedFor }: Delivery): boolean =>
      state === 'waiting' && batch !== delivery.batch && retainedFor === undefined
    const skipped = delivery.retainedFor === undefined ? list.slice(0, index).filter(isPassed) : []
    if (skipped.some(({ optional, ticket }) => !optional && !ticket)) {
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

  private sent(packet: AnyPacket, delivery: Delivery): void {
    const used = this.queue.some((other) => other !== delivery && other.packetIdentifier === packet.messageId)
    if (packet.messageId === 0 || used) fail(`${this.clientId}: Packet Identifier ${packet.messageId} is in use`)
    if (packet.dup !== delivery.again) fail(`${this.clientId}: DUP ${packet.dup} of ${delivery.message.payload}`)
    if (delivery.again && delivery.packetIdentifier !== packet.messageId) {
      fail(`${this.clientId}: sent again as ${packet.messageId}, was ${delivery.packetIdentifier}`)
    }
    delivery.state = 'sent'
    delivery.optional = false
    delete delivery.retainedFor
    delivery.packetIdentifier = packet.messageId
    if (this.inFlight() > this.window) fail(`${this.clientId}: more than ${this.window} in flight`)
  }

  private checkExpiry(packet: AnyPacket, { message, again }: Delivery, time: number): void {
    const left = (packet.properties as { messageExpiryInterval?: number } | undefined)?.messageExpiryInterval
    if (message.expiresAt <= time && !again) fail(`${this.clientId}: ${message.payload} was expired`)
    if (left === undefined || again) return
    if (Math.abs(left * 1_000 - (message.expiresAt - time)) > 2_000) {
      fail(`${this.clientId}: ${message.payload} expires in ${message.expiresAt - time} ms, not ${left} s`)
    }
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

const describe = (deliveries: Delivery[]): string =>
  deliveries.map(({ message, qos }) => `${message.topic} ${message.payload} QoS ${qos}`).join('; ')

const identifiersOf = (packet: AnyPacket): number[] => {
  const value = (packet.properties as { subscriptionIdentifier?: number | number[] } | undefined)?.subscriptionIdentifier
  return [value ?? []].flat().sort((a, b) => a - b)
}
