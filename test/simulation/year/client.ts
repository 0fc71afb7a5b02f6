// A client of a year's home. It hears of the board when the home looks at it, and comes back when it is gone.
import { generate, type Packet } from 'mqtt-packet'
import type { Peer } from '../../../src/simulator/peer'
import type { AnyPacket } from '../../support/peer'
import { Expected } from './expected'
import type { YearHome } from './home'
import { type Message, packetsRead, publishPack } from './packets'
import type { Terms } from './terms'

const PORT = 1883
/** Milliseconds that it says nothing at the most. */
const silenceOf = ({ keepalive }: Terms): number => keepalive * 800
/** It reads at once, however much the board sends before anybody looks. */
const READ_AT_ONCE = 1_000_000
const RETRY_MS = 5_000
/** In 5.0, and what 3.1.1 has for it. */
const NO_ROOM = 0x97
const UNAVAILABLE = 3

/** A message of QoS 1 or 2 that waits to be acknowledged. */
interface Open { isRetained: boolean, topic: string, payload: string }

export class YearClient {
  isReady = false
  onReady: () => void = () => undefined
  onMessage: (message: Message) => void = (message) => this.check(message)
  onAcknowledged: (topic: string, payload: string) => void = () => undefined
  readonly expected: Expected
  private peer: Peer | null = null
  private rest: Buffer = Buffer.alloc(0)
  private identifier = 0
  private sentAt = 0
  private wantsSubacks = 0
  private connections = 0
  private readonly open = new Map<number, Open>()
  /** Packet Identifiers of QoS 2 that came and are not released. */
  private readonly incoming = new Set<number>()
  private hasSession = false
  /** What was not acknowledged when the board closed its connection. */
  private readonly again: Open[] = []

  constructor(readonly home: YearHome, readonly terms: Terms) {
    this.expected = new Expected(terms.clientId, terms.subscriptions.flatMap(({ filters }) => filters))
    home.clients.push(this)
  }

  connect(): void {
    if (this.peer) return
    const { clientId, version, keepalive, expiry, will } = this.terms
    this.peer = this.home.power.driver.connect(PORT)
    if (!this.peer) return this.home.after(RETRY_MS, () => this.connect())
    this.peer.bufferSize = READ_AT_ONCE
    this.connections++
    this.send({
      cmd: 'connect', protocolId: 'MQTT', protocolVersion: version, clientId, clean: expiry === undefined, keepalive,
      ...will && { will: { ...will, payload: Buffer.from(will.payload), qos: 0, retain: true } },
      ...version === 5 && expiry !== undefined && { properties: { sessionExpiryInterval: expiry } },
    })
    if (keepalive > 0) this.stayAlive(this.connections)
  }

  private stayAlive(connection: number): void {
    this.home.after(this.sentAt + silenceOf(this.terms) - this.home.now, () => {
      if (connection !== this.connections || !this.peer) return
      this.ping()
      this.stayAlive(connection)
    })
  }

  /** Pings if it is time. */
  ping(): void {
    const mayBeSilent = this.home.now - this.sentAt < silenceOf(this.terms)
    if (this.peer && this.terms.keepalive > 0 && !mayBeSilent) this.send({ cmd: 'pingreq' })
  }

  private send(packet: Packet): void {
    this.write(generate(packet, { protocolVersion: this.terms.version }))
  }

  private write(bytes: Buffer): void {
    this.sentAt = this.home.now
    this.peer!.send(bytes)
  }

  /** At QoS 0, which reaches whoever is there. */
  publish(topic: string, payload: string, isRetained = true, properties = ''): void {
    if (!this.isReady) return
    this.home.said(topic, payload, isRetained)
    this.write(publishPack(topic, payload, isRetained, this.terms.version, properties))
  }

  publishSurely(topic: string, payload: string, qos: 1 | 2, isRetained: boolean): boolean {
    if (!this.isReady) return false
    this.home.said(topic, payload, isRetained)
    const messageId = this.identifier = this.identifier % 0xffff + 1
    this.open.set(messageId, { topic, payload, isRetained })
    this.send({ cmd: 'publish', topic, payload, qos, retain: isRetained, dup: false, messageId })
    return true
  }

  /** Somebody publishes a message that it has subscribed to. */
  expect(topic: string, payload: string): void {
    // Whoever keeps a session has a list of its own.
    if (this.isReady && this.terms.expiry === undefined) this.expected.add(topic, payload)
  }

  private check({ topic, payload, retain }: Message): void {
    if (!this.isReady) return
    if (retain) {
      if (this.home.isRetained(topic, payload)) return
      throw new Error(`${this.terms.clientId} is sent what was not retained of ${topic}: ${payload.slice(0, 60)}`)
    }
    this.expected.came(topic, payload)
  }

  /** Call before anybody hears of its Will: the board may have closed its connection. */
  notice(): void {
    if (!this.peer?.wire.boardEnded || !this.home.power.isOn) return
    this.collect()
    if (this.peer) this.closed()
  }

