// What comes in: the other broker is told that a message was taken when this one has taken it, and kept it where it
// keeps anything. Both have the same Packet Identifier for it.
import { PUBACK, PUBCOMP, PUBREC, PUBREL } from '../../../codec/packet_type'
import type { Connack } from '../../../client/connack'
import { acknowledgePacket } from '../../../client/packets'
import { type Publish, publishWrite } from '../../../client/publish_packet'
import { FAILURE, IMPLEMENTATION_SPECIFIC_ERROR, QUOTA_EXCEEDED } from '../../../codec/reason_code'
import { CARRIED_SIZE_MAX } from './bridge_terms'
import { type Carriage, isLooping, onwards } from './carriage'
import type { RelayOwner } from './relay_owner'

/** Milliseconds until a message is offered again for which there was no room. */
const AGAIN_MS = 1_000
/**
 * Bytes that messages take which wait because too many are under way: only of brokers that cannot be told how many. As
 * many as there are Packet Identifiers have room, if they are small.
 */
const WAITING_SIZE_MAX = 67_108_864
/** Bytes that a message takes besides its own, about: measured with Node 20, by empty ones. */
const WAITING_HEAD_SIZE = 512

const waitingSizeOf = ({ topic, properties, payload }: Publish): number =>
  WAITING_HEAD_SIZE + topic.length + properties.length + payload.length

/** A message that this broker was sent and has not answered. */
interface Offer {
  bytes: Buffer
  qos: number
  topic: string
  /** It was refused for want of room before. */
  isRepeated: boolean
}

type Owner = Pick<RelayOwner, 'inSweep' | 'offence' | 'isFull'>

export class Incoming {
  /** By Packet Identifier, in the order in which this broker got them. */
  private readonly offers = new Map<number, Offer>()
  /** Those for which there was no room, until they are offered again. */
  private readonly postponed = new Map<number, Offer>()
  /** Messages of QoS 2 that are not released. */
  private readonly unreleased = new Set<number>()
  /** Messages behind those that may be under way. */
  private waiting: Publish[] = []
  private waitingSize = 0
  private again: NodeJS.Timeout | undefined

  /** `connack` is this broker's. */
  constructor(
    private readonly carriage: Carriage, private readonly owner: Owner, private readonly connack: Connack,
  ) {}

  /** The other broker sends a message. */
  publish(publish: Publish): void {
    if (!publish.qos || this.mayOffer()) return this.offer(publish)
    this.waiting.push(publish)
    this.waitingSize += waitingSizeOf(publish)
    if (this.waitingSize > WAITING_SIZE_MAX) {
      this.carriage.give('error', 'the other broker sends more at once than this one takes')
    }
  }

  /** The same, of one that this broker is not to have. */
  pass(publish: Publish): void {
    this.answer(publish, 0)
  }

  private mayOffer(): boolean {
    return !this.waiting.length && this.hasWindow()
  }

  private hasWindow(): boolean {
    const { receiveMaximum } = this.connack
    return !this.again && this.offers.size < receiveMaximum && this.unreleased.size < receiveMaximum
  }

  private offer(publish: Publish): void {
    const { map, terms, counts, local } = this.carriage
    const { isRetainAvailable } = this.connack
    const packetSizeMax = this.sizeMax
    const { qos, packetIdentifier, isDuplicate } = publish
    const topic = map.toLocal(publish.topic)
    const isOwn = terms.hasNotifications && topic === terms.notificationTopic
    if (topic === null && !isOwn) counts.dropped++
    if (topic === null || isOwn || isLooping(this.carriage, 'in', topic, publish)) return this.answer(publish, 0)
    const bytes = publishWrite(
      { ...publish, topic, retain: publish.retain && isRetainAvailable, ...onwards(this.carriage, 'in', publish) }, 5)
    if (bytes.length > packetSizeMax) return this.tooLarge(publish, topic)
    if (qos > 1 && this.owner.inSweep.isNeeded(packetIdentifier, isDuplicate)) {
      local.send(acknowledgePacket(PUBREL, packetIdentifier))
    }
    if (qos) this.offers.set(packetIdentifier, { bytes, qos, topic, isRepeated: false })
    else counts.received++
    if (qos > 1) this.unreleased.add(packetIdentifier)
    local.send(bytes)
  }

  private get sizeMax(): number {
    return Math.min(this.connack.packetSizeMax, CARRIED_SIZE_MAX)
  }

