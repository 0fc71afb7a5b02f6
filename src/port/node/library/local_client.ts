// The program's own client: an MQTT connection that never leaves the process, so that what the program publishes and
// subscribes takes the same way, with the same guarantees, as everybody's. It has one handler for a filter: see
// local_clients.ts.
import type { Duplex } from 'node:stream'
import type { Connack } from '../../../client/connack'
import type { CutPacket } from '../../../client/packet_cutter'
import { bodyAt, nothing } from '../../../client/packet_bytes'
import { acknowledgePacket, subscribeManyPacket, unsubscribeManyPacket } from '../../../client/packets'
import { FieldReader } from '../../../client/field_reader'
import { publishWrite } from '../../../client/publish_packet'
import { filterMatches } from '../../../client/topic_filter'
import { PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, SUBACK, UNSUBACK } from '../../../codec/packet_type'
import { FAILURE } from '../../../codec/reason_code'
import { PACKET_SIZE_GREATEST } from '../../../limits'
import { LocalEnd } from '../local_end'
import { propertiesRead, propertiesWrite } from '../message_properties'
import type { Message, PublishOptions, QoS, SubscribeOptions } from './api'

const IDENTIFIERS = 65_535
const PACKET_SIZE_MAX = 0xffff_ffff
const RETAIN = 1
/** A copy names at most so many subscriptions; one that names fewer names them all. */
const NAMED_MAX = 16
/** A Subscription Identifier is at most 268,435,455. [MQTT 5.0 section 3.8.2.1.2] */
const SUBSCRIPTIONS = 100_000_000

/** A handler and its subscription. */
interface Subscription {
  filter: string
  qos: QoS
  handler: (message: Message) => void
  /** The program's own; undefined: none. */
  identifier: number | undefined
  /** It has its SUBACK, and nobody has ended it. */
  isActive: boolean
}

/** Something to send, and what is done with its answer; at QoS 0 there is none but that it was sent. */
interface Exchange {
  /** It is made before its turn has come: its Packet Identifier goes to `identifierAt`, 0: none. */
  bytes: Buffer
  identifierAt: number
  /** It takes part in the Receive Maximum. */
  isCounted: boolean
  settle: (reasonCode: number) => void
  reject: (error: Error) => void
}

export const CLOSED = 'The broker has closed.'

export class LocalClient {
  isClosed = false
  private readonly byFilter = new Map<string, Subscription>()
  private readonly byIdentifier = new Map<number, Subscription>()
  private lastSubscription = 0
  /** What waits for its turn, in order: the broker takes only so many messages at a time. [MQTT-3.3.4-7] */
  private readonly waiting = new Set<Exchange>()
  /** What ends with an acknowledgement, by its Packet Identifier. */
  private readonly open = new Map<number, Exchange>()
  private lastIdentifier = 0
  private isConnected = false
  /** Why it is not let in. */
  private refusal = ''
  private quota = IDENTIFIERS
  private packetSizeMax = Infinity
  private readonly end: LocalEnd

  /** `attach` makes a stream the broker's. */
  constructor(attach: (stream: Duplex) => boolean, clientIdentifier: string, userName: string) {
    this.end = new LocalEnd(attach, {
      version: 5, isBridge: false, clientIdentifier, userName, isClean: true, keepAlive: 0, sessionExpiry: 0,
      receiveMaximum: IDENTIFIERS, packetSizeMax: PACKET_SIZE_MAX,
    }, {
      connected: (connack) => this.connected(connack),
      packet: (type, packet) => this.handle(type, packet),
      closed: () => this.closed(),
      isHeld: () => false,
      full: () => undefined,
    })
  }

  hasFilter(filter: string): boolean {
    return this.byFilter.has(filter)
  }

  /** Ends it where it has nothing to do. Answers whether it did. */
  endIdle(): boolean {
    if (this.byFilter.size || this.open.size || this.waiting.size) return false
    this.isClosed = true
    this.end.close()
    return true
  }

  publish(topic: string, payload: Uint8Array, options: PublishOptions): Promise<void> {
    const { qos = 0, retain = false, properties } = options
    const bytes = publishWrite({
      topic, payload, qos, retain, isDuplicate: false, packetIdentifier: 0, subscriptions: [], hops: 0, path: [],
      properties: properties ? propertiesWrite(properties) : nothing,
    }, 5)
    const identifierAt = qos ? bodyAt(bytes) + 2 + Buffer.byteLength(topic) : 0
    return this.exchange(bytes, identifierAt, qos > 0, () => undefined, 'message')
  }

  /** Answers the function that ends it. */
  async subscribe(
    filter: string, handler: (message: Message) => void, options: SubscribeOptions,
  ): Promise<() => Promise<void>> {
    const { qos = 0, subscriptionIdentifier } = options
    const subscription: Subscription = { filter, qos, handler, identifier: subscriptionIdentifier, isActive: false }
    // An odd identifier is a shared subscription's: its messages are nobody else's.
    const identifier = this.subscriptionIdentifier(filter.startsWith('$share/') ? 1 : 0)
    this.byFilter.set(filter, subscription)
    this.byIdentifier.set(identifier, subscription)
    const forget = (): void => {
      subscription.isActive = false
      this.byFilter.delete(filter)
      this.byIdentifier.delete(identifier)
    }
    // Messages may stand right behind the SUBACK.
    const begin = (): boolean => subscription.isActive = true
    const packet = subscribeManyPacket(5, 0, [{ filter, options: qos }], identifier)
    await this.exchange(packet, bodyAt(packet), false, begin, 'subscription').catch((error: Error) => {
      forget()
      throw error
    })
    let ended: Promise<void> | undefined
    return () => {
      subscription.isActive = false
      return ended ??= this.isClosed ? Promise.resolve() : this.unsubscribe(filter).finally(forget)
    }
  }

