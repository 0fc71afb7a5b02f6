// Plug-ins of mosquitto that the gateway does the work of itself: dynamic security, and those that read password_file
// and acl_file since 2.1. Others are programs for mosquitto alone.
import { basename } from 'node:path'
import {
  type Draft, type KeyHandler, type SecurityDraft, firstNeeded, idle, notice, securityOf, setOnce,
} from './draft'
import { ConfigurationError, type Entry } from './entries'
import { fileSet } from './security_keys'
import { readName, readNewPath, readPath, readText } from './values'

/** A plug-in whose options may follow. */
export interface PluginDraft {
  entry: Entry
  /** By the option's name without plugin_opt_ or auth_opt_; other options are told of. */
  options: Record<string, (draft: Draft, entry: Entry) => void>
}

const optionName = (key: string): string => key.replace(/^(plugin|auth)_opt_/, '')

export const isPluginOption = (key: string): boolean => /^(plugin|auth)_opt_/.test(key)

const INSTEAD = 'give users by password_file, rights by acl_file or dynamic security, or embed the library'

/** Options of go-auth that are read; others say how it does what Midge does. */
const GO_AUTH_OPTIONS = [
  'backends', 'files_password_path', 'password_path', 'files_acl_path', 'acl_path', 'jwt_mode', 'jwt_secret',
  'jwt_userfield', 'jwt_acl_path', 'jwt_aclpath', 'http_host', 'http_port', 'http_getuser_uri', 'http_superuser_uri',
  'http_aclcheck_uri', 'http_params_mode', 'http_response_mode', 'http_method', 'http_with_tls', 'http_verify_peer',
  'disable_superuser', 'check_prefix', 'use_clientid_as_username', 'files_register', 'jwt_register', 'http_register',
]

/** What there is of plug-ins, by a part of the file's name. */
const PLUGINS: [RegExp, (security: SecurityDraft, entry: Entry) => PluginDraft['options']][] = [
  [/dynamic.security/, (security) => ({
    config_file: (_draft, entry) => {
      setOnce(security, 'dynamicSecurity', { path: readNewPath(entry), place: entry }, entry)
    },
    password_init_file: (_draft, entry) => {
      if (security.dynamicSecurity) security.dynamicSecurity.initFile = readPath(entry)
      else throw new ConfigurationError(entry, `${entry.key} stands behind plugin_opt_config_file; move the line.`)
    },
  })],
  [/go-?auth/, (security, entry) => {
    const options = new Map<string, Entry>()
    security.goAuth = { entry, options }
    return Object.fromEntries(GO_AUTH_OPTIONS.map((name) =>
      [name, (_draft: Draft, option: Entry) => { options.set(name, option) }]))
  }],
  [/password.file/, (security) => ({
    password_file: (draft, entry) => fileSet(draft, entry, 'passwordFile', security),
  })],
  [/acl.file/, (security) => ({ acl_file: (draft, entry) => fileSet(draft, entry, 'accessFile', security) })],
]

/** The persistence of 2.1: it is Midge's own, where the plug-in's file would be. */
const persistencePlugin: KeyHandler = (draft, entry) => {
  const { store, options } = draft
  store.hasPlugin = true
  store.place ??= entry
  draft.plugin = {
    entry,
    options: {
      db_file: (_draft, option) => Object.assign(store, { folder: '', name: readName(option), place: option }),
    },
  }
  notice(options, entry, `${entry.key} ${basename(entry.value)} is persistence true here`)
}

const plugin: KeyHandler = (draft, entry) => {
  const path = readText(entry)
  const known = PLUGINS.find(([name]) => name.test(basename(path)))
  draft.plugin = undefined
  if (/persist/.test(basename(path))) return persistencePlugin(draft, entry)
  if (!known) {
    draft.plugin = { entry, options: {} }
    throw new ConfigurationError(entry, `${basename(path)} is a program for mosquitto alone: ${INSTEAD}.`)
  }
  const security = entry.key === 'global_plugin' ? draft.common : securityOf(draft, entry)
  draft.plugin = { entry, options: known[1](security, entry) }
  if (known[0].test('dynamic_security')) security.dynamicSecurityPlugin = entry
  firstNeeded(draft, entry, draft.isPerListener)
}

/** An option of the plug-in that stands before it. */
export const pluginOption: KeyHandler = (draft, entry) => {
  if (!draft.plugin) throw new ConfigurationError(entry, `${entry.key} has no plugin in front of it; delete the line.`)
  const option = draft.plugin.options[optionName(entry.key)]
  if (option) option(draft, entry)
  else idle(draft, entry, entry.key, 'the plug-in is not needed for what Midge does itself')
}

export const PLUGIN_KEYS: Record<string, KeyHandler> = {
  plugin, auth_plugin: plugin, global_plugin: plugin,
}
