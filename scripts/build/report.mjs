// `npm run build -- <board> --passes`: what each pass of a board's bundle brings. A pass saves what the finished bundle
// has more without it: behind the others the size of the text between says little.
import { shippedOptions } from './edition.mjs'
import { finishBundle, rollBoard } from './make.mjs'
import { PASSES } from './passes.mjs'
import { PassError } from './pipeline.mjs'
import { hasEngine, usageAtRest } from '../memory/engine.mjs'

/** @typedef {import('./types').Step} Step */

/**
 * The bundle without a pass, or null where it cannot be made.
 * @param {import('./make.mjs').Rolled} rolled
 * @param {string} name
 */
async function bundleWithout (rolled, name) {
  try {
    return (await finishBundle(rolled, { passes: PASSES.filter(pass => pass.name !== name) })).code
  } catch (error) {
    if (error instanceof PassError) return null
    throw error
  }
}

/**
 * Rows of a table: each pass with the size of the text behind it, the bytes that it saves in the finished bundle and,
 * where ESPRUINO names an interpreter, the variables.
 * @param {string} boardName
 */
export async function passRows (boardName) {
  const rolled = await rollBoard(boardName, await shippedOptions(boardName))
  /** @type {Step[]} */
  const steps = []
  const { code } = await finishBundle(rolled, { onStep: step => steps.push(step) })
  const isCounted = hasEngine() && rolled.settings.tokens
  const used = isCounted ? await usageAtRest(code) : 0
  const head = [boardName, 'bytes behind it', 'saves', ...isCounted ? ['variables'] : []]
  const rows = []
  for (const { name, size } of steps) {
    const isOptional = PASSES.find(pass => pass.name === name)?.isOptional
    const without = isOptional ? await bundleWithout(rolled, name) : null
    const variables = without !== null && isCounted ? await usageAtRest(without) - used : ''
    rows.push([name, size, without === null ? '' : without.length - code.length, ...isCounted ? [variables] : []])
  }
  return [head, ['rollup', rolled.code.length, '', ...isCounted ? [''] : []], ...rows]
}
