// What a gateway writes, one commit after the other: first the messages that it took, as an entry of the log, which it
// waits for until it has read it there; then what topics retain; then the sessions that have changed. So whoever finds
// a session's key finds in the log behind it whatever its client was told of and its key does not have.
//
// All of a commit is as it was when the commit began: what comes meanwhile is the next one's.
import type { Published } from '../cluster_seam'
import { wallMs } from '../time'
import type { ClusterRecords } from './cluster_records'
import type { CoreSessions } from './core_sessions'
import type { Engine } from './engine'
import { Overtaken, TooLarge, Unwanted } from './engine_terms'
import type { Groups } from './groups'
import type { HostedSession, SessionState } from './hosted_session'
import type { LogCounts } from './log_counts'
import { messageSize, messagesEncode, secondsLeft } from './log_entry'
import type { RetainedBucket } from './retained_bucket'
import type { SessionKeys } from './session_keys'
import { keyOf } from './subject'

export interface CommitOwner {
  readonly node: string
  /** The last entry of the log that sessions here have had. */
  readonly position: number
  /** What they give is acknowledged when a commit has written all that there was. */
  readonly groups: Pick<Groups, 'given' | 'kept' | 'made'>
  /** Whether it is the gateway still that the commit was begun for. */
  isCurrent(node: string): boolean
  /** Ends when the log was read so far. */
  until(seq: number): Promise<void>
  /** For people. */
  tell(message: string): void
}

/** Milliseconds that whoever waits for a commit has, while the engine is away. */
const PATIENCE_MS = 3_000
const LOOK_MS = 200
/** Until a commit that was refused is tried again. */
const PAUSE_MS = 1_000
/** Bytes of an entry besides its messages; keys that are written at a time. */
const ENTRY_REST = 1_024
const WRITES_MAX = 256

export class Commits {
  /** See the Store of transmit.ts. */
  changed: () => void = () => undefined
  private pending: { message: Published, takenMs: number }[] = []
  private isRunning = false
  private isPaused = false
  private isFlushing = false
  /** Who waits for the commit that is under way. */
  private waiting: ((isKept: boolean) => void) | null = null
  private isStopped = false
  /** The commit goes on without those who waited for it. */
  private isGivenUp = false
  private chain: Promise<unknown> = Promise.resolve()
  private entryCount = 0
  /** All that sessions had of the log until here is in their keys. */
  flushedAt = 0
  private readonly look: NodeJS.Timeout

  constructor(
    private readonly engine: Engine, private readonly records: ClusterRecords,
    private readonly sessions: CoreSessions, private readonly keys: SessionKeys,
    private readonly retained: RetainedBucket, private readonly counts: LogCounts, private readonly owner: CommitOwner,
  ) {
    records.onUrgent = () => this.changed()
    this.look = setInterval(() => this.looked(), LOOK_MS).unref()
  }

  /** What a commit has that is given up is not kept, though it is nobody's to begin any more. */
  get isChanged(): boolean {
    return this.pending.length > 0 || this.records.urgent.size > 0 || this.isGivenUp
  }

  /** What waits behind the last commit waits for ever. */
  get isBusy(): boolean {
    return this.isStopped || this.isPaused || this.isRunning && !this.isGivenUp
  }

  get pendingCount(): number {
    return this.pending.length
  }

  /** A message is to go into the log. */
  publish(message: Published): void {
    this.pending.push({ message, takenMs: wallMs() })
    this.changed()
  }

  /** For the port: writes what clients wait for. */
  commit(done: (isKept: boolean) => void): void {
    if (this.isRunning) {
      // The engine is away.
      this.isPaused = true
      queueMicrotask(() => done(false))
      setTimeout(() => {
        this.isPaused = false
        this.changed()
      }, PAUSE_MS)
      return
    }
    this.waiting = done
    void this.run(false)
  }

  private looked(): void {
    if (this.isGivenUp || !this.isRunning || this.engine.awayMs < PATIENCE_MS) return
    this.isGivenUp = true
    this.answer(false)
    this.changed()
  }

  private answer(isKept: boolean): void {
    const { waiting } = this
    this.waiting = null
    waiting?.(isKept)
  }

  /** Writes what must be written, or all that there is. */
  run(isFull: boolean): Promise<void> {
    return this.alone(() => this.write(isFull))
  }

