// From a file to the options of the gateway; whatever is wrong with it is a ConfigurationError.
import type { ListenerOptions, TlsFiles } from '../library/api'
import { hostsOf } from './bind_interface'
import { finishBridge } from './bridge_finish'
import { type Draft, type ListenerDraft, type SecurityDraft, emptyDraft, notice } from './draft'
import { ConfigurationError, ConfigurationErrors, type Entry, errorsOf, readEntries } from './entries'
import { handlerOf, isTextKey } from './keys'
import { EVERY_ADDRESS } from './listener_keys'
import type { GatewayOptions, RealmFiles } from './options'
import { goAuthFinish } from './go_auth'
import { mdnsFinish } from './mdns_keys'
import { finishProxy } from './proxy_finish'
import { isOnlyConfirmed, refusalOf } from './refused_keys'
import { storePlace } from './store_place'
import { tokensCheck } from './token_keys'

const isCertificateAsked = ({ identityAsUserName, subjectAsUserName, certificateUsers }: ListenerOptions): boolean =>
  identityAsUserName === true || subjectAsUserName === true || certificateUsers !== undefined

/** Whether all that is said of TLS is what a proxy in front can tell. */
const isByProxy = ({ tls, options }: ListenerDraft): boolean =>
  !options.subjectAsUserName && !options.certificateUsers
  && Object.keys(tls).every((key) => key === 'requireCertificate')

function certificateKeysCheck({ options, place }: ListenerDraft): void {
  const { certificateUsers, identityAsUserName, subjectAsUserName } = options
  if (!certificateUsers || !identityAsUserName && !subjectAsUserName) return
  throw new ConfigurationError(
    place, 'this listener has both certificate_user and use_identity_as_username or use_subject_as_username; '
    + 'write certificate_user cn * $1 in the place of the first.')
}

/** A listener's options with its TLS, which is there or not but never half. */
function finishListener(draft: ListenerDraft, gateway: GatewayOptions): ListenerOptions {
  const { tls, place } = draft
  const { minVersion, ciphers, ...asking } = tls
  const options = finishProxy(draft)
  certificateKeysCheck(draft)
  if (options.dashboard && options.protocol !== 'websockets') {
    throw new ConfigurationError(place, 'this listener has a dashboard but no protocol websockets; add it.')
  }
  if (options.pskHint !== undefined) {
    if (!tls.certfile && !tls.keyfile && !tls.cafile && !tls.capath && !options.certificateUsers) {
      return { ...options, pskCiphers: tls.ciphers }
    }
    throw new ConfigurationError(place, 'this listener has both psk_hint and certificates; TLS has one of them.')
  }
  if (!tls.certfile && !tls.keyfile) {
    // The proxy in front has it.
    if (options.proxyProtocol?.requireCertificate && isByProxy(draft)) return options
    if (isCertificateAsked(options) || Object.values(asking).some((value) => value !== false)) {
      throw new ConfigurationError(place, 'this listener has keys of TLS but no certfile and keyfile; add both.')
    }
    if (minVersion ?? ciphers) {
      notice(gateway, place, 'this listener has no TLS, as it has no certfile and keyfile')
    }
    return options
  }
  if (!tls.certfile || !tls.keyfile) {
    throw new ConfigurationError(place, `this listener has no ${tls.certfile ? 'keyfile' : 'certfile'}; add it.`)
  }
  if ((tls.requireCertificate || isCertificateAsked(options)) && !tls.cafile && !tls.capath) {
    throw new ConfigurationError(place, 'this listener asks for certificates but has no cafile to judge by; add it.')
  }
  return { ...options, tls: tls as TlsFiles }
}

/** An entry as its key reads it: of most keys one word, and what stands behind it is told of. */
function wordOf({ options }: Draft, entry: Entry): Entry {
  const { key, value } = entry
  const [word, rest] = isTextKey(entry) ? [value] : [/^\S*/.exec(value)![0], value.replace(/^\S*\s*/, '')]
  if (!rest) return entry
  const what = rest.startsWith('#') ? 'a comment behind a value, which belongs on a line of its own' : 'not read'
  notice(options, entry, `${key} is ${word}; what follows is ${what}`)
  return { ...entry, value: word }
}

/** Takes an entry; throws where it says what cannot be. */
function entryTake(draft: Draft, given: Entry): void {
  const handler = handlerOf(given.key)
  const entry = handler || isOnlyConfirmed(given.key) ? wordOf(draft, given) : given
  const refusal = refusalOf(entry.key, entry.value)
  if (refusal) throw new ConfigurationError(entry, refusal)
  if (handler) handler(draft, entry)
  else if (!isOnlyConfirmed(entry.key)) {
    throw new ConfigurationError(entry, `${entry.key} is no key of mosquitto.conf that Midge knows; delete the line.`)
  }
}

/** Reads a configuration file: what it comes to, and all that is wrong with it. */
export function readConfiguration(file: string): { options: GatewayOptions, errors: ConfigurationError[] } {
  const draft = emptyDraft(file)
  const errors: ConfigurationError[] = []
  // Each file begins anew with what stands before its first listener, and goes on with its own behind include_dir.
  const currents = new Map<string, ListenerDraft>()
  for (const entry of readEntries(file)) {
    draft.options.said.push({ key: entry.key, value: entry.value })
    draft.current = currents.get(entry.file) ?? draft.first
    errors.push(...errorsOf(() => entryTake(draft, entry)))
    currents.set(entry.file, draft.current)
  }
  return { options: finish(draft, errors), errors }
}

