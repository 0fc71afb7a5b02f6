// What a bundle's functions assign to: an argument that a moved function cannot change need not be copied.
import { perNode, walk } from './ast.mjs'

/** @typedef {import('./types').Node} Node */

/** Names that code under a node assigns to. */
export const assignedNames = perNode(node => {
  /** @type {Set<string>} */
  const names = new Set()
  walk(node, child => {
    if (child.type === 'AssignmentExpression' && child.left.type === 'Identifier') names.add(child.left.name)
    if (child.type === 'UpdateExpression' && child.argument.type === 'Identifier') names.add(child.argument.name)
  })
  return names
})

/** Names that code under a node calls; null: what it calls is not known by name. */
const calledNames = perNode(node => {
  /** @type {Set<string> | null} */
  let called = new Set()
  walk(node, child => {
    if (child.type !== 'CallExpression') return
    if (child.callee.type === 'Identifier') called?.add(child.callee.name)
    else if (child.callee.computed) called = null
  })
  return called
})

/**
 * Names of the top level that a function, or what it calls, assigns to; null: it could be any.
 * @param {Map<string, Node>} functions  the top level's, by name
 * @param {string} name
 */
export function writesOf (functions, name) {
  /** @type {Set<string>} */
  const written = new Set()
  const seen = new Set([name])
  for (const called of seen) {
    const node = functions.get(called)
    if (!node) continue
    const further = calledNames(node.body)
    if (!further) return null
    for (const other of further) seen.add(other)
    for (const own of assignedNames(node.body)) written.add(own)
  }
  return written
}
