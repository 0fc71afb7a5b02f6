// What the engine has and has not, by name: from the simulator's table, and from what this Node has more.
import { readFileSync } from 'node:fs'
import { stripTypes } from '../typescript.mjs'

const file = new URL('../../../src/simulator/engine_api.ts', import.meta.url)
const code = stripTypes(readFileSync(file, 'utf8'), 'engine_api.ts')

export const { BOARD_GLOBALS, LANGUAGE_GLOBALS, METHODS, STATICS } =
  await import(`data:text/javascript,${encodeURIComponent(code)}`)

/** Pins are globals too. */
const PIN = /^[A-G]\d{1,2}$/

export const isGlobal = (/** @type {string} */ name) =>
  LANGUAGE_GLOBALS.includes(name) || BOARD_GLOBALS.includes(name) || PIN.test(name)

const present = new Set(Object.values(METHODS).flat())

const PROTOTYPES = [
  Array, String, Number, Object, Function, Date, RegExp, Promise, DataView, ArrayBuffer,
  Object.getPrototypeOf(Uint8Array),
].map(type => type.prototype)

/** Methods that this Node has and the engine has not, on no type. */
export const MISSING_METHODS = new Set(PROTOTYPES.flatMap(prototype => Object.getOwnPropertyNames(prototype))
  .filter(name => !present.has(name) && !['constructor', 'keys', 'values', 'entries'].includes(name)))
