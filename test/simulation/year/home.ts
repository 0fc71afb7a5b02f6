// A home with a board for a year of virtual time: who lives in it, the power that goes now and then, and what must be
// there whenever somebody looks.
import { Random } from '../../model/random'
import { Agenda } from '../agenda'
import { Alarms } from './alarms'
import type { YearClient } from './client'
import { Inspector } from './inspector'
import { Ledger } from './ledger'
import { Power } from './power'
import { residents } from './residents'

export const DAY_MS = 86_400_000
const SECOND_MS = 1_000
/** Without power, and until the board is in its network again. */
const OFF_MS = 10_000
export const JOINED_MS = 8_000
/** A value at QoS 0 is written that long after it came at the latest, where flash lasts. */
export const WRITTEN_MS = 66_000
/** A power cut that is to come while something is written comes by then. */
const FAIL_MS_MAX = 600_000
/** Retained messages that somebody has subscribed to are under way for so long at the most. */
const UNDER_WAY_MS = 120_000
/** Bytes of a message that takes sectors of its own. */
const LARGE_SIZE = 4_000
/** Clients are at rest, with what they get when they are back. */
const CALM_MS = 120_000

export class YearHome {
  readonly random: Random
  readonly power: Power
  readonly ledger = new Ledger()
  readonly alarms: Alarms
  readonly clients: YearClient[] = []
  messages = 0
  powerCuts = 0
  /** Times that a client was refused for want of room, and came again. */
  refusals = 0
  /** The board has closed a connection since all was quiet. */
  isInDoubt = false
  /** Messages at QoS 0 that were dropped, as a client had too much on its way to it. */
  dropped = 0
  /** Large ones among them that were to be retained, in whose place the former ones stayed. */
  stale = 0
  private droppedHere = 0
  /** What the board has printed of its flash. */
  readonly lines: string[] = []
  private readonly agenda = new Agenda()
  private readonly inspector: Inspector
  private stretch = 1
  private cutAt = 0
  private isBusy = false

  /** The power goes so often, on average. */
  constructor(seed: number, private readonly cutEveryMs: number) {
    this.random = new Random(seed)
    this.power = new Power(this.random)
    this.inspector = new Inspector(this)
    this.alarms = new Alarms()
    residents(this)
    this.advance(JOINED_MS)
    this.everybodyComes()
    this.every(DAY_MS, () => this.look())
    this.every(cutEveryMs, () => this.powerGoes())
  }

  get now(): number {
    return this.power.now
  }

  /** At a whole second, half a second behind the board's. */
  after(milliseconds: number, run: () => void): void {
    const at = Math.ceil((this.now + milliseconds) / SECOND_MS) * SECOND_MS + SECOND_MS / 2
    this.agenda.add(at, run)
  }

  /** Again and again, at times of that distance on average. */
  often(milliseconds: number, run: () => void): void {
    const turn = (): void => {
      run()
      this.after(this.around(milliseconds), turn)
    }
    this.after(this.random.below(milliseconds), turn)
  }

  private every(milliseconds: number, run: () => void): void {
    this.after(milliseconds, () => {
      run()
      this.every(milliseconds, run)
    })
  }

  /** A random time near this one. */
  private around(milliseconds: number): number {
    return milliseconds * (50 + this.random.below(100)) / 100
  }

  /** Lets the home live until a time. */
  live(until: number): void {
    let entry = this.agenda.take()
    while (entry && entry.at <= until) {
      if (entry.at > this.now) this.advance(entry.at - this.now)
      void entry.run()
      const next = this.agenda.take()
      if (next?.at !== entry.at) this.settle()
      if (next?.at !== entry.at) this.quiet()
      entry = next
    }
    if (entry) this.agenda.add(entry.at, entry.run)
  }

  private advance(milliseconds: number): void {
    this.power.driver.advance(milliseconds)
    this.settle()
  }

