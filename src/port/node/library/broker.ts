// The gateway as a library: `import { createBroker } from 'midge-mqtt'`.
import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import { createBroker as createInstance } from 'midge-mqtt'
import { Bridges } from '../bridge/bridges'
import type { Cluster } from '../cluster/cluster'
import { Dashboard } from '../dashboard/dashboard'
import { Announcements } from './announcements'
import { clusterMake } from './cluster_make'
import { recordsOpen } from './records_open'
import { eventsWire } from './broker_events'
import { limitsApply } from './limits_apply'
import {
  accessRulesCheck, attachCheck, banCheck, brokerOptionsCheck, controlCheck, disconnectCheck, listenCheck, publishCheck,
  realmsCheck, subscribeCheck, usersCheck,
} from './calls_check'
import { CLOSED, LocalClient } from './local_client'
import { LocalClients } from './local_clients'
import { PayloadRules } from './payload_rules'
import { Rights } from './rights'
import { statisticsOf } from './statistics'
import type {
  AccessRule, Ban, BridgeStatistics, Broker, BrokerEvents, BrokerOptions, ClusterEvent, ClusterStatistics,
  ConnectedClient, ControlRequest, ListenerOptions, Message, PublishOptions, Realm, StoreEvent,
  SubscribeOptions, UserPassword,
} from './api'

export type * from './api'

class LibraryBroker extends EventEmitter<BrokerEvents> implements Broker {
  private readonly instance = createInstance()
  /** It has started: with persistence, once what was kept is there. */
  private isStarted = false
  private readonly started: Promise<void>
  /** Set when it ends, or has ended. */
  private closed: Promise<void> | null = null
  private readonly rights: Rights
  /** Nobody else can know it, so that the rule for it is the program's alone. */
  private readonly localName = `local-${randomUUID()}`
  private storeState: StoreEvent['state'] = 'good'
  private readonly carried: Bridges
  private readonly payloads: PayloadRules
  private readonly announced: Announcements
  private united: Cluster | null = null
  private readonly dashboard: Dashboard
  private readonly local = new LocalClients(() => new LocalClient(
    (stream) => this.instance.attach(stream, { address: 'local', isLocal: true, isTrusted: true }),
    `local-${randomUUID()}`, this.localName,
  ))

  constructor(options: BrokerOptions) {
    super()
    const { instance } = this
    this.rights = new Rights(instance, this.localName, options.tokens)
    this.usersSet(options.users, options.allowAnonymous)
    this.accessRulesSet(options.accessRules ?? [])
    instance.authenticateHookSet(options.authenticate)
    instance.authorizeHookSet(options.authorize)
    instance.authenticationMethodsSet({ 'SCRAM-SHA-256': instance.scram, 'OAUTH2-JWT': instance.tokenMethod })
    const { connections, sessions, ...limits } = options.limits ?? {}
    if (sessions !== undefined) instance.sessionsMaxSet(sessions)
    if (connections !== undefined) instance.connectionsMaxSet(connections)
    limitsApply(instance, limits, options)
    instance.guardSet(options.guard ?? {})
    eventsWire(this, instance, (client, isConnected) => this.united?.clientChanged(client, isConnected))
    const { bridges = [], payloadRules = [], persistence, cluster, mdns } = options
    this.carried = new Bridges(bridges, instance, {
      ownName: this.localName, queuedMessages: limits.queuedMessages, queuedBytes: limits.queuedBytes,
      isFull: () => this.storeState !== 'good', tell: (event) => queueMicrotask(() => this.emit('bridge', event)),
    })
    this.payloads = new PayloadRules(payloadRules, instance)
    this.dashboard = new Dashboard(instance, options)
    this.announced = new Announcements(mdns, (event) => queueMicrotask(() => this.emit('mdns', event)))
    const parts = [persistence, cluster, mdns, bridges[0], payloadRules[0]]
    const isLater = parts.some((part) => part !== undefined)
    this.started = isLater ? this.startLater(options) : Promise.resolve(this.start())
    // Whoever asks for anything is told.
    this.started.catch(() => undefined)
  }

  private start(): void {
    this.instance.start()
    this.isStarted = true
  }

  private clusterTold(event: ClusterEvent): void {
    this.storeState = event.state === 'good' ? 'good' : 'full'
    queueMicrotask(() => this.emit('cluster', event))
  }

  private storeTold(state: StoreEvent['state'], reason: string): void {
    this.storeState = state
    queueMicrotask(() => this.emit('store', { state, reason }))
  }

