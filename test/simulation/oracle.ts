// Stands at the broker's port, between it and the network: whatever reaches the broker and whatever it answers passes
// here, in the order in which the broker sees it. So the model of test/model can be told of each packet and can judge
// each answer at once, however the network beyond cuts, delays and loses. Every step is kept: together they are a
// script that runs again without clients or network.

import { createHash } from 'node:crypto'
import type { Version } from '../support/peer'
import type { Configuration, World } from '../support/world'
import { ModelAccess } from '../model/model_access'
import { ModelBroker } from '../model/model_broker'
import { audit, type Traffic } from './audit'
import { Coverage } from './coverage'
import { Link } from './link'
import { JOINED_MS, Machine, flashLeft } from './machine'
import { receiveAnything } from './oracle_anything'
import { areJudgeable, isCutShort, judgeCutShort, judgePacket, judgeStream } from './oracle_packets'
import { read, readBeforeItSends, readOn, readSlowly, sip } from './oracle_readers'
import { judgeEnded } from './oracle_sessions'
import { Unjudged, type Create, type Step } from './script'
import { Tally } from './tally'
import type { Watcher } from './watcher'
import { SLOW_MS_MAX, closedAt, inOrder, judgeSilence, silentAt } from './silence'

/** Times this close to a deadline are put off, a step at a time: a broker may be a tick late. Two may be 5 s apart. */
const [MARGIN_MS, STEP_MS] = [2_400, 100]

export class Oracle {
  model: ModelBroker
  readonly links = new Map<number, Link>()
  readonly steps: Step[] = []
  readonly coverage = new Coverage()
  readonly access: ModelAccess
  watcher: Watcher | undefined
  /** What was sent to each direction, packets. */
  packetsIn = 0
  packetsOut = 0
  readonly tally = new Tally()
  world!: World
  traffic!: Traffic
  private machine!: Machine
  /** By Client Identifier: the version that its client spoke last. */
  readonly formerVersions = new Map<string, Version>()
  private readonly opened = new Set<number>()
  /** Of World.sessionsEnded, those that were looked at. */
  endedCount = 0
  private readonly hash = createHash('sha256')

  private constructor(
    private readonly create: Create, readonly isCrowded: boolean, readonly configuration: Configuration,
  ) {
    this.model = undefined as never
    this.access = new ModelAccess(configuration.rules)
  }

  /** `crowded`: the broker's tables may fill, and what depends on room is not certain. */
  static async start(create: Create, crowded: boolean, configuration: Configuration = {}): Promise<Oracle> {
    const oracle = new Oracle(create, crowded, configuration)
    await oracle.begin(0)
    return oracle
  }

  private async begin(time: number): Promise<void> {
    await this.worldSet()
    this.model = new ModelBroker({ queueMax: this.world.board.QUEUE_MAX, tight: this.isCrowded, access: this.access })
    this.model.time = time
  }

  get board(): World['board'] {
    return this.world.board
  }

  get time(): number {
    return this.model.time
  }

  /** Runs one step of a script. */
  async run(step: Step): Promise<void> {
    this.steps.push(step)
    for (const link of this.links.values()) link.sentAtOnce = 0
    const link = 'id' in step ? this.links.get(step.id) : undefined
    if (step.kind === 'open') await this.open(step.id, step.version)
    else if (step.kind === 'time') await this.advance(step.ms)
    else if (step.kind === 'restart') await this.restart()
    else if (step.kind === 'audit') await audit(this)
    else if (step.kind === 'machine') await this.machine.strike(step.fault)
    else if (!link || link.state === 'over') return
    else if (step.kind === 'bytes') await this.receive(link, Buffer.from(step.hex, 'hex'), step.broken ?? false)
    else if (step.kind === 'any') await receiveAnything(this, link, Buffer.from(step.hex, 'hex'))
    else if (step.kind === 'drop') await this.drop(link)
    else if (step.kind === 'slow') readSlowly(this, link)
    else if (step.kind === 'sip') sip(this, link)
    else if (step.kind === 'read') await read(this, link, step.size)
    else await readOn(this, link)
  }

  private async open(id: number, version: Version): Promise<void> {
    if (this.opened.has(id)) throw new Unjudged('a connection begins once')
    this.opened.add(id)
    const peer = await this.world.open(version)
    const taken = [...this.links.values()].map(({ place }) => place)
    const place = [...taken, taken.length].findIndex((_, index) => !taken.includes(index))
    const link = new Link(id, version, peer, this.time, place)
    this.links.set(id, link)
    if (!peer.isClosed) return
    const count = this.links.size
    const mayRefuse = this.machine.mayRefuse
    if (!mayRefuse && count <= this.board.CONNECTIONS_MAX) {
      throw new Error(`${link.name}: closed at once, ${count} are open`)
    }
    this.coverage.touch(mayRefuse ? 'limit memory' : 'limit connections')
    this.over(link)
  }

