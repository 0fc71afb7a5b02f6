// The keys of mosquitto.conf that belong to a `connection`, a bridge to another broker.
import { isIP } from 'node:net'
import { REMAINING_LENGTH_MAX } from '../../../limits'
import { topicLineProblem } from '../bridge/bridge_terms'
import type { BridgeAddress, BridgeOptions, BridgeTls, BridgeTopic } from '../library/bridge_api'
import { isPskKey } from '../psk_key'
import { SCRAM_SHA_256 } from '../scram'
import { type Draft, type KeyHandler, idle, notice } from './draft'
import { ConfigurationError, type Entry, type Place } from './entries'
import { readTlsVersion } from './tls_version'
import { NUMBER_MAX, ciphersWith, readBoolean, readChoice, readInteger, readPath, readText } from './values'

/** A bridge while its keys are read. */
export interface BridgeDraft {
  place: Place
  options: BridgeOptions
  /** It has TLS where this says whom it trusts. */
  tls: BridgeTls
  hasAuthorities: boolean
  /** Where its local_username stands. */
  userPlace?: Place
}

type BridgeHandler = (bridge: BridgeDraft, entry: Entry, draft: Draft) => void

const PORT = 1_883
const PORT_MAX = 65_535
const COUNT_MAX = 65_535
const SECONDS_MAX = 31_536_000
/** mosquitto takes no shorter Keep Alive of a bridge. */
const KEEP_ALIVE_MIN = 5

/** A number of which mosquitto takes too small a one for the least. */
function readAtLeast({ options }: Draft, entry: Entry, least: number, most: number, text?: string): number {
  const value = readInteger(entry, -NUMBER_MAX, most, text)
  if (value >= least) return value
  notice(options, entry, `${entry.key} is ${value}, which is taken for ${least}`)
  return least
}

const key = (set: (options: BridgeOptions, entry: Entry, draft: Draft) => void): BridgeHandler =>
  ({ options }, entry, draft) => set(options, entry, draft)

const tls = (set: (files: BridgeTls, entry: Entry, draft: Draft) => void): BridgeHandler =>
  ({ tls }, entry, draft) => set(tls, entry, draft)

const authorities = (set: (files: BridgeTls, entry: Entry) => void): BridgeHandler => (bridge, entry) => {
  bridge.hasAuthorities = true
  set(bridge.tls, entry)
}

/** Taken, with a line at the start that says why it changes nothing. */
const passed = (why: string): BridgeHandler => (_bridge, entry, draft) => idle(draft, entry, entry.key, why)

const psk = (set: (one: NonNullable<BridgeTls['psk']>, entry: Entry) => void): BridgeHandler => tls((files, entry) => {
  files.psk ??= { identity: '', key: '' }
  set(files.psk, entry)
})

const ciphers = tls((files, entry) => { files.ciphers = ciphersWith(files.ciphers, entry) })

const remoteName = key((options, entry) => { options.remote = { ...options.remote, userName: readText(entry) } })
const remotePassword = key((options, entry) => { options.remote = { ...options.remote, password: readText(entry) } })
const remoteClient = key((options, entry) => {
  options.remote = { ...options.remote, clientIdentifier: readText(entry) }
})

/** `host`, `host:port`, `[address of IPv6]:port`, or such an address and its port behind the last colon. */
function readAddress(entry: Entry, text: string): BridgeAddress {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|(.*?))(?::(\d+))?$/.exec(text) ?? []
  const host = bracketed ?? plain
  if (!host) throw new ConfigurationError(entry, `${entry.key} is ${text || 'empty'}; say a host, or host:port.`)
  if (host.includes(':') && !isIP(host)) {
    throw new ConfigurationError(entry, `${text} is no address: one of IPv6 needs its port, or brackets.`)
  }
  return { host, port: port === undefined ? PORT : readInteger(entry, 1, PORT_MAX, port) }
}

const addresses = key((options, entry) => {
  options.addresses.push(...readText(entry).split(/\s+/).map((text) => readAddress(entry, text)))
})

/**
 * `topic pattern [direction [qos [local-prefix [remote-prefix]]]]`; a word in quotation marks may have spaces, and ""
 * is nothing.
 */
