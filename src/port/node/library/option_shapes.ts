// What there is to say to the library, option by option; the types of api.ts as they are when a program runs.
import { isTopicFilter } from '../../../client/topic_filter'
import type { AccessRule, BrokerOptions, Limits, ListenerOptions, Persistence, TlsFiles } from './api'
import type { BridgeAddress, BridgeOptions, BridgeTls, BridgeTopic } from './bridge_api'
import {
  type Check, type Shape, hasFunctions, isFunction, isListOf, isName, isOneOf, isOptions, isRecordOf, isSecret, isText,
  isTrueOrFalse, isWhole, shown,
} from './option_shape'
import type { PayloadRule } from './payload_api'
import type { Realm } from './realm_api'

const PORT_MAX = 65_535
const TEXT_SIZE_MAX = 65_535

export const isQos = isOneOf(0, 1, 2)

/** What MQTT takes for a text: Unicode that UTF-8 can write, without U+0000. [MQTT-1.5.4-1] [MQTT-1.5.4-2] */
export function isMqttText(value: unknown): value is string {
  return typeof value === 'string' && !/\0|\p{Surrogate}/u.test(value) && Buffer.byteLength(value) <= TEXT_SIZE_MAX
}

const isFilter: Check = (value, name) => {
  if (!isMqttText(value) || !isTopicFilter(value)) throw new TypeError(`${name} is ${shown(value)}: no Topic Filter.`)
}

const isPassword: Check = (value, name) => {
  if (typeof value === 'string') return
  if (Object(value) !== value) throw new TypeError(`${name} is no password; give a string, or an object with a hash.`)
  isOptions<{ hash: string }>({ hash: isSecret }, ['hash'])(value, name)
}

export const isUsers = isRecordOf(isPassword)

const ACCESS_RULE: Shape<AccessRule> = {
  userName: (value, name) => { if (value !== null) isText(value, name) },
  clientIdentifier: isText,
  access: isOneOf('read', 'write', 'readwrite', 'deny'),
  filter: isFilter,
}

const isAccessRule: Check = (value, name) => {
  isOptions(ACCESS_RULE, ['access', 'filter'])(value, name)
  const { userName, clientIdentifier } = value as AccessRule
  if (userName === undefined || clientIdentifier === undefined) return
  throw new TypeError(`${name} is for a user and for a client; a rule is for one of them.`)
}

export const areAccessRules = isListOf(isAccessRule)

const REALM: Shape<Realm> = {
  users: isUsers,
  allowAnonymous: isTrueOrFalse,
  accessRules: areAccessRules,
  pskKeys: isRecordOf((value, name) => {
    // A key is a secret: it is not shown.
    if (typeof value === 'string' && /^([0-9a-f]{2})+$/i.test(value)) return
    throw new TypeError(`${name} is no key; give it in hexadecimal.`)
  }),
  judge: hasFunctions('authenticate', 'allows'),
  emptyClientIdentifier: isTrueOrFalse,
  assignedPrefix: isText,
}

export const areRealms = isRecordOf(isOptions(REALM, ['allowAnonymous']))

/** Their ranges are the core's: limits_apply.ts has them. */
const LIMITS: Shape<Limits> = {
  connections: isWhole(0),
  inflightMessages: isWhole(1),
  receiveMaximum: isWhole(1),
  queuedMessages: isWhole(0),
  packetSize: isWhole(1),
  payloadSize: isWhole(0),
  keepAlive: isWhole(0),
  sessionExpiry: isWhole(0),
  topicAliases: isWhole(0),
  topicAliasesGiven: isWhole(0),
  sysInterval: isWhole(0),
  emptyClientIdentifier: isTrueOrFalse,
  retain: isTrueOrFalse,
  queueQos0: isTrueOrFalse,
  queuedBytes: isWhole(0),
  inflightBytes: isWhole(0),
  duplicates: isTrueOrFalse,
  memory: isWhole(1),
}

const PERSISTENCE: Shape<Persistence> = { location: isName, sizeMax: isWhole(1) }

const TLS: Shape<TlsFiles> = {
  certfile: isName,
  keyfile: isName,
  cafile: isName,
  capath: isName,
  dhparamfile: isName,
  crlfile: isName,
  minVersion: isOneOf('TLSv1.2', 'TLSv1.3'),
  ciphers: isName,
  requireCertificate: isTrueOrFalse,
}

