// All bridges of a broker.
import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { BridgeEvent, BridgeOptions, BridgeStatistics } from '../library/bridge_api'
import { queueBound } from '../library/queue_bound'
import type { createBroker } from 'midge-mqtt'
import { SETTING_PACKET_SIZE, SETTING_SYS_INTERVAL } from '../../../broker/settings'
import { Bridge } from './bridge'
import type { BridgeHost } from './bridge_host'
import { CARRIED_SIZE_MAX, bridgeTerms } from './bridge_terms'
import { circlesOf } from './loop_check'
import { LoopDetector } from './loop_detector'

/** Bytes by chance, so that no two brokers have one name. */
const BROKER_NAME_SIZE = 6

/** Seconds until it is looked again whether numbers are to be said. */
const COUNTS_SECONDS = 10

type Instance = ReturnType<typeof createBroker>

export interface BridgesOwner {
  /** What every client's queue takes, where that was said. */
  queuedMessages: number | undefined
  queuedBytes: number | undefined
  /** The User Name of who may do everything. */
  ownName: string
  isFull(): boolean
  tell(event: BridgeEvent): void
}

export class Bridges {
  private readonly bridges: Bridge[]
  private counting: NodeJS.Timeout | undefined
  private readonly brokerName = randomBytes(BROKER_NAME_SIZE).toString('base64url')

  /** Throws a TypeError where the options are none, and what a file of TLS is missing or is not what it should be. */
  constructor(options: BridgeOptions[], private readonly instance: Instance, private readonly owner: BridgesOwner) {
    const all = options.map(bridgeTerms)
    for (const [what, values] of [
      ['name', all.map(({ name }) => name)],
      ['Client Identifier here', all.map(({ localClientIdentifier }) => localClientIdentifier)],
    ] as const) {
      const twice = values.find((value, i) => values.indexOf(value) < i)
      if (twice !== undefined) throw new TypeError(`Two bridges have the ${what} ${twice}: each has its own.`)
    }
    const lines = all.flatMap((terms) => terms.lines)
    const hasBoth = (['in', 'out'] as const).every((other) => lines.some(({ direction }) => direction !== other))
    const loops = hasBoth ? new LoopDetector(() => instance.hasBridges()) : null
    this.bridges = all.map((terms) => new Bridge(terms, this.host(), loops))
    if (!all.length) return
    instance.clientIdentifiersReserve(all.map(({ localClientIdentifier }) => localClientIdentifier))
    instance.brokerNameSet(this.brokerName)
  }

  private host(): BridgeHost {
    const { instance, owner } = this
    return {
      ownName: owner.ownName,
      brokerName: this.brokerName,
      queuedMessages: owner.queuedMessages,
      queuedBytes: owner.queuedBytes,
      packetSizeMax: Math.min(instance.settingOf(SETTING_PACKET_SIZE), CARRIED_SIZE_MAX),
      attach: (stream: Duplex, realm) => instance.attach(
        stream, { address: 'bridge', isLocal: true, isTrusted: true, terms: realm === undefined ? realm : { realm } }),
      isFull: () => owner.isFull(),
      queueLook: (clientIdentifier, what) => instance.sessionQueueLook(Buffer.from(clientIdentifier), what),
      isSubscribed: (clientIdentifier, filter) =>
        instance.sessionIsSubscribed(Buffer.from(clientIdentifier), Buffer.from(filter)),
      queueBound: (clientIdentifier, messages, bytes, policy) =>
        instance.sessionQueueBound(Buffer.from(clientIdentifier), queueBound(messages), queueBound(bytes), policy),
      windowSet: (clientIdentifier, size) => instance.sessionWindowSet(Buffer.from(clientIdentifier), size),
      publish: (topic, payload) => void instance.brokerRetain(Buffer.from(topic), Buffer.from(payload)),
      tell: (event) => owner.tell(event),
    }
  }

  /** Ends when what is published from now on is kept for the other brokers. */
  async prepare(): Promise<void> {
    for (const { bridge, message } of circlesOf(this.bridges.map(({ terms }) => terms))) {
      this.owner.tell({ bridge, level: 'warning', message })
    }
    await Promise.all(this.bridges.map((bridge) => bridge.prepare()))
  }

  start(): void {
    for (const bridge of this.bridges) bridge.start()
    if (this.bridges.length) this.countsSay()
  }

  /** Says the numbers of all under $SYS, every sys_interval; 0: not now. */
  private countsSay(): void {
    const interval = this.instance.settingOf(SETTING_SYS_INTERVAL)
    if (interval) for (const bridge of this.bridges) bridge.countsSay()
    this.counting = setTimeout(() => this.countsSay(), (interval || COUNTS_SECONDS) * 1_000).unref()
  }

  stop(): void {
    clearTimeout(this.counting)
    for (const bridge of this.bridges) bridge.stop()
  }

  /** As a bridge's. */
  certificatesRead(): () => void {
    const uses = this.bridges.map((bridge) => bridge.certificatesRead())
    return () => uses.forEach((use) => use())
  }

  statistics(): BridgeStatistics[] {
    return this.bridges.map((bridge) => bridge.statistics())
  }
}
