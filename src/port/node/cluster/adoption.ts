// A gateway is over: its sessions are this one's, whoever their clients come to next. Wills and what expires go on
// here.
import type { Engine } from './engine'
import { Overtaken } from './engine_terms'
import { stateBytes, stateRead } from './hosted_session'
import { noticeEncode } from './log_entry'
import type { Leases } from './leases'
import type { LogCounts } from './log_counts'
import type { LogReader } from './log_reader'
import type { RetainedBucket } from './retained_bucket'
import type { Roaming } from './roaming'
import type { Coming } from './session_import'

export interface AdoptionOwner {
  readonly node: string
  isCurrent(node: string): boolean
  tell(message: string): void
}

/** Keys that are written at a time. */
const WRITES_MAX = 64
/** Milliseconds until what somebody was about to give to it has come. */
const LATE_MS = 30_000

export class Adoption {
  private readonly under = new Map<string, Promise<void>>()

  constructor(
    private readonly engine: Engine, private readonly leases: Leases, private readonly reader: LogReader,
    private readonly roaming: Roaming, private readonly counts: LogCounts,
    private readonly retained: RetainedBucket, private readonly owner: AdoptionOwner,
  ) {}

  /** Ends when all that a gateway had is here, or somebody else's. */
  adopt(node: string): Promise<void> {
    let work = this.under.get(node)
    if (!work) {
      work = this.adoptNow(node).catch((error: Error) => this.owner.tell(`${node}: ${error.message}`))
        .finally(() => this.under.delete(node))
      this.under.set(node, work)
    }
    return work
  }

  private async adoptNow(node: string): Promise<void> {
    const { leases, engine, reader, owner, roaming } = this
    const me = owner.node
    // Nothing that this gateway says of its own place may go beyond what comes.
    const hold = `\0${node}`
    roaming.holds.set(hold, Math.min(reader.position, leases.others.get(node)?.state.position ?? Infinity))
    try {
      const state = await leases.inherit(node)
      if (!state) return
      roaming.holds.set(hold, Math.min(reader.position, state.position))
      const gone = noticeEncode({ kind: 'gone', node })
      const seq = await engine.append(gone, `${me}.gone.${node}`, () => owner.isCurrent(me))
      await reader.until(seq)
      await this.retainedMend(node, state.position, seq)
      const count = await this.sessionsTake(node, state.position)
      await leases.forget(node, seq)
      owner.tell(`${node} is over: its ${count} sessions go on here`)
      setTimeout(() => void this.sessionsTake(node, state.position).catch(() => undefined), LATE_MS).unref()
    } finally {
      roaming.holds.delete(hold)
    }
  }

  /** What it put into the log and did not live to keep. */
  private async retainedMend(node: string, from: number, to: number): Promise<void> {
    for (let seq = from + 1; seq < to; seq++) {
      const entry = await this.reader.entry(seq)
      if (entry?.node === node) await this.retained.put(this.counts.counting(entry, entry.messages), seq)
    }
  }

  private async sessionsTake(node: string, position: number): Promise<number> {
    const { engine, roaming } = this
    const theirs = [...await engine.all('sessions')].map(([key, { bytes }]) => ({ key, state: stateRead(bytes) }))
      .filter(({ state }) => state.node === node)
    let count = 0
    for (let at = 0; at < theirs.length; at += WRITES_MAX) {
      const some = theirs.slice(at, at + WRITES_MAX)
      const letGo = await this.lockAll(some.map(({ state }) => state.client))
      try {
        const taken = (await Promise.all(some.map(({ key }) => this.take(key, node, position))))
          .filter((one) => one !== null)
        count += await roaming.bring(taken)
      } finally {
        letGo()
      }
    }
    return count
  }

  /** Nobody else does anything for these clients until what this answers is called. */
  private async lockAll(clients: string[]): Promise<() => void> {
    let letGo: () => void = () => undefined
    const done = new Promise<void>((resolve) => { letGo = resolve })
    await Promise.all(clients.map((client) => new Promise<void>((resolve) => {
      void this.roaming.lock(client, () => {
        resolve()
        return done
      })
    })))
    return letGo
  }

  /** Puts this gateway into a key; null: it is somebody else's by now. */
  private async take(key: string, node: string, position: number): Promise<Coming | null> {
    for (;;) {
      const there = await this.engine.read('sessions', key)
      if (!there?.bytes.length) return null
      const state = stateRead(there.bytes)
      if (state.node !== node || this.roaming.holderOf(state.client, state, there.revision) !== node) return null
      // What was given to it and it did not take has had nothing there.
      const cursor = state.isGiven ? state.cursor : Math.max(state.cursor, position)
      const taken = {
        ...state, node: this.owner.node, over: there.revision, epoch: state.epoch + 1, isGiven: true, cursor,
      }
      try {
        const revision = await this.engine.write('sessions', key, stateBytes(taken), there.revision)
        return { state: taken, revision, cursor, isLost: state.isConnected }
      } catch (error) {
        if (!(error instanceof Overtaken)) throw error
      }
    }
  }
}