function readTopic(entry: Entry, { options }: Draft): BridgeTopic {
  const words = (readText(entry).match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"(.*)"$/, '$1'))
  const [pattern, direction = 'out', qos = '0', localPrefix = '', remotePrefix = ''] = words
  if (words.length > 5) throw new ConfigurationError(entry, `topic ${pattern} has words behind its prefixes.`)
  // mosquitto reads what is no number for 0.
  const isNumber = /^\d+$/.test(qos)
  if (!isNumber) notice(options, entry, `topic ${pattern}: its QoS is ${qos}, which is taken for 0`)
  const line = {
    pattern, direction: direction.toLowerCase() as 'out', qos: (isNumber ? Number(qos) : 0) as 0,
    localPrefix, remotePrefix,
  }
  const problem = topicLineProblem(line)
  if (problem) throw new ConfigurationError(entry, `topic ${pattern || '""'}: ${problem}`)
  return line
}

function readRestart(draft: Draft, entry: Entry): number | [number, number] {
  const [base, cap, more] = readText(entry).split(/\s+/)
  const first = readAtLeast(draft, entry, 1, SECONDS_MAX, base)
  if (more !== undefined) throw new ConfigurationError(entry, 'restart_timeout has two numbers at the most.')
  return cap === undefined ? first : [first, readInteger(entry, first, SECONDS_MAX, cap)]
}

/** By key, without those that begin a bridge. */
const HANDLERS: Record<string, BridgeHandler> = {
  address: addresses,
  addresses,
  topic: key((options, entry, draft) => { options.topics.push(readTopic(entry, draft)) }),
  round_robin: key((options, entry) => { options.roundRobin = readBoolean(entry) }),
  remote_clientid: remoteClient,
  clientid: remoteClient,
  remote_username: remoteName,
  username: remoteName,
  remote_password: remotePassword,
  password: remotePassword,
  local_clientid: key((options, entry) => {
    options.local = { ...options.local, clientIdentifier: readText(entry) }
  }),
  local_username: (bridge, entry) => {
    bridge.userPlace = entry
    bridge.options.local = { ...bridge.options.local, userName: readText(entry) }
  },
  local_password: passed('the bridge is this program, and need not prove who it is'),
  cleansession: key((options, entry) => { options.cleanSession = readBoolean(entry) }),
  local_cleansession: key((options, entry) => { options.localCleanSession = readBoolean(entry) }),
  notifications: key((options, entry) => { options.notifications = readBoolean(entry) }),
  notifications_local_only: key((options, entry) => { options.notificationsLocalOnly = readBoolean(entry) }),
  notification_topic: key((options, entry) => { options.notificationTopic = readText(entry) }),
  keepalive_interval: key((options, entry, draft) => {
    options.keepAlive = readAtLeast(draft, entry, KEEP_ALIVE_MIN, COUNT_MAX)
  }),
  restart_timeout: key((options, entry, draft) => { options.restartTimeout = readRestart(draft, entry) }),
  idle_timeout: key((options, entry, draft) => { options.idleTimeout = readAtLeast(draft, entry, 1, SECONDS_MAX) }),
  threshold: key((options, entry, draft) => { options.threshold = readAtLeast(draft, entry, 1, COUNT_MAX) }),
  start_type: key((options, entry) => {
    options.start = readChoice<'automatic' | 'once' | 'lazy'>(
      entry, { automatic: 'automatic', once: 'once', lazy: 'lazy' })
  }),
  // These three are Midge's own.
  bridge_auth_method: key((options, entry) => {
    const method = readChoice<typeof SCRAM_SHA_256>(entry, { [SCRAM_SHA_256]: SCRAM_SHA_256 })
    options.remote = { ...options.remote, method }
  }),
  bridge_queue_policy: key((options, entry) => {
    options.queuePolicy = readChoice<'newest' | 'oldest' | 'latest'>(
      entry, { newest: 'newest', oldest: 'oldest', latest: 'latest' })
  }),
  bridge_queue_bytes: key((options, entry) => {
    options.queuedBytes = readInteger(entry, 0, Number.MAX_SAFE_INTEGER)
  }),
  try_private: key((options, entry) => { options.tryPrivate = readBoolean(entry) }),
  bridge_protocol_version: key((options, entry) => {
    const version = readChoice(entry, { mqttv31: '3', mqttv311: '4', mqttv50: '5' })
    options.protocolVersion = Number(version) as 3 | 4 | 5
  }),
  bridge_attempt_unsubscribe: key((options, entry) => { options.attemptUnsubscribe = readBoolean(entry) }),
  bridge_outgoing_retain: key((options, entry) => { options.outgoingRetain = readBoolean(entry) }),
  bridge_bind_address: key((options, entry) => { options.bindAddress = readText(entry) }),
  bridge_max_packet_size: key((options, entry) => { options.packetSize = readInteger(entry, 0, REMAINING_LENGTH_MAX) }),
  bridge_receive_maximum: key((options, entry) => { options.receiveMaximum = readInteger(entry, 1, COUNT_MAX) }),
  bridge_max_topic_alias: key((options, entry) => { options.topicAliases = readInteger(entry, 0, COUNT_MAX) }),
  bridge_session_expiry_interval: key((options, entry) => {
    options.sessionExpiry = readInteger(entry, 0, 0xffff_ffff)
  }),
  bridge_cafile: authorities((files, entry) => { files.cafile = readPath(entry) }),
  bridge_capath: authorities((files, entry) => { files.capath = readPath(entry) }),
  bridge_tls_use_os_certs: (bridge, entry) => { bridge.hasAuthorities ||= readBoolean(entry) },
  bridge_certfile: tls((files, entry) => { files.certfile = readPath(entry) }),
  bridge_keyfile: tls((files, entry) => { files.keyfile = readPath(entry) }),
  bridge_insecure: tls((files, entry) => { files.insecure = readBoolean(entry) }),
  bridge_alpn: tls((files, entry) => { files.alpn = [readText(entry)] }),
  bridge_tls_version: tls((files, entry, draft) => { files.minVersion = readTlsVersion(draft, entry) }),
  bridge_ciphers: ciphers,
  'bridge_ciphers_tls1.3': ciphers,
  bridge_psk: psk((one, entry) => {
    one.key = readText(entry)
    if (!isPskKey(one.key)) throw new ConfigurationError(entry, 'bridge_psk is no key; give it in hexadecimal.')
  }),
  bridge_identity: psk((one, entry) => { one.identity = readText(entry) }),
  bridge_require_ocsp: (_bridge, entry) => {
    if (readBoolean(entry)) throw new ConfigurationError(entry, 'bridge_require_ocsp is not supported: say false.')
  },
  bridge_reload_type: passed('bridges are not read again while the broker runs'),
  bridge_tcp_keepalive: passed('keepalive_interval finds a connection that is dead'),
  bridge_tcp_user_timeout: passed('keepalive_interval finds a connection that is dead'),
}

