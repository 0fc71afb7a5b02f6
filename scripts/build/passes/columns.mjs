// Puts columns of one type into one array, each from an offset on: to an interpreter an array costs some four variables
// beside its numbers, and a board has 75 columns. `sessionWill[session]` becomes `columnsInt16Array[session+44]`.
//
// The first column of an array needs no addition: it is the one that is used most. What stands in lists/hot.mjs stays
// as it is, as an addition takes time. A row must be within its column: beyond it is another one, where an array
// of its own answers undefined; test/build/columns.test.ts looks for that.
//
// Reads code lowered to ES5: variables are `var`s of the top level.
import { walk } from '../ast.mjs'
import { applyEdits } from '../edits.mjs'
import { allScopes } from '../scope.mjs'

/** @typedef {import('../types').Node} Node */
/** @typedef {import('../types').Edit} Edit */
/** @typedef {import('../types').Names} Names */
/** @typedef {import('../chunk.mjs').Chunk} Chunk */

/** A column: what its rows start with, how many there are, and where the code has one of them. */
/** @typedef {{ name: string, type: string, fill: number, rows: number, declarator: Node, uses: Node[] }} Column */

/** Each use becomes an addition: what is used more often takes more text than its memory is worth. */
const USES_MAX = 11

/**
 * A number of rows, if it is known before the board starts.
 * @param {Node | null | undefined} node
 * @param {Map<string, Node | null>} values
 * @param {Names['counts']} counts
 * @returns {any}
 */
function rowsOf (node, values, counts) {
  if (node?.type === 'Literal') return node.value
  if (node?.type === 'Identifier') return rowsOf(values.get(node.name), values, counts)
  const name = node?.callee?.name
  if (!node || !Object.hasOwn(counts, name)) return undefined
  const rows = rowsOf(node.arguments[0], values, counts)
  return typeof rows === 'number' ? counts[name](rows) : undefined
}

/**
 * What the top level declares with `var`.
 * @param {Node} tree
 * @returns {Node[]}
 */
const declaratorsOf = tree => tree.body.flatMap((/** @type {Node} */ { declarations }) => declarations ?? [])

/**
 * By name: what the top level declares and nobody changes.
 * @param {Node} tree
 */
function findConstants (tree) {
  /** @type {Map<string, Node | null>} */
  const values = new Map(declaratorsOf(tree).map(({ id, init }) => [id.name, init]))
  walk(tree, node => {
    if (node.type === 'AssignmentExpression') values.delete(node.left.name)
    if (node.type === 'UpdateExpression') values.delete(node.argument.name)
  })
  return values
}

/**
 * The column that a declarator makes, or null where it makes none.
 * @param {Node} declarator
 * @param {Map<string, Node | null>} constants
 * @param {Names} names
 * @returns {Column | null}
 */
function columnOf (declarator, constants, { makers, counts }) {
  const { id, init } = declarator
  if (!/^(New|Call)Expression$/.test(init?.type) || init.arguments.length !== 1) return null
  const { callee, arguments: [count] } = init
  const isArray = init.type === 'NewExpression' && /Array$/.test(callee.name)
  const [type, fill] = isArray ? [callee.name, 0] : makers[callee.name] ?? []
  const rows = rowsOf(count, constants, counts)
  return type && typeof rows === 'number' ? { name: id.name, type, fill, rows, declarator, uses: [] } : null
}

/**
 * The columns of the top level.
 * @param {Node} tree
 * @param {Names} names
 */
function findColumns (tree, names) {
  const constants = findConstants(tree)
  return declaratorsOf(tree).flatMap(declarator => columnOf(declarator, constants, names) ?? [])
}

/**
 * Those of which nothing but rows is used, with these uses.
 * @param {Chunk} chunk
 * @param {Column[]} all
 */
function findJoinable ({ tree, root }, all) {
  const columns = new Map(all.map(column => [column.name, column]))
  for (const node of tree.body) for (const { local } of node.specifiers ?? []) columns.delete(local.name)
  for (const { name, parent, key, scope } of allScopes(root).flatMap(({ references }) => references)) {
    if (!columns.has(name) || scope.find(name) !== root) continue
    if (parent.type === 'MemberExpression' && key === 'object' && parent.computed) columns.get(name)?.uses.push(parent)
    else columns.delete(name)
  }
  return [...columns.values()]
}