const LISTENER: Shape<ListenerOptions> = {
  protocol: isOneOf('mqtt', 'websockets'),
  port: isWhole(0, PORT_MAX),
  host: isName,
  path: isName,
  tls: isOptions(TLS, ['certfile', 'keyfile']),
  pskHint: isText,
  pskCiphers: isName,
  headersSize: isWhole(1, Number.MAX_SAFE_INTEGER),
  httpFolder: isName,
  origins: isListOf(isName),
  maxConnections: isWhole(0),
  noDelay: isTrueOrFalse,
  allowAnonymous: isTrueOrFalse,
  identityAsUserName: isTrueOrFalse,
  subjectAsUserName: isTrueOrFalse,
  realm: isText,
  qosMax: isQos,
  mountPoint: (value, name) => {
    if (isMqttText(value) && !/[+#]/.test(value)) return
    throw new TypeError(`${name} is ${shown(value)}; give a string without wildcards.`)
  },
  userNameAsClientIdentifier: isTrueOrFalse,
  clientIdentifierPrefix: isText,
  protocolVersions: isListOf(isOneOf(3, 4, 5), 1),
}

/** A listener's options, with what they mean together. */
export const isListener: Check = (value, name) => {
  isOptions(LISTENER)(value, name)
  const { tls, pskHint, identityAsUserName, subjectAsUserName } = value as ListenerOptions
  if (tls && pskHint !== undefined) throw new TypeError('tls and pskHint are both there; TLS has one of them.')
  // Without authorities Node would take the world's.
  const isAsked = [tls?.requireCertificate, identityAsUserName, subjectAsUserName].includes(true)
  if (!tls || !isAsked || tls.cafile !== undefined || tls.capath !== undefined) return
  throw new TypeError('Certificates are asked for, and there is no tls.cafile or tls.capath to judge them by.')
}

const ADDRESS: Shape<BridgeAddress> = { host: isText, port: isWhole(0) }

const TOPIC: Shape<BridgeTopic> = {
  pattern: isText,
  direction: isOneOf('out', 'in', 'both'),
  qos: (value, name) => { if (typeof value !== 'number') isQos(value, name) },
  localPrefix: isText,
  remotePrefix: isText,
}

const BRIDGE_TLS: Shape<BridgeTls> = {
  cafile: isName,
  capath: isName,
  certfile: isName,
  keyfile: isName,
  insecure: isTrueOrFalse,
  alpn: isListOf(isText),
  minVersion: isOneOf('TLSv1.2', 'TLSv1.3'),
}

type Remote = NonNullable<BridgeOptions['remote']>
type Local = NonNullable<BridgeOptions['local']>

/** Their ranges are bridge_terms.ts's. */
const BRIDGE: Shape<BridgeOptions> = {
  name: isText,
  addresses: isListOf(isOptions(ADDRESS, ['host'])),
  roundRobin: isTrueOrFalse,
  topics: isListOf(isOptions(TOPIC, ['pattern'])),
  remote: isOptions<Remote>({ clientIdentifier: isText, userName: isText, password: isSecret }),
  local: isOptions<Local>({ clientIdentifier: isText, userName: isText, realm: isText }),
  cleanSession: isTrueOrFalse,
  localCleanSession: isTrueOrFalse,
  notifications: isTrueOrFalse,
  notificationsLocalOnly: isTrueOrFalse,
  notificationTopic: isName,
  keepAlive: isWhole(0),
  restartTimeout: (value, name) => {
    const numbers = Array.isArray(value) && value.length === 2 ? value as unknown[] : [value]
    if (numbers.every((one) => typeof one === 'number')) return
    throw new TypeError(`${name} is ${shown(value)}; give seconds, or a list of two numbers of seconds.`)
  },
  start: isOneOf('automatic', 'once', 'lazy'),
  threshold: isWhole(0),
  idleTimeout: isWhole(0),
  queuedMessages: isWhole(0),
  queuedBytes: isWhole(0),
  queuePolicy: isOneOf('newest', 'oldest', 'latest'),
  tryPrivate: isTrueOrFalse,
  protocolVersion: isOneOf(3, 4, 5),
  sessionExpiry: isWhole(0),
  packetSize: isWhole(0),
  receiveMaximum: isWhole(0),
  topicAliases: isWhole(0),
  outgoingRetain: isTrueOrFalse,
  attemptUnsubscribe: isTrueOrFalse,
  bindAddress: isText,
  tls: isOptions(BRIDGE_TLS),
}

const PAYLOAD_RULE: Shape<PayloadRule> = {
  filter: isFilter,
  format: isOneOf('json', 'avro', 'protobuf', 'registry'),
  file: isName,
  messageType: isName,
  url: (value, name) => {
    // There may be a password in it: it is not shown.
    if (typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value)) return
    throw new TypeError(`${name} is no URL; give one that begins with http:// or https://.`)
  },
  subject: isName,
}

/** By format: what a rule must say, and what it may. */
type RuleKeys = (keyof PayloadRule)[]
const PAYLOAD_RULE_NEEDS: Record<PayloadRule['format'], [needed: RuleKeys, allowed: RuleKeys]> = {
  json: [['file'], []], avro: [['file'], []], protobuf: [['file', 'messageType'], []],
  registry: [['url'], ['subject']],
}

const isPayloadRule: Check = (value, name) => {
  isOptions(PAYLOAD_RULE, ['filter', 'format'])(value, name)
  const rule = value as PayloadRule
  const [needed, allowed] = PAYLOAD_RULE_NEEDS[rule.format]
  for (const key of ['file', 'messageType', 'url', 'subject'] as const) {
    const isThere = rule[key] !== undefined
    if (isThere && ![...needed, ...allowed].includes(key)) {
      throw new TypeError(`${name}.${key} says nothing to the format ${rule.format}; leave it out.`)
    }
    if (!isThere && needed.includes(key)) throw new TypeError(`${name}.${key} is missing; ${rule.format} needs it.`)
  }
}

const BROKER: Shape<BrokerOptions> = {
  users: isUsers,
  allowAnonymous: isTrueOrFalse,
  accessRules: areAccessRules,
  authenticate: isFunction,
  authorize: isFunction,
  limits: isOptions(LIMITS),
  payloadRules: isListOf(isPayloadRule),
  persistence: isOptions(PERSISTENCE, ['location']),
  bridges: isListOf(isOptions(BRIDGE, ['name', 'addresses', 'topics'])),
}

export const areBrokerOptions = isOptions(BROKER)
