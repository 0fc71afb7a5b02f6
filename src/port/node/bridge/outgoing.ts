// What goes out: this broker's session for it holds each message until the other broker has acknowledged it, and both
// sides have the same Packet Identifier for it. So nothing is kept here that a restart would need: what the session
// sends again goes there again, as the same exchange. [MQTT 5.0 section 4.4]
import { PUBACK, PUBCOMP, PUBREC, PUBREL } from '../../../codec/packet_type'
import { acknowledgePacket } from '../../../client/packets'
import { FAILURE, QUOTA_EXCEEDED, UNSPECIFIED_ERROR } from '../../../codec/reason_code'
import type { Publish } from '../../../client/publish_packet'
import { type Carriage, isLooping, onwards } from './carriage'
import type { ExchangeSweep } from './exchange_sweep'
import type { Suspicion } from './suspicion'
import type { Window } from './window'

/** A message on its way, by its Packet Identifier. */
interface Exchange {
  topic: string
  qos: number
  /** Lower where the other broker takes no more. [MQTT-3.2.2-11] */
  sentQos: number
}

export class Outgoing {
  private readonly open = new Map<number, Exchange>()
  /** Messages were acknowledged on this connection. */
  hadAcknowledgement = false
  /** When something was acknowledged last, or the first message sent that is under way; milliseconds. */
  private movedAt = 0

  constructor(
    private readonly carriage: Carriage, private readonly sweep: ExchangeSweep, private readonly suspicion: Suspicion,
    private readonly window: Window,
  ) {}

  /** Packet Identifiers of what was sent and has no last answer, oldest first. */
  get inFlight(): number[] {
    return [...this.open.keys()]
  }

  /** Milliseconds since when nothing that is under way was acknowledged. */
  stalledFor(now: number): number {
    return this.open.size ? now - this.movedAt : 0
  }

  /** The broker sends a message that goes out. */
  publish(publish: Publish): void {
    const { map, terms, counts } = this.carriage
    const topic = map.toRemote(publish.topic)
    if (terms.hasNotifications && publish.topic === terms.notificationTopic) return this.refuse(publish)
    if (topic === null) {
      counts.dropped++
      return this.refuse(publish)
    }
    if (isLooping(this.carriage, 'out', publish.topic, publish) || this.isGivenUp(publish)) return this.refuse(publish)
    this.send(topic, publish)
  }

  private isGivenUp({ qos, packetIdentifier, topic }: Publish): boolean {
    if (!qos || !this.suspicion.isGivenUp(packetIdentifier)) return false
    this.carriage.counts.refused++
    this.carriage.tell('error', '', `a message on ${JSON.stringify(topic)} was given up: the other broker closes the `
      + 'connection whenever it comes')
    return true
  }

  private send(topic: string, publish: Publish): void {
    const { server, terms, counts, tell } = this.carriage
    const { maximumQos, isRetainAvailable } = server.connack!
    const { qos, packetIdentifier, isDuplicate } = publish
    const sentQos = Math.min(qos, maximumQos)
    if (sentQos > 1 && this.sweep.isNeeded(packetIdentifier, isDuplicate)) server.acknowledge(PUBREL, packetIdentifier)
    const isSent = server.publish({
      ...publish, topic, qos: sentQos, retain: publish.retain && isRetainAvailable && terms.isRetainSent,
      ...onwards(this.carriage, 'out', publish),
    })
    if (!isSent) {
      counts.tooLarge++
      tell('warning', 'large', `a message on ${JSON.stringify(publish.topic)} was dropped: the other broker takes `
        + `packets of ${server.packetSizeMax} bytes`)
      return this.refuse(publish)
    }
    if (!sentQos) counts.sent++
    if (!qos) return
    if (sentQos) this.begin(packetIdentifier, { topic: publish.topic, qos, sentQos })
    else this.answer(qos > 1 ? PUBREC : PUBACK, packetIdentifier)
  }

  /** An exchange is under way; the first one's time begins. */
  private begin(packetIdentifier: number, exchange: Exchange): void {
    if (!this.open.size) this.movedAt = performance.now()
    this.open.set(packetIdentifier, exchange)
  }

  /** The message does not go on: the session lets it go. */
  private refuse({ qos, packetIdentifier }: Pick<Publish, 'qos' | 'packetIdentifier'>): void {
    if (qos) this.answer(qos > 1 ? PUBREC : PUBACK, packetIdentifier, UNSPECIFIED_ERROR)
  }

  private answer(type: number, packetIdentifier: number, reasonCode = 0): void {
    this.carriage.local.send(acknowledgePacket(type, packetIdentifier, reasonCode))
  }

  /** The broker releases a message of QoS 2. */
  release(packetIdentifier: number): void {
    const { server } = this.carriage
    const exchange = this.open.get(packetIdentifier)
    // One that went out at less is done; of one from an earlier connection the other broker says that it knows it not.
    if (exchange && exchange.sentQos < 2) return this.complete(packetIdentifier, 2, PUBCOMP)
    if (!exchange && server.connack!.maximumQos < 2) return this.answer(PUBCOMP, packetIdentifier)
    if (!exchange) this.begin(packetIdentifier, { topic: '', qos: 2, sentQos: 2 })
    server.acknowledge(PUBREL, packetIdentifier)
  }

  /** PUBACK, PUBREC or PUBCOMP of the other broker. */
  acknowledged(type: number, packetIdentifier: number, reasonCode: number): void {
    if (type === PUBCOMP && this.sweep.takes(packetIdentifier)) return
    const exchange = this.open.get(packetIdentifier)
    if (!exchange || (exchange.sentQos > 1) !== (type !== PUBACK)) return
    if (reasonCode >= FAILURE && type !== PUBCOMP) this.refused(packetIdentifier, exchange, reasonCode)
    else if (type === PUBREC) this.answer(PUBREC, packetIdentifier)
    else if (type === PUBACK && exchange.qos > 1) this.downgraded(packetIdentifier)
    else this.complete(packetIdentifier, exchange.qos, type)
  }

  /** The other broker has it by PUBACK, and this one's session wants to hear of QoS 2. */
  private downgraded(packetIdentifier: number): void {
    this.progress(packetIdentifier)
    this.answer(PUBREC, packetIdentifier)
  }

  private complete(packetIdentifier: number, qos: number, type: number): void {
    this.progress(packetIdentifier)
    this.carriage.counts.sent++
    if (!this.suspicion.isIsolating) this.window.widen()
    this.open.delete(packetIdentifier)
    this.answer(qos > 1 ? PUBCOMP : type, packetIdentifier)
  }

  private progress(packetIdentifier: number): void {
    this.hadAcknowledgement = true
    this.movedAt = performance.now()
    this.suspicion.acknowledged(packetIdentifier)
  }

  private refused(packetIdentifier: number, { topic, qos }: Exchange, reasonCode: number): void {
    const { counts, tell, give } = this.carriage
    const code = `0x${reasonCode.toString(16)}`
    // It has no room now: the message stays, and goes again with the next connection.
    if (reasonCode === QUOTA_EXCEEDED) {
      this.window.shut()
      return give('warning', `the other broker has no room (${code} for ${JSON.stringify(topic)})`)
    }
    this.progress(packetIdentifier)
    this.open.delete(packetIdentifier)
    counts.refused++
    tell('warning', code, `the other broker refuses messages with Reason Code ${code}, first one on `
      + `${JSON.stringify(topic)}: they are dropped`)
    this.refuse({ qos, packetIdentifier })
  }
}
