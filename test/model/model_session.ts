// A session as the model sees it: what the client subscribed to and what it must still be sent. It does not predict
// Packet Identifiers; it learns them from the broker and then holds the broker to them.

import type { AnyPacket } from '../support/peer'
import { isTimely, secondsLeft } from './model_expiry'
import {
  identifiersOf, isCertain, passedBy, perhapsIt, qosFits, type Delivery, type ModelMessage,
} from './model_delivery'
import { describe, textOf } from './model_text'
import { naiveMatch, sharedParts } from './naive_match'

export interface ModelSubscription {
  qos: number
  noLocal: boolean
  retainAsPublished: boolean
  identifier: number
}

/** A client that reads slowly, and is well otherwise. */
export interface Reader {
  readonly isBehind: boolean
  /** It has a part of a packet: the rest, and what is held behind it, comes when it has read that. */
  readonly isAmidPacket: boolean
  /** Whether nothing excuses that a packet of so many bytes is not sent to it. */
  hasRoom(size: number): boolean
  /** Whether one with QoS 1 or 2 may wait yet. */
  mayWait(size: number): boolean
}

/** What a packet has beside its topic and its payload, bytes, at most. */
const HEAD_SIZE_MAX = 100

export const sizeOf = ({ topic, payload }: ModelMessage): number =>
  Buffer.byteLength(topic) + Buffer.byteLength(payload) + HEAD_SIZE_MAX

const fail = (text: string): never => { throw new Error(text) }

export class ModelSession {
  readonly subscriptions = new Map<string, ModelSubscription>()
  /** What the operation in hand has ended or replaced; a message may have left before. */
  former: [filter: string, ModelSubscription][] = []
  /** QoS 1 and 2, in order. */
  queue: Delivery[] = []
  /** What its user may not read, and a former one might. */
  withheld: Delivery[] = []
  /**
   * Messages that are not in the queue any more and may be in the broker's: those that have expired, which it may find
   * out when it comes to them and not before, and those that were passed by, if it was a copy that looked alike.
   */
  perhapsHeld = 0
  /** Its queue was perhaps full: retained messages may wait until there is room. */
  wasFull = false
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
  /** Undefined: it reads at once. */
  reader: Reader | undefined
  window = 0
  /** Virtual time when the session ends; Infinity: never, or while it is connected. */
  expiresAt = Infinity
  /** When its client was last here, milliseconds. */
  awaySince = 0
  private readonly aliases = new Map<number, string>()

