// Moves what only one function needs into that function, where a board seldom runs it (lists/extensions.mjs): until
// then it takes no memory, and where it is run, a little more. For functions that run once: what they leave behind
// holds on to their scope.
//
// Reads code lowered to ES5: functions are declared at the top level, variables are `var`s.
import { isReference, walk } from '../ast.mjs'
import { applyEdits } from '../edits.mjs'

/** @typedef {import('../types').Node} Node */
/** @typedef {import('../types').Edit} Edit */

/**
 * A value that is the same whenever it is made.
 * @param {Node | null} init
 */
const isTimeless = init => !init || /^(Literal|ArrayExpression|ObjectExpression|FunctionExpression)$/.test(init.type)

/**
 * What may be moved, by its name: a function, or a variable of a declaration of its own.
 * @param {Node} tree
 */
function findItems (tree) {
  /** @type {Map<string, Node>} */
  const items = new Map()
  for (const node of tree.body) {
    if (node.type === 'FunctionDeclaration') items.set(node.id.name, node)
    if (node.type !== 'VariableDeclaration' || node.declarations.length > 1) continue
    const [{ id, init }] = node.declarations
    if (isTimeless(init)) items.set(id.name, node)
  }
  return items
}

/**
 * By item: the statements of the top level that read or write it.
 * @param {Node} tree
 * @param {Map<string, Node>} items
 */
function findUsers (tree, items) {
  /** @type {Map<string, Set<Node>>} */
  const users = new Map([...items.keys()].map(name => [name, new Set()]))
  for (const top of tree.body) {
    walk(top, (node, parent, key) => {
      if (node.type !== 'Identifier' || !users.has(node.name) || parent === top && key === 'id') return
      const isExport = parent.type === 'ExportSpecifier'
      const declares = parent.type === 'VariableDeclarator' && key === 'id' && top === items.get(node.name)
      if (isExport || isReference(parent, key) && !declares) users.get(node.name)?.add(top)
    })
  }
  return users
}

/**
 * Statements that only a function needs, and those of them; of what memory has nothing anyway (passes/cold.mjs) none.
 * @param {Node} tree
 * @param {Node} host
 * @param {string[]} cold
 */
function findNested (tree, host, cold) {
  const items = findItems(tree)
  for (const name of [host.id.name, ...cold]) items.delete(name)
  const users = findUsers(tree, items)
  for (let isChanging = true; isChanging;) {
    const inside = new Set([host, ...items.values()])
    const outside = [...items].filter(([name, node]) => {
      const own = [...users.get(name) ?? []]
      return own.length === 0 || own.some(user => user !== node && !inside.has(user))
    })
    for (const [name] of outside) items.delete(name)
    isChanging = outside.length > 0
  }
  return [...items.values()]
}

/**
 * Edits that move statements into a function.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {Node} host
 * @param {Node[]} nodes
 * @returns {Edit[]}
 */
function nestEdits (chunk, host, nodes) {
  const text = nodes.map(node => node.type === 'FunctionDeclaration'
    ? `var ${node.id.name} = function ${chunk.textOf({ start: node.id.end, end: node.end })};`
    : `${chunk.textOf(node)};`).join('\n')
  const at = host.body.start + 1
  return [{ start: at, end: at, text }, ...nodes.map(({ start, end }) => ({ start, end, text: '' }))]
}

/**
 * The code with each of the hosts holding what only it needs.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {import('../types').Context} context
 */
export function nestRare (chunk, { names, use }) {
  /** @type {Node[]} */
  const hosts = chunk.tree.body.filter((/** @type {Node} */ { id }) => names.hosts.includes(id?.name))
  return applyEdits(chunk.code, hosts.flatMap(host => {
    use('hosts', host.id.name)
    return nestEdits(chunk, host, findNested(chunk.tree, host, names.cold))
  }))
}
