// The gate's rules about names: what the engine does not have, and what is used before it exists, for the engine does
// not hoist.
import { walk } from '../ast.mjs'
import { allScopes } from '../scope.mjs'

/** @typedef {import('../types').Node} Node */
/** @typedef {import('../scope.mjs').Scope} Scope */
/** @typedef {import('./engine_names.mjs').EngineNames} EngineNames */

/** A rule that a node breaks; `what` says it better than the node's text. */
/** @typedef {{ rule: string, node: Node, what?: string }} Found */


/** @type {Record<string, string>} */
export const NAME_RULES = {
  'unknown global': 'the engine has no such global: do without, or bring it along',
  'missing function': 'the engine does not have this function of a built-in object',
  'missing method': 'no value of the engine has this method',
  'use before declaration': 'the engine does not hoist: declare it first (terser: hoist_funs, not hoist_vars)',
}

/**
 * Names without a declaration that are no global of the engine.
 * @param {Scope} root
 * @param {EngineNames} engine
 * @returns {Found[]}
 */
export function findUnknownGlobals (root, { isGlobal }) {
  return allScopes(root).flatMap(scope => scope.references)
    .filter(({ name, parent, scope }) => !isGlobal(name) && scope.find(name) === null && !isTypeof(parent))
    .map(({ node, name }) => ({ rule: 'unknown global', node, what: name }))
}

const isTypeof = (/** @type {Node} */ parent) => parent.type === 'UnaryExpression' && parent.operator === 'typeof'

/**
 * `Array.from` and the like; and calls of methods that no type has and no object of the bundle defines.
 * @param {Scope} root
 * @param {Node} tree
 * @param {EngineNames} engine
 */
export function findMissingMembers (root, tree, { STATICS, missingMethods }) {
  const own = ownMembers(tree)
  /** @type {Found[]} */
  const found = []
  walk(tree, (node, parent, key) => {
    if (node.type !== 'MemberExpression' || node.computed) return
    const name = node.property.name
    const owner = node.object.type === 'Identifier' && !root.declared.has(node.object.name) ? node.object.name : ''
    if (STATICS[owner]) {
      if (!STATICS[owner].includes(name) && name !== 'prototype') {
        found.push({ rule: 'missing function', node, what: `${owner}.${name}` })
      }
    } else if (parent?.type === 'CallExpression' && key === 'callee' && missingMethods.has(name) && !own.has(name)) {
      found.push({ rule: 'missing method', node, what: `.${name}()` })
    }
  })
  return found
}

/**
 * Names that the bundle gives to members of its own objects.
 * @param {Node} tree
 */
function ownMembers (tree) {
  const names = new Set()
  walk(tree, node => {
    if ((node.type === 'Property' || node.type === 'MethodDefinition') && node.key.name) names.add(node.key.name)
    if (node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression' && !node.left.computed) {
      names.add(node.left.property.name)
    }
  })
  return names
}

/**
 * Uses that stand before the declaration in the same function, and calls at the top level that reach such a name.
 * @param {Scope} root
 * @returns {Found[]}
 */
export function findEarlyUses (root) {
  const direct = allScopes(root).flatMap(scope => scope.references
    .filter(({ name, start }) => (scope.declared.get(name) ?? -1) > start)
    .map(({ node, name }) => ({ rule: 'use before declaration', node, what: name })))
  const reached = root.references.filter(({ parent, key }) => parent.type === 'CallExpression' && key === 'callee')
    .flatMap(({ name, start, node }) => [...namesReached(root, name)]
      .filter(target => (root.declared.get(target) ?? -1) > start)
      .map(target => ({ rule: 'use before declaration', node, what: `${target} through ${name}` })))
  return [...direct, ...reached]
}

/**
 * Names of the top level that a function's body can come to.
 * @param {Scope} root
 * @param {string} name
 * @param {Set<string>} seen
 * @returns {Set<string>}
 */
function namesReached (root, name, seen = new Set()) {
  const scope = root.children.find(({ node }) => node.type === 'FunctionDeclaration' && node.id.name === name)
  if (!scope) return seen
  for (const reference of allScopes(scope).flatMap(({ references }) => references)) {
    if (reference.scope.find(reference.name) !== root || seen.has(reference.name)) continue
    seen.add(reference.name)
    namesReached(root, reference.name, seen)
  }
  return seen
}
