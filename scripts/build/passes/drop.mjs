// Lets go of what is needed only while a board's program starts: functions that make a table, or read the configuration
// or the records, variables that only such have, and what the engine keeps of a constructor that was used, eight
// variables each; it makes that again when it has to.
//
// Reads a finished script, in which the engine takes a name of the top level away by `delete`. An extension's top level
// is a function's, whose names stay: their values go.
import { isFunction, isReference, walk } from '../ast.mjs'
import { applyEdits } from '../edits.mjs'
import { coldFunctions, coldMade } from './cold.mjs'
import { dropEdits } from './drop_places.mjs'
import { allScopes } from '../scope.mjs'

/** @typedef {import('../types').Node} Node */

/**
 * What the top level declares: `body` is the value.
 * @param {Node} tree
 * @returns {{ id: Node, body: Node | null }[]}
 */
function declaredIn (tree) {
  /** @type {Node[]} */
  const found = tree.body.flatMap((/** @type {Node} */ node) =>
    node.declarations ?? (node.id ? [{ id: node.id, init: node }] : []))
  return found.map(({ id, init }) => ({ id, body: init }))
}

/** Stands for a caller: it may be called at any time. */
const LATER = Symbol('later')

/**
 * A question: whether a function of the top level does no more with a parameter than to call it, or to hand it on to
 * such a one: what it is given is called by it, and not kept. Each is answered once, as they lead to each other; one
 * that leads back to itself is no.
 * @param {Map<string, Node | null>} bodies
 */
function callsOnlyAmong (bodies) {
  /** @type {Map<string, boolean>} */
  const known = new Map()
  /**
   * @param {string} name
   * @param {number} index
   * @returns {boolean}
   */
  function callsOnly (name, index) {
    const question = `${name} ${index}`
    const answer = known.get(question)
    if (answer !== undefined) return answer
    known.set(question, false)
    const body = bodies.get(name)
    const parameter = body?.params[index]
    if (!body || parameter?.type !== 'Identifier') return false
    let isCalled = true
    walk(body, (child, parent, key) => {
      const isIt = child !== parameter && child.type === 'Identifier' && child.name === parameter.name
      if (isIt && isReference(parent, key) && !(parent.type === 'CallExpression' && key === 'callee')) {
        isCalled &&= parent.type === 'CallExpression' && parent.callee.type === 'Identifier'
          && callsOnly(parent.callee.name, parent.arguments.indexOf(child))
      }
      return isCalled
    })
    known.set(question, isCalled)
    return isCalled
  }
  return callsOnly
}

/**
 * By function of the top level, and of those that lie in flash: who calls it, '' being the program's start; and by
 * variable: who has it. A local of the same name is none of them: names are short by now.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {import('../types').Context} context
 */
function findCallers ({ tree, root }, { short, settings }) {
  // To let go of a variable that only the program's own statements have takes text for each.
  const fromStart = settings.memoryFirst ? '' : LATER
  const outer = new Set([...allScopes(root)].flatMap(scope =>
    scope.references.filter(({ name }) => scope.find(name) === root).map(({ start }) => start)))
  const declared = declaredIn(tree)
  const functions = declared.filter(({ body }) => isFunction(body))
  const cold = coldFunctions(tree, short)
  /** @type {Map<Node | null, string>} */
  const names = new Map()
  for (const { id, body } of functions) names.set(body, id.name)
  for (const { name, node } of cold) names.set(node, name)
  const ids = new Set(declared.map(({ id }) => id))
  const bodies = new Map(functions.map(({ id, body }) => [id.name, body]))
  const callsOnly = callsOnlyAmong(bodies)
  /** @type {Map<string, Set<string | symbol>>} */
  const callers = new Map()
  for (const { id } of declared) callers.set(id.name, new Set())
  for (const { name } of cold) callers.set(name, new Set())
  /**
   * Who calls a function that stands there.
   * @param {Node} child
   * @param {any} parent
   * @param {string} key
   * @param {string | symbol} caller
   */
  function callerOf (child, parent, key, caller) {
    if (parent.type !== 'CallExpression') return LATER
    if (key === 'callee') return caller
    const { type, name } = parent.callee
    return type === 'Identifier' && callsOnly(name, parent.arguments.indexOf(child)) ? name : LATER
  }
  /**
   * @param {Node} node
   * @param {string | symbol} caller
   */
  function visit (node, caller) {
    walk(node, (child, parent, key) => {
      if (child !== node && isFunction(child)) {
        visit(child, names.get(child) ?? callerOf(child, parent, key, caller))
        return false
      }
      if (child.type === 'Identifier' && outer.has(child.start) && callers.has(child.name) && !ids.has(child)
        && isReference(parent, key)) {
        const isCalled = bodies.has(child.name)
        callers.get(child.name)?.add(isCalled ? callerOf(child, parent, key, caller) : caller || fromStart)
      }
      const made = coldMade(child, short)
      if (made && outer.has(child.callee.start)) callers.get(made)?.add(callerOf(child, parent, key, caller))
      return true
    })
  }
  for (const node of tree.body) visit(node, names.get(node) ?? '')
  return callers
}

/**
 * The code with such functions, variables and constructors (lists/constructors.mjs) let go of at its end, or as early
 * as can be.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {import('../types').Context} context
 */
export function dropStart (chunk, context) {
  const { settings, names, use } = context
  const { code } = chunk
  const callers = findCallers(chunk, context)
  for (let isChanging = true; isChanging;) {
    const late = [...callers].filter(([, from]) => from.size === 0 ||
      [...from].some(name => typeof name === 'symbol' || name !== '' && !callers.has(name)))
    for (const [name] of late) callers.delete(name)
    isChanging = late.length > 0
  }
  for (const { name } of coldFunctions(chunk.tree, context.short)) callers.delete(name)
  if (settings.format === 'extension') {
    return callers.size > 0 ? `${code}${[...callers.keys()].map(name => `${name}=`).join('')}0;` : code
  }
  const constructors = names.constructors.filter(name => code.includes(name))
  for (const name of constructors) use('constructors', name)
  const dropped = [...callers.keys(), ...constructors]
  const edits = settings.memoryFirst ? dropEdits(chunk, dropped) : []
  if (edits.length > 0) return applyEdits(code, edits)
  return dropped.length > 0 ? `${code}${dropped.map(name => `delete ${name}`).join(',')};` : code
}
