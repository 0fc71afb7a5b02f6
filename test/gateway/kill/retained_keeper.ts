// Sets retained messages, takes some away again, and looks what is there when the broker is back.
import { Publisher, type Sent } from './publisher'
import { Subscriber } from './subscriber'

const TOPICS = 20
/** Every so many messages one takes its topic's message away. */
const REMOVE_EVERY = 7

export class RetainedKeeper {
  /** By topic: the message that was acknowledged last. */
  private readonly known = new Map<string, Sent>()
  readonly publisher = new Publisher('retained', 5, 10, number => ({
    topic: `retained/${number % TOPICS}`, payload: number % REMOVE_EVERY ? String(number) : '',
    qos: number % 2 ? 1 : 2, retain: true,
  }), sent => {
    const before = this.known.get(sent.topic)
    if (!before || before.number < sent.number) this.known.set(sent.topic, sent)
  })

  private checks = 0

  /** Each topic has what was acknowledged last, or what was sent since. */
  async check (port: number): Promise<void> {
    const found = new Map<string, string>()
    const reader = new Subscriber(`reader-${this.checks++}`, 5)
    reader.onMessage = (topic, payload) => found.set(topic, payload)
    await reader.connect(port)
    await new Promise<void>(resolve => {
      reader.onAnswer = id => { if (id === 2) resolve() }
      reader.subscribe('retained/#', 0)
      reader.subscribe('nothing', 0)
    })
    // Retained messages leave in portions: one that is published now comes behind them.
    await this.through(reader, port)
    reader.line.cut()
    for (const [topic, { number }] of this.known) {
      const payload = found.get(topic) ?? ''
      if (payload ? Number(payload) >= number : this.isRemovedFrom(number)) continue
      throw new Error(`${topic} has ${payload || 'nothing'}, and ${number} was acknowledged`)
    }
  }

  /** Whether a message that takes the topic's away was sent, and is not older than that one. */
  private isRemovedFrom (number: number): boolean {
    for (let sent = number; sent < this.publisher.sentCount; sent += TOPICS) if (sent % REMOVE_EVERY === 0) return true
    return false
  }

  private async through (reader: Subscriber, port: number): Promise<void> {
    const sender = new Publisher(`through-${this.checks}`, 5, 1, number =>
      number ? null : { topic: 'nothing', payload: 'now', qos: 1, retain: false })
    const { onMessage } = reader
    const came = new Promise<void>(resolve => {
      reader.onMessage = (topic, payload, packet) => {
        if (topic === 'nothing') resolve()
        else onMessage(topic, payload, packet)
      }
    })
    await sender.connect(port)
    sender.go(true)
    await came
    sender.line.cut()
  }
}
