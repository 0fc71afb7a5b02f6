// The gateway as a library: `import { createBroker } from 'midge-mqtt'`.
import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import { createBroker as createInstance } from 'midge-mqtt'
import { Bridges } from '../bridge/bridges'
import { recordsOpen } from './records_open'
import { eventsWire } from './broker_events'
import { credentialsOf, verifiersOf } from './judged_realms'
import { limitsApply } from './limits_apply'
import {
  accessRulesCheck, attachCheck, banCheck, brokerOptionsCheck, controlCheck, disconnectCheck, listenCheck, publishCheck,
  realmsCheck, subscribeCheck, usersCheck,
} from './calls_check'
import { CLOSED, LocalClient } from './local_client'
import { LocalClients } from './local_clients'
import { PayloadRules } from './payload_rules'
import { rulesApply } from './rules_apply'
import { statisticsOf } from './statistics'
import { TokenVerifier } from '../tokens/token_verifier'
import type {
  AccessRule, Ban, BridgeStatistics, Broker, BrokerEvents, BrokerOptions, ConnectedClient, ControlRequest,
  ListenerOptions, Message, Persistence, PublishOptions, Realm, StoreEvent, SubscribeOptions, TokenOptions,
  UserPassword,
} from './api'

export type * from './api'

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
  private storeState: StoreEvent['state'] = 'good'
  private readonly carried: Bridges
  private readonly payloads: PayloadRules
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
    instance.guardSet(options.guard ?? {})
    eventsWire(this, instance)
    const bridges = options.bridges ?? []
    const { queuedMessages, queuedBytes } = limits
    this.carried = new Bridges(bridges, instance, {
      ownName: this.localName, queuedMessages, queuedBytes, isFull: () => this.storeState !== 'good',
      tell: (event) => queueMicrotask(() => this.emit('bridge', event)),
    })
    const { payloadRules = [], persistence } = options
    this.payloads = new PayloadRules(payloadRules, instance)
    const isLater = persistence !== undefined || bridges.length > 0 || payloadRules.length > 0
    this.started = isLater ? this.startLater(persistence) : Promise.resolve(this.start())
    // Whoever asks for anything is told.
    this.started.catch(() => undefined)
  }

  private start(): void {
    this.instance.start()
    this.isStarted = true
  }

  private storeTold(state: StoreEvent['state'], reason: string): void {
    this.storeState = state
    queueMicrotask(() => this.emit('store', { state, reason }))
  }

  /** Nobody is let in before what is published is judged, and kept for the other brokers. */
  private async startLater(persistence: Persistence | undefined): Promise<void> {
    await this.payloads.prepare()
    if (persistence) await recordsOpen(this.instance, persistence, (state, reason) => this.storeTold(state, reason))
    this.instance.start()
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
    if (this.isStarted) this.openCheck()
    else await this.startedCheck()
    return this.instance.listen(options)
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
    if (this.isStarted) this.openCheck()
    else await this.startedCheck()
    return this.local.subscribe(filter, handler, options)
  }

  usersSet(users: Record<string, UserPassword> | undefined, allowAnonymous?: boolean): void {
    usersCheck(users, allowAnonymous)
    this.instance.usersSet({ users: credentialsOf(this.instance, users), allowAnonymous, tokens: this.tokens })
  }

  realmsSet(realms: Record<string, Realm>): void {
    realmsCheck(realms)
    const verifiers = verifiersOf(realms, this.verifiers)
    const judged = Object.entries(realms).map(([name, { users, ...realm }]) =>
      [name, { ...realm, users: credentialsOf(this.instance, users), tokens: verifiers.get(name) }] as const)
    this.rulesSet(this.rules, realms)
    this.verifiers = verifiers
    this.instance.realmsSet(new Map(judged))
    this.instance.answersForget()
  }

  rightsChanged(): void {
    this.instance.answersForget()
    for (const [name, { judge }] of Object.entries(this.realms)) {
      if (judge) this.instance.accessListJudge(this.instance.accessListOf(name))
    }
  }

  /** What is not taken, as there are too many, leaves all as it was. */
  private rulesSet(rules: AccessRule[], realms: Record<string, Realm>): void {
    const { instance, localName, ownTokens } = this
    try {
      rulesApply(instance, rules, realms, localName, ownTokens)
    } catch (error) {
      rulesApply(instance, this.rules, this.realms, localName, ownTokens)
      throw error
    }
    this.rules = rules
    this.realms = realms
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
    this.rulesSet(rules, this.realms)
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
      this.payloads.stop()
      return this.instance.stop()
    }, () => undefined)
  }
}

/** Makes a broker with tables of its own; several may live in one process. */
export function createBroker(options: BrokerOptions = {}): Broker {
  brokerOptionsCheck(options)
  return new LibraryBroker(options)
}
