// A gateway of a cluster: what clients publish at QoS 1 and 2 goes through a log that all gateways read, at QoS 0 from
// gateway to gateway; sessions stand in a bucket and go where their clients go.
import { randomBytes } from 'node:crypto'
import { QUOTA_EXCEEDED, SESSION_TAKEN_OVER, SUCCESS } from '../../../codec/reason_code'
import { SETTING_PACKET_SIZE } from '../../../broker/settings'
import type { createBroker } from 'midge-mqtt'
import { PORT_GO_ON } from '../../port'
import type { ClusterSeam, Published } from '../cluster_seam'
import type { ClusterEvent, ClusterOptions, ClusterStatistics } from '../library/cluster_api'
import { Adoption } from './adoption'
import { ClusterRecords } from './cluster_records'
import { Commits } from './commits'
import { Engine } from './engine'
import { engineModules } from './engine_modules'
import { turnOf } from './group_history'
import { Groups } from './groups'
import { type HostedSession, type Place, type SessionState, stateOf } from './hosted_session'
import { Leases } from './leases'
import { type Notice, noticeEncode, secondsLeft } from './log_entry'
import { LogReader, type ReadEntry } from './log_reader'
import { QuickMessages } from './quick_messages'
import { RetainedBucket } from './retained_bucket'
import { Roaming } from './roaming'
import { SessionImport } from './session_import'

type Instance = ReturnType<typeof createBroker>

const NAME = 'midge'
/** Milliseconds between two writings of what need not be written at once, and between two looks at the log's front. */
const FLUSH_MS = 500
const TRIM_MS = 10_000
/** Milliseconds that other gateways have to say what groups they have, and until one looks. */
const HEAR_MS = 2_000
const HEAR_STEP_MS = 50
/** Bytes that an entry has besides a message. */
const ENTRY_REST = 4_096
/** Messages that wait for the engine which nobody can be told to keep: Wills, and what is retained at QoS 0. */
const WAITING_MAX = 10_000
const SESSION_CONNECTED = 2

const nodeName = (): string => `n${randomBytes(6).toString('hex')}`

export class Cluster implements ClusterSeam {
  node = nodeName()
  private readonly records = new ClusterRecords()
  private readonly engine: Engine
  private readonly reader: LogReader
  private readonly commits: Commits
  private readonly leases: Leases
  private readonly groups: Groups
  private readonly quick: QuickMessages
  private readonly retained: RetainedBucket
  private readonly imports: SessionImport
  private readonly roaming: Roaming
  private readonly adoption: Adoption
  /** Gateways that are over, and the entries that say so. */
  private readonly gone = new Map<string, number>()
  /** How much of the entry that is being taken the core has. */
  private taken = 0
  private needed = 0
  private trimAt = 0
  private timers: NodeJS.Timeout[] = []
  private isOpen = false
  private published = 0
  private givings = 0

  static async make(instance: Instance, options: ClusterOptions, tell: (event: ClusterEvent) => void): Promise<Cluster> {
    return new Cluster(instance, options, tell, await engineModules())
  }

  private constructor(
    private readonly instance: Instance, options: ClusterOptions, private readonly tellEvent: (event: ClusterEvent) => void,
    modules: Awaited<ReturnType<typeof engineModules>>,
  ) {
    const name = options.name ?? NAME
    const { records } = this
    this.engine = new Engine(modules, { servers: options.servers, name })
    this.engine.told = (isReady, reason) => this.engineTold(isReady, reason)
    this.engine.connected = () => this.connected()
    this.reader = new LogReader(this.engine, (entry) => this.take(entry))
    this.retained = new RetainedBucket(this.engine)
    this.commits = new Commits(this.engine, records, this)
    this.leases = new Leases(this.engine, this, options.reference ?? '')
    this.groups = new Groups(this)
    this.quick = new QuickMessages(this.engine, name, () => this.node, (message, count) => {
      this.groups.turnTo(count)
      this.give(message, 0, null, 0)
    })
    this.imports = new SessionImport(records, this.reader, {
      sessionImport: (at) => instance.sessionImport(at), sessionsSettle: () => instance.sessionsSettle(),
      publish: (message, writtenMs, place, replayAt) => {
        this.groups.turnTo(-1)
        return this.give(message, writtenMs, place, replayAt)
      },
      counts: (entry) => this.counts(entry),
    })
    this.roaming = new Roaming(this.engine, records, this.commits, this.imports, this, name)
    this.adoption = new Adoption(
      this.engine, this.leases, this.reader, this.roaming, this.imports, this.retained, this)
    records.hasRoom = () => this.engine.isReady
    instance.clusterStart(this, this.commits, records)
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
    this.commits.flushedAt = this.needed = from
    await leases.begin()
    for (const { message, writtenMs, seq } of await this.retained.all()) {
      this.give(message, writtenMs, { seq, index: 0 }, 0)
    }
    reader.begin(from)
    await reader.until(last)
    const hello = await engine.append(noticeEncode({ kind: 'hello', node: this.node }), `${this.node}.hello`, () => true)
    await reader.until(hello)
    this.isOpen = true
    this.listen()
    await this.groupsHear()
    this.timers = [
      setInterval(() => { if (!this.commits.isBusy) void this.commits.run(true).catch(() => undefined) }, FLUSH_MS).unref(),
      setInterval(() => void this.trim().catch(() => undefined), TRIM_MS).unref(),
    ]
  }