  /** `user` is the name of who has it: another one may come for it. */
  constructor(readonly clientId: string, public user: string | undefined) {}

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
    this.reader = undefined
    this.now = []
    this.forgetSlow()
    this.releases.clear()
  }

  /** Its broker had no power: what waits may have been sent before, and has its whole interval to live again. */
  powerCut(time: number): void {
    if (this.connected) {
      this.disconnect()
      this.awaySince = time
    }
    for (const delivery of this.queue) {
      if (delivery.state !== 'waiting') continue
      delivery.perhapsAgain = true
      if (delivery.message.expiresAt === Infinity) continue
      delivery.optional = true
      delivery.message = { ...delivery.message, expiresAt: Infinity }
    }
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
    const looksLikeIt = (delivery: Delivery): boolean => delivery.state === 'waiting'
      && delivery.message.payload === payload && delivery.message.topic === topic && qosFits(delivery, packet.qos)
      && delivery.retain === packet.retain
      && !delivery.ticket?.taken
      && (packet.dup === delivery.again || delivery.perhapsAgain === true)
      && (!delivery.again || delivery.packetIdentifier === packet.messageId)
    // A message that was published twice has two times at which it expires.
    const places = [...list.keys()].filter((at) => looksLikeIt(list[at]))
    const timely = places.filter((at) => isTimely(packet, list[at], Math.max(since, list[at].createdAt), time))
    const fitting = timely.length > 0 ? timely : places.filter((at) => !list[at].optional)
    const [exact, perhaps] = this.alike(fitting, list, packet)
    const candidates = [...exact, ...perhaps]
    const isNext = (at: number): boolean => isCertain(list[at]) && passedBy(list, at).length === 0
    const overtakes = (at: number): boolean => passedBy(list, at).some(isCertain)
    const likeliest = (places: number[]): number | undefined =>
      places.find(isNext) ?? places.find((at) => !overtakes(at))
    const index = likeliest(exact) ?? likeliest(perhaps) ?? candidates[0] ?? fail(`${this.clientId}: nothing asks for ${
      textOf(packet, topic)}, of what waits: ${describe(list)}`)
    const delivery = list[index]
    this.checkExpiry(packet, delivery, Math.max(since, delivery.createdAt), time)
    const skipped = passedBy(list, index)
    if (overtakes(index)) {
      fail(`${this.clientId}: ${payload} overtook ${skipped.map(({ message }) => message.payload).join()}`)
    }
    const others = candidates.filter((at) => at !== index).map((at) => list[at])
    for (const other of others) perhapsIt(delivery, other)
    if (delivery.ticket) delivery.ticket.taken = others.length === 0
    delete delivery.ticket
    if (packet.qos === 0) {
      this.now = this.now.filter((other) => other !== delivery)
      if (this.later.includes(delivery)) this.later.splice(this.later.indexOf(delivery), 1)
      return
    }
    this.queue = list.filter((other) => !skipped.includes(other))
    this.perhapsHeld += skipped.length
    this.sent(packet, delivery)
  }

  /**
   * Those of the places in a list whose copy is the packet's by its QoS and identifiers, and those whose copy may be:
   * several identifiers may be those that held when the message came or those that hold when it is sent.
   */
  private alike(places: number[], list: Delivery[], packet: AnyPacket): [exact: number[], perhaps: number[]] {
    const received = identifiersOf(packet)
    const isSame = ({ identifiers }: Delivery): boolean => identifiers.join() === received.join()
    const isExact = (at: number): boolean => list[at].qos === packet.qos && isSame(list[at])
    const perhaps = places.filter((at) => {
      const { identifiers, message, shared } = list[at]
      if (isExact(at)) return false
      if (identifiers.length < 2 || shared) return isSame(list[at])
      const current = [...this.subscriptions, ...this.former].filter(([filter]) => !sharedParts(filter)
        && naiveMatch(filter, message.topic)).map(([, { identifier }]) => identifier)
      return received.every((one) => identifiers.includes(one) || current.includes(one))
    })
    return [places.filter(isExact), perhaps]
  }

  private sent(packet: AnyPacket, delivery: Delivery): void {
    const used = this.queue.some((other) => other !== delivery && other.packetIdentifier === packet.messageId)
    if (packet.messageId === 0 || used) fail(`${this.clientId}: Packet Identifier ${packet.messageId} is in use`)
    if (!delivery.again) this.moveToSent(delivery)
    delivery.state = 'sent'
    delivery.qos = packet.qos
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

  private nowIsLater(): void {
    this.later.push(...this.now.map((delivery) => Object.assign(delivery, { optional: true })))
    this.now = []
  }

  /** After every operation: nothing that had to be sent is missing. */
  checkComplete(): void {
    this.former = []
    // A slow reader's copies with QoS 0 may be dropped, and what it was sent is seen later.
    if (this.slow) return this.nowIsLater()
    if (this.reader?.isAmidPacket) this.nowIsLater()
    else if (this.reader) this.forgetSlow()
    const missed = this.now.filter(({ optional, ticket }) => !optional && !ticket)
    if (this.connected && missed.length > 0) fail(`${this.clientId}: was not sent ${describe(missed)}`)
    this.now = []
    this.queue = this.queue.filter(({ ticket }) => !ticket?.taken)
    if (!this.connected) return
    if (this.releases.size > 0) fail(`${this.clientId}: PUBREL ${[...this.releases].join()} did not come`)
    if (!this.queue.some(({ state }) => state === 'waiting')) this.perhapsHeld = 0
    const waiting = this.queue.filter(({ state, optional, ticket }) => state === 'waiting' && !optional && !ticket)
    const mayWait = waiting.length === 0 || this.reader?.mayWait(sizeOf(waiting[0].message))
    if (!mayWait && this.inFlight() < this.window) fail(`${this.clientId}: was not sent ${describe(waiting)}`)
  }
}