/**
 * Columns by the array that they become part of: the one that is used most, then links, then what is short and used
 * often: few digits.
 * @param {Column[]} columns
 * @param {string[]} hot
 */
function groupColumns (columns, hot) {
  /** @type {Map<string, Column[]>} */
  const groups = new Map()
  for (const column of columns) groups.set(column.type, [...groups.get(column.type) ?? [], column])
  for (const [type, list] of groups) {
    const [first, ...others] = list.filter(({ name }) => !hot.includes(name))
      .sort((a, b) => b.uses.length - a.uses.length)
    const rest = others.filter(column => column.uses.length <= USES_MAX)
    rest.sort((a, b) => a.fill - b.fill || a.rows / a.uses.length - b.rows / b.uses.length)
    if (rest.length > 0) groups.set(type, [first, ...rest])
    else groups.delete(type)
  }
  return groups
}

/** Whether `+ offset` may follow an index as it stands. */
const isPlain = (/** @type {Node} */ { type, operator }) =>
  /^(Identifier|MemberExpression|CallExpression|UpdateExpression)$/.test(type) ||
  type === 'BinaryExpression' && /^[-+*/%]$/.test(operator)

/**
 * Edits that add an offset to the index of a use.
 * @param {Node} use
 * @param {number} offset
 */
function indexEdits ({ property }, offset) {
  const { start, end, value } = property
  if (offset === 0) return []
  if (typeof value === 'number') return [{ start, end, text: `${value + offset}` }]
  const [open, close] = isPlain(property) ? ['', ''] : ['(', ')']
  return [{ start, end: start, text: open }, { start: end, end, text: `${close}+${offset}` }]
}

/**
 * The edits of one array's columns, and its declaration.
 * @param {string} type
 * @param {Column[]} columns
 */
function joinGroup (type, columns) {
  const name = `columns${type}`
  /** @type {Edit[]} */
  const edits = []
  let offset = 0
  // Where the links are, which stand side by side.
  const from = columns[0].fill < 0 ? 0 : columns[0].rows
  let to = 0
  for (const { uses, rows, fill } of columns) {
    for (const use of uses) {
      edits.push({ start: use.object.start, end: use.object.end, text: name }, ...indexEdits(use, offset))
    }
    offset += rows
    if (fill < 0) to = offset
  }
  const filled = to > 0 ? `.fill(-1,${from},${to})` : ''
  return { edits, declaration: `var ${name}=new ${type}(${offset})${filled};` }
}

/**
 * Edits that take declarators out of a declaration, with a comma each.
 * @param {Node} declaration
 * @param {Set<Node>} gone
 */
function removalEdits ({ declarations, start, end }, gone) {
  const last = declarations.findLastIndex((/** @type {Node} */ declarator) => !gone.has(declarator))
  if (last < 0) return [{ start, end, text: '' }]
  return declarations.flatMap((/** @type {Node} */ declarator, /** @type {number} */ index) => {
    if (!gone.has(declarator)) return []
    return index < last ? [{ start: declarator.start, end: declarations[index + 1].start, text: '' }]
      : [{ start: declarations[index - 1].end, end: declarator.end, text: '' }]
  })
}

/**
 * The code with one array for the columns of each type, and numbers of rows in place of what computes them.
 * @param {Chunk} chunk
 * @param {import('../types').Context} context
 */
export function joinColumns (chunk, { names }) {
  const { code, tree } = chunk
  const columns = findColumns(tree, names)
  const groups = groupColumns(findJoinable(chunk, columns), names.hot)
  const joined = [...groups].map(([type, list]) => joinGroup(type, list))
  const gone = new Set([...groups.values()].flat().map(({ declarator }) => declarator))
  const counts = columns.filter(({ declarator }) => !gone.has(declarator))
    .map(({ declarator: { init: { arguments: [{ start, end }] } }, rows }) => ({ start, end, text: `${rows}` }))
  /** @type {Node[]} */
  const declarations = tree.body.filter((/** @type {Node} */ { declarations }) => declarations)
  const edits = [
    ...counts, ...declarations.flatMap(node => removalEdits(node, gone)), ...joined.flatMap(group => group.edits),
  ]
  return joined.map(({ declaration }) => declaration).join('') + applyEdits(code, edits)
}
