// One command of `mosquitto_ctrl dynsec`, and what commands have in common.
import { type Described, type Ranks, type State, isObject } from './state'

export type Fields = Record<string, unknown>

/** Why a command was not done, in the words of mosquitto's plugin, which its clients know. */
export class CommandError extends Error {}

export interface Work {
  state: State
  fields: Fields
  /** Clients that the command is about: they are to come again. `null` is those without a User Name. */
  touched: Set<string | null>
  /** Who is connected. */
  addressesOf: (userName: string) => string[]
}

/** Does a command; answers what the response has for `data`. */
export type Command = (work: Work) => Fields | undefined

/** Whether a text is one that mosquitto takes for UTF-8: no controls, and nothing that Unicode has no character for. */
export const isText = (value: unknown): value is string =>
  typeof value === 'string' && !/\p{Control}|\p{Surrogate}|\p{Noncharacter_Code_Point}/u.test(value)

/** What the plug-in calls names in its sentence about their bytes. */
const CALLED: Record<string, string> = {
  username: 'Username', groupname: 'Group name', rolename: 'Role name', clientid: 'Client ID',
}

/** A name that must be said; `what` is how the plug-in calls it. */
export function nameOf(fields: Fields, key: string, what = key): string {
  const name = fields[key]
  if (typeof name !== 'string') throw new CommandError(`Invalid/missing ${what}`)
  if (name === '') throw new CommandError(`Empty ${what}`)
  if (!isText(name)) throw new CommandError(`${CALLED[key] ?? what} not valid UTF-8`)
  return name
}

/** A text that need not be said. */
export function optionalOf(fields: Fields, key: string, what = key): string | undefined {
  const value = fields[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw new CommandError(`Invalid/missing ${what}`)
  if (!isText(value)) throw new CommandError(`${CALLED[key] ?? what} not valid UTF-8`)
  return value
}

export function found<Value>(map: Map<string, Value>, name: string, what: string): Value {
  const value = map.get(name)
  if (value === undefined) throw new CommandError(`${what} not found`)
  return value
}

/** Ranks whose names are all there. */
export function checkedRanks(ranks: Ranks, names: Map<string, unknown>, what: string): Ranks {
  for (const name of ranks.keys()) found(names, name, what)
  return ranks
}

/** That a list of objects is one, where it is said. */
export function listCheck(fields: Fields, key: string, name: string): boolean {
  const list = fields[key]
  if (list === undefined) return false
  if (Array.isArray(list) && list.every((entry) => isObject(entry) && isText(entry[name]))) return true
  throw new CommandError(`'${key}' not an array or missing/invalid ${name}`)
}

/** A part of a list, from `offset` on, `count` at the most. */
export function page<Entry>(fields: Fields, entries: Entry[]): Entry[] {
  const offset = typeof fields.offset === 'number' ? Math.max(0, fields.offset) : 0
  const count = typeof fields.count === 'number' && fields.count >= 0 ? Math.max(1, fields.count) : Infinity
  return entries.slice(offset, offset + count)
}

/** Texts that are said; one that is empty takes away what was there. */
export function describedBy(fields: Fields): Described {
  const said = (['textname', 'textdescription'] as const).map((key) => [key, optionalOf(fields, key)] as const)
  const changed = said.filter(([, text]) => text !== undefined)
  return Object.fromEntries(changed.map(([key, text]) => [key, text || undefined]))
}
