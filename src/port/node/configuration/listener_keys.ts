// Keys of mosquitto.conf that belong to a listener, and those that begin one.
import { isIP } from 'node:net'
import { certificateRuleProblem } from '../certificate_rules'
import type { CertificateRule, QoS } from '../library/api'
import { SOCKET_PATH_SIZE_MAX } from '../socket_path'
import { type KeyHandler, type ListenerDraft, firstNeeded, setOnce } from './draft'
import { ConfigurationError, type Entry } from './entries'
import { readTlsVersion } from './tls_version'
import {
  NUMBER_MAX, ciphersWith, readAssignedPrefix, readBoolean, readChoice, readInteger, readPath, readText,
} from './values'
import type { Draft } from './draft'

const PORT_MAX = 65_535

/** Node's word for every address of the computer is none. */
export const EVERY_ADDRESS = '*'

const tls = (set: (files: ListenerDraft['tls'], entry: Entry, draft: Draft) => void): KeyHandler =>
  (draft, entry) => {
    const { tls: files } = draft.current
    set(files, entry, draft)
    firstNeeded(draft, entry, Object.values(files).some((value) => value !== false))
  }

/** `isUsual`: whether the options say no more than what goes without saying. */
const listener = (
  set: (options: ListenerDraft['options'], entry: Entry) => void,
  isUsual: (options: ListenerDraft['options']) => boolean = () => true,
): KeyHandler =>
  (draft, entry) => {
    set(draft.current.options, entry)
    firstNeeded(draft, entry, !isUsual(draft.current.options))
  }

function listenerBegin(draft: Draft, entry: Entry): void {
  const [port, word] = entry.value.split(/\s+/, 2)
  const address = word?.startsWith('#') ? undefined : word
  const number = readInteger(entry, 0, PORT_MAX, port)
  if (number === 0 && Buffer.byteLength(address ?? '') > SOCKET_PATH_SIZE_MAX) {
    throw new ConfigurationError(entry, `the path has over ${SOCKET_PATH_SIZE_MAX} bytes; give a shorter one.`)
  }
  // mosquitto takes any word for a path here; a free port of an address is Midge's own.
  const isPath = number === 0 && address !== undefined && !isIP(address) && address !== 'localhost'
  const options = isPath
    ? { path: address }
    : { port: number, host: address ?? EVERY_ADDRESS }
  draft.current = { place: entry, options, tls: {}, security: {} }
  draft.listeners.push(draft.current)
}

const qosMax = listener((options, entry) => {
  options.qosMax = readInteger(entry, 0, 2) as QoS
}, ({ qosMax: most }) => most === 2)

/** `field pattern name`; what has spaces in it stands in quotation marks. */
function readCertificateRule(entry: Entry): CertificateRule {
  const words = [...entry.value.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word)
  const [field, pattern = '', userName = '', more] = words
  const rule = { field: field as 'cn', pattern, userName }
  const problem = more === undefined ? certificateRuleProblem(rule) : 'has more than three words: quote what has spaces'
  if (!problem) return rule
  throw new ConfigurationError(entry, `${entry.key} ${problem}; write certificate_user cn *.lamps $1, say.`)
}

/** Its name in mosquitto's page is the first of its two. */
const proxyProtocol = listener((options, entry) => {
  options.proxyProtocol = { ...options.proxyProtocol, version: readInteger(entry, 1, 2) as 1 | 2 }
}, () => false)

