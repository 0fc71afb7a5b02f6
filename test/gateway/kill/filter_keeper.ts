// Subscribes and unsubscribes all the time, and looks which subscriptions its session has when the broker is back.
import { Publisher } from './publisher'
import { Subscriber } from './subscriber'

const FILTERS = 12

type State = 'subscribed' | 'unsubscribed' | 'unknown'

export class FilterKeeper {
  readonly subscriber = new Subscriber('filters', 5)
  private readonly states: State[] = Array.from({ length: FILTERS }, () => 'unsubscribed')
  private isGoing = false
  private isFirst = true
  private checks = 0
  private turn = 0
  private readonly received = new Set<string>()

  constructor () {
    this.subscriber.onMessage = (_topic, payload) => this.received.add(payload)
  }

  /** Goes on with the session, and sees which filters it has by what comes. */
  async check (port: number, until: (condition: () => boolean) => Promise<void>): Promise<void> {
    await this.subscriber.connect(port)
    if (!this.isFirst && !this.subscriber.line.isSessionPresent) throw new Error('filters has lost its session')
    this.isFirst = false
    const name = `probe-${this.checks++}`
    const probe = new Publisher(name, 5, 1, number =>
      number < FILTERS ? { topic: `filter/${number}`, payload: `${name} ${number}`, qos: 1, retain: false } : null)
    await probe.connect(port)
    probe.go(true)
    await until(() => probe.acknowledged.length === FILTERS)
    const isThere = (i: number): boolean => this.received.has(`${name} ${i}`)
    await until(() => this.states.every((state, i) => state !== 'subscribed' || isThere(i)))
    const wrong = this.states.findIndex((state, i) => state === 'unsubscribed' && isThere(i))
    if (wrong >= 0) throw new Error(`filter/${wrong} was unsubscribed, and is there again`)
    this.states.forEach((state, i) => {
      if (state === 'unknown' && isThere(i)) this.states[i] = 'subscribed'
    })
    probe.line.cut()
  }

  go (isGoing: boolean): void {
    this.isGoing = isGoing
    if (isGoing) this.next()
  }

  private next (): void {
    if (!this.isGoing || !this.subscriber.line.isOpen) return
    const i = this.turn++ % FILTERS
    const isSubscribe = this.states[i] !== 'subscribed'
    this.states[i] = 'unknown'
    const { subscriber } = this
    const id = isSubscribe ? subscriber.subscribe(`filter/${i}`, 1) : subscriber.unsubscribe(`filter/${i}`)
    subscriber.onAnswer = answered => {
      if (answered !== id) return
      this.states[i] = isSubscribe ? 'subscribed' : 'unsubscribed'
      this.next()
    }
  }
}
