// A client comes, and its session with it: from its key, from the gateway that has it, or from one that is over.
import { SERVER_UNAVAILABLE, SESSION_TAKEN_OVER, SUCCESS } from '../../../codec/reason_code'
import type { ClusterRecords } from './cluster_records'
import type { Commits } from './commits'
import type { CoreSessions } from './core_sessions'
import type { Engine } from './engine'
import { Overtaken, TooLarge, Unwanted } from './engine_terms'
import { type HostedSession, type SessionState, filtersOf, stateBytes, stateRead } from './hosted_session'
import type { Leases } from './leases'
import type { SessionImport } from './session_import'
import { keyOf } from './subject'
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
  /** A reading of all keys that has not begun yet, and the one before. */
  private reading: Promise<Set<string>> | null = null
  private readBefore: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly engine: Engine, private readonly records: ClusterRecords, private readonly commits: Commits,
    private readonly imports: SessionImport, private readonly sessions: CoreSessions,
    private readonly owner: RoamingOwner, private readonly prefix: string,
  ) {}

  giveSubject(node: string): string {
    return `${this.prefix}.give.${node}`
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
    const isHere = this.records.hosted.get(client)?.revision || await this.attempt(client, counts)
    if (isHere) this.expect(this.records.host(client))
    return Boolean(isHere)
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
    if (!there?.bytes.length) return this.create(client, there?.revision ?? 0)
    const state = stateRead(there.bytes)
    if (state.node === owner.node) {
      await this.take(client, state, there.revision, held)
      return true
    }
    // Who answered for another revision may have been about to take it.
    if (counts.revision !== there.revision) Object.assign(counts, { unknown: 0, revision: there.revision })
    const isAsked = counts.unknown < UNKNOWN_MAX && await owner.leases.isThere(state.node)
    if (!isAsked) return this.steal(client, state, there.revision)
    this.holds.set(client, held)
    const asked = JSON.stringify({ client, to: owner.node })
    const answer = await engine.request(this.giveSubject(state.node), asked, GIVE_MS)
    if (answer === UNKNOWN) counts.unknown++
    else if (answer === null) counts.silent++
    if (counts.silent >= SILENT_MAX) {
      counts.silent = 0
      void owner.inherit(state.node)
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

  private async create(client: string, revision: number): Promise<boolean> {
    const { node, position } = this.owner
    const state: SessionState = {
      client, node, epoch: 1, isConnected: true, isGiven: false, cursor: position, published: position, session: null,
      at: 0, subscriptions: [], queue: [], inbound: [], will: null,
    }
    try {
      const written = await this.engine.write('sessions', keyOf(client), stateBytes(state), revision)
      this.records.host(client).revision = written
      this.holds.delete(client)
      return true
    } catch (error) {
      if (error instanceof Overtaken) return false
      throw error
    }
  }

  /** Nobody else says that he has it. */
  private async steal(client: string, state: SessionState, revision: number): Promise<boolean> {
    const taken = { ...state, node: this.owner.node, epoch: state.epoch + 1 }
    try {
      const written = await this.engine.write('sessions', keyOf(client), stateBytes(taken), revision)
      await this.take(client, taken, written, state.cursor)
      return true
    } catch (error) {
      if (error instanceof Overtaken) return false
      throw error
    }
  }

  /** It is in this gateway's name. */
  private async take(client: string, state: SessionState, revision: number, held: number): Promise<void> {
    this.holds.set(client, Math.min(held, state.cursor))
    await this.imports.run([{ state, revision, cursor: state.cursor, isLost: state.isConnected }])
    await this.flushed([client])
  }

  /** What has come is in its keys. */
  async flushed(clients: string[]): Promise<void> {
    await this.commits.run(false)
    for (const client of clients) this.holds.delete(client)
  }

  /** Whether a session that is not here has a Topic Filter. One reading of all keys is for all who ask before it. */
  async isWantedElsewhere(filter: string): Promise<boolean> {
    this.reading ??= this.readBefore.then(() => {
      this.reading = null
      return this.filtersElsewhere()
    })
    this.readBefore = this.reading.catch(() => undefined)
    return (await this.reading).has(filter)
  }

  private async filtersElsewhere(): Promise<Set<string>> {
    const states = [...(await this.engine.all('sessions')).values()].map(({ bytes }) => stateRead(bytes))
    const isHere = ({ node, client }: SessionState): boolean =>
      node === this.owner.node && this.records.hosted.has(client)
    return new Set(states.filter((state) => !isHere(state)).flatMap(filtersOf))
  }

  /** Another gateway asks for a session. */
  give(text: string): Promise<string> {
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
        ...state, node: to, epoch: state.epoch + 1, isConnected: false, isGiven: true, published: hosted.published,
      }
      await engine.write('sessions', keyOf(client), stateBytes(given), hosted.revision)
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
