// What a home was like from time to time, for people: samples, and when something went wrong in it.

import type { Home } from './home'

/** Virtual time between two samples, milliseconds. */
const SAMPLE_MS = 10_000

export interface Sample {
  /** Virtual milliseconds. */
  at: number
  /** Clients that are connected, and other connections. */
  clients: number
  others: number
  /** The Client Identifiers of those that are connected. */
  present: string[]
  sessions: number
  retained: number
  /** QoS 1 and 2 messages that wait or are in flight. */
  queued: number
  /** Since the sample before. */
  packetsIn: number
  packetsOut: number
}

export interface Mark { at: number, fault: string }

export class Chronicle {
  readonly samples: Sample[] = []
  readonly marks: Mark[] = []
  private packetsIn = 0
  private packetsOut = 0

  /** `show` is called after each sample, and may take its time. */
  constructor(private readonly show: (chronicle: Chronicle, home: Home) => Promise<void> = async () => undefined) {}

  mark(at: number, fault: string): void {
    this.marks.push({ at, fault })
  }

  /** Takes a sample when it is time for one. */
  async look(home: Home): Promise<void> {
    if (home.time < (this.samples.at(-1)?.at ?? -SAMPLE_MS) + SAMPLE_MS) return
    const { links, model, packetsIn, packetsOut } = home.oracle
    const present = [...links.values()].filter(({ state }) => state === 'connected').map(({ clientId }) => clientId)
    this.samples.push({
      at: home.time, present, clients: present.length, others: links.size - present.length,
      sessions: model.sessions.size,
      retained: model.retained.size, packetsIn: packetsIn - this.packetsIn, packetsOut: packetsOut - this.packetsOut,
      queued: [...model.sessions.values()].reduce((sum, { queue }) => sum + queue.length, 0),
    })
    this.packetsIn = packetsIn
    this.packetsOut = packetsOut
    await this.show(this, home)
  }
}
