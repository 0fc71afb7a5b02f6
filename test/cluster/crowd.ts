// Who lives with a cluster while its parts fail: publishers and subscribers that stay or move, one that is away, a
// group, topics that two write, and clients that go without a word. What they hold it to: a message that was
// acknowledged comes, at QoS 2 once, and in the order of each publisher and topic; a session is there again; all
// gateways retain the same.
import { faults } from '../gateway/kill/line'
import { Publisher } from '../gateway/kill/publisher'
import { Subscriber } from '../gateway/kill/subscriber'
import type { ClusterWorld } from './cluster_world'
import { REFUSALS, Roamer } from './roamer'
import { type Missing, whereabouts } from './whereabouts'

/** Messages that no queue is to have at once: it would lose what is more. */
const AHEAD_MAX = 400
const AWAY_MAX = 200
const TOPICS = 20
const LOOK_MS = 5
const MOVES_MS = 1_500

interface Pair { subscriber: Subscriber, publishers: Publisher[] }

/** Members, and what they have, some of it twice. */
interface Group { members: Subscriber[], taken: Set<string> }

/** Messages that were refused: nobody is to get them. */
const refused = (publishers: Publisher[]): number => publishers.reduce((sum, { sentCount, openCount, acknowledged }) =>
  sum + sentCount - openCount - acknowledged.length, 0)

export class Crowd {
  /** Acknowledged messages that were looked for, by publisher. */
  private readonly counted = new Map<Publisher, number>()
  private readonly publishers: Publisher[]
  private readonly pairs: Pair[]
  private readonly roamers: Roamer[] = []
  private readonly away = new Subscriber('away', 5)
  private readonly letters: Publisher
  private awayUntil = AWAY_MAX
  private isLettered = false
  private readonly shared: Publisher
  private readonly groups: Group[] = []
  private readonly writers: Publisher[]
  private retainedCount = 0
  /** What did not come. */
  private missing: Missing = { topic: '', numbers: [] }

  constructor (private readonly world: ClusterWorld, private readonly random: () => number,
    private readonly patienceMs: number, groups = 1) {
    const make = (name: string, version: 4 | 5, window: number): Publisher => this.publisher(name, version, window,
      number => ({ topic: name, payload: String(number), qos: number % 2 ? 1 : 2, retain: false }))
    const [calm, restless, old] = [make('calm', 5, 20), make('restless', 5, 10), make('old', 4, 5)]
    this.letters = this.publisher('letters', 5, 10, number => number < this.awayUntil
      ? { topic: 'letters', payload: String(number), qos: number % 2 ? 1 : 2, retain: false }
      : null)
    this.shared = this.publisher('shared', 5, 10, number =>
      ({ topic: 'shared', payload: String(number), qos: 1, retain: false }))
    this.writers = ['writer-0', 'writer-1'].map(name => this.publisher(name, 5, 4, number => ({
      topic: `retained/${Math.floor(this.random() * TOPICS)}`, payload: number % 7 ? `${name} ${number}` : '',
      qos: number % 2 ? 1 : 2, retain: true,
    })))
    this.publishers = [calm, restless, old, this.letters, this.shared, ...this.writers]
    this.pairs = ['stays', 'moves', 'slow'].map(name => ({
      subscriber: new Subscriber(name, name === 'slow' ? 4 : 5, name === 'slow' ? 2 : 0),
      publishers: [calm, restless, old],
    }))
    const stay = (isRestless: boolean): number => isRestless ? MOVES_MS : 0
    for (const one of this.publishers) this.roam(one.line, port => one.connect(port), stay(one === restless))
    for (const { subscriber } of this.pairs) {
      this.subscribed(subscriber, ['calm', 'restless', 'old'], stay(subscriber.line.clientId === 'moves'))
    }
    for (let number = 0; number < groups; number++) this.groupAdd(`group-${number}`)
  }

  private groupAdd (name: string): void {
    const taken = new Set<string>()
    const members = [0, 1].map(number => new Subscriber(`${name}-member-${number}`, 5))
    for (const member of members) {
      member.isOrdered = false
      const { onMessage } = member
      member.onMessage = (topic, payload, packet) => {
        taken.add(payload)
        onMessage(topic, payload, packet)
      }
      this.subscribed(member, [`$share/${name}/shared`], 0)
    }
    this.groups.push({ members, taken })
  }

