// A client that comes again whenever its connection is over, at whichever gateway there is, and now and then without a
// reason.
import type { Line } from '../gateway/kill/line'

/** Server unavailable, to 5.0 and to 3.1.1; a claim that took too long is told the same. */
export const REFUSALS = [0x88, 3]
/** Milliseconds that a gateway has to let it in, and until it tries another one. */
const CONNECT_MS = 10_000
const AGAIN_MS = 100
const LOOK_MS = 10

export interface RoamerTerms {
  /** Where it may go. */
  ports: () => number[]
  random: () => number
  /** Milliseconds that it stays where it is, on average; 0: as long as it can. */
  stayMs: number
}

export class Roamer {
  /** How often it has been let in. */
  count = 0
  port = 0
  /** It has done what it does first. */
  isReady = false
  private isGoing = true
  private readonly life: Promise<void>

  /** `connect` brings it in; `come` is told each time. */
  constructor (
    readonly line: Line, private readonly connect: (port: number) => Promise<void>, private readonly terms: RoamerTerms,
    private readonly come: (isFirst: boolean) => Promise<void> = async () => undefined,
  ) {
    line.refusals = REFUSALS
    this.life = this.live()
  }

  private async live (): Promise<void> {
    const { line, terms } = this
    while (this.isGoing) {
      const ports = terms.ports()
      this.port = ports[Math.floor(terms.random() * ports.length)]
      const late = setTimeout(() => line.cut(), CONNECT_MS)
      const isIn = await this.connect(this.port).then(() => true, () => false)
      clearTimeout(late)
      if (isIn) {
        await this.come(this.count++ === 0)
        this.isReady = true
        await this.stay()
      }
      line.cut()
      if (this.isGoing) await new Promise(resolve => setTimeout(resolve, AGAIN_MS * terms.random()))
    }
  }

  private async stay (): Promise<void> {
    const { stayMs, random } = this.terms
    const until = stayMs ? Date.now() + stayMs * 2 * random() : Infinity
    while (this.isGoing && this.line.isOpen && Date.now() < until) {
      await new Promise(resolve => setTimeout(resolve, LOOK_MS))
    }
  }

  async end (): Promise<void> {
    this.isGoing = false
    this.line.cut()
    await this.life
  }
}
