// The keys of mosquitto.conf that the gateway honours: each sets its part of the options.
import { SOCKET_PATH_SIZE_MAX } from '../socket_path'
import { ConfigurationError, type Entry } from './entries'
import { IDLE_KEYS } from './idle_keys'
import { type GatewayOptions, LOG_TYPES, type ListenerDraft, type LogType } from './options'
import { readBoolean, readChoice, readDuration, readInteger, readName, readPath, readText } from './values'

/** What is being read: the options, and the listener that listeners' keys go to. */
export interface Draft {
  options: GatewayOptions
  /** What stands before the first `listener`: it listens where `port` or `bind_address` says so, or nobody else. */
  first: ListenerDraft
  isFirstUsed: boolean
  listeners: ListenerDraft[]
  current: ListenerDraft
  hasLogTypes: boolean
  hasLogDestinations: boolean
  /** What the broker keeps: whether, in which folder, under which name. */
  store: { isKept: boolean, folder: string, name: string }
}

type KeyHandler = (draft: Draft, entry: Entry) => void

const PORT_MAX = 65_535
/** Kinds of lines that mosquitto has besides. */
const OTHER_LOG_TYPES = ['debug', 'subscribe', 'unsubscribe', 'websockets', 'internal']

/** Node's word for every address of the computer is none. */
export const EVERY_ADDRESS = '*'

const tls = (set: (files: ListenerDraft['tls'], entry: Entry) => void): KeyHandler =>
  ({ current }, entry) => set(current.tls, entry)

const listener = (set: (options: ListenerDraft['options'], entry: Entry) => void): KeyHandler =>
  ({ current }, entry) => set(current.options, entry)

/** Limits whose 0 means 0. */
const ZERO_COUNTS: (keyof GatewayOptions['limits'])[] = ['keepAlive', 'sysInterval', 'topicAliases']

const limit = (name: keyof GatewayOptions['limits'], least: number, most: number): KeyHandler =>
  ({ options }, entry) => {
    const value = readInteger(entry, least, most)
    // 0 stands for no limit but the broker's own.
    if (value || ZERO_COUNTS.includes(name)) options.limits[name] = value as never
  }

function listenerBegin(draft: Draft, entry: Entry): void {
  const [port, address] = entry.value.split(/\s+/, 2)
  const number = readInteger(entry, 0, PORT_MAX, port)
  if (number === 0 && Buffer.byteLength(address ?? '') > SOCKET_PATH_SIZE_MAX) {
    throw new ConfigurationError(entry, `the path has over ${SOCKET_PATH_SIZE_MAX} bytes; give a shorter one.`)
  }
  const options = number === 0 && address?.startsWith('/')
    ? { path: address }
    : { port: number, host: address ?? EVERY_ADDRESS }
  draft.current = { place: entry, options, tls: {} }
  draft.listeners.push(draft.current)
}

function logType(draft: Draft, entry: Entry): void {
  const { types } = draft.options.log
  if (!draft.hasLogTypes) types.clear()
  draft.hasLogTypes = true
  if (entry.value === 'all') for (const type of LOG_TYPES) types.add(type)
  else if ((LOG_TYPES as readonly string[]).includes(entry.value)) types.add(entry.value as LogType)
  else if (OTHER_LOG_TYPES.includes(entry.value)) {
    idle(draft, entry, `log_type ${entry.value}`, 'nothing of that kind is logged')
  } else if (entry.value !== 'none') {
    throw new ConfigurationError(entry, `log_type is ${entry.value}; say ${LOG_TYPES.join(', ')}, all or none.`)
  }
}

function logDestination(draft: Draft, entry: Entry): void {
  const { log } = draft.options
  if (entry.value === 'topic' || entry.value === 'dlt') {
    return idle(draft, entry, `log_dest ${entry.value}`, 'the log goes to stdout, stderr or a file')
  }
  if (!draft.hasLogDestinations) log.destinations = []
  draft.hasLogDestinations = true
  const file = /^file\s+(\S.*)$/.exec(entry.value)
  if (file) log.destinations.push({ kind: 'file', file: file[1] })
  else if (entry.value === 'stdout' || entry.value === 'stderr') log.destinations.push({ kind: entry.value })
  // What starts a service takes its standard error to the system's log.
  else if (entry.value === 'syslog') log.destinations.push({ kind: 'stderr' })
  else if (entry.value !== 'none') {
    throw new ConfigurationError(entry, `log_dest is ${entry.value}; say stdout, stderr, syslog, file <path> or none.`)
  }
}

/** Takes a key, or a value of one, that does nothing here. */
function idle({ options }: Draft, { file, line }: Entry, what: string, why: string): void {
  options.notices.push(`${file}:${line}: ${what} changes nothing: ${why}`)
}

