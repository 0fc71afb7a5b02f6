// Realms: who may come in at which listeners. The broker's own is for listeners that name none.
import { ACCESS_LISTS_MAX } from '../../limits'
import { core } from './core_calls'
import type { Credential } from './credential'
import type { ListenerOptions, RealmJudge } from './library/api'
import type { Link } from './link'
import type { TokenVerdict } from './tokens/token_verifier'

/** What clients of a realm are judged by. */
export interface JudgedRealm {
  /** null: there are no users, and a User Name proves nothing. */
  users: Map<string, Credential> | null
  /** undefined: from this computer only. */
  allowAnonymous: boolean | undefined
  emptyClientIdentifier?: boolean
  assignedPrefix?: string
  judge?: RealmJudge
  pskKeys?: Record<string, string>
  /** Judges tokens. */
  tokens?: { isUserName: boolean, verify(token: string): Promise<TokenVerdict> }
}

/** What the identifiers begin with that the broker gives, where nothing else is said. */
const PREFIX = 'midge-'

let own: JudgedRealm = { users: null, allowAnonymous: undefined }
let realms = new Map<string, JudgedRealm>()
/** Numbers of access lists by realm, which never change: sessions have them. 0 is the broker's own. */
const lists = new Map<string, number>()

/** Sets the broker's own users and whether clients without a name may come in; who is connected stays so. */
export function usersSet(realm: JudgedRealm): void {
  own = realm
}

export function realmsSet(byName: Map<string, JudgedRealm>): void {
  realms = byName
}

/** The number of a realm's access list; undefined: the broker's own. */
export function accessListOf(realm: string | undefined): number {
  if (realm === undefined) return 0
  const known = lists.get(realm)
  if (known !== undefined) return known
  if (lists.size + 1 >= ACCESS_LISTS_MAX) throw new RangeError(`There are ${ACCESS_LISTS_MAX - 1} realms at the most.`)
  lists.set(realm, lists.size + 1)
  return lists.size
}

/** The realm whose access list has this number; undefined: the broker's own, or one that is gone. */
export function realmOfList(list: number): JudgedRealm | undefined {
  for (const [name, number] of lists) if (number === list) return realms.get(name)
  return undefined
}

/** Whether listeners may name it. */
export function realmExists(name: string): boolean {
  return realms.has(name)
}

/** By name; undefined is the broker's own. One that is gone lets nobody in. */
export function realmOf(name: string | undefined): JudgedRealm {
  return name === undefined ? own : realms.get(name) ?? { users: new Map(), allowAnonymous: false }
}

/** The client is let in now: what the broker would call it, where it has no Client Identifier of its own. */
export function prefixSet({ origin: { terms } }: Link): void {
  const prefix = terms?.assignedPrefix ?? realmOf(terms?.realm).assignedPrefix
  core.clientPrefixSet(prefix === undefined ? PREFIX : Buffer.from(prefix).toString('latin1'))
}

/** Whether a listener judges its clients by certificate. */
export const isIdentified = (terms: ListenerOptions | undefined): boolean =>
  terms?.identityAsUserName === true || terms?.subjectAsUserName === true || (terms?.certificateUsers?.length ?? 0) > 0
