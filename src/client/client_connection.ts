// A client's Network Connection to a broker: CONNECT and what was agreed on by it, Keep Alive, the limits of both
// sides, Topic Aliases. No socket, no clock: bytes go out by `write`, come in by `receive`, and time is a parameter in
// milliseconds. Whose messages these are, and what is to be sent again on the next connection, its owner knows.
import {
  AUTH, CONNACK, DISCONNECT, PINGRESP, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, SUBACK, UNSUBACK,
} from '../codec/packet_type'
import { AUTHENTICATION_DATA } from '../codec/property_identifier'
import {
  CONTINUE_AUTHENTICATION, MALFORMED_PACKET, NOT_AUTHORIZED, PACKET_TOO_LARGE, PROTOCOL_ERROR,
} from '../codec/reason_code'
import { type Connack, connackRead } from './connack'
import { type ConnectTerms, connectPacketOf } from './connect_packet'
import { FieldReader } from './field_reader'
import { KeepAlive } from './keep_alive'
import { type CutPacket, PacketCutter } from './packet_cutter'
import {
  type WantedFilter, acknowledgePacket, authPacket, disconnectPacket, pingPacket, subscribeManyPacket,
  unsubscribeManyPacket,
} from './packets'
import { type Publish, publishRead, publishWrite } from './publish_packet'
import { TopicAliases } from './topic_aliases'

/** Milliseconds that a broker has for PINGRESP, or the Keep Alive where that is shorter. */
const PING_ANSWER_MS_MAX = 20_000
/** More than what stands around topic, properties and payload of a PUBLISH, an alias among it. */
const HEAD_SIZE_MAX = 64

/** Who is told of what the broker sends. */
export interface ConnectionTaker {
  /** CONNACK; a Reason Code of failure is the end. */
  connected(connack: Connack): void
  published(publish: Publish): void
  /** PUBACK, PUBREC, PUBREL or PUBCOMP. */
  acknowledged(type: number, packetIdentifier: number, reasonCode: number): void
  /** SUBACK or UNSUBACK; that of 3.1.1 has no codes for the latter. */
  subscribed(packetIdentifier: number, reasonCodes: number[]): void
  /** PINGRESP has come. */
  answered(): void
  /**
   * The broker has sent a DISCONNECT, or what no client can take: the connection must be closed. `why` says what is
   * wrong with the broker where the code does not.
   */
  ended(reasonCode: number, why?: string): void
}

export class ClientConnection {
  /** What was agreed on; null until CONNACK has come. */
  connack: Connack | null = null
  private readonly cutter: PacketCutter
  private aliases = new TopicAliases(0)
  private keepAlive: KeepAlive
  private isEnded = false

  /** `aliasMax` and `packetMax` are the client's own bounds on what it sends. */
  constructor(
    readonly terms: ConnectTerms, private readonly write: (bytes: Buffer) => void,
    private readonly taker: ConnectionTaker, private readonly aliasMax: number, private readonly packetMax: number,
    private now: number,
  ) {
    // 3.1.1 has no way to say how much is taken.
    this.cutter = new PacketCutter(terms.version < 5 ? Infinity : terms.packetSizeMax)
    this.keepAlive = new KeepAlive(0, 0, now)
  }

  /** Bytes of the largest packet that may be sent. [MQTT-3.2.2-15] */
  get packetSizeMax(): number {
    return Math.min(this.packetMax, this.connack?.packetSizeMax ?? Infinity)
  }

  begin(): void {
    this.send(connectPacketOf(this.terms))
  }

  private send(bytes: Buffer): void {
    this.keepAlive.sent(this.now)
    this.write(bytes)
  }

  receive(chunk: Uint8Array, now: number): void {
    this.now = now
    this.keepAlive.heard(now)
    for (const packet of this.cutter.cut(chunk)) {
      if (this.isEnded) return
      this.take(packet)
    }
  }

  private take(packet: CutPacket): void {
    const { bytes, bodyAt } = packet
    const body = bytes.subarray(bodyAt)
    const type = bytes[0] >> 4
    if (this.terms.version === 5 && bytes.length > this.terms.packetSizeMax) return this.fail(PACKET_TOO_LARGE)
    if (!this.connack) return this.first(type, body)
    if (type === PUBLISH) {
      const publish = publishRead(packet, this.terms.version)
      if (publish) this.taker.published(publish)
      else this.fail(MALFORMED_PACKET)
    } else if (type === PUBACK || type === PUBREC || type === PUBREL || type === PUBCOMP) {
      if (body.length < 2) this.fail(MALFORMED_PACKET)
      else this.taker.acknowledged(type, body.readUInt16BE(0), body[2] ?? 0)
    } else if (type === SUBACK || type === UNSUBACK) this.subscribed(body)
    else if (type === DISCONNECT && this.terms.version === 5) this.end(body[0] ?? 0)
    else if (type === PINGRESP) this.taker.answered()
    else this.fail(PROTOCOL_ERROR)
  }

