// Moves what only one function needs into that function, where a board seldom runs it: until then it takes no memory,
// and where it is run, a little more. For functions that run once: what they leave behind holds on to their scope.
//
// Reads code lowered to ES5: functions are declared at the top level, variables are `var`s.
import { applyEdits, isReference, parseChunk, walk } from './ast.mjs'

/** Functions that many boards never run: the owner's own code, where there is none. */
export const HOSTS = ['hubRun']

/** A value that is the same whenever it is made. */
const isTimeless = init => !init || /^(Literal|ArrayExpression|ObjectExpression|FunctionExpression)$/.test(init.type)

/** What may be moved, by its name: a function, or a variable of a declaration of its own. */
function findItems (tree) {
  const items = new Map()
  for (const node of tree.body) {
    if (node.type === 'FunctionDeclaration') items.set(node.id.name, node)
    if (node.type !== 'VariableDeclaration' || node.declarations.length > 1) continue
    const [{ id, init }] = node.declarations
    if (isTimeless(init)) items.set(id.name, node)
  }
  return items
}

/** By item: the statements of the top level that read or write it. */
function findUsers (tree, items) {
  const users = new Map([...items.keys()].map(name => [name, new Set()]))
  for (const top of tree.body) {
    walk(top, (node, parent, key) => {
      if (node.type !== 'Identifier' || !users.has(node.name) || parent === top && key === 'id') return
      const isExport = parent.type === 'ExportSpecifier'
      const declares = parent.type === 'VariableDeclarator' && key === 'id' && top === items.get(node.name)
      if (isExport || isReference(parent, key) && !declares) users.get(node.name).add(top)
    })
  }
  return users
}

function nestIn (code, host) {
  const tree = parseChunk(code)
  const items = findItems(tree)
  const target = items.get(host)
  if (!target) return code
  items.delete(host)
  const users = findUsers(tree, items)
  for (let isChanging = true; isChanging;) {
    const inside = new Set([target, ...items.values()])
    const outside = [...items].filter(([name, node]) =>
      users.get(name).size === 0 || [...users.get(name)].some(user => user !== node && !inside.has(user)))
    for (const [name] of outside) items.delete(name)
    isChanging = outside.length > 0
  }
  const nodes = [...items.values()]
  const text = nodes.map(({ type, id, start, end }) => type === 'FunctionDeclaration'
    ? `var ${id.name} = function ${code.slice(id.end, end)};` : `${code.slice(start, end)};`).join('\n')
  const at = target.body.start + 1
  return applyEdits(code, [{ start: at, end: at, text }, ...nodes.map(({ start, end }) => ({ start, end, text: '' }))])
}

/** The code with each of `hosts`, names of functions, holding what only it needs. */
export function nestRare (code, hosts = HOSTS) {
  return hosts.reduce(nestIn, code)
}
