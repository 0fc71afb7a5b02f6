// The lists by which passes are told of single functions and variables of the core. Every entry must name something:
// what no file of src declares at its top level, or more than one, ends the build (names.mjs).
import { APART } from './apart.mjs'
import { COLD } from './cold.mjs'
import { CONSTRUCTORS } from './constructors.mjs'
import { DOTTED } from './dotted.mjs'
import { HOT } from './hot.mjs'
import { PURE_MAKERS, PURE_READERS } from './pure.mjs'
import { COUNTS, MAKERS } from './tables.mjs'

/** @type {import('../types').Lists} */
export const LISTS = {
  hot: HOT, cold: COLD, hosts: [], apart: APART, dotted: DOTTED, makers: MAKERS, counts: COUNTS,
  pureMakers: PURE_MAKERS, pureReaders: PURE_READERS, constructors: CONSTRUCTORS,
}