export const LISTENER_KEYS: Record<string, KeyHandler> = {
  listener: listenerBegin,
  port: (draft, entry) => {
    draft.isFirstOpened = true
    draft.first.options.port = readInteger(entry, 0, PORT_MAX)
    draft.first.options.host ??= EVERY_ADDRESS
  },
  bind_address: (draft, entry) => {
    draft.isFirstOpened = true
    draft.first.options.host = readText(entry)
  },
  bind_interface: (draft, entry) => {
    draft.current.boundTo = { name: readText(entry), place: entry }
    firstNeeded(draft, entry, true)
  },
  protocol: listener((options, entry) => {
    options.protocol = readChoice<'mqtt' | 'websockets'>(entry, { mqtt: 'mqtt', websockets: 'websockets' })
  }, ({ protocol }) => protocol === 'mqtt'),
  socket_domain: listener((options, entry) => {
    const every = readChoice(entry, { ipv4: '0.0.0.0', ipv6: '::' })
    if (!options.host || options.host === EVERY_ADDRESS) options.host = every
  }, () => false),
  max_connections: listener((options, entry) => {
    const most = readInteger(entry, -1, NUMBER_MAX)
    if (most >= 0) options.maxConnections = most
  }, ({ maxConnections }) => maxConnections === undefined),
  max_qos: qosMax,
  maximum_qos: qosMax,
  set_tcp_nodelay: ({ first, current }, entry) => {
    // In mosquitto it is the whole broker's; a listener may say otherwise here.
    for (const { options } of new Set([first, current])) options.noDelay = readBoolean(entry)
  },
  listener_allow_anonymous: listener((options, entry) => { options.allowAnonymous = readBoolean(entry) }),
  clientid_prefixes: (draft, entry) => setOnce(draft, 'clientIdentifierPrefix', readText(entry), entry),
  enable_proxy_protocol: proxyProtocol,
  proxy_protocol_version: proxyProtocol,
  proxy_protocol_v2_require_tls: ({ current }, entry) => {
    current.proxyTls = { isRequired: readBoolean(entry), place: entry }
  },
  mount_point: listener((options, entry) => {
    const mountPoint = readText(entry)
    if (/[+#]/.test(mountPoint)) {
      throw new ConfigurationError(entry, `mount_point is ${mountPoint}; it has no wildcards: say house/, say.`)
    }
    options.mountPoint = mountPoint
  }, () => false),
  use_username_as_clientid: listener((options, entry) => {
    options.userNameAsClientIdentifier = readBoolean(entry)
  }, ({ userNameAsClientIdentifier }) => !userNameAsClientIdentifier),
  use_identity_as_username: listener((options, entry) => {
    options.identityAsUserName = readBoolean(entry)
  }, ({ identityAsUserName }) => !identityAsUserName),
  use_subject_as_username: listener((options, entry) => {
    options.subjectAsUserName = readBoolean(entry)
  }, ({ subjectAsUserName }) => !subjectAsUserName),
  listener_auto_id_prefix: listener((options, entry) => { options.assignedPrefix = readAssignedPrefix(entry) }),
  certificate_user: listener((options, entry) => {
    options.certificateUsers = [...options.certificateUsers ?? [], readCertificateRule(entry)]
  }, () => false),
  accept_protocol_versions: listener((options, entry) => {
    const versions = entry.value.split(',').filter((version) => version.trim() !== '')
      .map((version) => Number(version) as 3 | 4 | 5)
    if (!versions.length || !versions.every((version) => [3, 4, 5].includes(version))) {
      throw new ConfigurationError(entry, `${entry.key} is ${entry.value || 'empty'}; say some of 3,4,5.`)
    }
    options.protocolVersions = versions
  }),
  websockets_origin: listener((options, entry) => {
    options.origins = [...options.origins ?? [], readText(entry)]
  }, () => false),
  http_dir: listener((options, entry) => {
    options.httpFolder = readPath(entry)
  }, () => false),
  dashboard: listener((options, entry) => {
    options.dashboard = readBoolean(entry)
  }, ({ dashboard }) => !dashboard),
  websockets_headers_size: (draft, entry) => {
    // The whole broker's, as in mosquitto.
    draft.headersSize = readInteger(entry, 0, 1_048_576) || undefined
  },
  psk_hint: listener((options, entry) => { options.pskHint = readText(entry) }, () => false),
  certfile: tls((files, entry) => { files.certfile = readPath(entry) }),
  keyfile: tls((files, entry) => { files.keyfile = readPath(entry) }),
  cafile: tls((files, entry) => { files.cafile = readPath(entry) }),
  crlfile: tls((files, entry) => { files.crlfile = readPath(entry) }),
  capath: tls((files, entry) => { files.capath = readPath(entry) }),
  dhparamfile: tls((files, entry) => { files.dhparamfile = readPath(entry) }),
  require_certificate: tls((files, entry) => { files.requireCertificate = readBoolean(entry) }),
  ciphers: tls((files, entry) => { files.ciphers = ciphersWith(files.ciphers, entry) }),
  'ciphers_tls1.3': tls((files, entry) => { files.ciphers = ciphersWith(files.ciphers, entry) }),
  tls_version: tls((files, entry, draft) => { files.minVersion = readTlsVersion(draft, entry) }),
}
