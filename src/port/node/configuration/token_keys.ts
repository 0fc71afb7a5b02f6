// Keys of Midge's own that say by which tokens clients come in: the whole broker's, or with per_listener_settings those
// of the listener that they stand behind.
import { TOKEN_ALGORITHMS } from '../tokens/token_key'
import type { TokenOptions, TokenScope } from '../library/api'
import { isTopicFilter } from '../../../client/topic_filter'
import { type KeyHandler, type SecurityDraft, firstNeeded, securityOf } from './draft'
import { ConfigurationError, type Entry } from './entries'
import { readInteger, readPath, readText } from './values'

const SECONDS_MAX = 86_400
const LEEWAY_MAX = 300

/** Options of tokens while they are read, and where the first stands. */
export interface TokenDraft { options: TokenOptions, place: Entry }

const key = (set: (options: TokenOptions, entry: Entry) => void): KeyHandler => (draft, entry) => {
  const security = securityOf(draft, entry)
  security.tokens ??= { options: {}, place: entry }
  set(security.tokens.options, entry)
  firstNeeded(draft, entry, draft.isPerListener)
}

type Lists = 'keyFiles' | 'secretFiles' | 'issuers' | 'audiences' | 'algorithms'
type Texts = 'keysUrl' | 'keysAuthority' | 'type' | 'userClaim' | 'publishClaim' | 'subscribeClaim' | 'topicsClaim'

/** A key that may stand more than once. */
const list = (name: Lists, read: (entry: Entry) => string[]): KeyHandler =>
  key((options, entry) => { options[name] = [...options[name] ?? [], ...read(entry)] })

const text = (name: Texts, read: (entry: Entry) => string = readText): KeyHandler => key((options, entry) => {
  if (options[name] !== undefined) {
    throw new ConfigurationError(entry, `there is a second ${entry.key}; delete one of them.`)
  }
  options[name] = read(entry)
})

function algorithmsRead(entry: Entry): string[] {
  const names = readText(entry).split(/[\s,]+/)
  const wrong = names.find((name) => !TOKEN_ALGORITHMS.includes(name))
  if (wrong === undefined) return names
  throw new ConfigurationError(entry, `${wrong} is no algorithm of tokens; say some of ${TOKEN_ALGORITHMS.join(', ')}.`)
}

/** `scope read|write|readwrite filter`; the filter may have spaces in it. */
function scopeRead(entry: Entry): TokenScope {
  const [, scope, access, filter = ''] = /^(\S+)\s+(read|write|readwrite)\s+(.+)$/.exec(entry.value) ?? []
  if (scope && isTopicFilter(filter)) return { scope, access: access as TokenScope['access'], filter }
  throw new ConfigurationError(
    entry, `${entry.key} is ${entry.value || 'empty'}; say sensors:write write sensors/#, say.`)
}

export const TOKEN_KEYS: Record<string, KeyHandler> = {
  jwt_keys_file: list('keyFiles', (entry) => [readPath(entry)]),
  jwt_keys_url: text('keysUrl'),
  jwt_keys_cafile: text('keysAuthority', readPath),
  jwt_keys_max_age: key((options, entry) => { options.keysMaxAge = readInteger(entry, 1, SECONDS_MAX) }),
  jwt_secret_file: list('secretFiles', (entry) => [readPath(entry)]),
  jwt_algorithms: list('algorithms', algorithmsRead),
  jwt_issuer: list('issuers', (entry) => [readText(entry)]),
  jwt_audience: list('audiences', (entry) => [readText(entry)]),
  jwt_type: text('type'),
  jwt_leeway: key((options, entry) => { options.leeway = readInteger(entry, 0, LEEWAY_MAX) }),
  jwt_user_claim: text('userClaim'),
  jwt_publish_claim: text('publishClaim'),
  jwt_subscribe_claim: text('subscribeClaim'),
  jwt_topics_claim: text('topicsClaim'),
  jwt_scope: key((options, entry) => { options.scopes = [...options.scopes ?? [], scopeRead(entry)] }),
}

/** What is missing when all keys have been read. */
export function tokensCheck({ tokens }: SecurityDraft): void {
  if (!tokens) return
  const { keyFiles, keysUrl, secretFiles, secrets, issuers, audiences } = tokens.options
  if (!keyFiles && keysUrl === undefined && !secretFiles && !secrets) {
    throw new ConfigurationError(
      tokens.place, 'tokens need keys: add jwt_keys_file, jwt_keys_url or jwt_secret_file.')
  }
  if (keysUrl !== undefined && !(issuers && audiences)) {
    throw new ConfigurationError(
      tokens.place,
      'jwt_keys_url needs jwt_issuer and jwt_audience, as its issuer signs tokens for others too; add them.')
  }
}
