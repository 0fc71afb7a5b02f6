// What mosquitto's dynamic security knows: clients, groups and roles, in the JSON of its plugin_opt_config_file.
import { credentialParse, type Credential } from '../credential'

export const PRIORITY_MAX = 100_000
/** Priority of who was given none. */
export const PRIORITY_USUAL = -1

export const ACL_TYPES = [
  'publishClientSend', 'publishClientReceive', 'subscribeLiteral', 'subscribePattern', 'unsubscribeLiteral',
  'unsubscribePattern',
] as const
export type AclType = typeof ACL_TYPES[number]

export const DEFAULT_TYPES = ['publishClientSend', 'publishClientReceive', 'subscribe', 'unsubscribe'] as const
export type DefaultType = typeof DEFAULT_TYPES[number]

/** By the name of a role or a group: its priority. */
export type Ranks = Map<string, number>

export interface Described {
  textname?: string
  textdescription?: string
}

export interface Acl {
  acltype: AclType
  topic: string
  priority: number
  allow: boolean
}

export interface DynamicRole extends Described {
  allowwildcardsubs: boolean
  acls: Acl[]
}

export interface DynamicGroup extends Described {
  roles: Ranks
}

export interface DynamicClient extends Described {
  clientid?: string
  disabled: boolean
  /** As a password_file has it; undefined: it has no password, and cannot come in. */
  hash?: string
  credential?: Credential
  roles: Ranks
  groups: Ranks
}

export interface State {
  changeIndex: number
  defaults: Record<DefaultType, boolean>
  clients: Map<string, DynamicClient>
  groups: Map<string, DynamicGroup>
  roles: Map<string, DynamicRole>
  anonymousGroup: string | undefined
}

type Json = Record<string, unknown>

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

/** Parses JSON whose keys are written in any case, as the plug-in's own tool does: all are small letters then. */
export function jsonRead(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => isObject(value) && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([key, field]) => [key.toLowerCase(), field]))
    : value)
}

const objects = (value: unknown): Json[] => Array.isArray(value) ? value.filter(isObject) : []
const textOf = (value: unknown): string | undefined => typeof value === 'string' ? value : undefined

export function priorityOf(value: unknown, usual: number): number {
  const priority = typeof value === 'number' ? Math.trunc(value) : usual
  return Math.max(-PRIORITY_MAX, Math.min(PRIORITY_MAX, priority))
}

export function describedOf({ textname, textdescription }: Json): Described {
  return { textname: textOf(textname), textdescription: textOf(textdescription) }
}

/** Names with their priorities, as `[{ <key>: name, priority }]` has them; of a name twice the first counts. */
export function ranksOf(value: unknown, key: string): Ranks {
  const ranks: Ranks = new Map()
  for (const entry of objects(value)) {
    const name = textOf(entry[key])
    if (name && !ranks.has(name)) ranks.set(name, priorityOf(entry.priority, PRIORITY_USUAL))
  }
  return ranks
}

export function aclsOf(value: unknown): Acl[] {
  const acls: Acl[] = []
  for (const entry of objects(value)) {
    const acltype = ACL_TYPES.find((type) => type.toLowerCase() === textOf(entry.acltype)?.toLowerCase())
    const topic = textOf(entry.topic)
    if (!acltype || !topic || acls.some((acl) => acl.acltype === acltype && acl.topic === topic)) continue
    acls.push({ acltype, topic, priority: priorityOf(entry.priority, 0), allow: entry.allow === true })
  }
  return acls
}

/** A password's hash in one text: the plugin of mosquitto 2.0 has it in three parts. */
function hashOf({ encoded_password: encoded, password, salt, iterations }: Json): string | undefined {
  if (typeof encoded === 'string') return encoded
  return typeof password === 'string' && typeof salt === 'string' && typeof iterations === 'number'
    ? `$7$${iterations}$${salt}$${password}`
    : undefined
}

/** Sets a client's password by its hash. False: it is in no form that is known. */
export function hashSet(client: DynamicClient, hash: string): boolean {
  const credential = credentialParse(hash)
  if (!credential) return false
  Object.assign(client, { hash, credential })
  return true
}