  /** Acknowledged messages that were looked for. */
  get kept (): number {
    return [...this.counted.values()].reduce((sum, count) => sum + count, 0)
  }

  private publisher (...[name, version, window, make]: ConstructorParameters<typeof Publisher>): Publisher {
    const publisher: Publisher = new Publisher(name, version, window, number => this.isFar() ? null : make(number))
    publisher.mayRefuse = true
    return publisher
  }

  /** Somebody has not read what was published long ago. */
  private isFar (): boolean {
    const all = this.pairs[0].publishers.reduce((sum, { sentCount }) => sum + sentCount, 0)
    const coming = all - refused(this.pairs[0].publishers)
    return this.pairs.some(({ subscriber }) => coming - subscriber.count() >= AHEAD_MAX)
      || this.groups.some(({ taken }) =>
        this.shared.sentCount - taken.size - refused([this.shared]) >= AHEAD_MAX)
  }

  private roam (line: Publisher['line'], connect: (port: number) => Promise<void>, stayMs: number,
    come?: (isFirst: boolean) => Promise<void>): Roamer {
    const { world, random } = this
    const roamer = new Roamer(line, connect, { ports: () => world.ports, random, stayMs }, async isFirst => {
      if (!isFirst && !line.isSessionPresent) faults.push(new Error(`${line.clientId} has lost its session`))
      await come?.(isFirst)
    })
    this.roamers.push(roamer)
    return roamer
  }

  /** Subscribes until it has been told that it is. */
  private subscribed (subscriber: Subscriber, topics: string[], stayMs: number): Roamer {
    const open = new Set(topics)
    return this.roam(subscriber.line, port => subscriber.connect(port), stayMs, async () => {
      if (!open.size) return
      const wanted = new Map(topics.map(topic => [subscriber.subscribe(topic, 2), topic]))
      subscriber.onAnswer = id => open.delete(wanted.get(id)!)
      while (open.size && subscriber.line.isOpen) await new Promise(resolve => setTimeout(resolve, LOOK_MS))
    })
  }

  /** All are there, and what is published reaches them. */
  async begin (): Promise<void> {
    await this.lettersRead()
    await this.until(() => this.roamers.every(({ isReady }) => isReady), 'the crowd')
  }

  /** All do what they do until something else is over. */
  async live (until: Promise<unknown>): Promise<void> {
    let isOver = false
    const over = until.finally(() => { isOver = true })
    over.catch(() => undefined)
    while (!isOver && !faults.length) {
      for (const one of this.publishers) one.go(true)
      await new Promise(resolve => setTimeout(resolve, LOOK_MS))
    }
    for (const one of this.publishers) one.go(false)
    await over
  }

  /** Everything that is open ends, and is judged. */
  async judge (): Promise<void> {
    await this.until(() => this.publishers.every(({ openCount }) => openCount === 0), 'acknowledgements')
    for (const { subscriber, publishers } of this.pairs) {
      for (const publisher of publishers) await this.arrived([subscriber], publisher)
    }
    for (const { members } of this.groups) await this.arrived(members, this.shared)
    await this.lettersRead()
    await this.retainedCheck()
    await this.onceCheck()
  }

  /** Whoever was away reads what has come meanwhile, and goes again. */
  private async lettersRead (): Promise<void> {
    const { away } = this
    const roamer = this.subscribedOnce()
    await this.until(() => roamer.isReady && away.line.isOpen, 'the one who was away')
    if (this.isLettered) await this.arrived([away], this.letters)
    this.isLettered = true
    await roamer.end()
    this.roamers.splice(this.roamers.indexOf(roamer), 1)
    this.awayUntil = this.letters.sentCount + AWAY_MAX
  }

  private subscribedOnce (): Roamer {
    if (!this.isLettered) return this.subscribed(this.away, ['letters'], 0)
    return this.roam(this.away.line, port => this.away.connect(port), 0, async isFirst => {
      if (isFirst && !this.away.line.isSessionPresent) faults.push(new Error('away has lost its session'))
    })
  }

