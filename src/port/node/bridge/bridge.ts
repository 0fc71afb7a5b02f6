// A bridge through its connections: when to try, whom, in which version, and what is kept from one to the next. What
// waits for the other broker is a session here, as any client's that is away: it is kept where sessions are, bounded as
// they are, in order, and goes out when the other broker is there, by itself.
import type { Duplex } from 'node:stream'
import type { ConnectTerms } from '../../../client/connect_packet'
import { RetryDelay } from '../../../client/retry_delay'
import { TopicMap } from '../../../client/topic_map'
import {
  QOS_NOT_SUPPORTED, RETAIN_NOT_SUPPORTED, UNSUPPORTED_PROTOCOL_VERSION,
} from '../../../codec/reason_code'
import { QUEUED, QUEUED_BYTES, QUEUED_MS, QUEUE_DROPPED } from '../../../broker/session/queue_words'
import type { BridgeEvent, BridgeStatistics } from '../library/bridge_api'
import { AddressChoice } from './address_choice'
import type { BridgeHost } from './bridge_host'
import type { BridgeTerms } from './bridge_terms'
import type { Counts } from './carriage'
import { ExchangeSweep } from './exchange_sweep'
import { sessionPrepare } from './local_session'
import type { LoopDetector } from './loop_detector'
import { type TlsTerms, tlsTermsOf } from './network'
import { Offence } from './offence'
import { ProtocolLadder } from './protocol_ladder'
import { RemoteEnd, type RemoteEnding } from './remote_end'
import { ScramClient } from './scram_client'
import { StateNotice } from './state_notice'
import { Suspicion } from './suspicion'
import { Window } from './window'

/** A connection that has stood so long was a good one, milliseconds. */
const GOOD_MS = 10_000
const TICK_MS = 500
/** Messages that are kept for the other broker, where nothing else is said. */
const QUEUE_MAX = 10_000

export class Bridge {
  readonly counts: Counts = { sent: 0, received: 0, refused: 0, tooLarge: 0, looped: 0, dropped: 0, connects: 0 }
  readonly map: TopicMap
  readonly suspicion = new Suspicion()
  readonly window = new Window((size) => this.host.windowSet(this.terms.localClientIdentifier, size))
  readonly outSweep = new ExchangeSweep()
  readonly inSweep = new ExchangeSweep()
  readonly offence = new Offence()
  readonly newFilters = new Set<string>()
  private readonly notice: StateNotice
  private readonly delay: RetryDelay
  private readonly ladder: ProtocolLadder
  private tls: TlsTerms | undefined
  private readonly addresses: AddressChoice
  private remote: RemoteEnd | null = null
  private retry: NodeJS.Timeout | undefined
  private timer: NodeJS.Timeout | undefined
  private connectedAt = 0
  /** When traffic was seen last, and what was counted then. */
  private busyAt = 0
  private busyCount = 0
  private isStopped = false
  /** Its session here has begun with the program. */
  private isNewHere = false
  /** What is retained there has been taken here, by this program or one before. */
  private hasRetained = false
  private lastComplaint = ''
  // A broker may refuse a Will that is retained, or of QoS 1.
  private willRetain = true
  private willQos = 1

  constructor(readonly terms: BridgeTerms, private readonly host: BridgeHost, readonly loops: LoopDetector | null) {
    this.map = new TopicMap(terms.lines)
    this.addresses = new AddressChoice(terms.addresses, terms.isRoundRobin, terms.bindAddress)
    this.notice = new StateNotice(terms, (topic, payload) => host.publish(topic, payload))
    this.delay = new RetryDelay(terms.restartMs.base, terms.restartMs.cap)
    this.ladder = new ProtocolLadder(terms.version, terms.isPrivate)
    this.certificatesRead()()
  }

  get localUserName(): string {
    return this.terms.localUserName ?? this.host.ownName
  }

  readonly attach = (stream: Duplex): boolean => this.host.attach(stream, this.terms.localRealm)

  readonly isFull = (): boolean => this.host.isFull()

  readonly tell = (level: BridgeEvent['level'], message: string): void =>
    this.host.tell({ bridge: this.terms.name, level, message })

  /** Reads the files of TLS; throws where one is not good. What it answers has them used for connections to come. */
  certificatesRead(): () => void {
    const tls = this.terms.tls && tlsTermsOf(this.terms.tls)
    return () => { this.tls = tls }
  }

  /** Ends when what is published from now on is kept for the other broker. */
  async prepare(): Promise<void> {
    const { terms, map, host } = this
    for (const filter of map.localFilters.keys()) {
      if (!host.isSubscribed(terms.localClientIdentifier, filter)) this.newFilters.add(filter)
    }
    if (!terms.isLocalClean) {
      const isPresent = await sessionPrepare(terms, map.localFilters, this).catch((error: Error) => {
        this.tell('error', error.message)
        return true
      })
      this.isNewHere = !isPresent
      this.hasRetained = isPresent
    }
    this.queueBound()
    this.notice.here('0')
  }

  /** A session of one connection has its bounds from it on, another one from the start. */
  private queueBound(): void {
    const { terms, host } = this
    host.queueBound(
      terms.localClientIdentifier, terms.queuedMessages ?? host.queuedMessages ?? QUEUE_MAX,
      terms.queuedBytes ?? host.queuedBytes ?? 0, terms.queuePolicy)
  }

  start(): void {
    this.timer = setInterval(() => this.tick(), TICK_MS).unref()
    if (this.terms.start !== 'lazy') this.attempt()
  }

  /** Leaves in order; messages that wait stay in the session. */
  stop(): void {
    this.isStopped = true
    clearInterval(this.timer)
    clearTimeout(this.retry)
    this.leave()
  }

