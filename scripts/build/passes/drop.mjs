// Lets go of what is needed only while a board's program starts: functions that make a table or read the configuration,
// and what the engine keeps of a constructor that was used, eight variables each; it makes that again when it has to.
//
// Reads a finished script, in which the engine takes a name of the top level away by `delete`.
import { isFunction, isReference, walk } from '../ast.mjs'

/** @typedef {import('../types').Node} Node */

/**
 * Functions that the top level declares: `body` is the function itself.
 * @param {Node} tree
 * @returns {{ id: Node, body: Node }[]}
 */
function functionsOf (tree) {
  /** @type {Node[]} */
  const found = tree.body.flatMap((/** @type {Node} */ node) => node.declarations ?? [{ id: node.id, init: node }])
  return found.filter(({ init }) => isFunction(init)).map(({ id, init }) => ({ id, body: init }))
}

/** Stands for a caller: it may be called at any time. */
const LATER = Symbol('later')

/**
 * By function of the top level: who calls it, '' being the program's start.
 * @param {Node} tree
 */
function findCallers (tree) {
  const functions = functionsOf(tree)
  const names = new Map(functions.map(({ id, body }) => [body, id.name]))
  const ids = new Set(functions.map(({ id }) => id))
  /** @type {Map<string, Set<string | symbol>>} */
  const callers = new Map(functions.map(({ id }) => [id.name, new Set()]))
  /**
   * @param {Node} node
   * @param {string | symbol} caller
   */
  function visit (node, caller) {
    walk(node, (child, parent, key) => {
      if (child !== node && isFunction(child)) {
        const isCalledAtOnce = parent.type === 'CallExpression' && key === 'callee'
        visit(child, names.get(child) ?? (isCalledAtOnce ? caller : LATER))
        return false
      }
      if (child.type === 'Identifier' && callers.has(child.name) && !ids.has(child) && isReference(parent, key)) {
        callers.get(child.name)?.add(key === 'callee' ? caller : LATER)
      }
      return true
    })
  }
  for (const node of tree.body) visit(node, names.get(node) ?? '')
  return callers
}

/**
 * The code with such functions and constructors (lists/constructors.mjs) deleted at its end.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {import('../types').Context} context
 */
export function dropStart ({ code, tree }, { names, use }) {
  const callers = findCallers(tree)
  for (let isChanging = true; isChanging;) {
    const late = [...callers].filter(([, from]) =>
      [...from].some(name => typeof name === 'symbol' || name !== '' && !callers.has(name)))
    for (const [name] of late) callers.delete(name)
    isChanging = late.length > 0
  }
  const constructors = names.constructors.filter(name => code.includes(name))
  for (const name of constructors) use('constructors', name)
  const dropped = [...callers.keys(), ...constructors]
  return dropped.length > 0 ? `${code}${dropped.map(name => `delete ${name}`).join(',')};` : code
}