  /** Takes what has come; answers whether anything has. */
  collect(): boolean {
    const { peer } = this
    if (!peer) return false
    if (peer.wire.toPeer.size === 0) return false
    this.rest = packetsRead(
      Buffer.concat([this.rest, peer.take()]), this.terms.version, (message) => this.take(message),
      (packet) => this.answer(packet),
    )
    return true
  }

  /** What comes at QoS 2 a second time is the same. [MQTT-4.3.3-10] */
  private take(message: Message): void {
    const { qos, id: messageId } = message
    if (qos === 1) this.send({ cmd: 'puback', messageId })
    else if (qos === 2) this.send({ cmd: 'pubrec', messageId })
    const isAgain = qos === 2 && this.incoming.has(messageId)
    if (qos === 2) this.incoming.add(messageId)
    if (!isAgain) this.onMessage(message)
  }

  private answer({ cmd, messageId, reasonCode, returnCode, granted, sessionPresent }: AnyPacket): void {
    if (cmd === 'connack') this.connected(reasonCode ?? returnCode, sessionPresent)
    else if (cmd === 'suback') this.subscribed(granted)
    else if (cmd === 'pubrec') {
      this.acknowledge(messageId, reasonCode ?? 0, false)
      this.send({ cmd: 'pubrel', messageId })
    } else if (cmd === 'puback' || cmd === 'pubcomp') this.acknowledge(messageId, reasonCode ?? 0, true)
    else if (cmd === 'pubrel') {
      this.incoming.delete(messageId)
      this.send({ cmd: 'pubcomp', messageId })
    } else if (cmd === 'disconnect') throw new Error(`${this.terms.clientId} is told to go: ${reasonCode}`)
  }

  private connected(code: number, isPresent: boolean): void {
    const { subscriptions, expiry, clientId } = this.terms
    if (code) return this.refused(code)
    if (isPresent !== this.hasSession) {
      throw new Error(`${clientId} ${this.hasSession ? 'has lost its session' : 'is told of a session'}`)
    }
    this.hasSession = expiry !== undefined
    this.wantsSubacks = subscriptions.length
    for (const { filters, qos } of subscriptions) {
      const messageId = this.identifier = this.identifier % 0xffff + 1
      this.send({ cmd: 'subscribe', messageId, subscriptions: filters.map((topic) => ({ topic, qos })) })
    }
    if (this.wantsSubacks === 0) this.ready()
  }

  /** There may be no room for a while. */
  private refused(code: number): void {
    if (code !== NO_ROOM && code !== UNAVAILABLE) throw new Error(`${this.terms.clientId} is refused: ${code}`)
    this.comeAgain()
  }

  /** So is a publisher of 3.1.1 told that there is no room: what it has to publish surely it publishes again. */
  private closed(): void {
    const { version, clientId, will } = this.terms
    if (version === 5 || this.open.size === 0) throw new Error(`the board has closed the connection of ${clientId}`)
    this.home.isInDoubt = true
    this.again.push(...this.open.values())
    if (will && this.isReady) this.home.said(will.topic, will.payload, true)
    this.comeAgain()
  }

  private comeAgain(): void {
    this.home.refusals++
    this.forget()
    this.home.after(RETRY_MS, () => this.connect())
  }

  private subscribed(granted: (number | { qos: number })[]): void {
    if (granted.some((code) => Number(code) >= 0x80)) throw new Error(`${this.terms.clientId} may not subscribe`)
    if (--this.wantsSubacks === 0) this.ready()
  }

  /** What others have published until now may come or not. */
  private ready(): void {
    const connection = this.connections
    this.home.after(0, () => {
      this.home.settle()
      if (connection !== this.connections) return
      this.isReady = true
      this.onReady()
      for (const { topic, payload, isRetained } of this.again.splice(0)) {
        this.publishSurely(topic, payload, 1, isRetained)
      }
    })
  }

  private acknowledge(messageId: number, code: number, isLast: boolean): void {
    const open = this.open.get(messageId)
    if (code >= 0x80 && code !== NO_ROOM) throw new Error(`${this.terms.clientId} was refused ${open?.topic}: ${code}`)
    if (isLast || code) this.open.delete(messageId)
    if (code) this.home.refusals++
    if (!open || code) return
    if (open.isRetained) this.home.ledger.acknowledged(open.topic, open.payload)
    this.onAcknowledged(open.topic, open.payload)
  }

  /** Leaves without a word: its Will is published. */
  vanish(): void {
    if (!this.isReady) return
    this.home.settle()
    this.peer!.reset()
    this.forget()
    const { will } = this.terms
    if (will) this.home.said(will.topic, will.payload, true)
  }

  /** Leaves, and its session stays. */
  leave(): void {
    if (!this.peer) return
    this.send({ cmd: 'disconnect' })
    this.peer.end()
    this.forget()
  }

  /** The power has gone: what the board sent before is there, and then nothing more. */
  lose(): void {
    this.collect()
    this.expected.missing = 0
    this.forget()
  }

  /** The connection is gone, and what was on its way with it. */
  private forget(): void {
    this.peer = null
    this.isReady = false
    this.connections++
    this.rest = Buffer.alloc(0)
    this.open.clear()
    this.expected.clear()
  }
}
