// The keys of mosquitto.conf that the gateway honours: each sets its part of the options.
import { RECEIVE_MAX, REMAINING_LENGTH_MAX, TOPIC_ALIAS_MAX } from '../../../limits'
import { BRIDGE_KEYS, isBridgeTextKey } from './bridge_keys'
import { type KeyHandler, idle } from './draft'
import type { Entry } from './entries'
import { GUARD_KEYS } from './guard_keys'
import { IDLE_KEYS } from './idle_keys'
import { LISTENER_KEYS } from './listener_keys'
import { LOG_KEYS } from './log_keys'
import { MDNS_KEYS } from './mdns_keys'
import type { GatewayOptions } from './options'
import { PAYLOAD_KEYS } from './payload_keys'
import { PLUGIN_KEYS, isPluginOption, pluginOption } from './plugin_keys'
import { SECURITY_KEYS } from './security_keys'
import { TOKEN_KEYS } from './token_keys'
import { NUMBER_MAX, readBoolean, readDuration, readInteger, readName, readText } from './values'

type LimitName = Exclude<
  keyof GatewayOptions['limits'],
  'sessions' | 'emptyClientIdentifier' | 'retain' | 'retainSource' | 'queueQos0' | 'duplicates'
>

/** Limits whose 0 means 0, or no limit, as in mosquitto. */
const ZERO_COUNTS: LimitName[] = ['keepAlive', 'payloadSize', 'sysInterval', 'queuedMessages']
const COUNT_MAX = 65_535
/** Less has no room for a CONNECT of most clients, and mosquitto takes no less either. */
const PACKET_SIZE_LEAST = 20

/** Limits of which a number below 0 is none, as in mosquitto. */
const NEGATIVE_IS_NONE: LimitName[] = ['queuedMessages', 'queuedBytes', 'inflightBytes']

const limit = (name: LimitName, most: number): KeyHandler =>
  ({ options }, entry) => {
    const value = Math.max(readInteger(entry, NEGATIVE_IS_NONE.includes(name) ? -NUMBER_MAX : 0, most), 0)
    // 0 stands for no limit but the broker's own.
    if (value || ZERO_COUNTS.includes(name)) options.limits[name] = value
  }

