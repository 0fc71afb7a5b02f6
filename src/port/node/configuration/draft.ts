// A configuration while it is read, key by key.
import type { ListenerOptions, TlsFiles } from '../library/api'
import type { BridgeDraft } from './bridge_keys'
import { ConfigurationError, type Entry, type Place } from './entries'
import type { GoAuthBackends, GoAuthDraft } from './go_auth'
import { type DynamicSecurityFile, type FileNamed, type GatewayOptions, emptyOptions } from './options'
import type { PluginDraft } from './plugin_keys'
import type { TokenDraft } from './token_keys'

/** Its default name unless told; mosquitto's, of another format, is mosquitto.db. */
const STORE_NAME = 'midge.db'

/** What mosquitto calls security options: the whole broker's, or with per_listener_settings each listener's own. */
export interface SecurityDraft {
  allowAnonymous?: boolean
  passwordFile?: FileNamed
  accessFile?: FileNamed
  pskFile?: FileNamed
  emptyClientIdentifier?: boolean
  assignedPrefix?: string
  /** The file of mosquitto's dynamic security, and where its plug-in is named. */
  dynamicSecurity?: DynamicSecurityFile
  dynamicSecurityPlugin?: Entry
  tokens?: TokenDraft
  goAuth?: GoAuthDraft
  backends?: GoAuthBackends
}

/** A listener while its keys are read: TLS's may come one by one. */
export interface ListenerDraft {
  place: Place
  options: ListenerOptions
  tls: Partial<TlsFiles>
  security: SecurityDraft
  /** The interface that it is for, and where that stands. */
  boundTo?: { name: string, place: Place }
  /** Whether the proxy in front must have spoken TLS, and where that stands. */
  proxyTls?: { isRequired: boolean, place: Place }
}

/** What is being read: the options, and the listener that listeners' keys go to. */
export interface Draft {
  options: GatewayOptions
  /** What stands before the first `listener` of a file. */
  first: ListenerDraft
  /** `port` or `bind_address` opens it. */
  isFirstOpened: boolean
  /** The key that mosquitto makes a listener on port 1883 for, as it stands before any; undefined: there is none. */
  firstKey?: Entry
  listeners: ListenerDraft[]
  current: ListenerDraft
  /** A bridge's keys go to the last. */
  bridges: BridgeDraft[]
  isPerListener: boolean
  /** Where the first of the security options stands. */
  securityPlace?: Place
  common: SecurityDraft
  /** What options of plug-ins are for. */
  plugin?: PluginDraft
  /** websockets_headers_size: all listeners'. */
  headersSize?: number
  /** clientid_prefixes: all listeners'. */
  clientIdentifierPrefix?: string
  hasLogTypes: boolean
  hasLogDestinations: boolean
  /** What the broker keeps: whether, by persistence or by a plug-in, in which folder, under which name. */
  store: { isKept: boolean, hasPlugin: boolean, folder: string, name: string, place?: Place }
  /** Interfaces that mDNS is for, and where the first of them is named. */
  mdnsInterfaces: string[]
  mdnsPlace?: Place
}

export type KeyHandler = (draft: Draft, entry: Entry) => void

export function emptyDraft(file: string): Draft {
  const first: ListenerDraft = { place: { file, line: 0 }, options: {}, tls: {}, security: {} }
  return {
    options: emptyOptions(),
    store: { isKept: false, hasPlugin: false, folder: '', name: STORE_NAME },
    first, isFirstOpened: false, listeners: [], current: first, bridges: [], isPerListener: false,
    common: {}, mdnsInterfaces: [],
    hasLogTypes: false, hasLogDestinations: false,
  }
}

/** Whose security options a key sets where it stands. */
export function securityOf(draft: Draft, entry: Entry): SecurityDraft {
  draft.securityPlace ??= entry
  return draft.isPerListener ? draft.current.security : draft.common
}

/**
 * A key of a listener has been taken that stands before the first `listener` of its file: mosquitto makes one for it,
 * where there are others.
 */
export function firstNeeded(draft: Draft, entry: Entry, isNeeded = true): void {
  if (isNeeded && draft.current === draft.first) draft.firstKey ??= entry
}

/** Sets what may be set once: a second one would silently take the place of the first. */
export function setOnce<Name extends string, Value>(
  target: Partial<Record<Name, Value>>, name: Name, value: Value, entry: Entry, before = '',
): void {
  if (target[name] !== undefined) {
    throw new ConfigurationError(
      entry, `there is a second ${entry.key}${before}, and it is not clear which one counts; delete one of them.`)
  }
  target[name] = value
}

/** Has the start tell of something that is taken, and of the place that says it. */
export function notice({ notices }: Pick<GatewayOptions, 'notices'>, { file, line }: Place, text: string): void {
  notices.push(`${file}:${line}: ${text}`)
}

/** Takes a key, or a value of one, that does nothing here. */
export function idle({ options }: Draft, entry: Entry, what: string, why: string): void {
  notice(options, entry, `${what} changes nothing: ${why}`)
}
