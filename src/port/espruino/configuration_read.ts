// midge.json in Storage: what the owner of a board may set. It is checked as a whole: a mistake is one sentence on the
// console, and the board comes up as an access point, so that it can be mended; its broker lets nobody in.
import {
  ACCESS_DENY, ACCESS_READ, ACCESS_SUBSCRIBE, ACCESS_WRITE, RULE_ANONYMOUS, RULE_CLIENT, RULE_PATTERN, RULE_USER,
} from '../../broker/access/access_kind'
import {
  FEATURE_BRIDGE, INFLIGHT_MAX, PACKET_SIZE_MAX, QUEUE_MAX, RECORDS_MAPPED, SESSION_EXPIRY_MAX,
} from '../../limits'
import { accessRuleAdd, persistRuleAdd, settingSet } from '../../main'
import { BRIDGE_IDENTIFIER } from './own_clients'
import { type Configuration, configuration, configurationSet } from './configuration'
import { hubIdentifier } from './hub_client'

/** Keys that are settings of the broker. */
const SETTINGS = 6

/**
 * What each key may be: the range of a number, that of a text's bytes with a 1 behind it, or a value of the type; first
 * the settings, in the order of src/broker/settings.ts. It is needed once. The build writes `false` as 0, which is no
 * boolean.
 */
function expectedValues(): Record<string, unknown> {
  return {
    max_inflight_messages: [1, INFLIGHT_MAX],
    max_queued_messages: [1, QUEUE_MAX],
    max_packet_size: [20, PACKET_SIZE_MAX],
    max_keepalive: [0, 65_535],
    persistent_client_expiration: [0, SESSION_EXPIRY_MAX],
    sys_interval: [0, 65_535],
    port: [1, 65_535],
    users: {},
    acl: [],
    persist: [],
    allow_anonymous: isNaN(0),
    hostname: '',
    wifi_ssid: [0, 32, 1],
    wifi_password: [8, 63, 1],
    telnet: isNaN(0),
    $schema: '',
  }
}

const READ = ACCESS_READ | ACCESS_SUBSCRIBE
const READ_WRITE = READ | ACCESS_WRITE

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
}

/** What is wrong with a value; empty when nothing is. */
function problemOf(value: unknown, expected: unknown): string {
  // A word that every object of the engine knows is no key either.
  if (typeof expected === 'function' || expected === undefined) return 'is not known'
  const range = expected as number[]
  // The engine throws for an element of `false`.
  if (typeof expected !== 'object' || range[1] === undefined) {
    return typeOf(value) === typeOf(expected) ? '' : `must be of type ${typeOf(expected)}`
  }
  const isText = range[2]
  const isSuch = typeof value === (isText ? 'string' : 'number')
  const size = !isSuch ? -1 : isText ? (value as string).length : value as number
  // No text is fine: no network, or an open one.
  return size >= range[0] && size <= range[1] || isText && !size ? ''
    : `must be a ${isText ? 'text of' : 'number from'} ${range[0]} to ${range[1]}`
}

/** Reads the file, if there is one, and puts it in force; false: it is wrong. */
export function configurationRead(): boolean {
  let given: Configuration | undefined
  let problem = ''
  const expected = expectedValues()
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
  const storage = require('Storage') as { read(name: string): string | undefined }
  // Extensions (extensions.ts) know their own keys.
  const extensions = storage.read('m.list') || ''
  try {
    const text = storage.read('midge.json')
    if (!text) return true
    given = JSON.parse(text) as Configuration
    for (const key of Object.keys(given)) {
      const found = extensions.indexOf(`"${key}"`) < 0 && problemOf(given[key], expected[key])
      if (found) problem = `${key} ${found}`
    }
    for (const name in given.users || {}) {
      const found = problemOf(given.users![name], '')
      if (found) problem = `users: ${name} ${found}`
    }
    if (!problem && given.acl) problem = accessRead(given.acl)
    if (RECORDS_MAPPED && !problem && given.persist) problem = persistRead(given.persist)
  } catch {
    problem = 'it must be JSON: an object of keys and values'
  }
  if (problem) {
    print(`midge.json: ${problem}`)
    configuration.users = {}
  } else configurationApply(given!, expected)
  return !problem
}

/** Adds the rules that stand in the lines of an acl_file; answers what is wrong with them, if anything is. */
function accessRead(lines: string[]): string {
  /** The words of mosquitto's acl_file. */
  const accesses: Record<string, number> = {
    read: READ, write: ACCESS_WRITE, readwrite: READ_WRITE, deny: READ_WRITE | ACCESS_DENY,
  }
  let kind = RULE_ANONYMOUS
  let name = ''
  // What no rule grants is denied; the owner's code may do everything.
  accessRuleAdd(RULE_CLIENT, hubIdentifier, READ_WRITE, '#')
  accessRuleAdd(RULE_CLIENT, hubIdentifier, READ, '$SYS/#')
  if (FEATURE_BRIDGE) accessRuleAdd(RULE_CLIENT, BRIDGE_IDENTIFIER, READ_WRITE, '#')
  for (const line of lines) {
    const words = line.split(' ')
    const word = words.shift()
    const access = words[1] ? +accesses[words[0]] : 0
    if (access > 0) words.shift()
    const rest = words.join(' ')
    if (word === 'user' && rest) {
      kind = RULE_USER
      name = rest
    } else if (word !== 'topic' && word !== 'pattern'
      || !accessRuleAdd(word === 'topic' ? kind : RULE_PATTERN, name, access || READ_WRITE, rest)) {
      return `acl: "${line}" is not understood, or one too many`
    }
  }
  return ''
}

/** Adds rules of how soon retained messages are kept; answers what is wrong with them, if anything is. */
function persistRead(lines: string[]): string {
  const words = { always: 0, never: -1, seconds: 1 } as Record<string, number>
  for (const line of lines) {
    const rest = line.split(' ')
    let seconds = words[rest.shift()!]
    if (seconds > 0) seconds = +rest.shift()!
    if (!(seconds >= -1) || !persistRuleAdd(rest.join(' '), seconds)) {
      return `persist: "${line}" is not understood, or one too many`
    }
  }
  return ''
}

function configurationApply(given: Configuration, expected: object): void {
  configurationSet(given)
  Object.keys(expected).forEach((key, setting) => {
    if (setting < SETTINGS && given[key] !== undefined) settingSet(setting, given[key] as number)
  })
}
