// Short names for what a bundle declares at its top level: the more often a name is used, the shorter. On an
// interpreter without bytecode a name is read each time it is met, and each character of it costs. (terser gives
// out names in the order of declaration.)
import { isFunction, walk } from '../ast.mjs'
import { applyEdits } from '../edits.mjs'
import { allScopes } from '../scope.mjs'
import { COLD_PARAMETERS, coldParameter } from './cold.mjs'

/** @typedef {import('../types').Node} Node */

const FIRST = 'abcdefghijklmnopqrstuvwxyzABCDFGHIJKLMNOPQRSTUVWXYZ$'
const FURTHER = `${FIRST}E0123456789`
/** Words of the language, and names of the engine's own that a bundle uses. */
const TAKEN = new Set(['do', 'if', 'in', 'of', 'as'])

/**
 * @param {number} index
 */
function nameAt (index) {
  if (index < FIRST.length) return FIRST[index]
  const rest = index - FIRST.length
  return FIRST[Math.floor(rest / FURTHER.length)] + FURTHER[rest % FURTHER.length]
}

/**
 * Identifiers that declare a local of a function: parameters and `var`s.
 * @param {Node} tree
 */
function localDeclarations (tree) {
  /** @type {Node[]} */
  const found = []
  const visit = (/** @type {Node} */ top) => walk(top, node => {
    if (isFunction(node) && node !== top) {
      visit(node)
      return false
    }
    if (isFunction(node)) found.push(...node.params)
    if (node.type === 'VariableDeclarator' && top !== tree) found.push(node.id)
    return true
  })
  visit(tree)
  return found
}

/**
 * By name of the top level: the nodes that say it.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {(node: Node) => void} markLocal  is told each use of a function's own name
 */
function findUses ({ tree, root }, markLocal) {
  /** @type {Map<string, Node[]>} */
  const uses = new Map([...root.declared.keys()].map(name => [name, []]))
  for (const scope of allScopes(root)) {
    for (const { name, node } of scope.references) {
      const owner = scope.find(name)
      if (owner === root) uses.get(name)?.push(node)
      else if (owner && name !== 'arguments') markLocal(node)
    }
  }
  localDeclarations(tree).forEach(markLocal)
  for (const node of tree.body) {
    if (node.type === 'FunctionDeclaration') uses.get(node.id.name)?.push(node.id)
    for (const { id } of node.declarations ?? []) uses.get(id.name)?.push(id)
    for (const specifier of node.specifiers ?? []) uses.get(specifier.local.name)?.push(specifier)
  }
  return uses
}

/**
 * The code with its top-level names shortened; what each became is left in the context. The locals of functions get a
 * tail that no top-level name has: what mangles them afterwards keeps them apart from the names that their function
 * uses.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {Pick<import('../types').Context, 'short' | 'hasCold'>} context
 */
export function shortenNames (chunk, context) {
  /** @type {import('../types').Edit[]} */
  const edits = []
  const markLocal = (/** @type {Node} */ { start, end, name }) => {
    const text = coldParameter(name)
    edits.push(text ? { start, end, text } : { start: end, end, text: '$$' })
  }
  const uses = findUses(chunk, markLocal)
  const taken = new Set([...TAKEN, ...context.hasCold ? COLD_PARAMETERS : []])
  let index = 0
  /** @type {Record<string, string>} */
  const names = {}
  for (const [name, nodes] of [...uses].sort((a, b) => b[1].length - a[1].length)) {
    while (taken.has(nameAt(index))) index++
    const text = names[name] = nameAt(index++)
    for (const { start, end, exported } of nodes) {
      edits.push({ start, end, text: exported ? `${text} as ${exported.name}` : text })
    }
  }
  context.short = names
  return applyEdits(chunk.code, edits)
}
