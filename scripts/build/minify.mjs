// Terser's part of the passes.
import { minify } from 'terser'
import { TextError } from './edits.mjs'
import { COLD_PARAMETERS } from './passes/cold.mjs'

/** @typedef {import('./chunk.mjs').Chunk} Chunk */
/** @typedef {import('./types').Context} Context */
/** @typedef {import('terser').MinifyOptions} MinifyOptions */

/** Names that terser would give and Espruino takes for a keyword. */
const RESERVED_NAMES = ['of']

/**
 * @param {Chunk} chunk
 * @param {MinifyOptions} options
 */
async function run ({ code }, options) {
  try {
    return String((await minify(code, options)).code)
  } catch (error) {
    if (!(error instanceof Error) || !('pos' in error)) throw error
    throw new TextError(error.message, Number(error.pos))
  }
}

/**
 * Takes out what the board's constants have switched off, so that a function's only call can be told.
 * @param {Chunk} chunk
 * @param {Context} context
 */
export const cleanUp = (chunk, { names }) => run(chunk, {
  module: true,
  toplevel: true,
  mangle: false,
  compress: {
    defaults: false, ecma: 5, toplevel: true, passes: 3, dead_code: true, evaluate: true, unused: true, booleans: true,
    comparisons: true, reduce_vars: true, reduce_funcs: false, side_effects: true, inline: 1, pure_new: true,
    pure_funcs: names.pureMakers,
  },
  format: { ecma: 5, beautify: true },
})

/**
 * Terser's settings. On an interpreter terser must not wrap a function's body in a function expression at its
 * only call (`inline`, `reduce_funcs`), which would be made anew at each run: passes/inline.mjs has moved what can be
 * moved. `hoist_funs` because Espruino does not hoist; `hoist_vars` breaks there.
 * @param {number} ecmaVersion
 * @param {boolean} isModule
 * @param {string[]} pureReaders
 * @returns {MinifyOptions}
 */
function compressOptions (ecmaVersion, isModule, pureReaders) {
  const ecma = /** @type {5 | 2020} */ (ecmaVersion)
  const interpreted = ecma === 5
  return {
    ecma,
    module: isModule,
    toplevel: true,
    compress: {
      ecma,
      passes: 3,
      toplevel: true,
      hoist_funs: interpreted,
      hoist_vars: false,
      unsafe: false,
      keep_fargs: false,
      inline: interpreted ? 1 : 2,
      booleans_as_integers: interpreted,
      pure_getters: interpreted,
      pure_funcs: pureReaders,
      pure_new: interpreted,
      reduce_funcs: false,
    },
    mangle: interpreted ? false : { toplevel: true },
    format: { ecma, ascii_only: true, comments: false },
  }
}

/**
 * Compresses an interpreter's bundle that goes on through the passes.
 * @param {Chunk} chunk
 * @param {Context} context
 */
export const compress = (chunk, { names }) => run(chunk, compressOptions(5, true, names.pureReaders))

/**
 * Compresses a bundle that is done with everything else.
 * @param {Chunk} chunk
 * @param {Context} context
 */
export const compressLast = (chunk, { names, settings: { ecmaVersion, format } }) =>
  run(chunk, compressOptions(ecmaVersion, format !== 'script', names.pureReaders))

/**
 * Names locals and our own properties; passes/names.mjs has named the top level.
 * @param {Chunk} chunk
 * @param {Context} context
 */
export const mangle = (chunk, { hasCold }) => run(chunk, {
  compress: false,
  mangle: { reserved: [...RESERVED_NAMES, ...hasCold ? COLD_PARAMETERS : []], properties: { regex: /^_/ } },
  format: { ecma: 5, ascii_only: true, comments: false },
})
