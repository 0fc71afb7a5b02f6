// What a bridge is told: the options of a program with everything that was left out filled in.
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { QUEUE_LATEST, QUEUE_NEWEST, QUEUE_OLDEST } from '../../../broker/session/queue_words'
import { isTopicFilter } from '../../../client/topic_filter'
import type { TopicLine } from '../../../client/topic_map'
import { PACKET_SIZE_GREATEST } from '../../../limits'
import type { BridgeAddress, BridgeOptions, BridgeTls } from '../library/bridge_api'
import { QUEUED_MESSAGES_MAX } from '../library/queue_bound'

/** Bytes of the largest packet that a bridge carries: it has each in memory. */
export const CARRIED_SIZE_MAX = 8_388_608

export interface BridgeTerms {
  name: string
  addresses: Required<BridgeAddress>[]
  isRoundRobin: boolean
  lines: TopicLine[]
  remoteClientIdentifier: string
  remoteUserName: string | undefined
  remotePassword: string | undefined
  /** They are proven by SCRAM-SHA-256, which MQTT has from 5.0 on. */
  isScram: boolean
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
  queuedMessages: number | undefined
  /** Bytes of payload; 0: no limit. */
  queuedBytes: number | undefined
  /** What the queue does when it is full, as queue_policy.ts has it. */
  queuePolicy: number
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

const POLICIES = { newest: QUEUE_NEWEST, oldest: QUEUE_OLDEST, latest: QUEUE_LATEST }
const DIRECTIONS = ['out', 'in', 'both']
/** Bytes of a name of ALPN. [RFC 7301 section 3.1] */
const ALPN_SIZE_MAX = 255

/** Why a topic line is none, as the end of a sentence; '' where it is one. */
export function topicLineProblem({ pattern, direction, qos, localPrefix, remotePrefix }: TopicLine): string {
  if (!DIRECTIONS.includes(direction)) return `its direction is ${direction}; say out, in or both.`
  if (![0, 1, 2].includes(qos)) return `its QoS is ${qos}; say 0, 1 or 2.`
  if (/[+#]/.test(localPrefix + remotePrefix)) return 'its prefixes have wildcards: put them into the pattern.'
  if (!pattern && !(localPrefix && remotePrefix)) return 'without a pattern it needs both prefixes.'
  for (const filter of [localPrefix + pattern, remotePrefix + pattern]) {
    if (!isTopicFilter(filter)) return `${filter} is no Topic Filter: a prefix ends with a slash.`
    if (/^\$share\//.test(filter)) return 'a bridge shares no subscription with others.'
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

/** What is a number, and from where to where it goes. */
const RANGES: [keyof BridgeOptions, number, number][] = [
  ['keepAlive', 0, 65_535], ['idleTimeout', 0, 1e9], ['threshold', 1, 65_535], ['sessionExpiry', 0, NEVER],
  ['packetSize', 0, PACKET_SIZE_GREATEST], ['receiveMaximum', 1, 65_535], ['topicAliases', 0, 65_535],
  ['queuedMessages', 0, QUEUED_MESSAGES_MAX], ['queuedBytes', 0, Number.MAX_SAFE_INTEGER],
]

function valuesCheck(options: BridgeOptions): void {
  const { name, addresses, bindAddress, tls } = options
  for (const [key, least, most] of RANGES) {
    const value = options[key] as number | undefined
    if (value === undefined || value >= least && value <= most) continue
    throw new TypeError(`Bridge ${name}: ${key} is ${value}; it goes from ${least} to ${most}.`)
  }
  for (const { host, port = PORT } of addresses) {
    if (!host || !(Number.isInteger(port) && port > 0 && port < 65_536)) {
      throw new TypeError(`Bridge ${name}: ${host}:${port} is no address.`)
    }
  }
  if (options.queuePolicy !== undefined && !Object.hasOwn(POLICIES, options.queuePolicy)) {
    throw new TypeError(`Bridge ${name}: queuePolicy is ${String(options.queuePolicy)}; say newest, oldest or latest.`)
  }
  const { base, cap } = restartOf(options.restartTimeout)
  if (!(base > 0 && cap >= base && cap < Infinity)) {
    throw new TypeError(`Bridge ${name}: restartTimeout is ${String(options.restartTimeout)}; say seconds above 0, or `
      + 'two numbers of which the second is not smaller.')
  }
  if (tls?.alpn?.some((one) => !one || Buffer.byteLength(one) > ALPN_SIZE_MAX)) {
    throw new TypeError(`Bridge ${name}: a name of ALPN has 1 to ${ALPN_SIZE_MAX} bytes.`)
  }
  if (bindAddress !== undefined && !isIP(bindAddress)) {
    throw new TypeError(`Bridge ${name}: ${bindAddress} is no IP address to connect from.`)
  }
}

function remoteCheck({ name, remote = {}, protocolVersion = 5 }: BridgeOptions): void {
  const { method, userName, password } = remote
  if (method === undefined) return
  if (!userName || password === undefined) {
    throw new TypeError(`Bridge ${name}: ${method} needs a User Name and a password for the other broker.`)
  }
  if (protocolVersion < 5) throw new TypeError(`Bridge ${name}: ${method} needs MQTT 5.0.`)
}

/** Throws a TypeError where the options are no bridge. */
export function bridgeTerms(options: BridgeOptions): BridgeTerms {
  const { name, remote = {}, local = {}, tls } = options
  const addresses = options.addresses.map(({ host, port }) => ({ host, port: port ?? (tls ? PORT_TLS : PORT) }))
  if (!name) throw new TypeError('A bridge has a name.')
  if (!addresses.length) throw new TypeError(`Bridge ${name} has no address.`)
  valuesCheck(options)
  remoteCheck(options)
  const remoteClientIdentifier = remote.clientIdentifier ?? `${hostname()}.${name}`
  const localClientIdentifier = local.clientIdentifier ?? `local.${remoteClientIdentifier}`
  return {
    name, addresses, tls, lines: linesOf(options), remoteClientIdentifier, localClientIdentifier,
    isRoundRobin: options.roundRobin ?? false,
    remoteUserName: remote.userName, remotePassword: remote.password, isScram: remote.method !== undefined,
    localUserName: local.userName,
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
    queuedMessages: options.queuedMessages, queuedBytes: options.queuedBytes,
    queuePolicy: POLICIES[options.queuePolicy ?? 'newest'],
    isPrivate: options.tryPrivate ?? true, version: remote.method ? 5 : options.protocolVersion,
    sessionExpiry: options.cleanSession ? 0 : options.sessionExpiry ?? NEVER,
    packetSizeMax: options.packetSize || Infinity,
    receiveMaximum: options.receiveMaximum ?? DEFAULTS.receiveMaximum,
    topicAliasMax: options.topicAliases ?? DEFAULTS.topicAliasMax,
    isRetainSent: options.outgoingRetain ?? true, isUnsubscribing: options.attemptUnsubscribe ?? true,
    bindAddress: options.bindAddress,
  }
}