/** Reads the file's content, keys in any case; throws a sentence where it is not what it should be. */
export function stateRead(content: string): State {
  let json: unknown
  try {
    json = jsonRead(content)
  } catch {
    throw new Error('it is no JSON')
  }
  if (!isObject(json)) throw new Error('it is no JSON object')
  const { defaultaclaccess: access, anonymousgroup: anonymousGroup, changeindex: changeIndex } = json
  const allowed = (type: DefaultType): boolean => isObject(access) && access[type.toLowerCase()] === true
  const state: State = {
    changeIndex: typeof changeIndex === 'number' ? changeIndex : 0,
    defaults: {
      publishClientSend: allowed('publishClientSend'), publishClientReceive: allowed('publishClientReceive'),
      subscribe: allowed('subscribe'), unsubscribe: allowed('unsubscribe'),
    },
    clients: new Map(), groups: new Map(), roles: new Map(), anonymousGroup: textOf(anonymousGroup),
  }
  for (const role of objects(json.roles)) {
    const allowwildcardsubs = role.allowwildcardsubs !== false
    const name = textOf(role.rolename)
    if (name) state.roles.set(name, { ...describedOf(role), allowwildcardsubs, acls: aclsOf(role.acls) })
  }
  for (const client of objects(json.clients)) clientRead(state, client)
  for (const group of objects(json.groups)) groupRead(state, group)
  return state
}

function clientRead({ clients, roles }: State, client: Json): void {
  const name = textOf(client.username)
  if (!name) return
  const read: DynamicClient = {
    ...describedOf(client), clientid: textOf(client.clientid), disabled: client.disabled === true,
    roles: known(ranksOf(client.roles, 'rolename'), roles), groups: new Map(),
  }
  const hash = hashOf(client)
  if (hash !== undefined && !hashSet(read, hash)) throw new Error(`the password of ${name} is in no form that is known`)
  clients.set(name, read)
}

function groupRead({ clients, groups, roles }: State, group: Json): void {
  const name = textOf(group.groupname)
  if (!name) return
  groups.set(name, { ...describedOf(group), roles: known(ranksOf(group.roles, 'rolename'), roles) })
  for (const [member, priority] of ranksOf(group.clients, 'username')) clients.get(member)?.groups.set(name, priority)
}

function known(ranks: Ranks, names: Map<string, unknown>): Ranks {
  return new Map([...ranks].filter(([name]) => names.has(name)))
}

/** Highest priority first, then by name: the order in which they are asked. */
export function ranked(ranks: Ranks): [string, number][] {
  return [...ranks].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
}

/** As the file and answers have them. */
export function ranksJson(ranks: Ranks, key: string): Json[] {
  return ranked(ranks).map(([name, priority]) =>
    ({ [key]: name, ...priority === PRIORITY_USUAL ? {} : { priority } }))
}

/** In the order of names, as the plugin keeps all of its lists. */
export const sorted = <Value>(map: Map<string, Value>): [string, Value][] =>
  [...map].sort(([a], [b]) => a < b ? -1 : 1)

/** Members of a group with their priorities. */
export function membersOf({ clients }: State, group: string): Ranks {
  return new Map(sorted(clients).filter(([, { groups }]) => groups.has(group))
    .map(([name, { groups }]) => [name, groups.get(group)!]))
}

export function roleJson(name: string, { acls, allowwildcardsubs, ...described }: DynamicRole): Json {
  const byPriority = ACL_TYPES.flatMap((type) =>
    acls.filter(({ acltype }) => acltype === type).sort((a, b) => b.priority - a.priority))
  return { rolename: name, ...described, allowwildcardsubs, acls: byPriority }
}

/** A hash as the file has it: both plugins read three parts, where it has them. */
function hashJson(hash: string): Json {
  const parts = /^\$7\$(\d+)\$([^$]+)\$([^$]+)$/.exec(hash)
  return parts ? { password: parts[3], salt: parts[2], iterations: Number(parts[1]) } : { encoded_password: hash }
}

/** The file's content. */
export function stateWrite(state: State): string {
  const { defaults, clients, groups, roles, anonymousGroup, changeIndex } = state
  return `${JSON.stringify({
    changeIndex,
    defaultACLAccess: defaults,
    clients: sorted(clients).map(([username, { clientid, textname, textdescription, disabled, hash, roles: own }]) => ({
      username, clientid, textname, textdescription, ...disabled ? { disabled } : {},
      roles: ranksJson(own, 'rolename'), ...hash === undefined ? {} : hashJson(hash),
    })),
    groups: sorted(groups).map(([groupname, { textname, textdescription, roles: own }]) => ({
      groupname, textname, textdescription, roles: ranksJson(own, 'rolename'),
      clients: ranksJson(membersOf(state, groupname), 'username'),
    })),
    roles: sorted(roles).map(([name, role]) => roleJson(name, role)),
    anonymousGroup,
  }, null, '\t')}\n`
}