/** Reads a configuration file. Throws all that is wrong with it at once. */
export function loadConfiguration(file: string): GatewayOptions {
  const { options, errors } = readConfiguration(file)
  if (errors.length) throw new ConfigurationErrors(errors)
  return options
}

function finish(draft: Draft, errors: ConfigurationError[]): GatewayOptions {
  const { options, first, store } = draft
  const isKept = store.isKept || store.hasPlugin
  if (isKept) options.persistence = { location: storePlace(draft) }
  options.persistencePlace = store.place
  if (isKept && options.spoolPlace) {
    errors.push(new ConfigurationError(options.spoolPlace, 'spool_location is for a broker without persistence; '
      + 'with it large payloads are kept in its folder.'))
  }
  errors.push(...errorsOf(() => mdnsFinish(draft)))
  const all = listenersOf(draft)
  for (const listener of all) {
    errors.push(...errorsOf(() => {
      const finished = { ...finishListener(listener, options), realm: realmAdd(draft, listener) }
      for (const host of hostsOf(listener)) {
        options.listeners.push(host === undefined ? finished : { ...finished, host })
        options.listenerPlaces.push(listener.place)
      }
    }))
  }
  for (const bridge of draft.bridges) {
    errors.push(...errorsOf(() => {
      options.bridges.push(finishBridge(bridge, options))
      options.bridgePlaces.push(bridge.place)
    }))
  }
  for (const each of options.listeners) {
    if (first.options.noDelay !== undefined) each.noDelay ??= first.options.noDelay
    if (draft.headersSize !== undefined && each.protocol === 'websockets') each.headersSize = draft.headersSize
    if (draft.clientIdentifierPrefix !== undefined) each.clientIdentifierPrefix = draft.clientIdentifierPrefix
  }
  // mosquitto does it unless told; without rules everybody may write.
  const hasRules = options.realms.some(({ accessFile, dynamicSecurity }) => accessFile ?? dynamicSecurity)
  if (hasRules) options.limits.retainSource ??= true
  return options
}

/** Without a listener mosquitto listens on the loopback addresses alone, where nobody needs a password. */
const isLocalOnly = ({ listeners, isFirstOpened }: Draft): boolean => !listeners.length && !isFirstOpened

/** The listeners that there are, that of keys before any among them. */
function listenersOf(draft: Draft): ListenerDraft[] {
  const { first, listeners, isFirstOpened, firstKey, options } = draft
  // mosquitto reads what stands there and does not use it.
  if (isLocalOnly(draft)) {
    return [{ ...first, options: { noDelay: first.options.noDelay }, tls: {}, boundTo: undefined }]
  }
  if (isFirstOpened) return [first, ...listeners]
  if (!firstKey) return listeners
  notice(options, firstKey, `${firstKey.key} before the first listener opens one on port 1883, as in mosquitto; `
    + 'put it behind the listener that it is for')
  first.place = firstKey
  first.options.host ??= EVERY_ADDRESS
  return [first, ...listeners]
}

/** The name of the realm of a listener, which is added where it is not there. */
function realmAdd(draft: Draft, { security, options: { pskHint }, place }: ListenerDraft): string {
  const { options, isPerListener, common } = draft
  if (pskHint !== undefined && !(isPerListener ? security : common).pskFile) {
    throw new ConfigurationError(place, 'this listener has a psk_hint but there is no psk_file; add it.')
  }
  const name = isPerListener ? `listener ${options.realms.length + 1}` : 'all listeners'
  if (isPerListener || !options.realms.length) {
    options.realms.push(realmOf(name, isPerListener ? security : common, draft))
  }
  return name
}

function realmOf(name: string, security: SecurityDraft, draft: Draft): RealmFiles {
  goAuthFinish(security)
  securityCheck(security)
  const { allowAnonymous, passwordFile, accessFile, pskFile, dynamicSecurity } = security
  const server = security.backends?.http
  if (server?.isUnverified) {
    notice(draft.options, server.place,
      'without auth_opt_http_verify_peer true whoever answers is taken for the server that is asked')
  }
  if (server && draft.isPerListener) {
    throw new ConfigurationError(
      server.place, 'the backend http is for all listeners: say per_listener_settings false.')
  }
  tokensCheck(security)
  if (passwordFile && allowAnonymous === undefined && isLocalOnly(draft)) {
    notice(draft.options, passwordFile.place, 'without a listener clients of this computer come in without a password '
      + 'too, as in mosquitto; allow_anonymous false forbids it')
  }
  return {
    name, allowAnonymous: allowAnonymous ?? isLocalOnly(draft), passwordFile, accessFile, pskFile, dynamicSecurity,
    emptyClientIdentifier: security.emptyClientIdentifier, assignedPrefix: security.assignedPrefix,
    tokens: security.tokens, backends: security.backends,
  }
}

function securityCheck({ accessFile, dynamicSecurity, dynamicSecurityPlugin }: SecurityDraft): void {
  if (dynamicSecurityPlugin && !dynamicSecurity) {
    throw new ConfigurationError(dynamicSecurityPlugin, 'dynamic security needs plugin_opt_config_file; add it.')
  }
  if (dynamicSecurity && accessFile) {
    throw new ConfigurationError(
      accessFile.place, 'dynamic security says who may do what: give roles what this acl_file says, and delete it.')
  }
}
