// A gateway of a cluster: what clients publish at QoS 1 and 2 goes through a log that all gateways read, at QoS 0 from
// gateway to gateway; sessions stand in a bucket and go where their clients go.
import { randomBytes } from 'node:crypto'
import { SETTING_PACKET_SIZE } from '../../../broker/settings'
import type { createBroker } from 'midge-mqtt'
import type { ClusterEvent, ClusterOptions, ClusterStatistics } from '../library/cluster_api'
import { Adoption } from './adoption'
import { ClusterRecords } from './cluster_records'
import { Commits } from './commits'
import { CoreSessions } from './core_sessions'
import { Engine } from './engine'
import { type EngineModules, engineModules } from './engine_modules'
import { FiltersElsewhere } from './filters_elsewhere'
import { Front } from './front'
import { GroupGiving } from './group_giving'
import { Groups } from './groups'
import type { HostedSession } from './hosted_session'
import { Leases } from './leases'
import { type LogEntry, noticeEncode } from './log_entry'
import { LogCounts } from './log_counts'
import { LogReader } from './log_reader'
import { EVERYBODY, LogTaker } from './log_taker'
import { QuickGroups } from './quick_groups'
import { QuickMessages } from './quick_messages'
import { RetainedBucket } from './retained_bucket'
import { Roaming } from './roaming'
import { SessionImport } from './session_import'
import { SessionKeys } from './session_keys'
import { Takings } from './takings'
import { Trimmer } from './trimmer'

type Instance = ReturnType<typeof createBroker>
type Tell = (event: ClusterEvent) => void

const NAME = 'midge'
/** Milliseconds between two writings of what need not be written at once, and between two looks at the log's front. */
const FLUSH_MS = 500
const TRIM_MS = 10_000
/** Entries in front of what is needed that a gateway looks at which starts: who has sessions, and what was retained. */
const LOOKED_BACK = 1_000
/** Bytes that an entry has besides a message. */
const ENTRY_REST = 4_096

const nodeName = (): string => `n${randomBytes(6).toString('hex')}`

export class Cluster {
  node = nodeName()
  private readonly records = new ClusterRecords()
  private readonly counts = new LogCounts()
  private readonly engine: Engine
  private readonly reader: LogReader
  private readonly commits: Commits
  readonly leases: Leases
  readonly groups: Groups
  private readonly quick: QuickMessages
  private readonly quickGroups: QuickGroups
  private readonly giving: GroupGiving
  private readonly retained: RetainedBucket
  private readonly roaming: Roaming
  private readonly adoption: Adoption
  readonly sessions: CoreSessions
  private readonly front: Front
  private readonly taker: LogTaker
  private readonly trimmer: Trimmer
  private timers: NodeJS.Timeout[] = []
  private isOpen = false

  static async make(instance: Instance, options: ClusterOptions, tell: Tell): Promise<Cluster> {
    return new Cluster(instance, options, tell, await engineModules())
  }

  private constructor(
    private readonly instance: Instance, options: ClusterOptions, private readonly tellEvent: Tell,
    modules: EngineModules,
  ) {
    const { records, counts } = this
    const name = options.name ?? NAME
    this.engine = new Engine(modules, { servers: options.servers, name })
    this.engine.told = (isReady, reason) => this.engineTold(isReady, reason)
    this.engine.connected = () => this.connected()
    this.taker = new LogTaker(instance, records, counts, this)
    this.reader = new LogReader(this.engine, (entry) => this.taker.take(entry))
    this.retained = new RetainedBucket(this.engine)
    this.sessions = new CoreSessions(instance, records, () => this.node)
    const keys = new SessionKeys(this.engine)
    this.commits = new Commits(this.engine, records, this.sessions, keys, this.retained, counts, this)
    this.leases = new Leases(this.engine, this, options.reference ?? '')
    this.trimmer = new Trimmer(this.engine, records, this.leases, this)
    this.quick = new QuickMessages(
      this.engine, name, () => this.node, (message) => void this.taker.give(message, 0, null, EVERYBODY))
    this.quickGroups = new QuickGroups(
      this.engine, name, (message, group) => void this.taker.give(message, 0, null, group))
    const imports = new SessionImport(records, this.reader, {
      sessionImport: (at) => this.groups.coming(at, () => instance.sessionImport(at)),
      sessionsSettle: () => instance.sessionsSettle(), publish: (...given) => this.taker.offer(...given),
      counts: (...given) => counts.counts(...given), needs: (seq) => this.trimmer.come(seq),
    })
    this.roaming = new Roaming(
      this.engine, records, this.commits, imports, this.sessions, keys,
      new Takings(this.engine, this.commits, counts, this), counts, this, name)
    this.groups = new Groups(this.engine, new FiltersElsewhere(this.engine, records, this), this)
    this.giving = new GroupGiving(this.taker, counts, records, instance)
    this.adoption = new Adoption(
      this.engine, this.leases, this.reader, this.roaming, counts, this.retained, this)
    records.hasRoom = () => this.engine.isReady
    this.front = new Front(
      this.engine, this.commits, this.quick, this.quickGroups, this.groups, this.taker, () => this.roaming)
    instance.clusterStart(this.front, this.commits, records)
  }

