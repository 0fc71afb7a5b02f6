// Looks what is retained, and what the board says of itself: nothing is missing, nothing is invented.
import { YearClient } from './client'
import type { YearHome } from './home'

const PERIOD_MS = 1_000
/** Nothing has come for so long: that was all. */
const QUIET_PERIODS = 4
const PERIODS_MAX = 300
/** Comes last of what the board says of itself. */
const LAST_FIGURE = '$SYS/broker/flash/years left'

export class Inspector extends YearClient {
  /** By topic under $SYS, of the last time. */
  readonly figures = new Map<string, string>()
  private readonly found = new Map<string, string>()

  constructor(home: YearHome) {
    super(home, {
      clientId: 'inspector', version: 5, keepalive: 0, lateMs: 0,
      subscriptions: [{ filters: ['#'], qos: 0 }, { filters: ['$SYS/#'], qos: 0 }],
    })
    home.clients.pop()
    this.onMessage = ({ topic, payload, retain }) => {
      if (topic.startsWith('$SYS/')) this.figures.set(topic, payload)
      else if (retain) this.found.set(topic, payload)
    }
  }

  /**
   * Has all that is retained come, and throws where it is not what it may be. What was published since then may not
   * be; `isAfterCut`: from now on what was found is what there is. Answers of how many topics the last value was
   * dropped.
   */
  inspect(since: number, isAfterCut: boolean): number {
    const { home, found, figures } = this
    const { ledger } = home
    found.clear()
    figures.clear()
    home.clients.push(this)
    this.connect()
    for (let quiet = 0, periods = 0, before = 0; quiet < QUIET_PERIODS || !figures.has(LAST_FIGURE); periods++) {
      if (periods > PERIODS_MAX) throw new Error(`no end of what is retained, or of ${[...figures.keys()].join(', ')}`)
      home.wait(PERIOD_MS)
      quiet = found.size === before ? quiet + 1 : 0
      before = found.size
    }
    this.leave()
    home.wait(PERIOD_MS)
    home.clients.pop()
    let stale = 0
    for (const topic of new Set([...ledger.topics, ...found.keys()])) {
      const payload = found.get(topic) ?? ''
      if (!ledger.isPossible(topic, payload, since)) {
        throw new Error(`${topic} has ${payload.slice(0, 60) || 'nothing'}, not ${ledger.known(topic)}, since ${since}`)
      }
      const isStale = !isAfterCut && ledger.isStale(topic, payload)
      if (isStale) stale++
      if (isAfterCut || isStale) ledger.settle(topic, payload)
    }
    return stale
  }

  override expect(): void {
    // It looks at what is retained.
  }
}
