// Keeps a session, and judges what comes: at QoS 2 exactly once, at QoS 1 at least once, and in order.
import type { IPublishPacket, Packet, QoS } from 'mqtt-packet'
import { Line } from './line'

export class Subscriber {
  readonly line: Line
  /** Members of a group may get what another one did not live to. */
  isOrdered = true
  /** What has come, by topic: numbers in the order of their first coming, by QoS. */
  readonly received = new Map<string, Map<QoS, number[]>>()
  /** Packet Identifiers of QoS 2 between PUBLISH and PUBREL. */
  private readonly open = new Set<number>()
  private readonly seen = new Set<string>()
  private answers: (() => void)[] = []
  private identifier = 0
  /** A SUBACK or UNSUBACK is told here. */
  onAnswer: (messageId: number) => void = () => undefined
  onMessage: (topic: string, payload: string, packet: IPublishPacket) => void = (topic, payload, packet) =>
    this.note(topic, Number(payload), packet)

  constructor (clientId: string, version: 4 | 5, private readonly delayMs = 0) {
    this.line = new Line(clientId, version, packet => this.take(packet))
  }

  connect (port: number): Promise<void> {
    this.answers = []
    return this.line.open(port)
  }

  /** Answers the packet's identifier. */
  subscribe (topic: string, qos: QoS): number {
    this.line.send({ cmd: 'subscribe', messageId: ++this.identifier, subscriptions: [{ topic, qos }] })
    return this.identifier
  }

  unsubscribe (topic: string): number {
    this.line.send({ cmd: 'unsubscribe', messageId: ++this.identifier, unsubscriptions: [topic] })
    return this.identifier
  }

  count (): number {
    return this.seen.size
  }

  has (topic: string, number: number): boolean {
    return this.seen.has(`${topic} ${number}`)
  }

  private take (packet: Packet): void {
    if (packet.cmd === 'suback' || packet.cmd === 'unsuback') return this.onAnswer(packet.messageId!)
    if (packet.cmd === 'publish') return this.delivery(packet)
    if (packet.cmd !== 'pubrel') throw new Error(`a subscriber got ${packet.cmd}`)
    const messageId = packet.messageId!
    this.open.delete(messageId)
    this.answer(() => this.line.send({ cmd: 'pubcomp', messageId }))
  }

  private delivery (packet: IPublishPacket): void {
    const { qos, messageId, topic } = packet
    const isNew = qos < 2 || !this.open.has(messageId!)
    if (qos === 2) this.open.add(messageId!)
    if (isNew) this.onMessage(topic, packet.payload.toString(), packet)
    if (qos) this.answer(() => this.line.send({ cmd: qos === 1 ? 'puback' : 'pubrec', messageId }))
  }

  /** Answers at once, or after a while and in order, so that the broker has something in flight. */
  private answer (send: () => void): void {
    if (!this.delayMs) return send()
    this.answers.push(send)
    if (this.answers.length > 1) return
    const timer = setInterval(() => {
      for (const one of this.answers.splice(0, 8)) one()
      if (!this.answers.length) clearInterval(timer)
    }, this.delayMs)
  }

  private note (topic: string, number: number, { qos, payload }: IPublishPacket): void {
    const key = `${topic} ${number}`
    if (this.seen.has(key)) {
      if (qos === 2) throw new Error(`${this.line.clientId}: ${key} came twice at QoS 2`)
      // Its publisher may have sent it again, as another message to the broker.
      return
    }
    this.seen.add(key)
    if (!this.received.has(topic)) this.received.set(topic, new Map([[1, []], [2, []]]))
    const numbers = this.received.get(topic)!.get(qos)
    if (!numbers) throw new Error(`${this.line.clientId}: ${key}, ${payload}, came at QoS ${qos}`)
    const last = numbers.at(-1) ?? -1
    if (this.isOrdered && last > number) throw new Error(`${key} came behind ${last} at QoS ${qos}`)
    numbers.push(number)
  }
}
