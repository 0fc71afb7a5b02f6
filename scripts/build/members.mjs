// Functions of the top level whose bodies can stand elsewhere, and how their own names are written then: for the pass
// that leaves them in flash (passes/cold.mjs).
import { isFunction, walk } from './ast.mjs'
import { allScopes } from './scope.mjs'

/** @typedef {import('./types').Node} Node */
/** @typedef {import('./types').Edit} Edit */
/** @typedef {import('./scope.mjs').Scope} Scope */

/** A function, and where it is named: in calls, and where it is handed on. */
/** @typedef {{ node: Node, uses: Node[] }} Member */

/**
 * Whether a function's text says all of what it does.
 * @param {Node} node
 */
function isPlain (node) {
  let plain = node.params.every((/** @type {Node} */ { type }) => type === 'Identifier')
  walk(node.body, child => {
    if (child.type === 'Identifier' && child.name === 'arguments') plain = false
  })
  return plain
}

/**
 * Such functions with their uses, by name; one whose name is given another value is left out.
 * @param {import('./chunk.mjs').Chunk} chunk
 */
export function findMembers ({ tree, root }) {
  /** @type {Map<string, Member>} */
  const members = new Map()
  for (const node of tree.body) {
    if (node.type === 'FunctionDeclaration' && isPlain(node)) members.set(node.id.name, { node, uses: [] })
  }
  for (const scope of allScopes(root)) {
    for (const { name, node, parent, key } of scope.references) {
      if (scope.find(name) !== root) continue
      if (parent.type === 'AssignmentExpression' && key === 'left') members.delete(name)
      else members.get(name)?.uses.push(node)
    }
  }
  return members
}

/**
 * Edits that give names of a function's own others, in its body.
 * @param {Scope} scope
 * @param {Map<string, string>} names
 * @returns {Edit[]}
 */
export function renameEdits (scope, names) {
  /** @type {Edit[]} */
  const edits = []
  const rename = (/** @type {Node} */ { start, end, name }) => {
    const text = names.get(name)
    if (text !== undefined) edits.push({ start, end, text })
  }
  for (const inner of allScopes(scope)) {
    for (const { name, node } of inner.references) if (inner.find(name) === scope) rename(node)
  }
  walk(scope.node.body, node => {
    if (node !== scope.node.body && isFunction(node)) return false
    if (node.type === 'VariableDeclarator') rename(node.id)
    return true
  })
  return edits
}