  private unsubscribe(filter: string): Promise<void> {
    const packet = unsubscribeManyPacket(5, 0, [filter])
    return this.exchange(packet, bodyAt(packet), false, () => undefined, 'end of the subscription')
  }

  private subscriptionIdentifier(lowest: number): number {
    do this.lastSubscription = this.lastSubscription % SUBSCRIPTIONS + 1
    while (this.byIdentifier.has(this.lastSubscription * 2 + lowest))
    return this.lastSubscription * 2 + lowest
  }

  /** Sends something when its turn has come, and waits for its answer; `settled` is called at once with it. */
  private exchange(
    bytes: Buffer, identifierAt: number, isCounted: boolean, settled: () => void, what: string,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) return reject(new Error(CLOSED))
      const settle = (reasonCode: number): void => {
        if (reasonCode >= FAILURE) {
          return reject(new Error(`The broker refused the ${what} with Reason Code 0x${reasonCode.toString(16)}.`))
        }
        settled()
        resolve()
      }
      this.waiting.add({ bytes, identifierAt, isCounted, settle, reject })
      this.pump()
    })
  }

  /** Sends what has its turn. */
  private pump(): void {
    if (!this.isConnected) return
    for (const next of this.waiting) {
      if (next.isCounted && !this.quota || next.identifierAt && this.open.size === IDENTIFIERS) return
      this.waiting.delete(next)
      const { length } = next.bytes
      if (length <= this.packetSizeMax) this.send(next)
      else next.reject(new RangeError(`A packet has at most ${this.packetSizeMax} bytes, and this one ${length}.`))
    }
  }

  private send(exchange: Exchange): void {
    const { bytes, identifierAt, isCounted } = exchange
    if (identifierAt) {
      do this.lastIdentifier = this.lastIdentifier % IDENTIFIERS + 1
      while (this.open.has(this.lastIdentifier))
      bytes.writeUInt16BE(this.lastIdentifier, identifierAt)
      this.open.set(this.lastIdentifier, exchange)
    }
    if (isCounted) this.quota--
    this.end.send(bytes)
    if (!identifierAt) exchange.settle(0)
  }

  private handle(type: number, packet: CutPacket): void {
    const body = packet.bytes.subarray(packet.bodyAt)
    if (type === PUBLISH) this.deliver(packet)
    else if (type === PUBACK || type === PUBCOMP) this.settle(body, body[2] ?? 0)
    else if (type === PUBREC && (body[2] ?? 0) >= FAILURE) this.settle(body, body[2])
    else if (type === PUBREC) this.end.send(acknowledgePacket(PUBREL, body.readUInt16BE(0)))
    else if (type === PUBREL) this.end.send(acknowledgePacket(PUBCOMP, body.readUInt16BE(0)))
    else if (type === SUBACK || type === UNSUBACK) this.settle(body, body[body.length - 1])
  }

  private connected({ reasonCode, receiveMaximum, packetSizeMax }: Connack): void {
    if (reasonCode) {
      this.refusal = `The broker refused the program's own client with Reason Code 0x${reasonCode.toString(16)}.`
      return
    }
    this.quota = receiveMaximum
    // A broker that announces no limit takes what a packet can be.
    this.packetSizeMax = Math.min(packetSizeMax, PACKET_SIZE_GREATEST)
    this.isConnected = true
    this.pump()
  }

  private settle(body: Buffer, reasonCode: number): void {
    const identifier = body.readUInt16BE(0)
    const exchange = this.open.get(identifier)
    if (!exchange) return
    this.open.delete(identifier)
    if (exchange.isCounted) this.quota++
    exchange.settle(reasonCode)
    this.pump()
  }

  private deliver({ bytes, bodyAt: at }: CutPacket): void {
    const qos = bytes[0] >> 1 & 3
    const retain = (bytes[0] & RETAIN) > 0
    const reader = new FieldReader(bytes, at)
    const topic = reader.text()
    if (qos) this.end.send(acknowledgePacket(qos === 1 ? PUBACK : PUBREC, reader.number(2)))
    const { message: properties, subscriptions } = propertiesRead(reader)
    const payload = bytes.subarray(reader.at)
    for (const subscription of this.receivers(topic, retain, subscriptions)) {
      const message: Message = { topic, payload, qos: Math.min(qos, subscription.qos) as QoS, retain }
      const { identifier } = subscription
      if (identifier !== undefined) message.properties = { ...properties, subscriptionIdentifiers: [identifier] }
      else if (properties) message.properties = { ...properties }
      // A handler that throws is the program's to mend, and nobody else's message is lost for it.
      queueMicrotask(() => {
        if (subscription.isActive) subscription.handler(message)
      })
    }
  }

  /** Whom a copy is for: those that it names, or all that match where it could have left out some. */
  private receivers(topic: string, isRetained: boolean, identifiers: readonly number[]): Subscription[] {
    const isShared = identifiers.some((identifier) => identifier & 1)
    const candidates = isRetained || isShared || identifiers.length < NAMED_MAX
      ? identifiers.map((identifier) => this.byIdentifier.get(identifier))
      : [...this.byFilter.values()].filter(({ filter }) => filterMatches(filter, topic))
    return candidates.filter((subscription) => subscription !== undefined && subscription.isActive) as Subscription[]
  }

  private closed(): void {
    this.isClosed = true
    const error = new Error(this.refusal || CLOSED)
    for (const { reject } of [...this.open.values(), ...this.waiting]) reject(error)
    this.open.clear()
    this.waiting.clear()
  }
}