  /** Gives the others the time to say what groups they have; one of them may be over. */
  private async groupsHear(): Promise<void> {
    const limit = performance.now() + HEAR_MS
    const isSilent = (): boolean => !this.groups.isWhole && this.leases.others.size > 0
    while (isSilent() && performance.now() < limit) await new Promise((resolve) => { setTimeout(resolve, HEAR_STEP_MS) })
    this.groups.begin(0)
  }

  private connected(): void {
    this.quick.connected()
    if (!this.isOpen) return
    this.listen()
    void this.reader.follow()
  }

  /** Hears gateways that ask for sessions. */
  private listen(): void {
    this.engine.connection?.subscribe(this.roaming.giveSubject(this.node), {
      callback: (error, message) => {
        if (!error) void this.roaming.give(message.string()).then((answer) => message.respond(answer), () => undefined)
      },
    })
  }

  private engineTold(isReady: boolean, reason: string): void {
    if (this.isOpen) this.tellEvent({ state: isReady ? 'good' : 'away', reason })
  }

  tell(message: string): void {
    this.tellEvent({ state: this.engine.isReady ? 'good' : 'away', reason: '', message })
  }

  // What the core asks.

  publish(message: Published): number {
    const isQuick = !(message.flags & 7)
    if (isQuick) {
      this.groups.turnTo(this.quick.publish(message))
      return PORT_GO_ON
    }
    const { engine, commits } = this
    const isAnswered = message.packetIdentifier > 0
    if (!engine.isReady && (isAnswered || commits.pendingCount >= WAITING_MAX)) {
      return isAnswered ? QUOTA_EXCEEDED : SUCCESS
    }
    commits.publish(message)
    this.published++
    return SUCCESS
  }

  filter(filter: string, isWanted: boolean): void {
    this.quick.filter(filter, isWanted)
    this.groups.filter(filter, isWanted)
  }

  shares(filter: string): boolean {
    return this.groups.shares(filter)
  }

  claim(client: string): Promise<number> {
    return this.roaming.claim(client)
  }

  /** A client is there, or has gone. */
  clientChanged(client: string, isConnected: boolean): void {
    const hosted = this.records.hosted.get(client)
    if (!hosted) return
    if (isConnected) hosted.expectedUntil = 0
    this.records.touch(hosted, isConnected)
  }

  // The log.

  counts({ node, seq }: ReadEntry): boolean {
    return !(seq > (this.gone.get(node) ?? Infinity))
  }

  private take(entry: ReadEntry): boolean {
    if (!this.counts(entry)) return true
    if (entry.notice) this.hear(entry.notice, entry.seq)
    else {
      const { messages, writtenMs, seq } = entry
      for (; this.taken < messages.length; this.taken++) {
        this.groups.turnTo(turnOf(seq, this.taken))
        if (!this.give(messages[this.taken], writtenMs, { seq, index: this.taken }, 0)) return false
      }
      this.taken = 0
      if (entry.node === this.node) this.ownTaken(entry)
    }
    return true
  }

  /** What clients here have open towards the broker is right as far as this entry. */
  private ownTaken({ messages, seq }: ReadEntry): void {
    for (const { clientIdentifier, flags } of messages) {
      const hosted = flags & 4 ? this.records.hosted.get(clientIdentifier) : undefined
      if (hosted) hosted.published = seq
    }
  }

  /** Gives a message to the core; see clusterPublish. */
  private give(message: Published, writtenMs: number, place: Place | null, replayAt: number): boolean {
    const { bytes, topicSize, propertiesSize, flags, clientIdentifier } = message
    const expiry = writtenMs ? secondsLeft(message, writtenMs) : message.expiry
    this.records.place = place
    const isTaken = this.instance.clusterPublish(
      bytes, topicSize, propertiesSize, flags, expiry, Buffer.from(clientIdentifier), replayAt)
    this.records.place = null
    return isTaken
  }