  /** Has everything come that is on its way. */
  settle(): void {
    const { power, clients } = this
    do {
      power.driver.settle()
      if (!power.isOn) return this.powerWent()
      for (const client of clients) client.notice()
    } while (clients.filter((client) => client.collect()).length > 0)
  }

  /** Of a publisher whose connection the board has closed it is not known what has still come. */
  private quiet(): void {
    for (const { expected } of this.clients) {
      if (this.isInDoubt) expected.clear()
      else expected.quiet()
    }
    this.isInDoubt = false
  }

  /** Somebody publishes a message. */
  said(topic: string, payload: string, isRetained: boolean): void {
    this.messages++
    // What is large and nobody is told of is dropped where there is no room.
    const at = payload.length > LARGE_SIZE ? Infinity : this.now
    if (isRetained) this.ledger.said(topic, payload, at, WRITTEN_MS * this.stretch)
    for (const client of this.clients) client.expect(topic, payload)
  }

  isRetained(topic: string, payload: string): boolean {
    return this.ledger.isPossible(topic, payload, this.now - UNDER_WAY_MS)
  }

  private everybodyComes(): void {
    for (const client of this.clients) this.after(client.terms.lateMs, () => client.connect())
  }

  /** The power is to go: as everybody is at rest, or while something is written. */
  private powerGoes(): void {
    this.after(this.random.below(this.cutEveryMs / 2), () => {
      if (this.random.oneIn(3)) return this.powerWent()
      const before = this.powerCuts
      this.power.fail()
      this.after(FAIL_MS_MAX, () => {
        if (this.powerCuts === before) this.powerWent()
      })
    })
  }

  private powerWent(): void {
    if (this.isBusy) throw new Error('the power went while somebody looked')
    this.listen()
    this.powerCuts++
    this.isBusy = true
    this.power.driver.board.powerOff()
    for (const client of this.clients) client.lose()
    this.alarms.forget()
    this.droppedHere = 0
    this.cutAt = this.now
    this.power.driver.clock.moveTo(this.power.driver.clock.nowMs() + OFF_MS)
    this.power.again()
    this.isBusy = false
    this.advance(JOINED_MS)
    this.inspector.inspect(this.cutAt - WRITTEN_MS * this.stretch, true)
    this.everybodyComes()
  }

  /** Looks whether everything is there, while the home goes on. */
  private look(): void {
    this.listen()
    if (this.clients.some(({ isReady, terms }) => !isReady && terms.expiry === undefined)) {
      this.after(CALM_MS, () => this.look())
      return
    }
    this.settle()
    this.checkFigures(this.inspector.inspect(this.now, false))
  }

  /** The board's own figures: what did not come it has dropped, and its tables have what there is. */
  private checkFigures(stale: number): void {
    const figure = (name: string): number => Number(this.figures.get(`$SYS/broker/${name}`))
    const missing = this.clients.reduce((sum, client) => sum + client.expected.missing, 0)
    const dropped = figure('publish/messages/dropped')
    if (missing + stale > dropped) {
      throw new Error(`${missing} messages are missing, ${stale} not retained, and the board has dropped ${dropped}`)
    }
    this.stale += stale
    const retained = figure('retained messages/count')
    const { count } = this.ledger
    if (retained !== count) throw new Error(`${count} messages are retained, and the board has ${retained}`)
    this.dropped += dropped - this.droppedHere
    this.droppedHere = dropped
  }

  /** A board says it when it writes values less often. */
  private listen(): void {
    for (const line of this.power.output()) {
      const stretched = /values are now kept (\d+) times/.exec(line)
      if (stretched) this.stretch = Number(stretched[1])
      if (/flash|damaged|records|room/.test(line)) this.lines.push(`${Math.floor(this.now / 1_000)} s: ${line}`)
    }
  }

  /** Time passes for the board while somebody looks, and nobody has anything to say but that he is there. */
  wait(milliseconds: number): void {
    this.advance(milliseconds)
    for (const client of this.clients) client.ping()
  }

  /** What it says of itself. */
  get figures(): Map<string, string> {
    return this.inspector.figures
  }
}
