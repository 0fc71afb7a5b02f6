// The gateway as a library: `import { createBroker } from 'midge-mqtt'`.
import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import { createBroker as createInstance } from 'midge-mqtt'
import { Bridges } from '../bridge/bridges'
import { entryFileOpen } from './entry_file'
import { guardApply } from './guard_apply'
import { credentialsOf, verifiersOf } from './judged_realms'
import { limitsApply } from './limits_apply'
import { publishCheck, subscribeCheck } from './calls_check'
import { CLOSED, LocalClient } from './local_client'
import { LocalClients } from './local_clients'
import { rulesApply } from './rules_apply'
import { statisticsOf } from './statistics'
import { TokenVerifier } from '../tokens/token_verifier'
import type {
  AccessRule, Ban, BridgeStatistics, Broker, BrokerEvents, BrokerOptions, ConnectedClient, ControlRequest,
  ListenerOptions, Message, Persistence, PublishOptions, QoS, Realm, StoreEvent, TokenOptions, UserPassword,
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
  private readonly ownTokens: TokenOptions | undefined
  private readonly tokens: TokenVerifier | undefined
  private verifiers = new Map<string, TokenVerifier | undefined>()
  /** Nobody else can know it, so that the rule for it is the program's alone. */
  private readonly localName = `local-${randomUUID()}`
  /** What was said of the store last. */
  private storeState: StoreEvent['state'] = 'good'
  private readonly carried: Bridges
  private readonly local = new LocalClients(() => new LocalClient(
    (stream) => this.instance.attach(stream, { address: 'local', isLocal: true, isTrusted: true }),
    `local-${randomUUID()}`, this.localName,
  ))

  constructor(options: BrokerOptions) {
    super()
    const { instance } = this
    this.ownTokens = options.tokens
    this.tokens = options.tokens && new TokenVerifier(options.tokens)
    this.usersSet(options.users, options.allowAnonymous)
    this.accessRulesSet(options.accessRules ?? [])
    instance.authenticateHookSet(options.authenticate)
    instance.authorizeHookSet(options.authorize)
    instance.authenticationMethodsSet({ 'SCRAM-SHA-256': instance.scram, 'OAUTH2-JWT': instance.tokenMethod })
    const { connections, sessions, ...limits } = options.limits ?? {}
    if (sessions !== undefined) instance.sessionsMaxSet(sessions)
    if (connections !== undefined) instance.connectionsMaxSet(connections)
    limitsApply(instance, limits)
    guardApply(instance, options.guard ?? {})
    instance.auditTo((event) => {
      if (this.listenerCount('audit')) queueMicrotask(() => this.emit('audit', event))
    })
    instance.eventsTo(({ event, number: _number, ...rest }) => {
      const name = EVENTS[event]
      // The core is in the middle of something: who listens may call it, and so hears of it afterwards.
      if (name) queueMicrotask(() => this.emit(name, rest))
    })
    const hears = (name: unknown): void => {
      if (name === 'trace') instance.traceTo((event) => queueMicrotask(() => this.emit('trace', event)))
    }
    (this as EventEmitter).on('newListener', hears)
    const bridges = options.bridges ?? []
    this.carried = new Bridges(bridges, instance, {
      ownName: this.localName, queuedMessages: limits.queuedMessages,
      queuedBytes: limits.queuedBytes, isFull: () => this.storeState !== 'good',
      tell: (event) => queueMicrotask(() => this.emit('bridge', event)),
    })
    if (bridges.length) this.started = this.startBridged(options.persistence)
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

  usersSet(users: Record<string, UserPassword> | undefined, allowAnonymous?: boolean): void {
    this.instance.usersSet({ users: credentialsOf(this.instance, users), allowAnonymous, tokens: this.tokens })
  }

  realmsSet(realms: Record<string, Realm>): void {
    const verifiers = verifiersOf(realms, this.verifiers)
    const judged = Object.entries(realms).map(([name, { users, ...realm }]) =>
      [name, { ...realm, users: credentialsOf(this.instance, users), tokens: verifiers.get(name) }] as const)
    rulesApply(this.instance, this.rules, realms, this.localName, this.ownTokens)
    this.verifiers = verifiers
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

  sysPublish(topic: string, payload: string): boolean {
    if (this.closed || !this.isStarted) return false
    return this.instance.brokerSay(Buffer.from(topic), Buffer.from(payload))
  }

  bans(): Ban[] {
    return this.instance.bansNow()
  }

  ban(address: string, seconds: number): void {
    if (!(seconds >= 0)) throw new RangeError(`seconds is ${seconds}; it goes from 0 to any number.`)
    const { addressKey, banAdd, banRemove, disconnect } = this.instance
    if (!seconds) return banRemove(address)
    banAdd(address, seconds, 'by hand')
    disconnect((client) => addressKey(client.address) === addressKey(address))
  }

  accessRulesSet(rules: AccessRule[]): void {
    rulesApply(this.instance, rules, this.realms, this.localName, this.ownTokens)
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

  close(): Promise<void> {
    return this.closed ??= this.started.then(() => {
      this.carried.stop()
      return this.instance.stop()
    }, () => undefined)
  }
}

/** Makes a broker with tables of its own; several may live in one process. */
export function createBroker(options: BrokerOptions = {}): Broker {
  return new LibraryBroker(options)
}
