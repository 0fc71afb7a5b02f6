// The gateway as a library: `import { createBroker } from 'midge-mqtt'`.
import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import { createBroker as createInstance } from 'midge-mqtt'
import { Bridges } from '../bridge/bridges'
import type { Cluster } from '../cluster/cluster'
import type { Credential } from '../credential'
import { entryFileOpen } from './entry_file'
import { limitsApply } from './limits_apply'
import { publishCheck, subscribeCheck } from './calls_check'
import { CLOSED, LocalClient } from './local_client'
import { LocalClients } from './local_clients'
import { rulesApply } from './rules_apply'
import { statisticsOf } from './statistics'
import type {
  AccessRule, BridgeStatistics, Broker, BrokerEvents, BrokerOptions, ClusterOptions, ClusterStatistics, ConnectedClient,
  ControlRequest, ListenerOptions, Message, Persistence, PublishOptions, QoS, Realm, StoreEvent, UserPassword,
} from './api'

export type * from './api'

/** Events of the core that a program hears, by the name it knows them by. */
const EVENTS: Record<string, keyof BrokerEvents | undefined> = {
  connected: 'connect', closed: 'disconnect', refused: 'refused', publishRefused: 'publishRefused', full: 'full',
}

class LibraryBroker extends EventEmitter<BrokerEvents> implements Broker {
  private readonly instance = createInstance()
  /** It has started: with persistence, once what was kept is there. */
  private isStarted = false
  private readonly started: Promise<void>
  /** Set when it ends, or has ended. */
  private closed: Promise<void> | null = null
  private rules: AccessRule[] = []
  private realms: Record<string, Realm> = {}
  /** Nobody else can know it, so that the rule for it is the program's alone. */
  private readonly localName = `local-${randomUUID()}`
  /** What was said of the store last. */
  private storeState: StoreEvent['state'] = 'good'
  private readonly carried: Bridges
  private united: Cluster | null = null
  private readonly local = new LocalClients(() => new LocalClient(
    (stream) => this.instance.attach(stream, { address: 'local', isLocal: true, isTrusted: true }),
    `local-${randomUUID()}`, this.localName,
  ))

  constructor(options: BrokerOptions) {
    super()
    const { instance } = this
    this.usersSet(options.users, options.allowAnonymous)
    this.accessRulesSet(options.accessRules ?? [])
    instance.authenticateHookSet(options.authenticate)
    instance.authorizeHookSet(options.authorize)
    instance.authenticationMethodsSet({ 'SCRAM-SHA-256': instance.scram })
    const { connections, ...limits } = options.limits ?? {}
    if (connections !== undefined) instance.connectionsMaxSet(connections)
    limitsApply(instance, limits)
    instance.eventsTo(({ event, number: _number, ...rest }) => {
      if (event === 'connected' || event === 'closed') {
        this.united?.clientChanged(rest.clientIdentifier ?? '', event === 'connected')
      }
      const name = EVENTS[event]
      // The core is in the middle of something: who listens may call it, and so hears of it afterwards.
      if (name) queueMicrotask(() => this.emit(name, rest))
    })
    const bridges = options.bridges ?? []
    this.carried = new Bridges(bridges, instance, {
      ownName: this.localName, queuedMessages: limits.queuedMessages,
      queuedBytes: limits.queuedBytes, isFull: () => this.storeState !== 'good',
      tell: (event) => queueMicrotask(() => this.emit('bridge', event)),
    })
    if (options.cluster) this.started = this.startClustered(options, options.cluster)
    else if (bridges.length) this.started = this.startBridged(options.persistence)
    else this.started = options.persistence ? this.restore(options.persistence) : Promise.resolve(this.start())
    // Whoever asks for anything is told.
    this.started.catch(() => undefined)
  }

  private start(): void {
    this.instance.start()
    this.isStarted = true
  }

  private async restore(persistence: Persistence): Promise<void> {
    await this.recordsOpen(persistence)
    this.start()
  }

