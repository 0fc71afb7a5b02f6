// Parsing and walking, for everything that reads a chunk.
import { parse } from 'acorn'
import { TextError } from './edits.mjs'

/** @typedef {import('./types').Node} Node */

/**
 * The syntax tree of a text.
 * @param {string} code
 * @param {'module' | 'script'} source
 * @returns {Node}
 */
export function parseChunk (code, source = 'module') {
  try {
    return parse(code, { ecmaVersion: 'latest', sourceType: source, allowReturnOutsideFunction: source === 'script' })
  } catch (error) {
    if (!(error instanceof SyntaxError) || !('pos' in error)) throw error
    throw new TextError(error.message, Number(error.pos))
  }
}

/**
 * Calls visit(node, parent, key) for a node and all under it, parents first; false keeps it out of the children. The
 * first node's parent is null.
 * @param {Node} node
 * @param {(node: Node, parent: any, key: string) => unknown} visit
 * @param {Node | null} parent
 */
export function walk (node, visit, parent = null, key = '') {
  if (visit(node, parent, key) === false) return
  for (const name of Object.keys(node)) {
    const value = node[name]
    if (Array.isArray(value)) {
      for (const child of value) if (child && typeof child.type === 'string') walk(child, visit, node, name)
    } else if (value && typeof value.type === 'string') {
      walk(value, visit, node, name)
    }
  }
}

/**
 * A function of a node that answers what it answered for that node before.
 * @template T
 * @param {(node: Node) => T} find
 * @returns {(node: Node) => T}
 */
export function perNode (find) {
  /** @type {WeakMap<Node, { found: T }>} */
  const known = new WeakMap()
  return node => {
    const entry = known.get(node) ?? { found: find(node) }
    known.set(node, entry)
    return entry.found
  }
}

export const isFunction = (/** @type {Node | null | undefined} */ node) => /Function/.test(node?.type ?? '')

/**
 * Whether an identifier is read or written as a variable: not a property's name, not a key, not an export's alias.
 * @param {Node | null} parent
 * @param {string} key
 */
export function isReference (parent, key) {
  if (!parent) return false
  if (parent.type === 'MemberExpression') return key !== 'property' || parent.computed
  if (parent.type === 'Property' || parent.type === 'MethodDefinition' || parent.type === 'PropertyDefinition') {
    return key !== 'key' || parent.computed
  }
  if (parent.type === 'ExportSpecifier' || parent.type === 'ImportSpecifier') return false
  if (parent.type === 'LabeledStatement' || parent.type === 'BreakStatement') return false
  return parent.type !== 'ContinueStatement'
}

/**
 * Names that a binding pattern declares.
 * @param {Node} pattern
 * @returns {string[]}
 */
export function patternNames (pattern) {
  if (pattern.type === 'Identifier') return [pattern.name]
  if (pattern.type === 'AssignmentPattern') return patternNames(pattern.left)
  if (pattern.type === 'RestElement') return patternNames(pattern.argument)
  if (pattern.type === 'ArrayPattern') {
    return pattern.elements.flatMap((/** @type {Node | null} */ element) => element ? patternNames(element) : [])
  }
  return pattern.properties.flatMap((/** @type {Node} */ property) => patternNames(property.value ?? property.argument))
}

/**
 * The one expression that a function's body is, or null.
 * @param {Node} node
 * @returns {Node | null}
 */
export function soleExpression ({ body }) {
  if (body.body.length !== 1) return null
  const [statement] = body.body
  if (statement.type === 'ReturnStatement') return statement.argument
  return statement.type === 'ExpressionStatement' ? statement.expression : null
}