  /** The first packet is CONNACK, but for challenges that were asked for. [MQTT-3.2.0-1] [MQTT-4.12.0-1] */
  private first(type: number, body: Buffer): void {
    if (type === AUTH && this.terms.authentication) return this.challenged(body)
    if (type !== CONNACK || body.length < 2) return this.fail(PROTOCOL_ERROR)
    this.connack = connackRead(body, this.terms.version)
    const { authentication } = this.terms
    if (authentication && !this.connack.reasonCode && !authentication.isProven(this.connack.authenticationData)) {
      this.connack.reasonCode = NOT_AUTHORIZED
      return this.fail(NOT_AUTHORIZED, 'it has not shown that it knows the password')
    }
    this.aliases = new TopicAliases(Math.min(this.connack.topicAliasMax, this.aliasMax))
    const interval = (this.connack.serverKeepAlive ?? this.terms.keepAlive) * 1_000
    this.keepAlive = new KeepAlive(interval, Math.min(interval, PING_ANSWER_MS_MAX), this.now)
    this.taker.connected(this.connack)
  }

  private challenged(body: Buffer): void {
    let challenge = ''
    new FieldReader(body, 1).properties(() => undefined, (identifier, text) => {
      if (identifier === AUTHENTICATION_DATA) challenge = text
    })
    if (body[0] !== CONTINUE_AUTHENTICATION) return this.fail(PROTOCOL_ERROR)
    const authentication = this.terms.authentication!
    authentication.answer(challenge).then((data) => {
      if (!this.isEnded) this.send(authPacket(authentication.method, data))
    }, (error: Error) => {
      if (!this.isEnded) this.fail(NOT_AUTHORIZED, error.message)
    })
  }

  private subscribed(body: Buffer): void {
    if (body.length < 2) return this.fail(MALFORMED_PACKET)
    const reader = new FieldReader(body, 0)
    const packetIdentifier = reader.number(2)
    if (this.terms.version === 5) reader.properties()
    this.taker.subscribed(packetIdentifier, [...body.subarray(reader.at)])
  }

  /** What has come is no packet that a client can take. */
  private fail(reasonCode: number, why?: string): void {
    if (this.terms.version === 5 && this.connack) this.write(disconnectPacket(reasonCode))
    this.end(reasonCode, why)
  }

  private end(reasonCode: number, why?: string): void {
    this.isEnded = true
    this.taker.ended(reasonCode, why)
  }

  /** Time has passed. False: the broker does not answer any more, and the connection must be closed. */
  tick(now: number): boolean {
    this.now = now
    const step = this.keepAlive.step(now)
    if (step === 'ping') this.ping()
    return step !== 'dead'
  }

  ping(): void {
    this.send(pingPacket())
  }

  /** Sends a message as far as the broker takes such. False: it is too large. [MQTT-3.2.2-15] */
  publish(publish: Publish): boolean {
    const { version } = this.terms
    const size = publish.topic.length * 3 + publish.payload.length + publish.properties.length + HEAD_SIZE_MAX
    // Nothing may keep an alias from being sent that the table has given out.
    const isSafe = size <= this.packetSizeMax
    const bytes = publishWrite(publish, version, isSafe && version === 5 ? this.aliases.take(publish.topic) : undefined)
    if (bytes.length > this.packetSizeMax) return false
    this.send(bytes)
    return true
  }

  /** PUBACK, PUBREC, PUBREL or PUBCOMP; only 5.0 is told a Reason Code. */
  acknowledge(type: number, packetIdentifier: number, reasonCode = 0): void {
    this.send(acknowledgePacket(type, packetIdentifier, this.terms.version < 5 ? 0 : reasonCode))
  }

  subscribe(packetIdentifier: number, wanted: WantedFilter[], subscriptionIdentifier = 0): void {
    this.send(subscribeManyPacket(this.terms.version, packetIdentifier, wanted, subscriptionIdentifier))
  }

  unsubscribe(packetIdentifier: number, filters: string[]): void {
    this.send(unsubscribeManyPacket(this.terms.version, packetIdentifier, filters))
  }

  /** The client leaves: its Will is not published. [MQTT-3.14.4-3] */
  disconnect(): void {
    this.isEnded = true
    this.write(disconnectPacket())
  }
}
