// Says in the log which sessions this gateway has taken. Behind that place nobody else's word counts for their clients,
// and what was said before it this gateway has read when it makes them.
import type { Commits } from './commits'
import type { Engine } from './engine'
import { Unwanted } from './engine_terms'
import type { LogCounts } from './log_counts'
import { type Taking, noticeEncode } from './log_entry'

export interface TakingsOwner {
  readonly node: string
  isCurrent(node: string): boolean
  /** Ends when the log was read so far. */
  until(seq: number): Promise<void>
}

interface Waiting {
  taking: Taking
  node: string
  resolve: (isOurs: boolean) => void
  reject: (error: unknown) => void
}

/** Bytes of a notice besides its sessions, and sessions of one at the most. */
const NOTICE_REST = 1_024
const SESSIONS_MAX = 500

export class Takings {
  private waiting: Waiting[] = []
  private count = 0

  constructor(
    private readonly engine: Engine, private readonly commits: Commits, private readonly counts: LogCounts,
    private readonly owner: TakingsOwner,
  ) {}

  /**
   * This gateway's name is in a session's key: answers whether the session is its own. One notice has all sessions that
   * come while an entry is on its way; that one may have messages of their clients, from the last time they were here.
   */
  take(taking: Taking): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ taking, node: this.owner.node, resolve, reject })
      if (this.waiting.length > 1) return
      this.commits.alone(() => this.write()).catch((error: unknown) => {
        for (const one of this.waiting.splice(0)) one.reject(error)
      })
    })
  }

  private async write(): Promise<void> {
    const { node } = this.owner
    const all = this.waiting.splice(0)
    // Whoever was ended meanwhile has another name by now.
    for (const { resolve } of all.filter((one) => one.node !== node)) resolve(false)
    for (const part of this.parts(all.filter((one) => one.node === node))) {
      try {
        await this.append(node, part.map(({ taking }) => taking))
      } catch (error) {
        for (const { reject } of part) reject(error)
        continue
      }
      for (const { taking, resolve } of part) {
        const holder = this.counts.holderOf(taking.client)
        resolve(holder?.node === node && holder.revision === taking.revision)
      }
    }
  }

  private async append(node: string, sessions: Taking[]): Promise<void> {
    const { engine, owner } = this
    const isWanted = (): boolean => owner.isCurrent(node)
    const notice = noticeEncode({ kind: 'taken', node, sessions })
    await owner.until(await engine.append(notice, `${node}.taken.${++this.count}`, isWanted))
    if (!isWanted()) throw new Unwanted('It is not wanted any more.')
  }

  private parts(waiting: Waiting[]): Waiting[][] {
    const most = this.engine.entrySizeMax - NOTICE_REST
    const parts: Waiting[][] = []
    let left = 0
    for (const one of waiting) {
      const size = JSON.stringify(one.taking).length * 3
      if (size > left || parts.at(-1)!.length === SESSIONS_MAX) {
        parts.push([])
        left = most
      }
      parts.at(-1)!.push(one)
      left -= size
    }
    return parts
  }
}