  /** Nobody is let in before what is published is judged, and kept for the other brokers. */
  private async startLater(options: BrokerOptions): Promise<void> {
    const { persistence, cluster } = options
    await this.payloads.prepare()
    await this.announced.prepare()
    if (persistence) await recordsOpen(this.instance, persistence, (state, reason) => this.storeTold(state, reason))
    if (cluster) this.united = await clusterMake(this.instance, options, (event) => this.clusterTold(event))
    this.instance.start()
    await this.united?.open()
    await this.carried.prepare()
    this.isStarted = true
    if (this.closed) return
    this.carried.start()
    this.payloads.start()
  }

  opened(): Promise<void> {
    return this.started
  }

  private openCheck(): void {
    if (this.closed) throw new Error(CLOSED)
  }

  /** Ends when the broker has started, and has not ended. */
  private async startedCheck(): Promise<void> {
    this.openCheck()
    if (this.isStarted) return
    await this.started
    this.openCheck()
  }

  async listen(options: ListenerOptions = {}): Promise<number> {
    listenCheck(options)
    await this.startedCheck()
    const port = await this.instance.listen(options, await this.dashboard.on(options))
    void this.announced.add(options, port)
    return port
  }

  attach(stream: Duplex, address = 'attached'): boolean {
    attachCheck(stream, address)
    if (!this.closed && this.isStarted) return this.instance.attach(stream, { address })
    if (!this.closed) return this.attachLater(stream, address)
    stream.destroy()
    return false
  }

  private attachLater(stream: Duplex, address: string): boolean {
    // Until it is a client's, nobody else hears of what happens to it.
    stream.on('error', () => stream.destroy())
    this.started.then(() => this.attach(stream, address), () => stream.destroy())
    return true
  }

  async publish(topic: string, payload: string | Uint8Array, options: PublishOptions = {}): Promise<void> {
    const bytes = publishCheck(topic, payload, options)
    if (this.isStarted) {
      this.openCheck()
      return this.local.publish(topic, bytes, options)
    }
    // Whoever calls may use both again at once.
    const [kept, said] = [new Uint8Array(bytes), structuredClone(options)]
    await this.startedCheck()
    await this.local.publish(topic, kept, said)
  }

  async subscribe(
    filter: string, handler: (message: Message) => void, options: SubscribeOptions = {},
  ): Promise<() => Promise<void>> {
    subscribeCheck(filter, handler, options)
    await this.startedCheck()
    return this.local.subscribe(filter, handler, options)
  }

  usersSet(users: Record<string, UserPassword> | undefined, allowAnonymous?: boolean): void {
    usersCheck(users, allowAnonymous)
    this.rights.usersSet(users, allowAnonymous)
  }

  realmsSet(realms: Record<string, Realm>): void {
    realmsCheck(realms)
    this.rights.realmsSet(realms)
  }

  rightsChanged(): void {
    this.rights.changed()
  }

  controlTo(handler: (request: ControlRequest) => void): void {
    controlCheck(handler)
    this.instance.controlTo(handler)
  }

  disconnect(isWanted: (client: ConnectedClient) => boolean): void {
    disconnectCheck(isWanted)
    this.instance.disconnect(isWanted)
  }

  clients(): ConnectedClient[] {
    return this.instance.clients()
  }

  sysPublish(topic: string, payload: string): boolean {
    return !this.closed && this.isStarted && this.instance.brokerSay(Buffer.from(topic), Buffer.from(payload))
  }

  bans(): Ban[] {
    return this.instance.bansNow()
  }

  ban(address: string, seconds: number): void {
    banCheck(address, seconds)
    const { addressKey, banAdd, banRemove, disconnect } = this.instance
    if (!seconds) return banRemove(address)
    banAdd(address, seconds, 'by hand')
    disconnect((client) => addressKey(client.address) === addressKey(address))
  }

  accessRulesSet(rules: AccessRule[]): void {
    accessRulesCheck(rules)
    this.rights.rulesSet(rules)
  }

  certificatesReload(): void {
    const use = this.carried.certificatesRead()
    this.instance.listenersReload()
    use()
  }

  bridges(): BridgeStatistics[] {
    return this.carried.statistics()
  }

  statistics(): Record<string, number> {
    return statisticsOf(this.instance)
  }

  cluster(): ClusterStatistics | null {
    return this.united && this.united.statistics()
  }

  async drain(): Promise<void> {
    await this.announced.end()
    this.instance.drain(() => this.united?.otherReference ?? '')
    await this.close()
  }

  close(): Promise<void> {
    return this.closed ??= this.started.then(async () => {
      await this.announced.end()
      this.carried.stop()
      this.payloads.stop()
      await this.instance.stop()
      await this.united?.leave()
    }, () => undefined)
  }
}

/** Makes a broker with tables of its own; several may live in one process. */
export function createBroker(options: BrokerOptions = {}): Broker {
  brokerOptionsCheck(options)
  return new LibraryBroker(options)
}
