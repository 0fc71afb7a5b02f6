// midge.json, held to boards/midge.schema.json: what every way onto a board asks before it takes one. What is said of a
// wrong one quotes none of its values: they may be passwords.

import schema from '../../boards/midge.schema.json'
import { FlashError } from './flash_error'
import { timeFaults, zoneTold } from './time_settings'

/** The keywords of JSON Schema that a board's schema is written in; `title` says what a value must be. */
interface Rule {
  type?: string
  title?: string
  minimum?: number
  maximum?: number
  pattern?: string
  properties?: Record<string, Rule>
  additionalProperties?: boolean | Rule
  items?: Rule
  /** Members that must be there. */
  required?: string[]
  /** It must be one of these; `title` says what that is. */
  anyOf?: Rule[]
  /** `#/definitions/` and the name of a rule there. */
  $ref?: string
  definitions?: Record<string, Rule>
}

const SCHEMA = schema as Rule

/** The rule itself, where it stands in more than one place. */
const ruleOf = (rule: Rule): Rule => rule.$ref ? SCHEMA.definitions![rule.$ref.replace('#/definitions/', '')] : rule

/** Something that a board would not take, under the setting of that name; '' for the whole. */
export interface ConfigurationFault { key: string, where: string, expected: string }

/** Bytes of a network's name. IEEE 802.11. */
const WIFI_NAME_SIZE_MAX = 32

const NAMES: Record<string, string> = {
  string: 'a text', number: 'a number', boolean: 'true or false', object: 'an object', array: 'a list',
}

const typeOf = (value: unknown): string => Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value

const expectedOf = ({ type, title, minimum, maximum }: Rule): string =>
  title ?? NAMES[type!] + (minimum === undefined ? '' : ` from ${minimum} to ${maximum}`)

/** Whether a value is of a rule's own, whatever is in it. */
function isSuch (value: unknown, { type, minimum, maximum, pattern }: Rule): boolean {
  if (typeOf(value) !== type) return false
  if (typeof value === 'number') return value >= (minimum ?? value) && value <= (maximum ?? value)
  return typeof value !== 'string' || pattern === undefined || new RegExp(pattern, 'u').test(value)
}

function faultsOf (value: unknown, given: Rule, key: string, where: string): ConfigurationFault[] {
  const rule = ruleOf(given)
  if (rule.anyOf) {
    // Of several of one type the first that fits is meant; one alone of its type says more than that it is none.
    const such = rule.anyOf.map(ruleOf).filter(({ type }) => type === typeOf(value))
    const faults = such.map(one => faultsOf(value, one, key, where))
    if (faults.some(found => found.length === 0)) return []
    return faults.length === 1 && typeof value === 'object' ? faults[0]
      : [{ key, where, expected: `must be ${rule.title}` }]
  }
  if (!isSuch(value, rule)) return [{ key, where, expected: `must be ${expectedOf(rule)}` }]
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => faultsOf(item, rule.items!, key, `${where}, entry ${index + 1}`))
  }
  if (rule.type !== 'object') return []
  const missing = (rule.required ?? []).filter(name => !Object.hasOwn(value as object, name))
    .map(name => ({ key, where, expected: `must have "${name}"` }))
  const wrong = Object.entries(value as object).flatMap(([name, member]): ConfigurationFault[] => {
    const properties = rule.properties ?? {}
    const own = Object.hasOwn(properties, name) ? properties[name] : rule.additionalProperties
    const isSetting = where === ''
    if (own === true) return []
    if (typeof own !== 'object') {
      const expected = isSetting ? `there is no setting "${name}"` : `has no "${name}"`
      return [{ key: isSetting ? name : key, where, expected }]
    }
    return faultsOf(member, own, isSetting ? name : key, isSetting ? `"${name}"` : `${where}, "${name}"`)
  })
  return [...missing, ...wrong]
}

/** Everything in a configuration that a board would not take. */
export function configurationFaults (settings: unknown): ConfigurationFault[] {
  const found = faultsOf(settings, SCHEMA, '', '')
  if (found.some(({ key }) => key === '' || key === 'wifi_ssid')) return found
  const isForTime = !found.some(({ key }) => key === 'time' || key === 'rules')
  const faults = isForTime ? [...found, ...timeFaults(settings as Record<string, unknown>)] : found
  // A schema counts characters.
  const { wifi_ssid: name = '' } = settings as { wifi_ssid?: string }
  if (new TextEncoder().encode(name).length <= WIFI_NAME_SIZE_MAX) return faults
  const { title } = schema.properties.wifi_ssid
  return [...faults, { key: 'wifi_ssid', where: '"wifi_ssid"', expected: `must be ${title}` }]
}

/** The faults of a file, or of what was made of one, in one sentence; '' where there are none. */
export const configurationProblem = (settings: unknown): string =>
  configurationFaults(settings).map(({ where, expected }) => `${where} ${expected}`.trim()).join('; ')

const token = (pattern: string): RegExp => new RegExp(`(?:${pattern})[ \\t\\r\\n]*`, 'y')
const SPACE = token('')
const TEXT = token('"(?:[^"\\\\\\x00-\\x1f]|\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
const NUMBER = token('-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?')
const WORD = token('true|false|null')
const [OBJECT, OBJECT_END, ARRAY, ARRAY_END, COLON, COMMA] = ['\\{', '\\}', '\\[', '\\]', ':', ','].map(token)

/** Where a text stops being JSON; JSON.parse says it only sometimes, and quotes what stands around it. */
function brokenAt (text: string): number {
  let at = 0
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const isThere = pattern.test(text)
    if (isThere) at = pattern.lastIndex
    return isThere
  }
  const list = (end: RegExp, member: () => boolean): boolean => {
    if (take(end)) return true
    do if (!member()) return false; while (take(COMMA))
    return take(end)
  }
  const value = (): boolean => {
    if (take(OBJECT)) return list(OBJECT_END, () => take(TEXT) && take(COLON) && value())
    return take(ARRAY) ? list(ARRAY_END, value) : take(TEXT) || take(NUMBER) || take(WORD)
  }
  take(SPACE)
  value()
  return at
}

/**
 * What a file's bytes say, as a board is told. Throws FlashError, with everything that a board would not take, under
 * the file's name.
 */
export function configurationRead (data: Uint8Array, file: string): Record<string, unknown> {
  // A mark of the order of bytes is no JSON to a board.
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(data)
  let settings: unknown
  try {
    settings = JSON.parse(text)
  } catch {
    const lines = text.slice(0, brokenAt(text)).split('\n')
    throw new FlashError('usage',
      `${file} is no JSON: look at line ${lines.length}, column ${lines.at(-1)!.length + 1}`)
  }
  const problem = configurationProblem(settings)
  if (problem) throw new FlashError('usage', `${file}: ${problem}`)
  return zoneTold(settings as Record<string, unknown>)
}