  private hear(notice: Notice, seq: number): void {
    const { node } = notice
    if (notice.kind === 'groups') this.groups.said(notice, seq)
    else if (notice.kind === 'hello') {
      this.leases.hello(node)
      if (node !== this.node) this.groups.sayAll()
    } else {
      this.gone.set(node, seq)
      this.groups.gone(node, notice.heir, notice.position, seq)
      if (node === this.node) this.ended()
    }
  }

  again(from: number, to: number, look: (entry: ReadEntry) => void): void {
    void this.reader.again(from, to, (entry) => { if (this.counts(entry)) look(entry) })
  }

  inherited(node: string): void {
    this.groups.inherited(node)
  }

  share(message: Published, { seq, writtenMs }: ReadEntry, index: number): void {
    this.give(message, writtenMs, { seq, index }, seq)
  }

  say(notice: Notice): void {
    this.commits.say(notice)
  }

  get isGiving(): boolean {
    return this.givings > 0
  }

  // What commits, leases, roaming and adoption ask.

  get position(): number {
    return this.reader.position
  }

  isCurrent(node: string): boolean {
    return node === this.node
  }

  until(seq: number): Promise<void> {
    return this.reader.until(seq)
  }

  retain(messages: readonly Published[], seq: number): Promise<void> {
    return this.retained.put(messages, seq)
  }

  stateOf(hosted: HostedSession, cursor: number): SessionState | null {
    const { instance } = this
    const isConnected = instance.sessionState(hosted.bytes) === SESSION_CONNECTED
      || performance.now() < hosted.expectedUntil
    return stateOf(hosted, this.node, cursor, isConnected, instance.sessionWill(hosted.bytes))
  }

  lost(hosted: HostedSession): void {
    this.records.drop(hosted)
    this.instance.sessionCut(hosted.client, SESSION_TAKEN_OVER)
    this.instance.sessionForget(hosted.bytes)
  }

  disconnect(client: string, reasonCode: number): void {
    this.instance.sessionDisconnect(Buffer.from(client), reasonCode)
  }

  forget(client: string): void {
    this.givings++
    this.instance.sessionForget(Buffer.from(client))
    this.givings--
  }

  isThere(node: string): boolean {
    return this.leases.others.has(node)
  }

  inherit(node: string): Promise<void> {
    return this.adoption.adopt(node)
  }

  over(node: string): void {
    if (this.isOpen) void this.adoption.adopt(node)
  }

  /** All that sessions here had of the log until this position is in their keys. */
  get leasePosition(): number {
    return Math.min(this.commits.flushedAt, ...this.roaming.holds.values())
  }

  get needs(): number {
    return Math.min(this.leasePosition + 1, this.needed)
  }

  get neededFrom(): number {
    return this.leases.neededFrom
  }

  private async trim(): Promise<void> {
    let needed = this.reader.position
    for (const hosted of this.records.hosted.values()) needed = Math.min(needed, hosted.needs)
    this.needed = needed
    // What somebody did not need at the last look, and does not now, nobody is about to.
    const from = this.leases.neededFrom
    const least = [this.node, ...this.leases.others.keys()].sort()[0]
    if (least === this.node && this.trimAt && this.engine.isReady) await this.engine.trim(Math.min(from, this.trimAt))
    this.trimAt = from
  }

  /** Somebody has ended this gateway, which did not answer: what it has is others', and it begins anew. */
  ended(): void {
    const { instance, records, commits, roaming } = this
    this.tell('another gateway goes on with the sessions of this one, which did not answer in time')
    this.node = nodeName()
    commits.forget()
    for (const hosted of [...records.hosted.values()]) this.lost(hosted)
    roaming.holds.clear()
    instance.disconnect(() => true)
    commits.flushedAt = this.reader.position
    void this.begin()
  }

  private async begin(): Promise<void> {
    await this.leases.begin()
    this.listen()
    this.groups.sayAll()
    const hello = noticeEncode({ kind: 'hello', node: this.node })
    await this.engine.append(hello, `${this.node}.hello`, () => true)
  }

  statistics(): ClusterStatistics {
    return {
      isReady: this.engine.isReady, node: this.node, gateways: this.leases.others.size + 1, position: this.reader.position,
      waiting: this.commits.pendingCount, sessions: this.records.hosted.size, published: this.published,
    }
  }

  /** Where clients find another gateway; '': nobody has said so. */
  get otherReference(): string {
    return this.leases.otherReference
  }

  /** What clients have is written; another gateway may go on with it. */
  async leave(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer)
    if (this.engine.isReady) {
      await this.commits.run(true).catch(() => undefined)
      await this.leases.leave()
    }
    this.commits.stop()
    this.reader.stop()
    await this.engine.stop()
  }
}
