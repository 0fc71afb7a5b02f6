// A client of a home: connects, subscribes, acknowledges, pings, comes back when its connection is lost, and sends
// again what was not acknowledged. It hears and says everything through the network.

import type { IConnectPacket, IPublishPacket, ISubscription, QoS } from 'mqtt-packet'
import * as mqttPacket from 'mqtt-packet'
import { frameDecode } from '../support/frame'
import type { AnyPacket } from '../support/peer'
import type { ClientTerms } from './client_terms'
import type { Home } from './home'
import type { Connection } from './network'
import { nameFor, passwordOf } from './rights'

/** Exchanges with QoS 1 and 2 that a client has open at most. */
const OPEN_MAX = 8
const ANSWER_MS_MAX = 15_000

interface Exchange { bytes: Uint8Array, released: boolean }

/** Packet Identifiers that a client takes in turn: so few that one which the broker never releases is met again. */
const IDENTIFIERS = 20

export class Client {
  state: 'away' | 'connecting' | 'connected' = 'away'
  onConnected: () => void = () => undefined
  onMessage: (packet: AnyPacket) => void = () => undefined
  onAcknowledged: () => void = () => undefined
  connection: Connection | undefined
  private readonly open = new Map<number, Exchange>()
  /** Packet Identifiers of QoS 2 from the broker that wait for PUBREL. */
  private readonly incoming = new Set<number>()
  /** Payloads that came with QoS 2 in this session: none comes twice. [MQTT-4.3.3-1] */
  private readonly seen = new Set<string>()
  /** Those that began on this connection. */
  private readonly opened = new Set<number>()
  private isResumed = false
  onResumed: () => void = () => undefined
  private identifierLast = 0
  private epoch = 0
  private readonly user: string | undefined
  private retryMs = 1_000

  constructor(readonly home: Home, readonly terms: ClientTerms) {
    home.clients.push(this)
    const { users, certificates } = home.oracle.configuration
    if (!users || terms.isNameless) return
    const { user, isCertified } = nameFor(terms.clientId)
    this.user = terms.user ?? user
    if (isCertified && certificates && !terms.user) terms.clientId = `cert-${user}-${terms.clientId}`
  }

  connect(): void {
    this.epoch++
    const epoch = this.epoch
    this.state = 'connecting'
    const connection = this.home.network.connect(this.terms.version, {
      received: (bytes) => {
        if (epoch === this.epoch) this.receive(frameDecode(bytes, this.terms.version) as AnyPacket)
      },
      lost: () => {
        if (epoch === this.epoch) this.lost()
      },
    })
    this.connection = connection
    const { clientId, version, clean, keepalive, will, properties } = this.terms
    this.send({
      cmd: 'connect', protocolId: version === 3 ? 'MQIsdp' : 'MQTT', protocolVersion: version, clientId, clean,
      keepalive, ...this.credentials(),
      ...(will ? { will: this.willNow(will) } : {}), ...(properties && version === 5 ? { properties } : {}),
    })
    this.later(ANSWER_MS_MAX, () => {
      if (this.state === 'connecting') this.giveUp()
    })
  }

  /** Now and then the password is wrong. */
  private credentials(): Partial<IConnectPacket> {
    if (this.user === undefined) return {}
    const password = this.home.random.oneIn(20) ? 'wrong' : passwordOf(this.user)
    return { username: this.user, password: Buffer.from(password) }
  }

  /** Each connection's Will Message says something else. */
  private willNow(will: NonNullable<IConnectPacket['will']>): IConnectPacket['will'] {
    const retain = (will.retain ?? false) && !this.home.oracle.isCrowded
    return { ...will, retain, payload: this.home.payload() as never }
  }

  /** Runs something unless the connection is another one by then. */
  later(milliseconds: number, run: () => void): void {
    const { epoch } = this
    this.home.after(milliseconds, () => {
      if (epoch === this.epoch) run()
    })
  }

  send(packet: mqttPacket.Packet): void {
    // What a broker still sends before it closes is nobody's to judge.
    const alone = packet.cmd === 'disconnect'
    this.connection!.send(mqttPacket.generate(packet, { protocolVersion: this.terms.version }), { alone })
  }

  private giveUp(): void {
    this.connection!.leave()
    this.lost()
  }

  private lost(): void {
    this.epoch++
    this.state = 'away'
    if (this.terms.isBrief) return
    this.home.after(this.home.around(this.retryMs), () => {
      if (this.state === 'away') this.connect()
    })
    this.retryMs = Math.min(60_000, this.retryMs * 2)
  }

  /** Says goodbye; comes back after some time. */
  disconnect(reasonCode = 0, awayMs = 0): void {
    this.send(this.terms.version === 5 ? { cmd: 'disconnect', reasonCode } as never : { cmd: 'disconnect' })
    this.connection!.leave()
    this.stayAway(awayMs)
  }

  /** Is away for some time, without a word. */
  vanish(awayMs: number): void {
    this.connection!.leave()
    this.stayAway(awayMs)
  }

  private stayAway(awayMs: number): void {
    this.epoch++
    this.state = 'away'
    if (awayMs > 0) this.home.after(awayMs, () => this.connect())
  }