/** By key. */
export const KEYS: Record<string, KeyHandler> = {
  ...BRIDGE_KEYS,
  ...Object.fromEntries(Object.entries(IDLE_KEYS).map(([key, why]): [string, KeyHandler] =>
    [key, (draft, entry) => idle(draft, entry, key, why)])),
  ...LISTENER_KEYS,
  ...BRIDGE_KEYS,
  ...SECURITY_KEYS,
  ...TOKEN_KEYS,
  ...GUARD_KEYS,
  ...PLUGIN_KEYS,
  ...LOG_KEYS,
  ...PAYLOAD_KEYS,
  ...MDNS_KEYS,
  // Limits.
  global_max_connections: ({ options }, entry) => {
    const most = readInteger(entry, -1, NUMBER_MAX)
    if (most >= 0) options.limits.connections = most
  },
  global_max_clients: ({ options }, entry) => {
    const most = readInteger(entry, -1, NUMBER_MAX)
    if (most > 0) options.limits.sessions = most
  },
  max_inflight_messages: ({ options }, entry) => {
    const most = Math.max(readInteger(entry, -NUMBER_MAX, COUNT_MAX), 0) || COUNT_MAX
    options.limits.inflightMessages = most
    options.limits.receiveMaximum = Math.min(most, RECEIVE_MAX)
  },
  max_inflight_bytes: limit('inflightBytes', NUMBER_MAX),
  max_queued_messages: limit('queuedMessages', NUMBER_MAX),
  max_queued_bytes: limit('queuedBytes', NUMBER_MAX),
  max_packet_size: ({ options }, entry) => {
    if (entry.value === '0') return
    options.limits.packetSize = Math.min(readInteger(entry, PACKET_SIZE_LEAST, NUMBER_MAX), REMAINING_LENGTH_MAX)
  },
  message_size_limit: limit('payloadSize', NUMBER_MAX),
  max_keepalive: limit('keepAlive', COUNT_MAX),
  max_topic_alias: ({ options }, entry) => {
    options.limits.topicAliases = Math.min(readInteger(entry, 0, COUNT_MAX), TOPIC_ALIAS_MAX)
  },
  max_topic_alias_broker: ({ options }, entry) => {
    options.limits.topicAliasesGiven = Math.min(readInteger(entry, 0, COUNT_MAX), TOPIC_ALIAS_MAX)
  },
  memory_limit: limit('memory', Number.MAX_SAFE_INTEGER),
  sys_interval: limit('sysInterval', COUNT_MAX),
  persistent_client_expiration: ({ options }, entry) => { options.limits.sessionExpiry = readDuration(entry) },
  queue_qos0_messages: ({ options }, entry) => { options.limits.queueQos0 = readBoolean(entry) },
  check_retain_source: ({ options }, entry) => { options.limits.retainSource = readBoolean(entry) },
  retain_available: ({ options }, entry) => { options.limits.retain = readBoolean(entry) },
  allow_duplicate_messages: ({ options }, entry) => { options.limits.duplicates = readBoolean(entry) },
  upgrade_outgoing_qos: (draft, entry) => {
    // [MQTT-3.8.4-8]
    if (readBoolean(entry)) idle(draft, entry, entry.key, 'a message goes out with the lower QoS of the two')
  },
  // What is kept.
  persistence: ({ store }, entry) => {
    store.isKept = readBoolean(entry)
    store.place ??= entry
  },
  persistence_location: ({ store }, entry) => {
    store.folder = readText(entry)
    store.place = entry
  },
  persistence_file: ({ store }, entry) => { store.name = readName(entry) },
  spool_location: ({ options }, entry) => {
    options.spool.location = readText(entry)
    options.spoolPlace = entry
  },
  spool_size: ({ options }, entry) => { options.spool.sizeMax = readInteger(entry, 0, Number.MAX_SAFE_INTEGER) },
  // Operation.
  enable_control_api: ({ options }, entry) => { options.hasControl = readBoolean(entry) },
  pid_file: ({ options }, entry) => { options.pidFile = { path: readText(entry), place: entry } },
  user: ({ options }, entry) => { options.systemUser = { name: readText(entry), place: entry } },
}

/** What takes a key; undefined: it is none that is known. */
export function handlerOf(key: string): KeyHandler | undefined {
  if (Object.hasOwn(KEYS, key)) return KEYS[key]
  return isPluginOption(key) ? pluginOption : undefined
}

/** Keys whose value is all of the line, spaces among it; of others mosquitto reads the first word. */
const TEXT_KEYS = new Set([
  'mount_point',
  'certfile', 'keyfile', 'cafile', 'capath', 'dhparamfile', 'crlfile', 'ciphers', 'ciphers_tls1.3', 'tls_version',
  'password_file', 'acl_file',
  'psk_file', 'psk_hint', 'http_dir', 'persistence_location', 'persistence_file',
  'spool_location', 'log_timestamp_format',
  'pid_file', 'user', 'clientid_prefixes', 'auto_id_prefix', 'bind_address', 'listener', 'accept_protocol_versions',
  'listener_auto_id_prefix', 'websockets_origin', 'plugin', 'auth_plugin', 'global_plugin',
  'certificate_user', 'jwt_keys_file', 'jwt_keys_cafile', 'jwt_secret_file', 'jwt_algorithms', 'jwt_issuer',
  'jwt_audience', 'jwt_scope', 'ban_file', 'audit_log',
  ...Object.keys(PAYLOAD_KEYS),
])

/** Whether a key's value is all of the line. */
export const isTextKey = ({ key, value }: Entry): boolean =>
  TEXT_KEYS.has(key) || isBridgeTextKey(key) || isPluginOption(key) || key === 'log_dest' && /^file\s/.test(value)
