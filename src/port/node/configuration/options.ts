// What a configuration comes to.
import type {
  BridgeOptions, ClusterOptions, GuardOptions, Limits, ListenerOptions, MdnsOptions, PayloadRule, Persistence, Spool,
} from '../library/api'
import type { Place } from './entries'
import type { GoAuthBackends } from './go_auth'
import type { TokenDraft } from './token_keys'

/** Those that are logged unless told, and the others. */
const LOG_TYPES_USUAL = ['error', 'warning', 'notice', 'information'] as const
export const LOG_TYPES = [...LOG_TYPES_USUAL, 'debug', 'subscribe', 'unsubscribe', 'websockets'] as const
export type LogType = typeof LOG_TYPES[number]

/** A file that a key names. */
export interface FileNamed {
  path: string
  place: Place
}

/** The file of dynamic security, and one with the password that it begins with where it is not there. */
export interface DynamicSecurityFile extends FileNamed {
  initFile?: string
}

/** Who may come in and do what at the listeners that name it, as files say; see Realm of library/api.ts. */
export interface RealmFiles {
  name: string
  allowAnonymous: boolean
  passwordFile: FileNamed | undefined
  accessFile?: FileNamed
  pskFile?: FileNamed
  dynamicSecurity?: DynamicSecurityFile
  emptyClientIdentifier?: boolean
  assignedPrefix?: string
  tokens?: TokenDraft
  backends?: GoAuthBackends
}

export interface LogOptions {
  format: 'text' | 'json'
  types: Set<LogType>
  /** Where lines go: standard output or error, a file, or topics. Nowhere where it is empty. */
  destinations: { kind: 'stdout' | 'stderr' | 'file' | 'topic', file?: string, place?: Place }[]
  isTimestamped: boolean
  /** As strftime has it, in local time; undefined: ISO 8601 in UTC. Only for people. */
  timeFormat: string | undefined
  /** Whether clients that come and go are told of. */
  hasConnections: boolean
}

/** A line of a configuration. */
export interface KeySaid { key: string, value: string }

export interface GatewayOptions {
  /** All of them, in their order. */
  said: KeySaid[]
  listeners: ListenerOptions[]
  /** Where each of them is written. */
  listenerPlaces: Place[]
  /** Each listener's own, or one for all. None: the broker's own rule, that clients of this computer come in. */
  realms: RealmFiles[]
  /** Without realms: whether other computers' clients come in too. */
  allowAnonymous: boolean | undefined
  limits: Limits
  log: LogOptions
  pidFile: FileNamed | undefined
  /** Whether clients that may learn of listeners and plug-ins from $CONTROL/broker/v1. */
  hasControl: boolean
  guard: GuardOptions
  /** Bans that outlive the program; where the audit goes, `stdout` and `stderr` among it. */
  banFile?: FileNamed
  auditLog?: FileNamed
  /** Where what the broker keeps is: the store's own folder; undefined: it forgets everything. */
  persistence: Persistence | undefined
  persistencePlace?: Place
  /** Where what is too large for memory is. */
  spool: Spool
  spoolPlace?: Place
  /** Which gateways it is one broker with, by the command line. */
  cluster?: ClusterOptions
  /** How it is announced; undefined: it is not. */
  mdns?: MdnsOptions
  bridges: BridgeOptions[]
  /** Where each of them is written. */
  bridgePlaces: Place[]
  payloadRules: PayloadRule[]
  /** Where each of them is written. */
  payloadPlaces: Place[]
  /** What is said when it starts: keys that are taken and do nothing, and what a file says only by chance. */
  notices: string[]
  /** Whom to become after the ports are open, when root. */
  systemUser: { name: string, place: Place } | undefined
}

export function defaultLog(): LogOptions {
  return {
    format: 'text', types: new Set(LOG_TYPES_USUAL), destinations: [{ kind: 'stdout' }], isTimestamped: true,
    timeFormat: undefined,
    hasConnections: true,
  }
}

/** Options of which nothing is said. */
export function emptyOptions(): GatewayOptions {
  return {
    said: [], listeners: [], listenerPlaces: [], realms: [], allowAnonymous: undefined, limits: {}, guard: {},
    log: defaultLog(), pidFile: undefined, systemUser: undefined, persistence: undefined, spool: {}, bridges: [],
    hasControl: false, bridgePlaces: [], payloadRules: [], payloadPlaces: [], notices: [],
  }
}
