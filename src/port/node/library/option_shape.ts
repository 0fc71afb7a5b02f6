// What options may be, as a table of checks by their names: a value that is none, and a name that nobody knows, is an
// error before anything is done.
import { closestWord } from './closest_word'

/** Judges a value that a program calls `name`; throws where it is not what it should be. */
export type Check = (value: unknown, name: string) => void

/** A check for each option that there is. */
export type Shape<Options> = { [Name in keyof Required<Options>]: Check }

/** A value as an error shows it; what is in an object may be large, or throw. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100))
  if (Object(value) !== value) return String(value)
  return typeof value === 'function' ? 'a function' : 'an object'
}

/** The error about a value; a number that is not in its range is a RangeError. */
function wrong(name: string, value: unknown, wanted: string, isRange = false): Error {
  const sentence = `${name} is ${shown(value)}; ${wanted}.`
  return isRange && typeof value === 'number' ? new RangeError(sentence) : new TypeError(sentence)
}

/** The error about what is no object with names; without a name it is what a program gives as its options. */
function noObject(name: string, value: unknown): Error {
  const what = Array.isArray(value) ? 'a list' : shown(value)
  return new TypeError(`${name ? `${name} is` : 'The options are'} ${what}; give an object.`)
}

const typed = (type: string, wanted: string): Check => (value, name) => {
  if (typeof value !== type) throw wrong(name, value, wanted)
}

export const isTrueOrFalse = typed('boolean', 'say true or false')
export const isText = typed('string', 'give a string')
export const isFunction = typed('function', 'give a function')

/** What it says is not repeated: it is nobody's to read. */
export const isSecret: Check = (value, name) => {
  if (typeof value !== 'string') throw new TypeError(`${name} is no string; give one.`)
}

export const isName: Check = (value, name) => {
  isText(value, name)
  if (value === '') throw wrong(name, value, 'give a string that is not empty')
}

/** A whole number; without a bound `most` Infinity is one too. */
export const isWhole = (least: number, most = Infinity): Check => (value, name) => {
  const isOne = Number.isInteger(value) || value === Infinity
  if (isOne && (value as number) >= least && (value as number) <= most) return
  const where = most === Infinity ? `from ${least} on` : `from ${least} to ${most}`
  throw wrong(name, value, `give a whole number ${where}`, true)
}

const listed = (words: string[]): string => [words.slice(0, -1).join(', '), words.at(-1)].filter(Boolean).join(' or ')

export const isOneOf = (...choices: readonly (string | number)[]): Check => (value, name) => {
  if (!choices.includes(value as string | number)) throw wrong(name, value, `say ${listed(choices.map(String))}`, true)
}

export const isListOf = (check: Check, least = 0): Check => (value, name) => {
  if (!Array.isArray(value)) throw wrong(name, value, 'give a list')
  if (value.length < least) throw new TypeError(`${name} is empty; give at least ${least}.`)
  value.forEach((one, i) => check(one, `${name}[${i}]`))
}

/** Whether it is an object whose names count: no list, no Map, no function. */
const isObject = (value: unknown): value is Record<string, unknown> =>
  Object.prototype.toString.call(value) === '[object Object]'

/** An object with names of the program's own. */
export const isRecordOf = (check: Check): Check => (value, name) => {
  if (!isObject(value)) throw noObject(name, value)
  for (const [key, one] of Object.entries(value)) check(one, `${name}.${key}`)
}

/** An object that has these functions, whatever else it has. */
export const hasFunctions = (...names: string[]): Check => (value, name) => {
  const all = value as Record<string, unknown> | null | undefined
  const missing = names.find((one) => typeof all?.[one] !== 'function')
  if (missing !== undefined) throw wrong(name, value, `give an object with a function ${missing}`)
}

/**
 * An object of options; `needed` must be there. An option that is undefined is one that is left out. A program calls
 * options of its own by their names alone: `name` is '' then.
 */
export function isOptions<Options>(shape: Shape<Options>, needed: (keyof Options & string)[] = []): Check {
  const checks = shape as Record<string, Check>
  return (value, name) => {
    if (!isObject(value)) throw noObject(name, value)
    const inside = (key: string): string => name ? `${name}.${key}` : key
    for (const [key, one] of Object.entries(value)) {
      if (!Object.hasOwn(checks, key)) {
        throw new TypeError(
          `${inside(key)} is no option that there is; the closest is ${closestWord(key, Object.keys(checks))}.`)
      }
      if (one !== undefined) checks[key](one, inside(key))
    }
    for (const key of needed) {
      if (value[key] === undefined) throw new TypeError(`${inside(key)} is missing; it has to be said.`)
    }
  }
}
