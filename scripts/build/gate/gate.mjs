// The gate: refuses a finished bundle that the engine would refuse or get wrong. A syntax error inside a function comes
// to light on the board only when that function is called: so a bundle with one is not built.
import { Chunk } from '../chunk.mjs'
import { HOST } from '../passes/given.mjs'
import { engineApi } from './engine_api.mjs'
import { engineNames } from './engine_names.mjs'
import { findUnfit } from './rules.mjs'

/** @typedef {import('./rules.mjs').Finding} Finding */

const ENGINE = engineNames(engineApi)
/** What an extension is given besides: src/hub/extension.d.ts. */
const EXTENSION = engineNames(engineApi, ['midge', HOST])

/**
 * What is wrong with the text of a bundle.
 * @param {string} code
 */
export const checkBundle = code => findUnfit(new Chunk(code, 'script'), ENGINE)

/**
 * One line for each, for a person.
 * @param {Finding[]} findings
 */
export function formatFindings (findings) {
  return findings.map(({ rule, mend, position, excerpt }) => `at ${position}: ${rule} (${excerpt}): ${mend}`).join('\n')
}

/**
 * The bundle as it is; throws where Espruino would not run it.
 * @param {Chunk} chunk
 * @param {Pick<import('../types').Context, 'settings'>} context
 */
export function refuseUnfit (chunk, { settings: { format } }) {
  const findings = findUnfit(chunk, format === 'extension' ? EXTENSION : ENGINE)
  if (findings.length > 0) throw new Error(`Espruino would not run this\n${formatFindings(findings)}`)
  return chunk.code
}