  private async arrived (subscribers: Subscriber[], publisher: Publisher): Promise<void> {
    const missing = (): number[] => publisher.acknowledged
      .filter(({ topic, number }) => !subscribers.some(one => one.has(topic, number))).map(({ number }) => number)
    const last = (): boolean => publisher.acknowledged.slice(-64).every(({ topic, number }) =>
      subscribers.some(one => one.has(topic, number)))
    const who = subscribers.map(({ line }) => line.clientId).join(', ')
    await this.until(() => last() && !missing().length, 'messages').catch((error: Error) => {
      const { numbers } = this.missing = { topic: publisher.acknowledged[0].topic, numbers: missing() }
      throw new Error(`${error.message}: ${who} has not ${numbers.length} of ${publisher.line.clientId}, as ${
        numbers.slice(0, 8).join(' ')} of ${publisher.sentCount}`)
    })
    this.counted.set(publisher, publisher.acknowledged.length)
  }

  /** Every gateway retains the same, which somebody wrote. */
  private async retainedCheck (): Promise<void> {
    const read = (): Promise<string[]> => Promise.all(this.world.ports.map(port => this.retainedOf(port)))
    for (const end = Date.now() + this.patienceMs; ;) {
      const found = await read().catch((error: Error) => [error.message, 'nothing'])
      if (new Set(found).size === 1) return
      await new Promise(resolve => setTimeout(resolve, 500))
      if (Date.now() > end) throw new Error(`gateways retain not the same: ${[...new Set(found)].join(' / ')}`)
    }
  }

  private async retainedOf (port: number): Promise<string> {
    const found = new Map<string, string>()
    const reader = new Subscriber(`reader-${this.retainedCount++}`, 5)
    const marker = this.retainedCount
    let isWhole = false
    reader.onMessage = (topic, payload) => found.set(topic, payload)
    reader.line.refusals = REFUSALS
    try {
      await reader.connect(port)
      reader.onAnswer = id => { if (id === 2) isWhole = true }
      reader.subscribe('retained/#', 0)
      reader.subscribe(`nothing/${marker}`, 0)
      await this.until(() => isWhole, 'SUBACK')
      // They leave in portions.
      await new Promise(resolve => setTimeout(resolve, 100))
    } finally {
      reader.line.cut()
    }
    return JSON.stringify([...found].sort())
  }

  /** A client is connected at one gateway alone. */
  private async onceCheck (): Promise<void> {
    const { world, roamers } = this
    let sum = 0
    for (const end = Date.now() + this.patienceMs; Date.now() < end; await new Promise(r => setTimeout(r, 100))) {
      const counts = await world.metric('midge_clients_connected').catch(() => [NaN])
      sum = counts.reduce((all, count) => all + count, 0)
      if (sum === roamers.filter(({ line }) => line.isOpen).length) return
    }
    throw new Error(`${sum} connections of ${roamers.length} clients`)
  }

  private async until (condition: () => boolean, what: string): Promise<void> {
    for (const end = Date.now() + this.patienceMs; !condition(); await new Promise(resolve => setTimeout(resolve, 5))) {
      if (faults.length) throw faults[0]
      if (Date.now() > end) throw new Error(`${what} did not come`)
    }
    if (faults.length) throw faults[0]
  }

  /** How it is with everybody, and with what did not come, for whoever looks for the cause of something. */
  async state (): Promise<string> {
    const open = new Map(this.publishers.map(({ line, openCount }) => [line.clientId, openCount]))
    const clients = this.roamers.map(({ line: { clientId, isOpen }, port, count }) =>
      `${clientId}: ${isOpen ? 'at' : 'not at'} ${port}, ${count} times, ${open.get(clientId) ?? 0} open`)
    const wrong = faults.map(({ message }) => message)
    const [, topic, number] = /(\S+) (\d+) came/.exec(wrong.join('\n')) ?? []
    const missing = topic ? { topic, numbers: [Number(number)] } : this.missing
    const engine = await whereabouts(this.world.servers.urls, missing).catch((error: Error) => error.message)
    return [...wrong, ...clients, engine].join('\n')
  }

  async end (): Promise<void> {
    await Promise.all(this.roamers.map(roamer => roamer.end()))
  }
}