function bridgeBegin({ bridges }: Draft, entry: Entry): void {
  const name = readText(entry)
  if (bridges.some(({ options }) => options.name === name)) {
    throw new ConfigurationError(entry, `there is a connection ${name} already; give each its own name.`)
  }
  bridges.push({ place: entry, options: { name, addresses: [], topics: [] }, tls: {}, hasAuthorities: false })
}

/** Handlers of a bridge's keys, for the connection that was begun last. */
export const BRIDGE_KEYS: Record<string, KeyHandler> = {
  connection: bridgeBegin,
  ...Object.fromEntries(Object.entries(HANDLERS).map(([name, handler]) => [name, (draft: Draft, entry: Entry) => {
    const bridge = draft.bridges.at(-1)
    if (!bridge) throw new ConfigurationError(entry, `${name} belongs to a bridge; write connection <name> first.`)
    handler(bridge, entry, draft)
  }])),
}

/** Those whose value is all of the line. */
const TEXT_KEYS = new Set([
  'address', 'addresses', 'topic', 'remote_clientid', 'clientid', 'remote_username', 'username', 'remote_password',
  'password', 'local_clientid', 'local_username', 'local_password', 'notification_topic', 'restart_timeout',
  'bridge_bind_address', 'bridge_cafile', 'bridge_capath', 'bridge_certfile', 'bridge_keyfile', 'bridge_alpn',
  'bridge_tls_version', 'bridge_ciphers', 'bridge_ciphers_tls1.3', 'bridge_psk', 'bridge_identity',
  'bridge_tcp_keepalive',
])

export const isBridgeTextKey = (key: string): boolean => TEXT_KEYS.has(key)
