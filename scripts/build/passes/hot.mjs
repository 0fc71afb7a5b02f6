// Declares first what an interpreter reads most: the engine looks a global up in a list, from its start, at some 20
// instructions for each name that stands before it, and a bundle has more than 400. So the list begins with what
// lists/hot.mjs names, and goes on with what stands most often in the code.
import { isFunction } from '../ast.mjs'
import { allScopes } from '../scope.mjs'
import { coldFunctions, coldMade } from './cold.mjs'

/** @typedef {import('../types').Node} Node */
/** @typedef {import('../scope.mjs').Scope} Scope */

/** What the top level is made of: a function, a variable with its value, or a statement. */
/** @typedef {{ node: Node, kind: 'function' | 'variable' | 'statement', name: string, text: string }} Item */

/** Uses in the code from which on a name stands before the others. */
const USES_MIN = 6

/**
 * All names of the top level, in the order in which to declare them: functions together, as each change takes text.
 * @param {Scope} root
 * @param {Item[]} items
 * @param {string[]} hot
 */
function rankNames (root, items, hot) {
  const uses = new Map(items.filter(({ name }) => name).map(({ name }) => [name, 0]))
  const usesOf = (/** @type {string} */ name) => uses.get(name) ?? 0
  for (const scope of allScopes(root)) {
    for (const { name } of scope.references) if (scope.find(name) === root) uses.set(name, usesOf(name) + 1)
  }
  const kindOf = new Map(items.map(({ name, kind }) => [name, kind]))
  const rank = (/** @type {string} */ name) =>
    (usesOf(name) < USES_MIN ? 2 : 0) + (kindOf.get(name) === 'function' ? 0 : 1)
  const rest = [...uses.keys()].sort((a, b) => rank(a) - rank(b) || usesOf(b) - usesOf(a))
  return [...new Set([...hot, ...rest])]
}

/**
 * What the top level is made of, in order.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @returns {Item[]}
 */
function splitItems (chunk) {
  const item = (/** @type {Node} */ node, /** @type {Item['kind']} */ kind, name = '') =>
    ({ node, kind, name, text: chunk.textOf(node) })
  return chunk.tree.body.flatMap((/** @type {Node} */ node) => {
    if (node.type === 'FunctionDeclaration') return [item(node, 'function', node.id.name)]
    if (node.type !== 'VariableDeclaration') return [item(node, 'statement')]
    return node.declarations.map((/** @type {Node} */ declarator) => item(declarator, 'variable', declarator.id.name))
  })
}

/**
 * Whether it makes no difference when a value is computed: a literal, a function, or a new table of a size.
 * @param {Node | null} node
 * @param {Set<string>} functions
 * @returns {boolean}
 */
function isTimeless (node, functions) {
  const all = (/** @type {Node[]} */ nodes) => nodes.every(child => isTimeless(child, functions))
  if (!node || node.type === 'Literal' || isFunction(node)) return true
  if (node.type === 'Identifier') return functions.has(node.name)
  if (node.type === 'MemberExpression') return node.object.name === 'Math'
  if (node.type === 'UnaryExpression') return all([node.argument])
  if (node.type === 'ArrayExpression') return all(node.elements)
  if (node.type === 'ObjectExpression') return node.properties.length === 0
  if (node.callee?.property?.name === 'fill') return isTimeless(node.callee.object, functions) && all(node.arguments)
  const isTable = node.type === 'NewExpression' || node.type === 'CallExpression' && /^new[A-Z]/.test(node.callee.name)
  return isTable && all(node.arguments)
}

/**
 * By item: names of the top level that stand in it. A text of a cold function is an item of its own, which is needed
 * where it is called.
 * @param {Scope} root
 * @param {Item[]} items
 */
function findReferences (root, items) {
  /** @type {Map<Item | undefined, Set<string>>} */
  const found = new Map(items.map(item => [item, new Set()]))
  for (const scope of allScopes(root)) {
    for (const { name, start, parent } of scope.references) {
      if (scope.find(name) !== root) continue
      // What is within another stands behind it.
      const holder = items.filter(({ node }) => node.start <= start && start < node.end).at(-1)
      found.get(holder)?.add(name)
      const made = coldMade(parent)
      if (made) found.get(holder)?.add(made)
    }
  }
  return found
}

/**
 * The items by rank, each behind what it, or a function that it reaches, needs; what is timed stays in its order.
 * @param {Item[]} items
 * @param {Scope} root
 * @param {string[]} ranked
 */
function sortItems (items, root, ranked) {
  const cold = coldFunctions(root.node).map(({ name, node }) =>
    ({ node, name, kind: /** @type {Item['kind']} */ ('function'), text: '' }))
  const byName = new Map([...items, ...cold].filter(({ name }) => name).map(item => [item.name, item]))
  const isCode = (/** @type {Item} */ { kind, node }) => kind === 'function' || isFunction(node.init)
  const functions = new Set([...byName.values()].filter(isCode).map(({ name }) => name))
  const timed = items.filter(item => item.kind === 'statement' || !isTimeless(item.node.init ?? null, functions)
    && !isCode(item))
  const references = findReferences(root, [...items, ...cold])
  /**
   * @param {Item} item
   * @param {Set<Item>} found
   */
  function needed (item, found = new Set()) {
    for (const name of references.get(item) ?? []) {
      const other = byName.get(name)
      if (!other || found.has(other) || other === item) continue
      found.add(other)
      if (isCode(other)) needed(other, found)
    }
    return found
  }
  /** @type {Set<Item>} */
  const sorted = new Set()
  const begun = new Set()
  /** @param {Item | undefined} item */
  function place (item) {
    if (!item || begun.has(item)) return
    begun.add(item)
    const turn = timed.indexOf(item)
    if (turn > 0) place(timed[turn - 1])
    const before = isCode(item) ? [] : [...needed(item)].filter(other => turn < 0 || timed.indexOf(other) < turn)
    for (const other of before.sort((a, b) => ranked.indexOf(a.name) - ranked.indexOf(b.name))) place(other)
    sorted.add(item)
  }
  for (const name of ranked) place(byName.get(name))
  for (const item of timed) place(item)
  return [...sorted]
}

/**
 * The code with its top level in that order.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {import('../types').Context} context
 */
export function declareFirst (chunk, { names, use }) {
  const { root } = chunk
  const given = splitItems(chunk)
  const hot = names.hot.filter(name => root.declared.has(name))
  for (const name of hot) use('hot', name)
  const items = sortItems(given, root, rankNames(root, given, hot))
  const kindAt = (/** @type {number} */ index) => items[index]?.kind
  let text = ''
  items.forEach(({ kind, text: own }, index) => {
    if (kind !== 'variable') text += own
    else text += (kindAt(index - 1) === kind ? ',' : 'var ') + own + (kindAt(index + 1) === kind ? '' : ';')
  })
  return text
}
