// Keys of mosquitto.conf that say who may come in and do what: the whole broker's, or with per_listener_settings those
// of the listener that they stand behind.
import { type Draft, type KeyHandler, firstNeeded, securityOf, setOnce } from './draft'
import { ConfigurationError, type Entry } from './entries'
import type { FileNamed } from './options'
import { readAssignedPrefix, readBoolean, readPath } from './values'

/** A second file would silently take the first one's place, for every listener. */
export function fileSet(
  draft: Draft, entry: Entry, name: 'passwordFile' | 'accessFile' | 'pskFile', security = securityOf(draft, entry),
): void {
  const file: FileNamed = { path: readPath(entry), place: entry }
  const whose = draft.isPerListener ? ' for this listener' : ''
  const hint = draft.isPerListener ? '' : ': per_listener_settings true gives each listener its own'
  if (security[name] !== undefined) {
    throw new ConfigurationError(
      entry, `there is a second ${entry.key}${whose}, and it would take the place of the first${hint}; delete one.`)
  }
  security[name] = file
}

export const SECURITY_KEYS: Record<string, KeyHandler> = {
  per_listener_settings: (draft, entry) => {
    const isPerListener = readBoolean(entry)
    if (isPerListener && !draft.isPerListener && draft.securityPlace) {
      const { file, line } = draft.securityPlace
      throw new ConfigurationError(
        entry, `per_listener_settings must stand before keys that it changes the meaning of, as in ${file}:${line}.`)
    }
    draft.isPerListener = isPerListener
  },
  allow_anonymous: (draft, entry) => { securityOf(draft, entry).allowAnonymous = readBoolean(entry) },
  password_file: (draft, entry) => {
    fileSet(draft, entry, 'passwordFile')
    firstNeeded(draft, entry, draft.isPerListener)
  },
  acl_file: (draft, entry) => fileSet(draft, entry, 'accessFile'),
  psk_file: (draft, entry) => {
    fileSet(draft, entry, 'pskFile')
    firstNeeded(draft, entry, draft.isPerListener)
  },
  allow_zero_length_clientid: (draft, entry) => {
    const isAllowed = readBoolean(entry)
    securityOf(draft, entry).emptyClientIdentifier = isAllowed
    firstNeeded(draft, entry, draft.isPerListener && !isAllowed)
  },
  auto_id_prefix: (draft, entry) => {
    setOnce(securityOf(draft, entry), 'assignedPrefix', readAssignedPrefix(entry), entry)
  },
}