  publish(topic: string, payload: string, wanted: QoS, wantedRetain = false, properties = {}): void {
    if (this.state !== 'connected') return
    const { version } = this.terms
    const { isCrowded } = this.home.oracle
    // Who cannot be told that there is no room asks for nothing that needs room.
    let qos = isCrowded && version < 5 ? 0 : wanted
    const { hoard } = this.terms
    const isFull = hoard ? this.opened.size >= hoard || this.open.size >= 3 * hoard
      : this.open.size >= Math.min(OPEN_MAX, this.home.oracle.board.RECEIVE_MAX)
    if (qos > 0 && isFull) qos = 0
    const retain = wantedRetain && !(isCrowded && qos === 0)
    const packet: IPublishPacket = { cmd: 'publish', topic, payload, qos, retain, dup: false }
    if (version === 5) packet.properties = properties
    if (qos > 0) packet.messageId = this.identifier()
    this.send(packet)
    if (qos === 0) return
    this.opened.add(packet.messageId!)
    const again = { ...packet, topic: packet.topic || topic, dup: true }
    const bytes = mqttPacket.generate(again, { protocolVersion: version })
    this.open.set(packet.messageId!, { bytes, released: false })
  }

  identifier(): number {
    do {
      this.identifierLast = this.identifierLast % Math.max(IDENTIFIERS, this.open.size + 1) + 1
    } while (this.open.has(this.identifierLast))
    return this.identifierLast
  }

  subscribe(subscriptions: ISubscription[], identifier = 0): void {
    if (this.state !== 'connected' || subscriptions.length === 0) return
    const list = this.terms.version === 5 ? subscriptions : subscriptions.map(({ topic, qos }) => ({ topic, qos }))
    this.send({
      cmd: 'subscribe', messageId: this.identifier(), subscriptions: list,
      ...(identifier > 0 ? { properties: { subscriptionIdentifier: identifier } } : {}),
    })
  }

  /** Releases some of what it hoards. */
  release(count: number): void {
    if (this.state !== 'connected') return
    for (const [messageId, { released }] of [...this.open].slice(0, count)) {
      if (released) this.send({ cmd: 'pubrel', messageId })
    }
  }

  unsubscribe(filter: string): void {
    if (this.state !== 'connected') return
    this.send({ cmd: 'unsubscribe', messageId: this.identifier(), unsubscriptions: [filter] })
  }

  private receive(packet: AnyPacket): void {
    const { cmd, messageId, reasonCode } = packet
    if (cmd === 'connack') this.connected(packet)
    else if (cmd === 'publish') this.message(packet)
    else if (cmd === 'pubrel') {
      this.incoming.delete(messageId)
      this.send({ cmd: 'pubcomp', messageId })
    } else if (cmd === 'pubrec' && (reasonCode ?? 0) < 0x80) {
      const exchange = this.open.get(messageId)
      if (exchange) exchange.released = true
      if (!this.terms.hoard || !exchange) this.send({ cmd: 'pubrel', messageId })
    } else if (cmd === 'puback' || cmd === 'pubcomp' || cmd === 'pubrec') {
      this.open.delete(messageId)
      this.opened.delete(messageId)
      this.onAcknowledged()
    } else if (cmd === 'pingresp') this.pinged = 0
  }

  private pinged = 0

  private connected(packet: AnyPacket): void {
    if ((packet.reasonCode ?? packet.returnCode) !== 0) return
    this.state = 'connected'
    this.retryMs = 1_000
    this.pinged = 0
    this.opened.clear()
    this.isResumed = packet.sessionPresent || (this.terms.version === 3 && !this.terms.clean)
    if (this.isResumed) {
      if (this.terms.hoard) this.onResumed()
      for (const [messageId, { bytes, released }] of this.open) {
        if (released && this.terms.hoard) continue
        if (released) this.send({ cmd: 'pubrel', messageId })
        else if (this.opened.size < this.home.oracle.board.RECEIVE_MAX) {
          // It is under way on this connection, as what is new. [MQTT-3.3.4-7]
          this.opened.add(messageId)
          this.connection!.send(bytes)
        }
      }
    } else {
      this.open.clear()
      this.incoming.clear()
    }
    // 3.1 does not say whether there was a session.
    if (!packet.sessionPresent) this.seen.clear()
    if (!this.isResumed || this.home.random.oneIn(2)) this.subscribe(this.terms.subscriptions)
    if (this.terms.keepalive > 0 && !this.terms.isTalkative) this.later(this.terms.keepalive * 700, () => this.ping())
    this.onConnected()
  }

  private ping(): void {
    if (this.pinged++ > 0 && !this.terms.isPatient) {
      this.giveUp()
      return
    }
    this.send({ cmd: 'pingreq' })
    this.later(this.terms.keepalive * 700, () => this.ping())
  }

  private message(packet: AnyPacket): void {
    const { qos, messageId, payload } = packet
    if (qos === 2) {
      if (!this.incoming.has(messageId) && !packet.retain) this.checkOnce(payload.toString())
      this.incoming.add(messageId)
      this.send({ cmd: 'pubrec', messageId })
    } else if (qos === 1) this.send({ cmd: 'puback', messageId })
    this.onMessage(packet)
  }

  private checkOnce(text: string): void {
    if (this.terms.isInGroups) return
    if (this.seen.has(text)) throw new Error(`${this.terms.clientId}: ${text} came twice with QoS 2`)
    this.seen.add(text)
  }
}