  private async recordsOpen({ location, sizeMax }: Persistence): Promise<void> {
    const file = await entryFileOpen(location)
    const told = (state: StoreEvent['state'], reason: string): void => {
      this.storeState = state
      queueMicrotask(() => this.emit('store', { state, reason }))
    }
    await this.instance.recordsOpen(file, { sizeMax, told })
  }

  /** Nobody is let in before what is published is kept for the other brokers. */
  private async startBridged(persistence: Persistence | undefined): Promise<void> {
    if (persistence) await this.recordsOpen(persistence)
    this.instance.start()
    await this.carried.prepare()
    this.isStarted = true
    if (!this.closed) this.carried.start()
  }

  /** Nobody is let in before this gateway has what the others have. */
  private async startClustered({ persistence, bridges }: BrokerOptions, options: ClusterOptions): Promise<void> {
    if (persistence || bridges?.length) throw new Error('A cluster goes without persistence and without bridges.')
    const { Cluster } = await import('midge-mqtt/cluster')
    this.united = await Cluster.make(this.instance, options, (event) => {
      this.storeState = event.state === 'good' ? 'good' : 'full'
      queueMicrotask(() => this.emit('cluster', event))
    })
    this.instance.start()
    await this.united.open()
    this.isStarted = true
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
    if (this.isStarted) this.openCheck()
    else await this.startedCheck()
    return this.instance.listen(options)
  }

  attach(stream: Duplex, address = 'attached'): boolean {
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
    if (this.isStarted) this.openCheck()
    else await this.startedCheck()
    const bytes = publishCheck(topic, payload, options)
    await this.local.publish(topic, bytes, options.qos ?? 0, options.retain ?? false)
  }

  async subscribe(
    filter: string, handler: (message: Message) => void, options: { qos?: QoS } = {},
  ): Promise<() => Promise<void>> {
    if (this.isStarted) this.openCheck()
    else await this.startedCheck()
    subscribeCheck(filter, handler, options)
    return this.local.subscribe(filter, handler, options.qos ?? 0)
  }

  private credentialsOf(users: Record<string, UserPassword> | undefined): Map<string, Credential> | null {
    if (!users) return null
    const { credentialOf, credentialParse } = this.instance
    return new Map(Object.entries(users).map(([name, password]) => {
      const credential = typeof password === 'string' ? credentialOf(password) : credentialParse(password.hash)
      if (!credential) throw new TypeError(`The hash of user ${name} is in no form that is known.`)
      return [name, credential]
    }))
  }

  usersSet(users: Record<string, UserPassword> | undefined, allowAnonymous?: boolean): void {
    this.instance.usersSet({ users: this.credentialsOf(users), allowAnonymous })
  }

  realmsSet(realms: Record<string, Realm>): void {
    const judged = Object.entries(realms).map(([name, { users, ...realm }]) =>
      [name, { ...realm, users: this.credentialsOf(users) }] as const)
    rulesApply(this.instance, this.rules, realms, this.localName)
    this.realms = realms
    this.instance.realmsSet(new Map(judged))
    this.instance.answersForget()
  }

  rightsChanged(): void {
    this.instance.answersForget()
    for (const [name, { judge }] of Object.entries(this.realms)) {
      if (judge) this.instance.accessListJudge(this.instance.accessListOf(name))
    }
  }

  controlTo(handler: (request: ControlRequest) => void): void {
    this.instance.controlTo(handler)
  }

  disconnect(isWanted: (client: ConnectedClient) => boolean): void {
    this.instance.disconnect(isWanted)
  }

  clients(): ConnectedClient[] {
    return this.instance.clients()
  }

  accessRulesSet(rules: AccessRule[]): void {
    rulesApply(this.instance, rules, this.realms, this.localName)
    this.rules = rules
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
    this.instance.drain(() => this.united?.otherReference ?? '')
    await this.close()
  }

  close(): Promise<void> {
    return this.closed ??= this.started.then(async () => {
      this.carried.stop()
      await this.instance.stop()
      await this.united?.leave()
    }, () => undefined)
  }
}

/** Makes a broker with tables of its own; several may live in one process. */
export function createBroker(options: BrokerOptions = {}): Broker {
  return new LibraryBroker(options)
}