  private async receive(link: Link, bytes: Uint8Array, broken: boolean): Promise<void> {
    await readBeforeItSends(this, link)
    const isWhole = link.isBetweenPackets
    const packets = broken ? [bytes] : link.arrive(bytes)
    if (!broken && !areJudgeable(this, link, packets)) {
      this.coverage.touch('step left out')
      if (isWhole && link.isBetweenPackets) return
      throw new Unjudged('the end of a packet that means nothing')
    }
    await link.peer.send(bytes)
    this.collect()
    // Judged together, as the broker may answer all of them before anything leaves.
    for (const packet of packets) {
      this.packetsIn++
      if (link.state !== 'over') this.traffic[broken ? 'broken' : 'handled']++
      judgePacket(this, link, packet, broken)
      this.tally.count(link, 'packetsIn')
    }
    // Every byte is life, once it is connected.
    if (link.state === 'connected') link.heardAt = this.time
    if (this.isCrowded && isCutShort(link, bytes)) judgeCutShort(this, link)
    this.settle(this.time)
  }

  private async drop(link: Link): Promise<void> {
    await link.peer.drop()
    this.ended(link, true)
    this.collect()
    this.settle(this.time)
  }

  private async restart(): Promise<void> {
    await this.world.close()
    this.links.forEach((link) => { link.state = 'over' })
    this.links.clear()
    const flash = flashLeft(this)
    this.coverage.touch(`fault power cut${flash ? ', and all is kept' : ''}`)
    if (!flash) return this.begin(this.time)
    await this.worldSet(flash)
    this.model.powerCut()
    await this.advance(JOINED_MS)
  }

  private async worldSet(flash?: Uint8Array): Promise<void> {
    this.world = await this.create(this.configuration, flash)
    this.traffic = { handled: 0, broken: 0, own: 0 }
    this.endedCount = 0
    this.machine = new Machine(this, this.world)
  }

  /** A moment not before `time` at which nothing is about to happen or has just happened. */
  private calm(time: number): number {
    const deadlines = this.model.deadlines()
    while (deadlines.some((at) => Math.abs(at - time) < MARGIN_MS)) time += STEP_MS
    return time
  }

  /** Lets at least this much time pass. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds
    while (this.time < end) {
      const silent = [...this.links.values()].map((link) => silentAt(link, this.board)).filter((at) => at > this.time)
      const next = this.calm(Math.min(end, ...silent))
      const since = this.time
      for (const link of this.links.values()) {
        if (link.slowSince !== undefined && next > link.slowSince + SLOW_MS_MAX) await readOn(this, link)
      }
      await this.world.advance(next - since)
      this.collect()
      this.judgeClosed(since, next)
      this.model.advance(next)
      judgeEnded(this)
      this.settle(since)
    }
  }

  /** Connections that the broker has closed between these times because nothing came on them. */
  private judgeClosed(since: number, time: number): void {
    const closed = [...this.links.values()]
      .filter((link) => link.slowSince === undefined && judgeSilence(link, this.board, time))
    for (const link of inOrder(closed, this.board)) {
      // What falls due before it, comes before it.
      this.model.advance(Math.max(this.time, Math.min(time, closedAt(link, this.board))))
      judgeStream(this, link, since)
      this.coverage.touch(link.state === 'new' ? 'limit time for CONNECT' : 'Keep Alive [MQTT-3.1.2-22]')
      this.ended(link, true)
    }
  }

  /** Takes what the broker has sent on all connections. */
  collect(): void {
    for (const link of this.links.values()) {
      if (link.state === 'over' || link.slowSince !== undefined) continue
      for (const packet of link.peer.arrived()) {
        this.packetsOut++
        this.tally.count(link, 'packetsOut')
        link.sentAtOnce += packet.bytes.length
        link.unread?.push({ size: packet.bytes.length, left: packet.bytes.length })
        this.hash.update(packet.bytes)
        this.coverage.touchSent(packet)
        this.watcher?.sent(link.id, packet.bytes)
        if (packet.cmd === 'publish' || packet.cmd === 'pubrel') link.stream.push(packet)
        else link.answers.push(packet)
      }
    }
  }

  /** Judges the messages that came since `since`, and whether anything is missing or too much. */
  settle(since: number): void {
    for (const link of this.links.values()) {
      if (link.state === 'over') continue
      judgeStream(this, link, since)
      if (link.answers.length > 0) {
        throw new Error(`${link.name}: nobody asked for ${JSON.stringify(link.answers)}`)
      }
      if (link.peer.isClosed) throw new Error(`${link.name}: the broker closed it`)
    }
    this.model.checkComplete()
  }

  /** The connection is over, for whatever reason; `withWill` unless a DISCONNECT of 0x00 came. */
  ended(link: Link, withWill: boolean, sessionExpiry = link.sessionExpiry): void {
    if (link.state === 'connected') this.model.disconnect(link.clientId, withWill, sessionExpiry)
    this.over(link)
  }

  /** Forgets a connection; its session is another's matter. */
  over(link: Link): void {
    const isTold = link.state !== 'over' && link.peer.isClosed
    link.state = 'over'
    this.links.delete(link.id)
    if (isTold) this.watcher?.closed(link.id)
  }

  /** The connection of a client that is connected. */
  linkOf(clientId: string): Link | undefined {
    return [...this.links.values()].find((link) => link.state === 'connected' && link.clientId === clientId)
  }

  digest(): string {
    return this.hash.copy().digest('hex').slice(0, 16)
  }

  close(): Promise<void> {
    return this.world.close()
  }
}
