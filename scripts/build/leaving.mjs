// How a function's statements leave it, for what is moved to another place.
import { isFunction, perNode, walk } from './ast.mjs'

/** @typedef {import('./types').Node} Node */
/** @typedef {import('./types').Edit} Edit */

/**
 * Whether a statement list always leaves by return.
 * @param {Node[]} statements
 * @returns {boolean}
 */
export function alwaysReturns (statements) {
  const last = statements.at(-1)
  if (!last) return false
  if (last.type === 'ReturnStatement') return true
  if (last.type === 'BlockStatement') return alwaysReturns(last.body)
  if (last.type !== 'IfStatement' || !last.alternate) return false
  return [last.consequent, last.alternate].every(branch => alwaysReturns([branch]))
}

/** The returns under a node, but for those of functions in it. */
export const returnsOf = perNode(node => {
  /** @type {Node[]} */
  const found = []
  walk(node, child => {
    if (isFunction(child)) return false
    if (child.type === 'ReturnStatement') found.push(child)
    return true
  })
  return found
})

/**
 * Whether every return of a function can become a `break` out of a `do {} while (0)`: none in a loop, and a return at
 * the end.
 * @param {Node} callee
 */
export function canBreak (callee) {
  const { body } = callee
  if (!alwaysReturns(body.body) && returnsOf(body).some(node => node.argument)) return false
  let isFree = true
  walk(body, node => {
    if (/^(For|While|DoWhile|Switch)/.test(node.type) && returnsOf(node).length > 0) isFree = false
  })
  return isFree
}

const listOf = (/** @type {Node} */ node) => node.type === 'BlockStatement' ? node.body : [node]

/**
 * Whether returns only end branches, so that what follows a branch that returns can become its `else`.
 * @param {Node[]} statements
 * @returns {boolean}
 */
export function isBranching (statements) {
  return statements.every((node, index) => {
    if (returnsOf(node).length === 0) return true
    const isLast = index === statements.length - 1
    if (node.type === 'ReturnStatement') return isLast
    if (node.type === 'BlockStatement') return isLast && isBranching(node.body)
    if (node.type !== 'IfStatement') return false
    if (!isLast && (node.alternate || !alwaysReturns(listOf(node.consequent)))) return false
    return [node.consequent, node.alternate].every(branch => !branch || isBranching(listOf(branch)))
  })
}

/**
 * Edits that put what follows a branch that returns into its `else`.
 * @param {Node[]} statements
 * @param {Edit[]} edits
 */
export function elseEdits (statements, edits) {
  statements.forEach((node, index) => {
    if (returnsOf(node).length === 0) return
    if (node.type === 'BlockStatement') elseEdits(node.body, edits)
    if (node.type !== 'IfStatement') return
    for (const branch of [node.consequent, node.alternate]) if (branch) elseEdits(listOf(branch), edits)
    if (index === statements.length - 1) return
    const { end } = /** @type {Node} */ (statements.at(-1))
    edits.push({ start: node.end, end: node.end, text: ' else {\n' }, { start: end, end, text: '\n}' })
  })
}
