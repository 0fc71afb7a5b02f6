// Everybody who lives with a broker that is killed again and again, and what they hold it to.
import { FilterKeeper } from './filter_keeper'
import { faults } from './line'
import { Publisher, type Sent } from './publisher'
import { RetainedKeeper } from './retained_keeper'
import { Subscriber } from './subscriber'

/** Messages that the slow one has not read yet: fewer than a queue takes, which would lose the others. */
const AHEAD_MAX = 500
/** Milliseconds until publishers that have waited for it look again. */
const LOOK_MS = 5
/** Messages of a round that a client who is away finds in its queue: fewer than a queue takes. */
const AWAY_MAX = 300

export class Household {
  /** Acknowledged messages that were looked for. */
  kept = 0
  private readonly busy: Publisher = new Publisher('busy', 5, 20, number => this.isFar()
    ? null
    : { topic: 'busy', payload: String(number), qos: number % 2 ? 1 : 2, retain: false })

  private readonly old: Publisher = new Publisher('old', 4, 5, number => this.isFar()
    ? null
    : { topic: 'old', payload: String(number), qos: number % 3 ? 2 : 1, retain: false })

  private awayUntil = AWAY_MAX
  private readonly letters = new Publisher('letters', 5, 10, number => number < this.awayUntil
    ? { topic: 'letters', payload: String(number), qos: number % 2 ? 1 : 2, retain: false }
    : null)

  private readonly quick = new Subscriber('quick', 5)
  private readonly slow = new Subscriber('slow', 4, 2)
  private readonly away = new Subscriber('away', 5)
  private readonly retained = new RetainedKeeper()
  private readonly filters = new FilterKeeper()
  private isFirst = true

  constructor (private readonly patienceMs: number) {}

  /** Publishers are far ahead of the slow subscriber. */
  private isFar (): boolean {
    return this.busy.sentCount + this.old.sentCount - this.slow.count() >= AHEAD_MAX
  }

  private get publishers (): Publisher[] {
    return [this.busy, this.old, this.letters, this.retained.publisher]
  }

  /** All come back, and find what they were told of. */
  async arrive (port: number): Promise<void> {
    const subscribers = [this.quick, this.slow, this.away]
    for (const one of subscribers) {
      await one.connect(port)
      if (!this.isFirst && !one.line.isSessionPresent) throw new Error(`${one.line.clientId} has lost its session`)
    }
    if (this.isFirst) await this.begin()
    this.isFirst = false
    await this.retained.check(port)
    await this.filters.check(port, condition => this.until(condition, 'filters'))
    // Who was away reads what has come meanwhile, and goes again.
    await this.until(() => this.hasAll(this.away, this.letters), 'letters')
    this.away.line.cut()
    this.awayUntil = this.letters.sentCount + AWAY_MAX
    for (const one of this.publishers) await one.connect(port)
  }

  private async begin (): Promise<void> {
    let answers = 0
    for (const [subscriber, topics] of [
      [this.quick, ['busy', 'old']], [this.slow, ['busy', 'old']], [this.away, ['letters']],
    ] as [Subscriber, string[]][]) {
      subscriber.onAnswer = () => answers++
      for (const topic of topics) subscriber.subscribe(topic, 2)
    }
    await this.until(() => answers === 5, 'SUBACK')
  }

  /** All do what they do for a while. */
  async live (ms: number): Promise<void> {
    this.filters.go(true)
    for (const end = Date.now() + ms; Date.now() < end;) {
      for (const one of this.publishers) one.go(true)
      await new Promise(resolve => setTimeout(resolve, Math.min(LOOK_MS, Math.max(0, end - Date.now()))))
    }
    if (faults.length) throw faults[0]
  }

  /** The broker is gone. */
  leave (): void {
    this.filters.go(false)
    for (const one of this.publishers) one.go(false)
    for (const { line } of [...this.publishers, this.quick, this.slow, this.away, this.filters.subscriber]) line.cut()
  }

  /** Everything that is open ends. */
  async finish (): Promise<void> {
    await this.until(() => this.publishers.every(({ openCount }) => openCount === 0), 'acknowledgements')
    for (const [subscriber, publisher] of this.routes()) {
      await this.until(() => this.hasAll(subscriber, publisher), 'the last messages').catch((error: Error) => {
        const missing = publisher.acknowledged.filter(sent => !this.hasOne(subscriber, sent))
        throw new Error(`${error.message}: ${subscriber.line.clientId} has not ${JSON.stringify(missing.slice(0, 5))}`)
      })
    }
  }

  private routes (): [Subscriber, Publisher][] {
    return [[this.quick, this.busy], [this.quick, this.old], [this.slow, this.busy], [this.slow, this.old]]
  }

  /** Nobody has what was never sent; what was acknowledged has been looked for. */
  check (): void {
    for (const [subscriber, publisher] of [...this.routes(), [this.away, this.letters] as const]) {
      this.kept += publisher.acknowledged.length
      for (const numbers of subscriber.received.get(publisher.line.clientId)?.values() ?? []) {
        for (const number of numbers) if (!(number < publisher.sentCount)) throw new Error(`${number} was never sent`)
      }
    }
  }

  private hasOne = (subscriber: Subscriber, { topic, number }: Sent): boolean => subscriber.has(topic, number)

  private hasAll (subscriber: Subscriber, { acknowledged }: Publisher): boolean {
    // In order, so the last of each QoS is missing where any is.
    return acknowledged.slice(-64).every(sent => this.hasOne(subscriber, sent))
      && acknowledged.every(sent => this.hasOne(subscriber, sent))
  }

  private async until (condition: () => boolean, what: string): Promise<void> {
    for (const end = Date.now() + this.patienceMs; !condition(); await new Promise(resolve => setTimeout(resolve, 2))) {
      if (faults.length) throw faults[0]
      if (Date.now() > end) throw new Error(`${what} did not come`)
    }
  }
}
