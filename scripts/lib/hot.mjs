// Declares first what an interpreter reads most: the engine looks a global up in a list, from its start, at some 20
// instructions for each name that stands before it, and a bundle has more than 400. So the list begins with HOT, and
// goes on with what stands most often in the code.
import { parseChunk } from './ast.mjs'
import { allScopes, buildScopes } from './scope.mjs'

/**
 * What is looked up most often: for a message on the lane, for every packet, and for a filter of a SUBSCRIBE. Rollup
 * may have put a number behind a name; share.mjs names properties.
 */
export const HOT = [
  'room', 'period', 'NO_ENTRIES', 'unseen', 'connectionSession', 'sessionQueueCount', 'laneAcknowledge', 'canConfirm',
  'laneIsFree', 'memory', 'readAt', 'fieldSize', 'memoryWindow', 'fieldStart', 'readLimit', 'readError', 'rxStart',
  'rxEnd', 'connectionVersion', 'connectionState', 'packAt', 'frameEnd', 'frameType', 'filterPlainSize', 'listCount',
  'readRest', 'indexOf$name', 'chain', 'subscriptionNext', 'subscriptionSession', 'filterStart', 'filterSize', 'heads',
  'chainOf', 'portHash', 'crc', 'free', 'listType', 'listCodes', 'portEqual', 'readBegin', 'readTwoByteInteger',
  'readByte', 'filterListNext', 'subscribeFilter', 'readString', 'readBinary', 'utf8IsValid', 'stringify',
  'filterParse', 'plainSizeOf', 'portIndexOfWildcard', 'ruleCount', 'walkFind', 'streamLeft', 'map', 'zeros',
  'poolBlocksFree', 'hint', 'mapWindow', 'put', 'counters', 'count', 'portCopy', 'routeEpoch', 'connectionIsOpen',
  'frameBody', 'blocksFor', 'poolAllocate', 'portFindRun', 'mark', 'substr$name', 'length$name', 'indexAdd',
  'walkPlainSize', 'subscriptionRetainedAt', 'subscriptionCountAdd', 'subscriptionCount', 'topicIsHidden',
  'subscriptionOptions', 'retainedCount', 'streamFlags',
]

/** Uses in the code from which on a name stands before the others. */
const USES_MIN = 6

/** All names of the top level, in the order in which to declare them: functions together, as each change takes text. */
function rankNames (root, items) {
  const uses = new Map(items.filter(({ name }) => name).map(({ name }) => [name, 0]))
  for (const scope of allScopes(root)) {
    for (const { name } of scope.references) if (scope.find(name) === root) uses.set(name, uses.get(name) + 1)
  }
  const kindOf = new Map(items.map(({ name, kind }) => [name, kind]))
  const rank = name => (uses.get(name) < USES_MIN ? 2 : 0) + (kindOf.get(name) === 'function' ? 0 : 1)
  const rest = [...uses.keys()].sort((a, b) => rank(a) - rank(b) || uses.get(b) - uses.get(a))
  const isOf = (name, hot) => name === hot || name.replace(/\$\d+$/, '') === hot
  return [...new Set([...HOT.flatMap(hot => rest.filter(name => isOf(name, hot))), ...rest])]
}

/** What the top level is made of: a function, a variable with its value, or a statement; in order. */
function splitItems (code, tree) {
  const item = (node, kind, name) => ({ node, kind, name, text: code.slice(node.start, node.end) })
  return tree.body.flatMap(node => {
    if (node.type === 'FunctionDeclaration') return [item(node, 'function', node.id.name)]
    if (node.type !== 'VariableDeclaration') return [item(node, 'statement', null)]
    return node.declarations.map(declarator => item(declarator, 'variable', declarator.id.name))
  })
}

const isFunction = node => /Function/.test(node?.type)

/** Whether it makes no difference when a value is computed: a literal, a function, or a new table of a size. */
function isTimeless (node, functions) {
  const all = nodes => nodes.every(child => isTimeless(child, functions))
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

/** By item: names of the top level that stand in it. */
function findReferences (root, items) {
  const found = new Map(items.map(item => [item, new Set()]))
  for (const scope of allScopes(root)) {
    for (const { name, start } of scope.references) {
      if (scope.find(name) !== root) continue
      const holder = items.find(({ node }) => node.start <= start && start < node.end)
      found.get(holder).add(name)
    }
  }
  return found
}

/** The items by rank, each behind what it, or a function that it reaches, needs; what is timed stays in its order. */
function sortItems (items, root, ranked) {
  const byName = new Map(items.filter(({ name }) => name).map(item => [item.name, item]))
  const isCode = ({ kind, node }) => kind === 'function' || isFunction(node.init)
  const functions = new Set([...byName.values()].filter(isCode).map(({ name }) => name))
  const timed = items.filter(item => item.kind === 'statement' || !isTimeless(item.node.init ?? null, functions)
    && !isCode(item))
  const references = findReferences(root, items)
  function needed (item, found = new Set()) {
    for (const name of references.get(item)) {
      const other = byName.get(name)
      if (found.has(other) || other === item) continue
      found.add(other)
      if (isCode(other)) needed(other, found)
    }
    return found
  }
  const sorted = new Set()
  const begun = new Set()
  function place (item) {
    if (begun.has(item)) return
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

/** The code with its top level in that order. */
export function declareFirst (code) {
  const tree = parseChunk(code)
  const given = splitItems(code, tree)
  const root = buildScopes(tree)
  const items = sortItems(given, root, rankNames(root, given))
  const kindAt = index => items[index]?.kind
  let text = ''
  items.forEach(({ kind, text: own }, index) => {
    if (kind !== 'variable') text += own
    else text += (kindAt(index - 1) === kind ? ',' : 'var ') + own + (kindAt(index + 1) === kind ? '' : ';')
  })
  return text
}
