// Publishes numbered messages, and knows which of them the broker has acknowledged.
import type { Packet } from 'mqtt-packet'
import { Line } from './line'

export interface Sent {
  number: number
  topic: string
  payload: string
  qos: 1 | 2
  retain: boolean
  /** PUBREC has come. */
  isReceived: boolean
}

const IDENTIFIERS = 65_535
/** The broker was killed between PUBREL and PUBCOMP: the exchange is over there. */
const NOT_FOUND = 0x92
const QUOTA_EXCEEDED = 0x97

export class Publisher {
  readonly line: Line
  /** In the order in which they were sent first, by Packet Identifier. */
  private readonly open = new Map<number, Sent>()
  private identifier = 0
  private number = 0
  private isSending = false
  readonly acknowledged: Sent[] = []
  /** The broker may refuse a message with 0x97: it is none of those that are looked for. */
  mayRefuse = false

  /** `make` says what comes next; null: nothing for now. */
  constructor (
    clientId: string, version: 4 | 5, private readonly window: number,
    private readonly make: (number: number) => Pick<Sent, 'topic' | 'payload' | 'qos' | 'retain'> | null,
    private readonly onAcknowledged: (sent: Sent) => void = () => undefined,
  ) {
    this.line = new Line(clientId, version, packet => this.take(packet))
  }

  get openCount (): number {
    return this.open.size
  }

  /** Messages that were sent. */
  get sentCount (): number {
    return this.number
  }

  async connect (port: number): Promise<void> {
    await this.line.open(port)
    // What is open is sent again, in order. [MQTT-4.4.0-1]
    for (const [messageId, sent] of this.open) {
      if (!this.line.isSessionPresent) sent.isReceived = false
      if (sent.isReceived) this.line.send({ cmd: 'pubrel', messageId })
      else this.publish(messageId, sent, this.line.isSessionPresent)
    }
    this.pump()
  }

  go (isSending: boolean): void {
    this.isSending = isSending
    this.pump()
  }

  private pump (): void {
    while (this.isSending && this.line.isOpen && this.open.size < this.window) {
      const made = this.make(this.number)
      if (!made) return
      const sent: Sent = { ...made, number: this.number++, isReceived: false }
      do this.identifier = this.identifier % IDENTIFIERS + 1
      while (this.open.has(this.identifier))
      this.open.set(this.identifier, sent)
      this.publish(this.identifier, sent, false)
    }
  }

  private publish (messageId: number, { topic, payload, qos, retain }: Sent, dup: boolean): void {
    this.line.send({ cmd: 'publish', topic, payload, qos, retain, dup, messageId })
  }

  private take (packet: Packet): void {
    if (packet.cmd !== 'puback' && packet.cmd !== 'pubrec' && packet.cmd !== 'pubcomp') {
      throw new Error(`a publisher got ${packet.cmd}`)
    }
    const messageId = packet.messageId!
    const sent = this.open.get(messageId)
    const isOver = packet.cmd === 'pubcomp' && packet.reasonCode === NOT_FOUND
    if (this.mayRefuse && sent && packet.reasonCode === QUOTA_EXCEEDED) {
      this.open.delete(messageId)
      return this.pump()
    }
    if ((packet.reasonCode ?? 0) >= 0x80 && !isOver) {
      throw new Error(`${packet.cmd} ${messageId} with ${packet.reasonCode}`)
    }
    if (packet.cmd === 'pubrec') {
      if (!sent) throw new Error(`PUBREC for ${messageId}, which is not open`)
      sent.isReceived = true
      this.line.send({ cmd: 'pubrel', messageId })
      return
    }
    if (!sent) throw new Error(`${packet.cmd} for ${messageId}, which is not open`)
    this.open.delete(messageId)
    this.acknowledged.push(sent)
    this.onAcknowledged(sent)
    this.pump()
  }
}
