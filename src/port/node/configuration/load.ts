// From a file to the options of the gateway; whatever is wrong with it is a ConfigurationError.
import { resolve } from 'node:path'
import type { ListenerOptions, TlsFiles } from '../library/api'
import { ConfigurationError, ConfigurationErrors, type Entry, readEntries } from './entries'
import { type Draft, KEYS } from './keys'
import { type ListenerDraft, defaultLog } from './options'
import type { GatewayOptions } from './options'
import { isOnlyConfirmed, refusalOf } from './refused_keys'

/** What the store is called unless told; mosquitto's, of another format, is mosquitto.db. */
const STORE_NAME = 'midge.db'

/** The limits of the host board that a file may not go above, by the key's own limit in settings.ts. */
const MOST: Record<string, [keyof GatewayOptions['limits'], number]> = {
  max_inflight_messages: ['inflightMessages', 256],
  max_queued_messages: ['queuedMessages', 1_000],
  max_packet_size: ['packetSize', 4_194_304],
  max_topic_alias: ['topicAliases', 16],
}

function emptyDraft(file: string): Draft {
  const first: ListenerDraft = { place: { file, line: 0 }, options: {}, tls: {} }
  return {
    options: {
      listeners: [], allowAnonymous: undefined, passwordFile: undefined, accessFile: undefined, limits: {},
      log: defaultLog(), pidFile: undefined, systemUser: undefined, persistence: undefined, notices: [],
    },
    store: { isKept: false, folder: '', name: STORE_NAME },
    first, isFirstUsed: false, listeners: [], current: first, hasLogTypes: false, hasLogDestinations: false,
  }
}

const isCertificateAsked = ({ identityAsUserName, subjectAsUserName }: ListenerOptions): boolean =>
  identityAsUserName === true || subjectAsUserName === true

/** A listener's options with its TLS, which is there or not but never half. */
function finishListener({ options, tls, place }: ListenerDraft): ListenerOptions {
  if (!tls.certfile && !tls.keyfile) {
    if (isCertificateAsked(options) || Object.keys(tls).length) {
      throw new ConfigurationError(place, 'this listener has keys of TLS but no certfile and keyfile; add both.')
    }
    return options
  }
  if (!tls.certfile || !tls.keyfile) {
    throw new ConfigurationError(place, `this listener has no ${tls.certfile ? 'keyfile' : 'certfile'}; add it.`)
  }
  if ((tls.requireCertificate || isCertificateAsked(options)) && !tls.cafile) {
    throw new ConfigurationError(place, 'this listener asks for certificates but has no cafile to judge by; add it.')
  }
  return { ...options, tls: tls as TlsFiles }
}

/** Takes an entry; throws where it says what cannot be. */
function entryTake(draft: Draft, entry: Entry): void {
  const refusal = refusalOf(entry.key, entry.value)
  if (refusal) throw new ConfigurationError(entry, refusal)
  if (Object.hasOwn(KEYS, entry.key)) KEYS[entry.key](draft, entry)
  else if (!isOnlyConfirmed(entry.key)) {
    throw new ConfigurationError(entry, `${entry.key} is no key of mosquitto.conf that Midge knows; delete the line.`)
  }
  const most = MOST[entry.key]
  if (most && Number(draft.options.limits[most[0]]) > most[1]) {
    throw new ConfigurationError(entry, `${entry.key} is ${entry.value}; the most that Midge keeps is ${most[1]}.`)
  }
}

/** Reads a configuration file. Throws all that is wrong with its lines at once. */
export function loadConfiguration(file: string): GatewayOptions {
  const draft = emptyDraft(file)
  const errors: ConfigurationError[] = []
  for (const entry of readEntries(file)) {
    try {
      entryTake(draft, entry)
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      errors.push(error)
    }
  }
  if (errors.length) throw new ConfigurationErrors(errors)
  return finish(draft)
}

function finish(draft: Draft): GatewayOptions {
  const { options, first, listeners, store } = draft
  if (store.isKept) options.persistence = { location: resolve(store.folder, store.name) }
  const isLocalOnly = !listeners.length && !draft.isFirstUsed
  // Without a listener mosquitto listens on the loopback addresses alone, where nobody needs a password.
  const all = isLocalOnly || draft.isFirstUsed ? [first, ...listeners] : listeners
  options.listeners = all.map(finishListener)
  if (!isLocalOnly) options.allowAnonymous ??= false
  if (first.options.noDelay !== undefined) for (const each of options.listeners) each.noDelay ??= first.options.noDelay
  return options
}