  /** Writes all that there is, behind what is being written; once at a time. */
  async flush(): Promise<void> {
    if (this.isFlushing) return
    this.isFlushing = true
    await this.run(true).catch(() => undefined)
    this.isFlushing = false
  }

  /** Does something while no commit is under way; rejects as it does. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    this.isRunning = true
    const result = this.chain.then(async () => {
      if (this.isStopped) throw new Unwanted('This gateway has left.')
      this.isRunning = true
      return work()
    })
    const settled = result.then(() => true, () => false).then((isKept) => {
      if (this.chain !== settled) return this.answer(isKept)
      this.isRunning = this.isGivenUp = false
      this.answer(isKept)
      this.changed()
    })
    this.chain = settled
    return result
  }

  /** Only within `alone`. */
  async write(isFull: boolean): Promise<void> {
    const { records, owner } = this
    const { node, position } = owner
    const isWanted = (): boolean => owner.isCurrent(node)
    // What waited for the engine has become older.
    const messages = this.pending.map(({ message, takenMs }) => ({ ...message, expiry: secondsLeft(message, takenMs) }))
    this.pending = []
    const sessions = [...isFull ? records.dirty : records.urgent]
    if (isFull) records.dirty = new Set()
    else for (const hosted of sessions) records.dirty.delete(hosted)
    records.urgent = new Set()
    const given = isFull ? owner.groups.given : []
    const states = sessions.map((hosted) => ({ hosted, state: this.sessions.stateOf(hosted, position) }))
    for (const part of this.parts(messages)) {
      const seq = await this.append(node, part, isWanted)
      await this.retained.put(this.counts.counting({ node, seq }, part), seq)
    }
    await owner.groups.made()
    for (let at = 0; at < states.length; at += WRITES_MAX) {
      const some = states.slice(at, at + WRITES_MAX)
      await Promise.all(some.map(({ hosted, state }) => this.sessionWrite(hosted, state, isWanted)))
    }
    if (!isFull) return
    this.flushedAt = Math.max(this.flushedAt, position)
    owner.groups.kept(given)
  }

  /** Ends when the entry was read; answers where it stands. */
  private async append(node: string, messages: Published[], isWanted: () => boolean): Promise<number> {
    const count = ++this.entryCount
    const bytes = messagesEncode(node, count, messages)
    for (let identifier = `${node}.${count}`; ; identifier += '.again') {
      await this.owner.until(await this.engine.append(bytes, identifier, isWanted))
      if (!isWanted()) throw new Unwanted('It is not wanted any more.')
      const place = this.counts.placeOf(node, count)
      if (place !== null) return place
      this.owner.tell('the engine has something else where it said that an entry is: it is written again')
    }
  }

  /** Messages in as many entries as they need. */
  private parts(messages: Published[]): Published[][] {
    const most = this.engine.entrySizeMax - ENTRY_REST
    const parts: Published[][] = []
    let size = Infinity
    for (const message of messages) {
      const more = messageSize(message)
      if (size + more > most) {
        parts.push([])
        size = 0
      }
      parts.at(-1)!.push(message)
      size += more
    }
    return parts
  }

  private async sessionWrite(
    hosted: HostedSession, state: SessionState | null, isWanted: () => boolean,
  ): Promise<void> {
    if (hosted.isOver) return
    try {
      if (state) {
        state.published = hosted.published
        await this.keys.write(hosted, state, isWanted)
      } else {
        const key = keyOf(hosted.client)
        if (hosted.revision) await this.engine.clear('sessions', key, hosted.revision, isWanted)
        // Its client may have come again meanwhile.
        if (this.sessions.stateOf(hosted, 0)) {
          hosted.revision = (await this.engine.read('sessions', key))?.revision ?? 0
          this.records.touch(hosted, true)
        } else this.records.drop(hosted)
      }
    } catch (error) {
      if (error instanceof TooLarge) this.tooLarge(hosted)
      else if (!(error instanceof Overtaken)) throw error
      else if (!hosted.isOver) this.sessions.lost(hosted)
    }
  }

  private tooLarge(hosted: HostedSession): void {
    this.owner.tell(`the session of ${hosted.client} is larger than the engine takes, and is ended`)
    this.sessions.end(hosted)
  }

  /** What has not been written is not this gateway's to write any more. */
  forget(): void {
    this.pending = []
  }

  /** Writes nothing more. */
  stop(): void {
    this.isStopped = true
    clearInterval(this.look)
  }
}
