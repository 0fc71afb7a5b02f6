// A client comes, and its session with it: from its key, from the gateway that has it, or from one that is over.
import { SERVER_UNAVAILABLE, SESSION_TAKEN_OVER, SUCCESS } from '../../../codec/reason_code'
import type { ClusterRecords } from './cluster_records'
import type { Commits } from './commits'
import type { CoreSessions } from './core_sessions'
import type { Engine } from './engine'
import { Overtaken, TooLarge, Unwanted, nullWhereOvertaken } from './engine_terms'
import { type HostedSession, type SessionState, stateBytes, stateRead } from './hosted_session'
import type { Leases } from './leases'
import type { LogCounts } from './log_counts'
import type { Coming, SessionImport } from './session_import'
import type { SessionKeys } from './session_keys'
import { keyOf } from './subject'
import type { Takings } from './takings'
import { Turns } from './turns'

export interface RoamingOwner {
  readonly node: string
  readonly position: number
  readonly leases: Leases
  /** A gateway cannot be reached. */
  inherit(node: string): Promise<void>
}

/** Milliseconds that a client has to be let in, that another gateway has to answer, and until it is asked again. */
const CLAIM_MS_MAX = 25_000
const GIVE_MS = 2_000
const AGAIN_MS = 200
/** How often nobody may answer for a gateway until it is ended, or says that it has not what its key says. */
const SILENT_MAX = 3
const UNKNOWN_MAX = 3
/** Milliseconds that a client that was let in may take to be there. */
const EXPECTED_MS = 10_000

const GIVEN = 'given'
const UNKNOWN = 'unknown'
/** Milliseconds after which a gateway that did not answer will not have given anything. */
const LATE_MS = 30_000

/** How often nobody answered for a gateway, or it said that it has not what its key says, which had this revision. */
interface Counts { silent: number, unknown: number, revision: number }

const countsBegin = (): Counts => ({ silent: 0, unknown: 0, revision: 0 })

const wait = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

export class Roaming {
  /** One thing at a time is done for a client. */
  private readonly turns = new Turns()
  /** Of clients that are on their way, or whose sessions are not in their keys yet: where they stand in the log. */
  readonly holds = new Map<string, number>()

  private isStopped = false

  constructor(
    private readonly engine: Engine, private readonly records: ClusterRecords, private readonly commits: Commits,
    private readonly imports: SessionImport, private readonly sessions: CoreSessions,
    private readonly keys: SessionKeys, private readonly takings: Takings, private readonly log: LogCounts,
    private readonly owner: RoamingOwner, private readonly prefix: string,
  ) {}

  private giveSubject(node: string): string {
    return `${this.prefix}.give.${node}`
  }

  /** Hears gateways that ask for sessions. */
  listen(): void {
    this.engine.connection?.subscribe(this.giveSubject(this.owner.node), {
      callback: (error, message) => {
        const given = error ? null : this.give(message.string()).then((answer) => message.respond(answer))
        given?.catch(() => undefined)
      },
    })
  }

  /** Does something for a client when nothing else is done for it. */
  lock<T>(client: string, work: () => Promise<T>): Promise<T> {
    return this.turns.take(client, work)
  }

  /** A client is to be let in: answers SUCCESS when its session is here. */
  async claim(client: string): Promise<number> {
    const limit = performance.now() + CLAIM_MS_MAX
    const counts = countsBegin()
    while (performance.now() < limit && this.engine.isReady && !this.isStopped) {
      // Whoever goes on with a gateway that is over has his turn too.
      const isHere = await this.lock(client, () => this.claimOnce(client, counts)).catch(() => false)
      if (isHere) return SUCCESS
      await wait(AGAIN_MS)
    }
    return SERVER_UNAVAILABLE
  }

  private async claimOnce(client: string, counts: Counts): Promise<boolean> {
    await this.takeOver(client)
    const { hosted } = this.records
    if (!hosted.get(client)?.revision) await this.attempt(client, counts)
    const here = hosted.get(client)
    if (!here?.revision) return false
    this.expect(here)
    return true
  }

  /** Whoever is connected by this name goes, and its Will is published, before the next one is there. */
  private async takeOver(client: string): Promise<void> {
    if (!this.sessions.isConnected(client)) return
    this.sessions.disconnect(client, SESSION_TAKEN_OVER)
    await this.commits.run(false)
  }

  /** It is going to be connected. */
  private expect(hosted: HostedSession): void {
    hosted.expectedUntil = performance.now() + EXPECTED_MS
    setTimeout(() => this.records.touch(hosted, false), EXPECTED_MS + 1).unref()
    this.records.touch(hosted, true)
  }

  /** Whether the session is here now. */
  private async attempt(client: string, counts: Counts): Promise<boolean> {
    const { engine, owner } = this
    // What the log brings from now on it may have to have.
    const held = owner.position
    const there = await engine.read('sessions', keyOf(client))
    const revision = there?.revision ?? 0
    const state = there?.bytes.length ? stateRead(there.bytes) : null
    const holder = this.holderOf(client, state, revision)
    if (state?.node === owner.node && holder === owner.node) return this.take(client, state, revision, held)
    // Who answered for another revision may have been about to take it.
    if (counts.revision !== revision) Object.assign(counts, { unknown: 0, revision })
    const isAsked = holder !== null && holder !== owner.node && counts.unknown < UNKNOWN_MAX
      && await owner.leases.isThere(holder)
    if (!isAsked) return this.seize(client, state, revision)
    this.holds.set(client, held)
    return this.ask(client, holder, counts)
  }

