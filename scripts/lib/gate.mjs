// What the engine refuses or gets wrong in a finished bundle, as far as the text shows it. A syntax error inside a
// function comes to light on the board only when that function is called: so a bundle with one is not built.
import { parseChunk, walk } from './ast.mjs'
import { findEarlyUses, findMissingMembers, findUnknownGlobals, NAME_RULES } from './gate_names.mjs'
import { SYNTAX_RULES } from './gate_syntax.mjs'
import { buildScopes } from './scope.mjs'

/** Every rule: name and mend. */
export const GATE_RULES = [
  ...SYNTAX_RULES.map(({ name, mend }) => ({ name, mend })),
  ...Object.entries(NAME_RULES).map(([name, mend]) => ({ name, mend })),
]

const EXCERPT_SIZE = 60

/** What is wrong with a bundle: { rule, mend, position, excerpt } each. */
export function checkBundle (code) {
  const tree = parseChunk(code, 'script')
  const root = buildScopes(tree)
  const found = [...findSyntax(code, tree), ...findUnknownGlobals(root), ...findMissingMembers(root, tree),
    ...findEarlyUses(root)]
  return found.map(({ rule, node, what }) => ({
    rule,
    mend: GATE_RULES.find(({ name }) => name === rule).mend,
    position: node.start,
    excerpt: what ?? code.slice(node.start, Math.min(node.end, node.start + EXCERPT_SIZE)),
  }))
}

function findSyntax (code, tree) {
  const found = []
  walk(tree, (node, parent, key) => {
    for (const rule of SYNTAX_RULES) {
      if (rule.matches(node, { parent, key, code })) found.push({ rule: rule.name, node })
    }
  })
  return found
}

/** One line for each, for a person. */
export function formatFindings (findings) {
  return findings.map(({ rule, mend, position, excerpt }) => `at ${position}: ${rule} (${excerpt}): ${mend}`).join('\n')
}
