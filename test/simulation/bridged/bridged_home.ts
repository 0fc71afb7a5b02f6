// A home whose broker has a bridge to another broker, for some hours of virtual time, all of it drawn from one seed:
// who publishes what on both sides, and when which broker or the line between them is away.

import { Random } from '../../model/random'
import { CoreEnd } from './core_end'
import { Ledger } from './ledger'
import { Line } from './line'
import { Neighbour } from './neighbour'
import { OUTAGES, freeze, type Outage } from './outages'
import type { Counts, Side } from './side'

/** Milliseconds between two outages at the most, and how long one takes. */
const PAUSE_MS_MAX = 240_000
const OUTAGE_MS_MAX = 300_000
/** Milliseconds that everything has to arrive when all is well again: more than the longest wait of a bridge. */
const CALM_MS_MAX = 1_800_000
/** Messages of a burst, bytes of one, and milliseconds between two bursts, on average. */
const BURST_MAX = 60
const PAYLOAD_SIZE_MAX = 40
/** One message of so many is large. */
const LARGE_EVERY = 16
const BURST_EVERY_MS = 5_000
const TOPICS = ['a', 'b', 'c/d']
/** Nobody has a subscription: the other broker does not know a bridge that was never there, or has forgotten it. */
const NO_MATCHING_SUBSCRIBERS = 0x10

export interface Terms {
  /** Makes the broker with the bridge, which carries `out/#` there and `in/#` here at QoS 2. */
  side(line: Line, nowMs: () => number): Side
  /** Messages that its queue takes, and bytes of their payloads, and what happens then. */
  queueMax: number
  bytesMax: number
  policy: 'newest' | 'oldest' | 'latest'
  /** Bytes of a large payload at the most; 0: there are none. */
  largeMax: number
  /** Bytes that may wait in the program for the line. */
  waitingMax: number
}

export class BridgedHome {
  now = 0
  readonly out = new Ledger()
  readonly in = new Ledger()
  readonly line: Line
  readonly neighbour: Neighbour
  readonly side: Side
  /** What has happened, and when. */
  readonly log: string[] = []
  private readonly random: Random
  private readonly outages: Outage[]
  private outage: Outage | null = null
  private changeAt = 0
  private published = 0
  /** Steps in which nothing has moved. */
  private quietSteps = 0

  constructor(private readonly terms: Terms, seed: number) {
    this.random = new Random(seed)
    const nowMs = (): number => this.now
    this.neighbour = new Neighbour(seed, 'out/#', nowMs)
    this.line = new Line(() => CoreEnd.of(this.neighbour.world))
    this.side = terms.side(this.line, nowMs)
    const able = OUTAGES.filter(({ needsFill }) => !needsFill || this.side.fill)
    const some = able.filter(() => this.random.oneIn(2))
    this.outages = some.length ? some : able
  }

  async live(milliseconds: number): Promise<void> {
    await this.neighbour.start()
    await this.side.start()
    while (this.now < milliseconds) {
      if (this.now >= this.changeAt) await this.change()
      await this.burst()
      await this.step()
      this.judge()
    }
    if (this.outage) await this.change()
    await this.calm()
    await this.side.end()
  }

  /** An outage begins, or is over. */
  private async change(): Promise<void> {
    const { outage, random, side } = this
    this.outage = outage ? null : random.pick(this.outages)
    this.log.push(`${this.now / 1_000} s: ${outage ? `end of ${outage.name}` : this.outage!.name}`)
    if (outage) await outage.end?.(this)
    else await this.outage!.begin(this, random)
    this.changeAt = this.now + side.stepMs + random.below(outage ? PAUSE_MS_MAX : OUTAGE_MS_MAX)
  }

  private async burst(): Promise<void> {
    const { random, side } = this
    if (!random.oneIn(Math.ceil(BURST_EVERY_MS / side.stepMs))) return
    const isOut = !random.oneIn(3)
    const count = random.oneIn(4) ? 1 + random.below(BURST_MAX) : 1
    for (let i = 0; i < count; i++) await this.publish(isOut)
  }

  private async publish(isOut: boolean): Promise<void> {
    const { random } = this
    const { largeMax } = this.terms
    const sizeMax = largeMax && random.oneIn(LARGE_EVERY) ? largeMax : PAYLOAD_SIZE_MAX
    const text = `m${++this.published} ${'x'.repeat(random.below(sizeMax))}`
    const qos = random.oneIn(2) ? 1 : 2
    const topic = `${isOut ? 'out' : 'in'}/${random.pick(TOPICS)}`
    const ledger = isOut ? this.out : this.in
    const code = await (isOut ? this.side : this.neighbour).publish(topic, text, qos)
    if (!code) ledger.accept(text, topic, qos, this.now)
    else if (isOut || code !== NO_MATCHING_SUBSCRIBERS) {
      if (!this.outage?.isWhole) ledger.refused++
    }
    await this.hear()
  }

