// What a bridge is told: the options of a program with everything that was left out filled in.
import { hostname } from 'node:os'
import type { TopicLine } from '../../../client/topic_map'
import type { BridgeAddress, BridgeOptions, BridgeTls } from '../library/bridge_api'

export interface BridgeTerms {
  name: string
  addresses: Required<BridgeAddress>[]
  isRoundRobin: boolean
  lines: TopicLine[]
  remoteClientIdentifier: string
  remoteUserName: string | undefined
  remotePassword: string | undefined
  localClientIdentifier: string
  localUserName: string | undefined
  localRealm: string | undefined
  isClean: boolean
  isLocalClean: boolean
  hasNotifications: boolean
  areNotificationsLocal: boolean
  notificationTopic: string
  keepAlive: number
  restartMs: { base: number, cap: number }
  idleMs: number
  start: 'automatic' | 'once' | 'lazy'
  threshold: number
  isPrivate: boolean
  /** undefined: 5.0, and 3.1.1 where that is refused. */
  version: 3 | 4 | 5 | undefined
  sessionExpiry: number
  /** Bytes of a packet that is sent. */
  packetSizeMax: number
  receiveMaximum: number
  topicAliasMax: number
  isRetainSent: boolean
  isUnsubscribing: boolean
  bindAddress: string | undefined
  tls: BridgeTls | undefined
}

const PORT = 1_883
const PORT_TLS = 8_883
const NEVER = 0xffff_ffff
const DEFAULTS = {
  keepAlive: 60, restartBase: 5, restartCap: 30, idle: 60, threshold: 10, receiveMaximum: 256, topicAliasMax: 10,
}

const isFilter = (filter: string): boolean => filter !== '' && filter.split('/').every((level, i, { length }) =>
  level === '+' || level === '#' && i === length - 1 || !/[+#\0]/.test(level))

/** Why a topic line is none, as the end of a sentence; '' where it is one. */
export function topicLineProblem({ pattern, localPrefix, remotePrefix }: TopicLine): string {
  if (/[+#]/.test(localPrefix + remotePrefix)) return 'its prefixes have wildcards: put them into the pattern.'
  if (!pattern && !(localPrefix && remotePrefix)) return 'without a pattern it needs both prefixes.'
  for (const filter of [localPrefix + pattern, remotePrefix + pattern]) {
    if (!isFilter(filter)) return `${filter} is no Topic Filter: a prefix ends with a slash.`
    if (Buffer.byteLength(filter) > 65_535) return 'a Topic Filter has at most 65,535 bytes.'
  }
  return ''
}

function linesOf({ name, topics }: BridgeOptions): TopicLine[] {
  return topics.map(({ pattern, direction = 'out', qos = 0, localPrefix = '', remotePrefix = '' }) => {
    const line = { pattern, direction, qos, localPrefix, remotePrefix }
    const problem = topicLineProblem(line)
    if (problem) throw new TypeError(`Bridge ${name}: the topic ${pattern || '""'}: ${problem}`)
    return line
  })
}

function restartOf(restart: BridgeOptions['restartTimeout']): { base: number, cap: number } {
  const [base, cap] = typeof restart === 'number'
    ? [restart, restart]
    : restart ?? [DEFAULTS.restartBase, DEFAULTS.restartCap]
  return { base: base * 1_000, cap: cap * 1_000 }
}

/** Throws a TypeError where the options are no bridge. */
export function bridgeTerms(options: BridgeOptions): BridgeTerms {
  const { name, remote = {}, local = {}, tls } = options
  const addresses = options.addresses.map(({ host, port }) => ({ host, port: port ?? (tls ? PORT_TLS : PORT) }))
  if (!name) throw new TypeError('A bridge has a name.')
  if (!addresses.length) throw new TypeError(`Bridge ${name} has no address.`)
  const remoteClientIdentifier = remote.clientIdentifier ?? `${hostname()}.${name}`
  const localClientIdentifier = local.clientIdentifier ?? `local.${remoteClientIdentifier}`
  if (remoteClientIdentifier === localClientIdentifier) {
    throw new TypeError(`Bridge ${name} has one Client Identifier for both sides: give them different ones.`)
  }
  return {
    name, addresses, tls, lines: linesOf(options), remoteClientIdentifier, localClientIdentifier,
    isRoundRobin: options.roundRobin ?? false,
    remoteUserName: remote.userName, remotePassword: remote.password, localUserName: local.userName,
    localRealm: local.userName === undefined ? undefined : local.realm,
    isClean: options.cleanSession ?? false,
    isLocalClean: options.localCleanSession ?? options.cleanSession ?? false,
    hasNotifications: options.notifications ?? true,
    areNotificationsLocal: options.notificationsLocalOnly ?? false,
    notificationTopic: options.notificationTopic ?? `$SYS/broker/connection/${remoteClientIdentifier}/state`,
    keepAlive: options.keepAlive ?? DEFAULTS.keepAlive,
    restartMs: restartOf(options.restartTimeout),
    idleMs: (options.idleTimeout ?? DEFAULTS.idle) * 1_000,
    start: options.start ?? 'automatic', threshold: options.threshold ?? DEFAULTS.threshold,
    isPrivate: options.tryPrivate ?? true, version: options.protocolVersion,
    sessionExpiry: options.cleanSession ? 0 : options.sessionExpiry ?? NEVER,
    packetSizeMax: options.packetSize || Infinity,
    receiveMaximum: options.receiveMaximum ?? DEFAULTS.receiveMaximum,
    topicAliasMax: options.topicAliases ?? DEFAULTS.topicAliasMax,
    isRetainSent: options.outgoingRetain ?? true, isUnsubscribing: options.attemptUnsubscribe ?? true,
    bindAddress: options.bindAddress,
  }
}
