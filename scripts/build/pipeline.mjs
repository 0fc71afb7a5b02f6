// Runs the passes of a build, one behind the other. After each the text is parsed, once, for the next; who fails is
// named, and the place.
import { Chunk } from './chunk.mjs'
import { TextError } from './edits.mjs'
import { PASSES } from './passes.mjs'

/** @typedef {import('./types').Pass} Pass */
/** @typedef {import('./types').Context} Context */

const EXCERPT_SIZE = 80

/** A pass that failed, or wrote what is no program. */
export class PassError extends Error {
  /**
   * @param {Pass} pass
   * @param {unknown} cause
   * @param {string} code  the text that the place is in
   * @param {string} what
   */
  constructor (pass, cause, code, what) {
    const message = cause instanceof Error ? cause.message : String(cause)
    super(`pass '${pass.name}' ${what}: ${message}${placeOf(cause, code)}`, { cause })
  }
}

/**
 * Where in a text something went wrong, and what stands there.
 * @param {unknown} error
 * @param {string} code
 */
function placeOf (error, code) {
  if (!(error instanceof TextError)) return ''
  const before = code.slice(0, error.position).split('\n')
  const excerpt = code.slice(Math.max(0, error.position - EXCERPT_SIZE / 2), error.position + EXCERPT_SIZE / 2)
  return ` (line ${before.length}, column ${(before.at(-1) ?? '').length + 1}: ${JSON.stringify(excerpt)})`
}

/**
 * A text as a chunk, or an error that says who wrote it.
 * @param {string} code
 * @param {Context} context
 * @param {Pass} pass
 */
function readBack (code, { settings: { format } }, pass) {
  try {
    return new Chunk(code, /^(script|extension)$/.test(format) ? 'script' : 'module')
  } catch (error) {
    throw new PassError(pass, error, code, 'wrote what is no program')
  }
}

/**
 * @param {Pass} pass
 * @param {Chunk} chunk
 * @param {Context} context
 */
async function runPass (pass, chunk, context) {
  try {
    return await pass.run(chunk, context)
  } catch (error) {
    throw new PassError(pass, error, chunk.code, 'failed')
  }
}

/**
 * Puts a text through the passes that are for it. `onStep` is told of each pass when it is done.
 * @param {string} code  an ES module
 * @param {Context} context
 * @param {{ passes?: Pass[], onStep?: (step: import('./types').Step) => void }} [options]
 */
export async function runPasses (code, context, { passes = PASSES, onStep } = {}) {
  const chosen = passes.filter(({ when }) => when(context.settings))
  let chunk = new Chunk(code)
  for (const [index, pass] of chosen.entries()) {
    const text = await runPass(pass, chunk, context)
    // The last pass may write bytes.
    const isLast = index === chosen.length - 1 && context.settings.tokens
    if (isLast) code = text
    else {
      chunk = text === chunk.code ? chunk : readBack(text, context, pass)
      code = chunk.code
    }
    onStep?.({ name: pass.name, size: code.length, number: index + 1, count: chosen.length })
  }
  return code
}