  private async hear(): Promise<void> {
    await this.neighbour.hear((text) => this.out.arrive(text))
    await this.side.hear((text) => this.in.arrive(text))
  }

  private async step(): Promise<void> {
    const { side, neighbour, line } = this
    this.now += side.stepMs
    await side.advance(side.stepMs)
    await neighbour.advance(side.stepMs)
    const hasMoved = await line.step(async () => {
      await side.settle()
      await this.hear()
    })
    await this.hear()
    this.quietSteps = hasMoved ? 0 : this.quietSteps + 1
    if (this.isSettled) for (const ledger of [this.out, this.in]) ledger.settle()
  }

  /** Whether everything that has arrived was acknowledged to the end. */
  private get isSettled(): boolean {
    const isFull = this.outage?.isFull === true
    const { counts } = this.side
    return this.line.isOpen && this.quietSteps > 1 && !isFull && (!counts || counts.isConnected && !counts.kept)
  }

  async restartThere(isForgetful: boolean): Promise<void> {
    this.line.current?.reset()
    if (isForgetful) {
      this.out.forgetThere()
      this.in.forgetHere()
    }
    await this.neighbour.restart(isForgetful)
  }

  async powerCut(): Promise<void> {
    freeze(this)
    await this.side.powerCut()
  }

  /** What must hold at any time. */
  private judge(): void {
    const { terms, line, out } = this
    if (line.waitingMax > terms.waitingMax) throw new Error(`${line.waitingMax} bytes wait for the line`)
    const { counts } = this.side
    if (counts) this.judgeCounts(counts)
    else if (out.missing > terms.queueMax) throw new Error(`${out.missing} messages are kept`)
  }

  private judgeCounts(counts: Counts): void {
    const { out, terms } = this
    const { kept, keptBytes, sent, dropped } = counts
    if (kept > terms.queueMax) throw new Error(`${kept} messages are kept`)
    if (keptBytes > terms.bytesMax) throw new Error(`${keptBytes} bytes are kept`)
    const expected = out.accepted + out.refused - dropped - sent
    if (kept !== expected) throw new Error(`${kept} are said to be kept, and ${expected} are`)
    if (sent > out.arrived) throw new Error(`${sent} are said to be sent, and ${out.arrived} have arrived`)
    if (terms.policy !== 'newest') return
    if (dropped !== out.refused) throw new Error(`${dropped} are said to be dropped, and ${out.refused} were refused`)
    if (sent < out.arrived - out.open) throw new Error(`${sent} are said to be sent of ${out.arrived}`)
    this.judgeAge(counts)
  }

  private judgeAge({ oldestS }: Counts): void {
    const { oldestAt, open } = this.out
    if (open) return
    const since = oldestAt === undefined ? this.now : Math.max(oldestAt, this.side.startedAt)
    const age = Math.floor((this.now - since) / 1_000)
    if (Math.abs(oldestS - age) > 1) throw new Error(`the oldest is said to wait ${oldestS} s, and does ${age}`)
  }

  /** All is well: everything arrives, and the counters say so. */
  private async calm(): Promise<void> {
    const { out, side, terms } = this
    const end = this.now + CALM_MS_MAX
    for (; !this.isDone; await this.step()) {
      this.judge()
      if (this.now > end) throw new Error(`${out.missing} out and ${this.in.missing} in never arrive`)
    }
    this.judge()
    for (const ledger of [out, this.in]) ledger.end()
    if (terms.policy === 'latest' && out.staleTopics.length) throw new Error(`${out.staleTopics} have an old value`)
    const { counts } = side
    if (counts && (counts.keptBytes || counts.oldestS)) throw new Error('nothing is kept, and has bytes or an age')
  }

  /** Nothing is under way, and nothing is missing but what the queue has let go, as it is told to. */
  private get isDone(): boolean {
    const { out, terms } = this
    const { counts } = this.side
    const mayBeMissing = terms.policy === 'newest' ? 0 : counts!.dropped - out.refused
    return this.isSettled && out.missing <= mayBeMissing && !this.in.missing && this.quietSteps > 2
  }
}