  private tooLarge(publish: Publish, topic: string): void {
    const { counts, tell } = this.carriage
    counts.tooLarge++
    tell('warning', 'large in', `a message on ${JSON.stringify(topic)} was dropped: this broker takes packets of `
      + `${this.sizeMax} bytes`)
    this.answer(publish, IMPLEMENTATION_SPECIFIC_ERROR)
  }

  private answer({ qos, packetIdentifier }: Publish, reasonCode: number): void {
    if (qos) this.carriage.server.acknowledge(qos > 1 ? PUBREC : PUBACK, packetIdentifier, reasonCode)
  }

  /** The other broker releases a message of QoS 2. */
  release(packetIdentifier: number): void {
    this.carriage.local.send(acknowledgePacket(PUBREL, packetIdentifier))
  }

  /** PUBACK, PUBREC or PUBCOMP of this broker. */
  acknowledged(type: number, packetIdentifier: number, reasonCode: number): void {
    if (type === PUBCOMP) return this.completed(packetIdentifier)
    const offer = this.offers.get(packetIdentifier)
    if (!offer) return
    this.offers.delete(packetIdentifier)
    if (reasonCode === QUOTA_EXCEEDED && !this.isSettled(packetIdentifier, offer)) return
    const isRefused = reasonCode >= FAILURE && reasonCode !== QUOTA_EXCEEDED
    if (isRefused) this.refused(offer, reasonCode)
    else this.taken(offer)
    this.settle(type, packetIdentifier, isRefused ? reasonCode : 0)
    this.goOn()
  }

  /** The other broker has its answer. */
  private settle(type: number, packetIdentifier: number, reasonCode: number): void {
    if (reasonCode || type === PUBACK) this.unreleased.delete(packetIdentifier)
    this.carriage.server.acknowledge(type, packetIdentifier, reasonCode)
  }

  /** Those of its topic that were to be offered again would come behind it: they are too late. [MQTT-4.6.0-6] */
  private taken({ topic }: Offer): void {
    const { counts } = this.carriage
    counts.received++
    for (const [packetIdentifier, { topic: earlier, qos }] of this.postponed) {
      if (earlier !== topic) continue
      this.postponed.delete(packetIdentifier)
      counts.received++
      this.settle(qos > 1 ? PUBREC : PUBACK, packetIdentifier, 0)
    }
  }

  private completed(packetIdentifier: number): void {
    if (this.owner.inSweep.takes(packetIdentifier)) return
    this.unreleased.delete(packetIdentifier)
    this.carriage.server.acknowledge(PUBCOMP, packetIdentifier)
    this.goOn()
  }

  /**
   * There was no room. Where the broker can keep nothing the other one keeps it; where it was the queues of those who
   * should have got it, they have lost it as they lose what clients publish.
   */
  private isSettled(packetIdentifier: number, offer: Offer): boolean {
    if (this.owner.isFull()) {
      this.carriage.give('warning', 'this broker can keep no more messages')
      return false
    }
    if (offer.isRepeated) return true
    this.postponed.set(packetIdentifier, { ...offer, isRepeated: true })
    this.again ??= setTimeout(() => this.repeat(), AGAIN_MS)
    return false
  }

  private repeat(): void {
    this.again = undefined
    for (const [packetIdentifier, offer] of this.postponed) {
      this.offers.set(packetIdentifier, offer)
      this.carriage.local.send(offer.bytes)
    }
    this.postponed.clear()
    this.goOn()
  }

  /** This broker has closed the connection, with a Reason Code. */
  blame(reasonCode: number): void {
    const [first] = this.offers
    if (!first || !this.owner.offence.isOf(first[0], reasonCode)) return
    const [packetIdentifier, offer] = first
    this.refused(offer, reasonCode)
    this.settle(offer.qos > 1 ? PUBREC : PUBACK, packetIdentifier, IMPLEMENTATION_SPECIFIC_ERROR)
  }

  private refused({ topic }: Offer, reasonCode: number): void {
    const code = `0x${reasonCode.toString(16)}`
    this.carriage.counts.dropped++
    this.carriage.tell('warning', `in ${code}`, 'this broker refuses messages of the other one with Reason Code '
      + `${code}, first one on ${JSON.stringify(topic)}: they are dropped`)
  }

  private goOn(): void {
    while (this.waiting.length && this.hasWindow()) {
      const next = this.waiting.shift()!
      this.waitingSize -= waitingSizeOf(next)
      this.offer(next)
    }
  }

  /** The connection has ended. */
  stop(): void {
    clearTimeout(this.again)
  }
}
