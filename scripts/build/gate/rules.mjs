// The gate's rules, all together: what the engine refuses or gets wrong, as far as a program's text shows it. For the
// finished bundles of boards (gate.mjs) and for what owners write (hub_check.mjs); knows neither Node nor a browser.
import { walk } from '../ast.mjs'
import { findEarlyUses, findMissingMembers, findUnknownGlobals, NAME_RULES } from './names.mjs'
import { SYNTAX_RULES } from './syntax.mjs'

/** @typedef {import('../chunk.mjs').Chunk} Chunk */
/** A rule that a program breaks, how to mend it, and where. */
/** @typedef {{ rule: string, mend: string, position: number, excerpt: string }} Finding */

/** Every rule: name and mend. */
export const GATE_RULES = [
  ...SYNTAX_RULES.map(({ name, mend }) => ({ name, mend })),
  ...Object.entries(NAME_RULES).map(([name, mend]) => ({ name, mend })),
]

const EXCERPT_SIZE = 60

/**
 * What is wrong with a program.
 * @param {Chunk} chunk
 * @param {import('./engine_names.mjs').EngineNames} engine
 * @param {import('./syntax.mjs').Rule[]} rules  of syntax
 * @returns {Finding[]}
 */
export function findUnfit (chunk, engine, rules = SYNTAX_RULES) {
  const { code, tree, root } = chunk
  const found = [...findSyntax(chunk, rules), ...findUnknownGlobals(root, engine),
    ...findMissingMembers(root, tree, engine), ...findEarlyUses(root)]
  return found.map(({ rule, node, what }) => ({
    rule,
    mend: rules.find(({ name }) => name === rule)?.mend ?? NAME_RULES[rule],
    position: node.start,
    excerpt: what ?? code.slice(node.start, Math.min(node.end, node.start + EXCERPT_SIZE)),
  }))
}

/**
 * @param {Chunk} chunk
 * @param {import('./syntax.mjs').Rule[]} rules
 * @returns {import('./names.mjs').Found[]}
 */
function findSyntax ({ code, tree }, rules) {
  /** @type {import('./names.mjs').Found[]} */
  const found = []
  walk(tree, (node, parent, key) => {
    for (const rule of rules) {
      if (rule.matches(node, { parent, key, code })) found.push({ rule: rule.name, node })
    }
  })
  return found
}
