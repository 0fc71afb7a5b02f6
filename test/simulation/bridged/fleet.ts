// A house with many boards, each of which has a bridge to the same broker: that one is away now and then, for all of
// them at once, and then one of them loses its power too.

import { Random } from '../../model/random'
import { BoardSide } from './board_side'
import { Ledger } from './ledger'
import { type End, Line } from './line'

/** The broker that all of them have a bridge to. */
export interface Upstream {
  /** The end of a new connection; null: it takes none. */
  accept(): End | null
  advance(milliseconds: number): Promise<void>
  /** Tells of what has come. */
  hear(heard: (text: string, topic: string) => void): Promise<void>
  restart(): Promise<void>
}

interface Member { side: BoardSide, line: Line, ledger: Ledger, published: number }

/** Milliseconds between two messages of a board on average, and how many wait for the upstream at the most. */
const MESSAGE_EVERY_MS = 20_000
const WAITING_MAX = 40
/** Milliseconds that an outage takes at the most, and everything at the end. */
const OUTAGE_MS_MAX = 120_000
const CALM_MS_MAX = 600_000
const STEP_MS = 500
/** Milliseconds until every bridge has been there once. */
const READY_MS = 10_000

export class Fleet {
  now = 0
  outages = 0
  powerCuts = 0
  readonly members: Member[]
  private readonly random: Random
  private isAway = false
  private changeAt = READY_MS

  constructor(private readonly upstream: Upstream, count: number, seed: number) {
    this.random = new Random(seed)
    this.members = Array.from({ length: count }, (_, i) => {
      const line = new Line(() => this.isAway ? null : upstream.accept())
      const lines = [`topic out/# out 2 "" site/${i}/`, 'notifications false']
      const side = new BoardSide(seed + i, line, { lines, clientIdentifier: `board${i}` }, 'in/#', () => this.now)
      return { side, line, ledger: new Ledger(), published: 0 }
    })
  }

  async live(milliseconds: number): Promise<void> {
    for (const { side } of this.members) await side.start()
    while (this.now < READY_MS) await this.step()
    while (this.now < milliseconds) {
      if (this.now >= this.changeAt) await this.change()
      for (const [i, member] of this.members.entries()) {
        if (this.random.oneIn(MESSAGE_EVERY_MS / STEP_MS)) await this.publish(i, member)
      }
      await this.step()
    }
    this.isAway = false
    const end = this.now + CALM_MS_MAX
    while (this.missing || !this.areOpen) {
      if (this.now > end) throw new Error(`${this.missing} messages never arrive, or a bridge is never there again`)
      await this.step()
    }
    for (const { side, ledger } of this.members) {
      ledger.end()
      await side.end()
    }
  }

  get missing(): number {
    return this.members.reduce((sum, { ledger }) => sum + ledger.missing, 0)
  }

  private get areOpen(): boolean {
    return this.members.every(({ line }) => line.isOpen)
  }

  private async change(): Promise<void> {
    const { random, members } = this
    this.isAway = !this.isAway
    this.changeAt = this.now + STEP_MS + random.below(OUTAGE_MS_MAX)
    if (!this.isAway) return
    this.outages++
    for (const { line } of members) line.current?.reset()
    if (random.oneIn(2)) await this.upstream.restart()
    this.powerCuts++
    await random.pick(members).side.powerCut()
  }

  private async publish(index: number, member: Member): Promise<void> {
    if (member.ledger.missing >= WAITING_MAX) return
    const text = `board ${index}, ${++member.published}`
    const qos = this.random.oneIn(2) ? 1 : 2
    const code = await member.side.publish('out/reading', text, qos)
    if (code) throw new Error(`board ${index} refuses a message with ${code}`)
    member.ledger.accept(text, 'out/reading', qos, this.now)
    await this.hear()
  }

  private async step(): Promise<void> {
    this.now += STEP_MS
    for (const { side, line } of this.members) {
      await side.advance(STEP_MS)
      await line.step(() => side.settle())
    }
    await this.upstream.advance(STEP_MS)
    await this.hear()
  }

  private hear(): Promise<void> {
    return this.upstream.hear((text, topic) => {
      const index = Number(topic.split('/')[1])
      if (!text.startsWith(`board ${index},`)) throw new Error(`${JSON.stringify(text)} comes as ${topic}`)
      this.members[index].ledger.arrive(text)
    })
  }
}
