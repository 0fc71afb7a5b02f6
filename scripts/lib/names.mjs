// Short names for what a bundle declares at its top level: the more often a name is used, the shorter. On an
// interpreter without bytecode a name is read each time it is met, and each character of it costs. (terser gives
// out names in the order of declaration.)
import { applyEdits, parseChunk, walk } from './ast.mjs'
import { allScopes, buildScopes } from './scope.mjs'

const FIRST = 'abcdefghijklmnopqrstuvwxyzABCDFGHIJKLMNOPQRSTUVWXYZ$'
const FURTHER = `${FIRST}E0123456789`
/** Words of the language, and names of the engine's own that a bundle uses. */
const TAKEN = new Set(['do', 'if', 'in', 'of', 'as'])

function nameAt (index) {
  if (index < FIRST.length) return FIRST[index]
  const rest = index - FIRST.length
  return FIRST[Math.floor(rest / FURTHER.length)] + FURTHER[rest % FURTHER.length]
}

const isFunction = node => /Function/.test(node?.type ?? '')

/** Identifiers that declare a local of a function: parameters and `var`s. */
function localDeclarations (tree) {
  const found = []
  const visit = (top) => walk(top, node => {
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
 * The code with its top-level names shortened, and the short names by the long ones. The locals of functions get a tail
 * that no top-level name has: what mangles them afterwards keeps them apart from the names that their function uses.
 */
export function shortenNames (code) {
  const tree = parseChunk(code)
  const root = buildScopes(tree)
  const uses = new Map([...root.declared.keys()].map(name => [name, []]))
  const edits = []
  const markLocal = node => edits.push({ start: node.end, end: node.end, text: '$$' })
  for (const scope of allScopes(root)) {
    for (const { name, node } of scope.references) {
      const owner = scope.find(name)
      if (owner === root) uses.get(name).push(node)
      else if (owner && name !== 'arguments') markLocal(node)
    }
  }
  localDeclarations(tree).forEach(markLocal)
  for (const node of tree.body) {
    if (node.type === 'FunctionDeclaration') uses.get(node.id.name).push(node.id)
    for (const { id } of node.declarations ?? []) uses.get(id.name).push(id)
    for (const specifier of node.specifiers ?? []) uses.get(specifier.local.name)?.push(specifier)
  }
  let index = 0
  const names = {}
  for (const [name, nodes] of [...uses].sort((a, b) => b[1].length - a[1].length)) {
    while (TAKEN.has(nameAt(index))) index++
    const text = names[name] = nameAt(index++)
    for (const { start, end, exported } of nodes) {
      edits.push({ start, end, text: exported ? `${text} as ${exported.name}` : text })
    }
  }
  return { code: applyEdits(code, edits), names }
}