  private leave(): void {
    this.remote?.leave((server) => this.notice.there(server, '0'))
  }

  private tick(): void {
    const { terms, remote } = this
    if (terms.start !== 'lazy') return
    const now = performance.now()
    if (!remote) {
      if (!this.retry && this.host.queueLook(terms.localClientIdentifier, QUEUED) >= terms.threshold) this.attempt()
      return
    }
    const count = this.counts.sent + this.counts.received
    if (count !== this.busyCount || remote.isBusy || !remote.isReady) this.busyAt = now
    this.busyCount = count
    if (now - this.busyAt >= terms.idleMs) this.leave()
  }

  private attempt(): void {
    this.retry = undefined
    if (this.isStopped || this.remote) return
    const { terms, ladder } = this
    const { version, isBridge } = ladder.step
    this.remote = new RemoteEnd({
      connect: {
        version, isBridge, clientIdentifier: terms.remoteClientIdentifier, isClean: terms.isClean,
        keepAlive: terms.keepAlive,
        ...this.notice.will(this.willQos, this.willRetain),
        sessionExpiry: terms.sessionExpiry, receiveMaximum: terms.receiveMaximum,
        packetSizeMax: this.host.packetSizeMax, ...this.identity(),
      },
      address: this.addresses.current, tls: this.tls, bindAddress: terms.bindAddress,
      packetSizeMax: terms.packetSizeMax, topicAliasMax: terms.topicAliasMax,
    }, this.relayOwner(), (ending) => this.ended(ending))
  }

  /** Who the bridge is there, and how it proves it. */
  private identity(): Pick<ConnectTerms, 'userName' | 'password' | 'authentication'> {
    const { remoteUserName: userName, remotePassword: password, isScram } = this.terms
    return isScram ? { authentication: new ScramClient(userName!, password!) } : { userName, password }
  }

  /** What the relay of a connection needs of the bridge. */
  private relayOwner(): ConstructorParameters<typeof RemoteEnd>[1] {
    const { terms, map, counts, loops, suspicion, window, outSweep, inSweep, offence, newFilters, localUserName } = this
    const { brokerName } = this.host
    return {
      terms, map, counts, loops, suspicion, window, outSweep, inSweep, offence, newFilters, localUserName, brokerName,
      attach: this.attach, isFull: this.isFull, tell: this.tell, ready: () => this.ready(),
      hasRetained: this.hasRetained,
      takeNewHere: () => {
        const { isNewHere } = this
        this.isNewHere = false
        return isNewHere
      },
    }
  }

  private ready(): void {
    const { terms, addresses, ladder, remote } = this
    const { host, port } = addresses.current
    this.connectedAt = this.busyAt = performance.now()
    this.counts.connects++
    this.lastComplaint = ''
    this.hasRetained = true
    ladder.accepted()
    const version = { 3: '3.1', 4: '3.1.1', 5: '5.0' }[ladder.step.version]
    this.tell('notice', `connected to ${host} port ${port}, MQTT ${version}`)
    this.queueBound()
    this.notice.here('1')
    remote?.say((server) => this.notice.there(server, '1'))
    // Whoever stands in for the preferred one leaves when that is back.
    if (terms.start !== 'lazy') addresses.preferredWatch(() => this.leave())
  }

  private ended(ending: RemoteEnding): void {
    const wasGood = ending.wasReady && performance.now() - this.connectedAt >= GOOD_MS
    const { suspicion, ladder, delay, addresses, terms } = this
    this.remote = null
    addresses.watchEnd()
    this.notice.here('0')
    const { inFlight, hadAcknowledgement, stalledMs, reasonCode } = ending
    if (wasGood || hadAcknowledgement) delay.reset()
    if (ending.isByRemote) suspicion.closed(inFlight, hadAcknowledgement, stalledMs, reasonCode)
    if (ending.wasReady) ladder.ended()
    else if (!ending.connack && ending.wasOpen && ending.isByRemote) ladder.silent()
    this.complain(ending)
    if (this.isStopped) return
    if (this.isOtherTry(ending)) return this.attempt()
    addresses.next(ending.wasReady)
    if (terms.start === 'automatic' || terms.start === 'lazy' && ending.level !== 'information') {
      this.retry = setTimeout(() => this.attempt(), delay.next())
    }
  }

  /** Whether a refusal speaks of something that can be asked for otherwise at once. */
  private isOtherTry({ connack, reasonCode }: RemoteEnding): boolean {
    if (!connack?.reasonCode) return false
    if (reasonCode === UNSUPPORTED_PROTOCOL_VERSION) return this.ladder.refused()
    if (reasonCode === RETAIN_NOT_SUPPORTED && this.willRetain) return !(this.willRetain = false)
    if (reasonCode === QOS_NOT_SUPPORTED && this.willQos) return !(this.willQos = 0)
    return false
  }

  /** Says why a connection ended; the same of each try only once. */
  private complain({ level, reason, wasReady }: RemoteEnding): void {
    const { host, port } = this.addresses.current
    const complaint = `${host} port ${port}: ${reason}`
    if (!wasReady && complaint === this.lastComplaint) return
    this.lastComplaint = complaint
    this.tell(level, complaint)
  }

  /** Says its numbers under $SYS. */
  countsSay(): void {
    this.notice.count(this.statistics())
  }

  statistics(): BridgeStatistics {
    const { terms, counts, remote, host } = this
    const look = (what: number): number => host.queueLook(terms.localClientIdentifier, what)
    return {
      name: terms.name, isConnected: remote?.isReady === true, queued: look(QUEUED), queuedBytes: look(QUEUED_BYTES),
      queuedSeconds: Math.floor(look(QUEUED_MS) / 1_000), queueDropped: look(QUEUE_DROPPED), ...counts,
    }
  }
}
