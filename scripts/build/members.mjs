// Functions of the top level whose bodies can stand elsewhere, and how their own names are written then: for the passes
// that put several into one (passes/merge.mjs), or leave them in flash (passes/cold.mjs).
import { isFunction, isReference, walk } from './ast.mjs'
import { allScopes } from './scope.mjs'

/** @typedef {import('./types').Node} Node */
/** @typedef {import('./types').Edit} Edit */
/** @typedef {import('./scope.mjs').Scope} Scope */

/** A function with its calls. */
/** @typedef {{ node: Node, calls: Node[] }} Member */

/**
 * Whether a function's text says all of what it does.
 * @param {Node} node
 */
function isPlain (node) {
  let plain = node.params.every((/** @type {Node} */ { type }) => type === 'Identifier')
  walk(node.body, child => {
    if (child.type === 'ThisExpression' || child.type === 'Identifier' && child.name === 'arguments') plain = false
  })
  return plain
}

/**
 * Such functions with their calls, by name; one that is also passed around is left out.
 * @param {Node} tree
 */
export function findMembers (tree) {
  /** @type {Map<string, Member>} */
  const members = new Map()
  for (const node of tree.body) {
    if (node.type === 'FunctionDeclaration' && isPlain(node)) members.set(node.id.name, { node, calls: [] })
  }
  for (const top of tree.body) {
    walk(top, (node, parent, key) => {
      if (node.type !== 'Identifier' || !members.has(node.name) || node === top.id) return
      if (parent.type === 'CallExpression' && key === 'callee') members.get(node.name)?.calls.push(parent)
      else if (parent.type === 'ExportSpecifier' || isReference(parent, key)) members.delete(node.name)
    })
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
