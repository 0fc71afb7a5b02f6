// What a function's text creates on the heap when it runs: objects, arrays, closures, views and strings.
import type { Node } from 'acorn'
import { walk } from '../../scripts/build/ast.mjs'

type Fields = Node & Record<string, never> & { operator: string }

/** Methods and functions that answer something new, or make what they are called on longer. */
const CREATING_METHODS = new Set([
  'subarray', 'slice', 'splice', 'map', 'filter', 'concat', 'flat', 'flatMap', 'from', 'of', 'split', 'join', 'keys',
  'values', 'entries', 'fromEntries', 'assign', 'create', 'push', 'unshift', 'bind', 'toString', 'toFixed', 'substring',
  'substr', 'charAt', 'at', 'padStart', 'padEnd', 'repeat', 'replace', 'toLowerCase', 'toUpperCase', 'trim', 'match',
  'fromCharCode', 'stringify', 'parse', 'encode', 'decode', 'toSorted', 'with', 'buffer',
])
const CREATING_NODES: Record<string, string> = {
  NewExpression: 'new', ArrayExpression: 'an array', ObjectExpression: 'an object', FunctionExpression: 'a closure',
  FunctionDeclaration: 'a closure', ArrowFunctionExpression: 'a closure', ClassExpression: 'a class',
  ClassDeclaration: 'a class', SpreadElement: 'an iterator', ForOfStatement: 'an iterator',
  ArrayPattern: 'an iterator', RestElement: 'an array', TaggedTemplateExpression: 'a string',
}

const isText = (node: Fields): boolean => node.type === 'TemplateLiteral' ||
  (node.type === 'Literal' && typeof (node as { value?: unknown }).value === 'string') ||
  (node.type === 'BinaryExpression' && node.operator === '+' && (isText(node.left) || isText(node.right)))

function creationOf(node: Fields): string | null {
  if (node.type in CREATING_NODES) return CREATING_NODES[node.type]
  if (node.type === 'TemplateLiteral') return (node.expressions as Node[]).length > 0 ? 'a string' : null
  if (node.type === 'BinaryExpression') return isText(node) ? 'a string' : null
  if (node.type === 'AssignmentExpression') return node.operator === '+=' && isText(node.right) ? 'a string' : null
  if (node.type === 'Literal') return 'regex' in node ? 'a regular expression' : null
  if (node.type !== 'CallExpression') return null
  const callee = node.callee as Fields
  if (callee.type === 'Identifier') return /^(String|Array|Object)$/.test(callee.name) ? callee.name : null
  if (callee.type !== 'MemberExpression' || callee.computed) return null
  const name = (callee.property as { name: string }).name
  return CREATING_METHODS.has(name) ? `.${name}()` : null
}

/** What a function creates; the function itself is none of it. */
export function creationsIn(functionNode: Node): string[] {
  const found = new Set<string>()
  walk(functionNode, (node) => {
    const creation = node === functionNode ? null : creationOf(node as Fields)
    if (creation) found.add(creation)
    return true
  })
  return [...found]
}
