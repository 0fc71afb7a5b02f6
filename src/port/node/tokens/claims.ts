// What the claims of a token say of its client: who it is, and which topics are its.
import { isTopicFilter } from '../../../client/topic_filter'
import type { TokenOptions, TokenScope } from '../library/api'

/** What a token lets its client do. */
export type Grant = Omit<TokenScope, 'scope'>

/** Grants of one token; a token with more has none of the rest. */
const GRANTS_MAX = 1_000
const NAME_SIZE_MAX = 65_535

export type Claims = Record<string, unknown>

/** A claim by its name, or by the way of dots to it. */
export function claimOf(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  let value: unknown = claims
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Claims)[part]
  }
  return value
}

/** The User Name; undefined: the claim is not there, or is none that MQTT takes. [MQTT-1.5.4-1] [MQTT-1.5.4-2] */
export function userNameOf(claims: Claims, { userClaim = 'sub' }: TokenOptions): string | undefined {
  const name = claimOf(claims, userClaim)
  const isName = typeof name === 'string' && name !== '' && !/\0|\p{Surrogate}/u.test(name)
    && Buffer.byteLength(name) <= NAME_SIZE_MAX
  return isName ? name : undefined
}

/** Whether tokens say who may do what, and not the rules for the User Name. */
export const hasGrants = ({ publishClaim, subscribeClaim, topicsClaim, scopes }: TokenOptions): boolean =>
  (publishClaim ?? subscribeClaim ?? topicsClaim) !== undefined || (scopes?.length ?? 0) > 0

const textsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((text): text is string => typeof text === 'string')

/** Words of `scope`, as RFC 8693 has it, or of `scp`, a list at some issuers. */
const scopesOf = ({ scope, scp }: Claims): Set<string> =>
  new Set([...textsOf(scope), ...textsOf(scp)].flatMap((text) => text.split(' ')))

/** What a token lets its client do; what is no Topic Filter lets it do nothing. */
export function grantsOf(claims: Claims, options: TokenOptions): Grant[] {
  const { publishClaim, subscribeClaim, topicsClaim, scopes = [] } = options
  const of = (name: string | undefined, access: Grant['access']): Grant[] =>
    name === undefined ? [] : textsOf(claimOf(claims, name)).map((filter) => ({ access, filter }))
  const words = scopes.length ? scopesOf(claims) : new Set()
  return [
    ...of(publishClaim, 'write'), ...of(subscribeClaim, 'read'), ...of(topicsClaim, 'readwrite'),
    ...scopes.filter(({ scope }) => words.has(scope)).map(({ access, filter }) => ({ access, filter })),
  ].filter(({ filter }) => isTopicFilter(filter)).slice(0, GRANTS_MAX)
}
