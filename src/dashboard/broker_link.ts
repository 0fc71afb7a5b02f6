// The page as a client of the broker: MQTT 5.0 over a WebSocket to where the page came from. It comes back by itself
// with what was subscribed to.
import { ClientConnection } from '../client/client_connection'
import type { Connack } from '../client/connack'
import type { Publish } from '../client/publish_packet'
import { RetryDelay } from '../client/retry_delay'
import { PUBACK, PUBCOMP, PUBREC, PUBREL } from '../codec/packet_type'
import { FAILURE } from '../codec/reason_code'

const PACKET_SIZE_MAX = 1_048_576
const TICK_MS = 1_000
const CONNECT_MS_MAX = 15_000

export interface LinkTaker {
  /** Let in. */
  connected(connack: Connack): void
  /** Refused for good by a Reason Code, and why in the broker's words. */
  refused(reasonCode: number, reason: string): void
  /** The connection is gone, or could not be made; the next try comes in so many milliseconds. */
  lost(reasonCode: number, retryMs: number): void
  published(publish: Publish): void
  /** A filter of before the connection is subscribed to, or may not be. */
  subscribed(filter: string, reasonCode: number): void
}

const emptyBytes = new Uint8Array(0)

export class BrokerLink {
  private socket: WebSocket | null = null
  private connection: ClientConnection | null = null
  private isIn = false
  private isWanted = false
  private lastIdentifier = 0
  private connectBy = 0
  private retry: ReturnType<typeof setTimeout> | undefined
  private readonly delay = new RetryDelay(1_000, 30_000)
  /** Who waits for an answer, by Packet Identifier. */
  private readonly waiting = new Map<number, (reasonCode: number) => void>()
  private readonly filters = new Map<string, number>()
  readonly clientIdentifier = `dashboard-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`

  constructor(private readonly taker: LinkTaker) {
    setInterval(() => this.tick(), TICK_MS)
  }

  private userName: string | undefined
  private password: string | undefined

  /** Connects, and stays so; without a name as nobody. */
  open(userName: string | undefined, password: string | undefined): void {
    this.userName = userName
    this.password = password
    this.isWanted = true
    this.connect()
  }

  /** Leaves. */
  close(): void {
    this.isWanted = false
    clearTimeout(this.retry)
    if (this.isIn) this.connection?.disconnect()
    this.drop(0)
  }

  private connect(): void {
    clearTimeout(this.retry)
    const socket = new WebSocket(location.href.replace(/^http/, 'ws').replace(/#.*/, ''), 'mqtt')
    socket.binaryType = 'arraybuffer'
    this.socket = socket
    this.connectBy = Date.now() + CONNECT_MS_MAX
    socket.onopen = () => this.connection?.begin()
    socket.onmessage = ({ data }) => this.connection?.receive(new Uint8Array(data as ArrayBuffer), Date.now())
    socket.onclose = () => { if (this.socket === socket) this.drop(0) }
    this.connection = new ClientConnection({
      version: 5, isBridge: false, clientIdentifier: this.clientIdentifier, userName: this.userName,
      password: this.password, isClean: true, keepAlive: 30, sessionExpiry: 0, receiveMaximum: 20,
      packetSizeMax: PACKET_SIZE_MAX,
    }, (bytes) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes)
    }, {
      connected: (connack) => this.answered(connack),
      published: (publish) => this.published(publish),
      acknowledged: (type, identifier, code) => this.acknowledged(type, identifier, code),
      subscribed: (identifier, codes) => this.settle(identifier, codes[0] ?? 0),
      answered: () => undefined,
      ended: (reasonCode) => this.drop(reasonCode),
    }, 0, Infinity, Date.now())
  }

  private answered(connack: Connack): void {
    if (connack.reasonCode) {
      // Who is unknown is so the next time too; a server that is busy is not for ever.
      this.isWanted = connack.reasonCode >= 0x88 && connack.reasonCode <= 0x89
      if (!this.isWanted) this.taker.refused(connack.reasonCode, connack.reason)
      return this.drop(connack.reasonCode)
    }
    this.isIn = true
    this.delay.reset()
    this.taker.connected(connack)
    for (const [filter, options] of this.filters) {
      void this.ask(filter, options).then((reasonCode) => this.taker.subscribed(filter, reasonCode))
    }
  }

  private drop(reasonCode: number): void {
    const { socket } = this
    this.socket = this.connection = null
    this.isIn = false
    socket?.close()
    for (const settle of [...this.waiting.values()]) settle(FAILURE)
    this.waiting.clear()
    if (!this.isWanted) return
    const retryMs = this.delay.next()
    clearTimeout(this.retry)
    this.retry = setTimeout(() => this.connect(), retryMs)
    this.taker.lost(reasonCode, retryMs)
  }

  private tick(): void {
    if (!this.connection) return
    const isAlive = this.isIn ? this.connection.tick(Date.now()) : Date.now() < this.connectBy
    if (!isAlive) this.drop(0)
  }

  private published(publish: Publish): void {
    if (publish.qos === 1) this.connection?.acknowledge(PUBACK, publish.packetIdentifier)
    if (publish.qos === 2) this.connection?.acknowledge(PUBREC, publish.packetIdentifier)
    this.taker.published(publish)
  }

  private acknowledged(type: number, identifier: number, reasonCode: number): void {
    if (type === PUBREL) this.connection?.acknowledge(PUBCOMP, identifier)
    else if (type === PUBREC && reasonCode < FAILURE) this.connection?.acknowledge(PUBREL, identifier)
    else this.settle(identifier, reasonCode)
  }

  private settle(identifier: number, reasonCode: number): void {
    this.waiting.get(identifier)?.(reasonCode)
    this.waiting.delete(identifier)
  }

  /** Ends with the Reason Code of the broker's answer, or of failure where none comes any more. */
  private answer(send: (connection: ClientConnection, identifier: number) => boolean | void): Promise<number> {
    const { connection } = this
    if (!connection || !this.isIn) return Promise.resolve(FAILURE)
    do this.lastIdentifier = this.lastIdentifier % 65_535 + 1
    while (this.waiting.has(this.lastIdentifier))
    const identifier = this.lastIdentifier
    return new Promise((resolve) => {
      this.waiting.set(identifier, resolve)
      if (send(connection, identifier) === false) this.settle(identifier, FAILURE)
    })
  }

  private ask(filter: string, options: number): Promise<number> {
    return this.answer((connection, identifier) => connection.subscribe(identifier, [{ filter, options }]))
  }

  /** Subscribes, now and after each connection; ends with the Reason Code. */
  subscribe(filter: string, options: number): Promise<number> {
    this.filters.set(filter, options)
    return this.ask(filter, options)
  }

  async unsubscribe(filter: string): Promise<void> {
    this.filters.delete(filter)
    await this.answer((connection, identifier) => connection.unsubscribe(identifier, [filter]))
  }

  /** Publishes; ends with the Reason Code, at QoS 0 at once. */
  async publish(topic: string, payload: Uint8Array, qos: number, retain: boolean): Promise<number> {
    const message: Publish = {
      topic, payload, qos, retain, isDuplicate: false, packetIdentifier: 0, properties: emptyBytes, subscriptions: [],
      hops: 0, path: [],
    }
    if (qos) {
      return this.answer((connection, packetIdentifier) => connection.publish({ ...message, packetIdentifier }))
    }
    return this.isIn && this.connection!.publish(message) ? 0 : FAILURE
  }
}
