// What the engine refuses or gets wrong in a finished bundle, as far as the text shows it. A syntax error inside a
// function comes to light on the board only when that function is called: so a bundle with one is not built.
import { walk } from '../ast.mjs'
import { Chunk } from '../chunk.mjs'
import { findEarlyUses, findMissingMembers, findUnknownGlobals, NAME_RULES } from './names.mjs'
import { SYNTAX_RULES } from './syntax.mjs'

/** A rule that a bundle breaks, how to mend it, and where. */
/** @typedef {{ rule: string, mend: string, position: number, excerpt: string }} Finding */

/** Every rule: name and mend. */
export const GATE_RULES = [
  ...SYNTAX_RULES.map(({ name, mend }) => ({ name, mend })),
  ...Object.entries(NAME_RULES).map(([name, mend]) => ({ name, mend })),
]

const EXCERPT_SIZE = 60

/**
 * What is wrong with a bundle.
 * @param {Chunk} chunk
 * @returns {Finding[]}
 */
function findUnfit (chunk) {
  const { code, tree, root } = chunk
  const found = [...findSyntax(chunk), ...findUnknownGlobals(root), ...findMissingMembers(root, tree),
    ...findEarlyUses(root)]
  return found.map(({ rule, node, what }) => ({
    rule,
    mend: GATE_RULES.find(({ name }) => name === rule)?.mend ?? '',
    position: node.start,
    excerpt: what ?? code.slice(node.start, Math.min(node.end, node.start + EXCERPT_SIZE)),
  }))
}

/**
 * @param {Chunk} chunk
 * @returns {import('./names.mjs').Found[]}
 */
function findSyntax ({ code, tree }) {
  /** @type {import('./names.mjs').Found[]} */
  const found = []
  walk(tree, (node, parent, key) => {
    for (const rule of SYNTAX_RULES) {
      if (rule.matches(node, { parent, key, code })) found.push({ rule: rule.name, node })
    }
  })
  return found
}

/**
 * What is wrong with the text of a bundle.
 * @param {string} code
 */
export const checkBundle = code => findUnfit(new Chunk(code, 'script'))

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
 */
export function refuseUnfit (chunk) {
  const findings = findUnfit(chunk)
  if (findings.length > 0) throw new Error(`Espruino would not run this\n${formatFindings(findings)}`)
  return chunk.code
}
