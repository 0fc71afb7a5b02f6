// What there is to say of who may do what, and how much, option by option.
import { isTopicFilter } from '../../../client/topic_filter'
import type { AccessRule, GuardOptions, Rates, TokenOptions, TokenScope } from './api'
import { isPskKey } from '../psk_key'
import {
  type Check, type Shape, hasFunctions, isListOf, isName, isOneOf, isOptions, isRecordOf, isSecret, isText,
  isTrueOrFalse, isWhole, shown,
} from './option_shape'
import type { Realm } from './realm_api'

const TEXT_SIZE_MAX = 65_535

/** What MQTT takes for a text: Unicode that UTF-8 can write, without U+0000. [MQTT-1.5.4-1] [MQTT-1.5.4-2] */
export function isMqttText(value: unknown): value is string {
  return typeof value === 'string' && !/\0|\p{Surrogate}/u.test(value) && Buffer.byteLength(value) <= TEXT_SIZE_MAX
}

export const isFilter: Check = (value, name) => {
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

const SCOPE: Shape<TokenScope> = {
  scope: isText, access: isOneOf('read', 'write', 'readwrite'), filter: isFilter,
}

const areNames = isListOf(isName)

const TOKENS: Shape<TokenOptions> = {
  keyFiles: areNames,
  keysUrl: isName,
  keysAuthority: isName,
  keysMaxAge: isWhole(0),
  secretFiles: areNames,
  secrets: isListOf(isSecret),
  isUserName: isTrueOrFalse,
  algorithms: areNames,
  issuers: areNames,
  audiences: areNames,
  type: isText,
  leeway: isWhole(0),
  userClaim: isName,
  publishClaim: isName,
  subscribeClaim: isName,
  topicsClaim: isName,
  scopes: isListOf(isOptions(SCOPE, ['scope', 'access', 'filter'])),
}

export const areTokens = isOptions(TOKENS)

/** A key is a secret: it is not shown. */
export const isKey: Check = (value, name) => {
  if (typeof value !== 'string' || !isPskKey(value)) throw new TypeError(`${name} is no key; give it in hexadecimal.`)
}

const REALM: Shape<Realm> = {
  users: isUsers,
  allowAnonymous: isTrueOrFalse,
  accessRules: areAccessRules,
  pskKeys: isRecordOf(isKey),
  judge: hasFunctions('authenticate', 'allows'),
  emptyClientIdentifier: isTrueOrFalse,
  assignedPrefix: isText,
  tokens: areTokens,
}

export const areRealms = isRecordOf(isOptions(REALM, ['allowAnonymous']))

const RATES: Shape<Rates> = { messages: isWhole(1), bytes: isWhole(1) }

const GUARD: Shape<GuardOptions> = {
  client: isOptions(RATES),
  address: isOptions(RATES),
  addressConnections: isWhole(1),
  excess: isOneOf('wait', 'disconnect'),
  delayAfter: isWhole(1),
  banAfter: isWhole(1),
  banSeconds: isWhole(1),
}

export const isGuard = isOptions(GUARD)