  /**
   * Who has a session, or is to have it: whom its key names; null: nobody. The log knows better where that was written
   * by somebody who did not know of it, or the engine has lost the key.
   */
  holderOf(client: string, state: SessionState | null, revision: number): string | null {
    const known = this.log.holderOf(client)
    const isBehind = known && known.node !== state?.node && known.revision > (state?.over ?? revision)
    return isBehind ? known.node : state?.node ?? null
  }

  private async ask(client: string, holder: string, counts: Counts): Promise<boolean> {
    const { engine, owner } = this
    const asked = JSON.stringify({ client, to: owner.node })
    const answer = await engine.request(this.giveSubject(holder), asked, GIVE_MS)
    if (answer === UNKNOWN) counts.unknown++
    else if (answer === null) counts.silent++
    if (counts.silent >= SILENT_MAX) {
      counts.silent = 0
      void owner.inherit(holder)
    }
    if (answer === GIVEN) return this.attempt(client, counts)
    if (answer !== undefined) this.holds.delete(client)
    else setTimeout(() => void this.lateCome(client), LATE_MS).unref()
    return false
  }

  /** A gateway did not answer in time, and may have given the session nevertheless. */
  private lateCome(client: string): Promise<void> {
    return this.lock(client, async () => {
      const there = await this.engine.read('sessions', keyOf(client))
      const isOurs = there && there.bytes.length > 0 && stateRead(there.bytes).node === this.owner.node
      if (isOurs && !this.records.hosted.get(client)?.revision) await this.attempt(client, countsBegin())
      this.holds.delete(client)
    }).catch(() => undefined)
  }

  /** Nobody else says that he has it: it is what its key has, or a new one. */
  private async seize(client: string, state: SessionState | null, revision: number): Promise<boolean> {
    const { node, position } = this.owner
    const over = Math.max(revision, this.log.holderOf(client)?.revision ?? 0)
    const taken: SessionState = state ? { ...state, node, over, epoch: state.epoch + 1, isGiven: true } : {
      client, node, over, epoch: 1, isConnected: true, isGiven: true, cursor: position, published: position,
      session: null, at: 0, subscriptions: [], queue: [], inbound: [], will: null,
    }
    const written = await this.engine.write('sessions', keyOf(client), stateBytes(taken), revision)
      .catch(nullWhereOvertaken)
    if (written === null) return false
    if (state) return this.take(client, taken, written, state.cursor)
    return this.create(client, taken, written)
  }

  private async create(client: string, { over }: SessionState, revision: number): Promise<boolean> {
    this.holds.delete(client)
    if (!await this.takings.take({ client, revision, over })) return false
    Object.assign(this.records.host(client), { revision, takenAt: revision, over })
    return true
  }

  /** It is in this gateway's name. */
  private async take(client: string, state: SessionState, revision: number, held: number): Promise<boolean> {
    this.holds.set(client, Math.min(held, state.cursor))
    try {
      return await this.bring([{ state, revision, cursor: state.cursor, isLost: state.isConnected }]) > 0
    } finally {
      this.holds.delete(client)
    }
  }

  /** Makes sessions whose keys name this gateway, where the log says so too; answers how many when they are kept. */
  async bring(coming: Coming[]): Promise<number> {
    const areOurs = await Promise.all(coming.map(({ state: { client, over }, revision }) =>
      this.takings.take({ client, revision, over })))
    const ours = coming.filter((_one, i) => areOurs[i])
    await this.imports.run(ours)
    await this.commits.run(false)
    return ours.length
  }

  private give(text: string): Promise<string> {
    const { client, to } = JSON.parse(text) as { client: string, to: string }
    return this.lock(client, () => this.giveNow(client, to))
  }

  /** Takes and gives nothing more; ends when nothing of that is under way. Who asks is not answered. */
  stop(): Promise<void> {
    this.isStopped = true
    return this.turns.over()
  }

  private async giveNow(client: string, to: string): Promise<string> {
    if (this.isStopped) throw new Unwanted('This gateway leaves.')
    const { records, commits, owner, engine, sessions } = this
    const hosted = records.hosted.get(client)
    if (!hosted || hosted.isOver) return UNKNOWN
    hosted.expectedUntil = 0
    sessions.disconnect(client, SESSION_TAKEN_OVER)
    return commits.alone(async () => {
      // What it has published, its Will among it, comes first.
      await commits.write(false)
      if (hosted.isOver) return UNKNOWN
      const state = sessions.stateOf(hosted, owner.position)
      sessions.give(hosted)
      if (!state) {
        if (hosted.revision) await engine.clear('sessions', keyOf(client), hosted.revision)
        return GIVEN
      }
      const given = {
        ...state, node: to, over: hosted.revision, epoch: state.epoch + 1, isConnected: false, isGiven: true,
        published: hosted.published,
      }
      await this.keys.write(hosted, given)
      return GIVEN
    }).catch(async (error: Error) => {
      hosted.isLost = true
      if (error instanceof Overtaken) return UNKNOWN
      if (!(error instanceof TooLarge)) throw error
      // It could not be kept any more.
      await engine.clear('sessions', keyOf(client), hosted.revision)
      return GIVEN
    })
  }
}
