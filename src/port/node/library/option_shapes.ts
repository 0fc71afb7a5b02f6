// What there is to say to the library, option by option; the types of api.ts as they are when a program runs.
import type {
  BrokerOptions, CertificateRule, ClusterOptions, Limits, ListenerOptions, MdnsOptions, Persistence, Spool, TlsFiles,
} from './api'
import { SCRAM_SHA_256 } from '../scram'
import type { BridgeAddress, BridgeOptions, BridgeTls, BridgeTopic } from './bridge_api'
import {
  type Check, type Shape, isFunction, isListOf, isName, isOneOf, isOptions, isSecret, isText,
  isTrueOrFalse, isWhole, shown,
} from './option_shape'
import type { PayloadRule } from './payload_api'
import { areAccessRules, areTokens, isFilter, isGuard, isKey, isMqttText, isUsers } from './security_shapes'

const PORT_MAX = 65_535

export const isQos = isOneOf(0, 1, 2)

/** Their ranges are the core's: limits_apply.ts has them. */
const LIMITS: Shape<Limits> = {
  connections: isWhole(0),
  sessions: isWhole(0),
  inflightMessages: isWhole(1),
  receiveMaximum: isWhole(1),
  queuedMessages: isWhole(0),
  packetSize: isWhole(1),
  payloadSize: isWhole(0),
  retainSource: isTrueOrFalse,
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

const SPOOL: Shape<Spool> = { location: isName, sizeMax: isWhole(0) }

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

const CERTIFICATE_RULE: Shape<CertificateRule> = {
  field: isOneOf('cn', 'subject', 'dns', 'email', 'uri', 'ip', 'serial', 'fingerprint'),
  pattern: isText,
  userName: isText,
}

const PROXY_PROTOCOL: Shape<NonNullable<ListenerOptions['proxyProtocol']>> = {
  version: isOneOf(1, 2), requireTls: isTrueOrFalse, requireCertificate: isTrueOrFalse,
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
  dashboard: isTrueOrFalse,
  origins: isListOf(isName),
  maxConnections: isWhole(0),
  noDelay: isTrueOrFalse,
  allowAnonymous: isTrueOrFalse,
  identityAsUserName: isTrueOrFalse,
  subjectAsUserName: isTrueOrFalse,
  certificateUsers: isListOf(isOptions(CERTIFICATE_RULE, ['field', 'pattern', 'userName'])),
  proxyProtocol: isOptions(PROXY_PROTOCOL, ['version']),
  assignedPrefix: isText,
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
  const { protocol, dashboard, tls, pskHint, identityAsUserName, subjectAsUserName } = value as ListenerOptions
  if (dashboard && protocol !== 'websockets') {
    throw new TypeError('dashboard is true, and protocol is not websockets: the page needs them.')
  }
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
  ciphers: isName,
  psk: isOptions({ identity: isName, key: isKey }, ['identity', 'key']),
}

type Remote = NonNullable<BridgeOptions['remote']>
type Local = NonNullable<BridgeOptions['local']>

/** Their ranges are bridge_terms.ts's. */
const BRIDGE: Shape<BridgeOptions> = {
  name: isText,
  addresses: isListOf(isOptions(ADDRESS, ['host'])),
  roundRobin: isTrueOrFalse,
  topics: isListOf(isOptions(TOPIC, ['pattern'])),
  remote: isOptions<Remote>({
    clientIdentifier: isText, userName: isText, password: isSecret, method: isOneOf(SCRAM_SHA_256),
  }),
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

const CLUSTER: Shape<ClusterOptions> = { servers: isListOf(isName, 1), name: isName, reference: isName }

/** A label of a host's name. RFC 952, RFC 1123 */
const MDNS: Shape<MdnsOptions> = {
  name: (value, name) => {
    if (typeof value === 'string' && /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(value)) return
    throw new TypeError(`${name} is ${shown(value)}; give up to 63 letters, digits and hyphens.`)
  },
  interfaces: isListOf(isName, 1),
}

const BROKER: Shape<BrokerOptions> = {
  users: isUsers,
  allowAnonymous: isTrueOrFalse,
  accessRules: areAccessRules,
  authenticate: isFunction,
  authorize: isFunction,
  limits: isOptions(LIMITS),
  guard: isGuard,
  cluster: isOptions(CLUSTER, ['servers']),
  mdns: isOptions(MDNS),
  tokens: areTokens,
  payloadRules: isListOf(isPayloadRule),
  persistence: isOptions(PERSISTENCE, ['location']),
  spool: isOptions(SPOOL),
  bridges: isListOf(isOptions(BRIDGE, ['name', 'addresses', 'topics'])),
}

export const areBrokerOptions = isOptions(BROKER)