/** By key. */
export const KEYS: Record<string, KeyHandler> = {
  ...Object.fromEntries(Object.entries(IDLE_KEYS).map(([key, why]): [string, KeyHandler] =>
    [key, (draft, entry) => idle(draft, entry, key, why)])),
  // Listeners.
  listener: listenerBegin,
  port: (draft, entry) => {
    draft.isFirstUsed = true
    draft.first.options.port = readInteger(entry, 0, PORT_MAX)
    draft.first.options.host ??= EVERY_ADDRESS
  },
  bind_address: (draft, entry) => {
    draft.isFirstUsed = true
    draft.first.options.host = readText(entry)
  },
  protocol: listener((options, entry) => {
    options.protocol = readChoice<'mqtt' | 'websockets'>(entry, { mqtt: 'mqtt', websockets: 'websockets' })
  }),
  socket_domain: listener((options, entry) => {
    const every = readChoice(entry, { ipv4: '0.0.0.0', ipv6: '::' })
    if (!options.host || options.host === EVERY_ADDRESS) options.host = every
  }),
  max_connections: listener((options, entry) => {
    const most = readInteger(entry, -1, 1_000_000)
    if (most >= 0) options.maxConnections = most
  }),
  set_tcp_nodelay: ({ first, current }, entry) => {
    // In mosquitto it is the whole broker's; a listener may say otherwise here.
    for (const { options } of new Set([first, current])) options.noDelay = readBoolean(entry)
  },
  listener_allow_anonymous: listener((options, entry) => { options.allowAnonymous = readBoolean(entry) }),
  clientid_prefixes: listener((options, entry) => { options.clientIdentifierPrefix = readText(entry) }),
  use_identity_as_username: listener((options, entry) => { options.identityAsUserName = readBoolean(entry) }),
  use_subject_as_username: listener((options, entry) => { options.subjectAsUserName = readBoolean(entry) }),
  accept_protocol_versions: listener((options, entry) => {
    const versions = entry.value.split(',').map((version) => Number(version) as 3 | 4 | 5)
    if (!versions.every((version) => [3, 4, 5].includes(version))) {
      throw new ConfigurationError(entry, `${entry.key} is ${entry.value || 'empty'}; say some of 3,4,5.`)
    }
    options.protocolVersions = versions
  }),
  certfile: tls((files, entry) => { files.certfile = readPath(entry) }),
  keyfile: tls((files, entry) => { files.keyfile = readPath(entry) }),
  cafile: tls((files, entry) => { files.cafile = readPath(entry) }),
  crlfile: tls((files, entry) => { files.crlfile = readPath(entry) }),
  require_certificate: tls((files, entry) => { files.requireCertificate = readBoolean(entry) }),
  ciphers: tls((files, entry) => { files.ciphers = [files.ciphers, readText(entry)].filter(Boolean).join(':') }),
  'ciphers_tls1.3': tls((files, entry) => {
    files.ciphers = [readText(entry), files.ciphers].filter(Boolean).join(':')
  }),
  tls_version: tls((files, entry) => {
    files.minVersion = readChoice<'TLSv1.2' | 'TLSv1.3'>(entry, { 'tlsv1.2': 'TLSv1.2', 'tlsv1.3': 'TLSv1.3' })
  }),
  // Who may come in.
  allow_anonymous: ({ options }, entry) => { options.allowAnonymous = readBoolean(entry) },
  password_file: ({ options }, entry) => { options.passwordFile = { path: readPath(entry), place: entry } },
  acl_file: ({ options }, entry) => { options.accessFile = { path: readPath(entry), place: entry } },
  // Limits.
  global_max_connections: ({ options }, entry) => {
    const most = readInteger(entry, -1, 1_000_000)
    if (most >= 0) options.limits.connections = most
  },
  max_inflight_messages: limit('inflightMessages', 0, 65_535),
  max_queued_messages: limit('queuedMessages', 0, 1_000_000),
  max_packet_size: limit('packetSize', 0, 268_435_455),
  max_keepalive: limit('keepAlive', 0, 65_535),
  max_topic_alias: limit('topicAliases', 0, 65_535),
  sys_interval: limit('sysInterval', 0, 65_535),
  persistent_client_expiration: ({ options }, entry) => { options.limits.sessionExpiry = readDuration(entry) },
  allow_zero_length_clientid: ({ options }, entry) => { options.limits.emptyClientIdentifier = readBoolean(entry) },
  // What is kept.
  persistence: ({ store }, entry) => { store.isKept = readBoolean(entry) },
  persistence_location: ({ store }, entry) => { store.folder = readText(entry) },
  persistence_file: ({ store }, entry) => { store.name = readName(entry) },
  // Operation.
  log_dest: logDestination,
  log_type: logType,
  log_timestamp: ({ options }, entry) => { options.log.isTimestamped = readBoolean(entry) },
  log_timestamp_format: ({ options }, entry) => { options.log.timeFormat = readText(entry) },
  connection_messages: ({ options }, entry) => { options.log.hasConnections = readBoolean(entry) },
  pid_file: ({ options }, entry) => { options.pidFile = readText(entry) },
  user: ({ options }, entry) => { options.systemUser = readText(entry) },
}