  /** Ends when this gateway has what the others have; rejects with a sentence where it cannot. */
  async open(): Promise<void> {
    const { engine, leases, reader, instance } = this
    await engine.open()
    const most = engine.entrySizeMax - ENTRY_REST
    if (instance.settingOf(SETTING_PACKET_SIZE) > most) instance.settingSet(SETTING_PACKET_SIZE, most)
    await leases.look()
    const { first, last } = await engine.range()
    const others = [...leases.others.values()].map(({ state }) => state.position)
    const from = Math.max(first - 1, others.length ? Math.min(...others) : 0)
    this.commits.flushedAt = this.trimmer.needed = from
    await leases.begin()
    for (const { message, writtenMs, seq } of await this.retained.all()) {
      this.taker.give(message, writtenMs, { seq, index: 0 }, EVERYBODY)
    }
    this.taker.since = from
    reader.begin(Math.max(0, first - 1, from - LOOKED_BACK))
    await reader.until(last)
    await reader.until(await this.hello())
    this.isOpen = true
    this.roaming.listen()
    this.timers = [
      setInterval(() => void this.commits.flush(), FLUSH_MS).unref(),
      setInterval(() => void this.trimmer.look().catch(() => undefined), TRIM_MS).unref(),
    ]
  }

  /** Says that this gateway is there; answers where in the log. */
  private hello(): Promise<number> {
    return this.engine.append(noticeEncode({ kind: 'hello', node: this.node }), `${this.node}.hello`, () => true)
  }

  private connected(): void {
    this.quick.connected()
    this.groups.connected()
    if (!this.isOpen) return
    this.roaming.listen()
    void this.reader.follow()
  }

  private engineTold(isReady: boolean, reason: string): void {
    if (this.isOpen) this.tellEvent({ state: isReady ? 'good' : 'away', reason })
  }

  tell(message: string): void {
    this.tellEvent({ state: this.engine.isReady ? 'good' : 'away', reason: '', message })
  }

  /** A client is there, or has gone. */
  clientChanged(client: string, isConnected: boolean): void {
    this.sessions.changed(client, isConnected)
  }

  // What commits, groups, leases, roaming and adoption ask.

  get isGiving(): boolean {
    return this.sessions.isGiving
  }

  get position(): number {
    return this.reader.position
  }

  isCurrent(node: string): boolean {
    return node === this.node
  }

  readonly until = (seq: number): Promise<void> => this.reader.until(seq)
  readonly entry = (seq: number): Promise<LogEntry | null> => this.until(seq).then(() => this.reader.entry(seq))

  inherit(node: string): Promise<void> {
    return this.adoption.adopt(node)
  }

  over(node: string): void {
    if (this.isOpen) void this.adoption.adopt(node)
  }

  goneLong(node: string, goneAt: number): void {
    this.counts.over(node, goneAt)
  }

  /** All that sessions here had of the log until this position is in their keys. */
  get leasePosition(): number {
    return Math.min(this.commits.flushedAt, ...this.roaming.holds.values())
  }

  get needs(): number {
    return Math.min(this.leasePosition + 1, this.trimmer.needed)
  }

  give(filter: string, seq: number, entry: LogEntry, messages: number[]): Set<HostedSession> | null {
    const takers = this.giving.give(filter, seq, entry, messages)
    if (takers?.size) this.trimmer.come(seq)
    return takers
  }

  /** Somebody has ended this gateway, which did not answer: what it has is others', and it begins anew. */
  ended(): void {
    const { instance, records, commits, roaming } = this
    this.tell('another gateway goes on with the sessions of this one, which did not answer in time')
    this.node = nodeName()
    commits.forget()
    this.groups.forget()
    for (const hosted of [...records.hosted.values()]) this.sessions.lost(hosted)
    roaming.holds.clear()
    instance.disconnect(() => true)
    commits.flushedAt = this.reader.position
    void this.begin().catch((error: Error) => this.tell(error.message))
  }

  private async begin(): Promise<void> {
    await this.leases.begin()
    this.roaming.listen()
    await this.hello()
  }

  statistics(): ClusterStatistics {
    return {
      isReady: this.engine.isReady, node: this.node, gateways: this.leases.others.size + 1,
      position: this.reader.position, waiting: this.commits.pendingCount, sessions: this.records.hosted.size,
      shared: this.groups.openCount, published: this.front.published,
    }
  }

  /** Where clients find another gateway; '': nobody has said so. */
  get otherReference(): string {
    return this.leases.otherReference
  }

  /** What clients have is written; another gateway may go on with it. */
  async leave(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer)
    this.isOpen = false
    this.groups.stop()
    if (this.engine.isReady) {
      await this.roaming.stop()
      await this.commits.run(true).catch(() => undefined)
    }
    this.commits.stop()
    if (this.engine.isReady) await this.leases.leave()
    this.reader.stop()
    await this.quickGroups.stop()
    await this.engine.stop()
  }
}
