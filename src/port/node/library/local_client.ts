// The program's own client: an MQTT connection that never leaves the process, so that what the program publishes and
// subscribes takes the same way, with the same guarantees, as everybody's.
import { Duplex } from 'node:stream'
import {
  PacketReader, type Received, acknowledgePacket, connectPacket, publishPacket, subscribePacket, unsubscribePacket,
} from './local_packets'
import type { Message, PublishOptions, QoS } from './api'

const REFUSED = 0x80

interface Subscription {
  filter: string
  handler: (message: Message) => void
}

/** Whether a topic matches a filter. [MQTT 5.0 section 4.7] */
export function filterMatches(filter: string, topic: string): boolean {
  const shared = /^\$share\/[^/]+\/(.*)$/s.exec(filter)
  const wanted = (shared ? shared[1] : filter).split('/')
  const levels = topic.split('/')
  if (topic.startsWith('$') && (wanted[0] === '+' || wanted[0] === '#')) return false
  for (const [i, level] of wanted.entries()) {
    if (level === '#') return true
    if (i >= levels.length || level !== '+' && level !== levels[i]) return false
  }
  return wanted.length === levels.length
}

export class LocalClient {
  private readonly reader = new PacketReader()
  private readonly subscriptions = new Set<Subscription>()
  /** What ends with an acknowledgement, by its Packet Identifier. */
  private readonly open = new Map<number, { resolve: (body: Buffer) => void, reject: (error: Error) => void }>()
  private lastIdentifier = 0
  private readonly stream: Duplex

  /** `attach` makes a stream the broker's. */
  constructor(attach: (stream: Duplex) => boolean, clientIdentifier: string) {
    this.stream = new Duplex({
      read: () => undefined,
      write: (chunk: Uint8Array, _encoding, done) => {
        for (const packet of this.reader.read(chunk)) this.handle(packet)
        done()
      },
    })
    this.stream.on('close', () => this.fail(new Error('The broker has closed.')))
    if (!attach(this.stream)) throw new Error('The broker has no room for its own client.')
    this.stream.push(connectPacket(clientIdentifier))
  }

  async publish(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<void> {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
    const { qos = 0, retain = false } = options
    if (!qos) {
      if (this.stream.destroyed) throw new Error('The broker has closed.')
      this.stream.push(publishPacket(topic, bytes, 0, retain, 0))
    } else await this.exchange((identifier) => publishPacket(topic, bytes, qos, retain, identifier))
  }

  async subscribe(filter: string, handler: (message: Message) => void, qos: QoS): Promise<() => Promise<void>> {
    const subscription = { filter, handler }
    this.subscriptions.add(subscription)
    const body = await this.exchange((identifier) => subscribePacket(identifier, filter, qos))
    if (body[2] === REFUSED) {
      this.subscriptions.delete(subscription)
      throw new Error(`The subscription to ${filter} was refused.`)
    }
    return async () => {
      this.subscriptions.delete(subscription)
      if ([...this.subscriptions].some((other) => other.filter === filter)) return
      await this.exchange((identifier) => unsubscribePacket(identifier, filter))
    }
  }

  /** Sends what is acknowledged, and waits for that. */
  private exchange(packetOf: (identifier: number) => Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.stream.destroyed) return reject(new Error('The broker has closed.'))
      if (this.open.size === 65_535) return reject(new Error('Too many messages wait for their acknowledgement.'))
      do this.lastIdentifier = this.lastIdentifier % 65_535 + 1
      while (this.open.has(this.lastIdentifier))
      const packet = packetOf(this.lastIdentifier)
      this.open.set(this.lastIdentifier, { resolve, reject })
      this.stream.push(packet)
    })
  }

  private handle({ first, body }: Received): void {
    const type = first >> 4
    if (type === 3) this.deliver(first, body)
    else if (type === 5) this.stream.push(acknowledgePacket(0x62, body.readUInt16BE(0)))
    else if (type === 6) this.stream.push(acknowledgePacket(0x70, body.readUInt16BE(0)))
    else if (type === 4 || type === 7 || type === 9 || type === 11) this.settle(body)
  }

  private settle(body: Buffer): void {
    const identifier = body.readUInt16BE(0)
    this.open.get(identifier)?.resolve(body)
    this.open.delete(identifier)
  }

  private deliver(first: number, body: Buffer): void {
    const qos = (first >> 1 & 3) as QoS
    const topicEnd = 2 + body.readUInt16BE(0)
    const payloadAt = topicEnd + (qos ? 2 : 0)
    if (qos) this.stream.push(acknowledgePacket(qos === 1 ? 0x40 : 0x50, body.readUInt16BE(topicEnd)))
    const message = {
      topic: body.toString('utf8', 2, topicEnd), payload: body.subarray(payloadAt), qos, retain: (first & 1) === 1,
    }
    for (const { filter, handler } of [...this.subscriptions]) {
      // A handler that throws is the program's to mend, and nobody else's message is lost for it.
      if (filterMatches(filter, message.topic)) queueMicrotask(() => handler(message))
    }
  }

  private fail(error: Error): void {
    for (const { reject } of this.open.values()) reject(error)
    this.open.clear()
  }
}
