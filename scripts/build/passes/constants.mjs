// Writes constants of the top level in place of their names. Terser keeps a name where the number is longer; on an
// interpreter that searches names one by one a number costs a fifth of that search, and a test of a board's
// constant must be decided here or its feature's code stays in the bundle.
import { isReference, walk } from '../ast.mjs'
import { applyEdits } from '../edits.mjs'

/** @typedef {import('../types').Node} Node */
/** @typedef {number | boolean | string | undefined} Value */
/** @typedef {Map<string, Value>} Values */

const CONSTANT_NAME = /^[A-Z][A-Z0-9_]*(\$\d+)?$/

/** @type {Record<string, (a: any, b: any) => Value>} */
const BINARY = {
  '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b, '/': (a, b) => a / b, '%': (a, b) => a % b,
  '<<': (a, b) => a << b, '>>': (a, b) => a >> b, '>>>': (a, b) => a >>> b,
  '&': (a, b) => a & b, '|': (a, b) => a | b, '^': (a, b) => a ^ b, '**': (a, b) => a ** b,
  '<': (a, b) => a < b, '>': (a, b) => a > b, '<=': (a, b) => a <= b, '>=': (a, b) => a >= b,
  '===': (a, b) => a === b, '!==': (a, b) => a !== b,
}
/** @type {Record<string, (a: any) => Value>} */
const UNARY = { '-': a => -a, '+': a => +a, '~': a => ~a, '!': a => !a }
const INLINED = ['number', 'boolean', 'string']
/** @type {Record<string, (...values: number[]) => number>} */
const MATH = { min: Math.min, max: Math.max, ceil: Math.ceil, floor: Math.floor }

/**
 * The value of a constant expression, or undefined when it is not one.
 * @param {Node} node
 * @param {Values} values
 * @returns {Value}
 */
function evaluate (node, values) {
  if (node.type === 'Literal') return INLINED.includes(typeof node.value) ? node.value : undefined
  if (node.type === 'Identifier') return values.get(node.name)
  if (node.type === 'UnaryExpression' && UNARY[node.operator]) {
    const argument = evaluate(node.argument, values)
    return argument === undefined ? undefined : UNARY[node.operator](argument)
  }
  if (node.type === 'BinaryExpression' && BINARY[node.operator]) {
    const left = evaluate(node.left, values)
    const right = evaluate(node.right, values)
    return left === undefined || right === undefined ? undefined : BINARY[node.operator](left, right)
  }
  if (node.type === 'ConditionalExpression') {
    const test = evaluate(node.test, values)
    return test === undefined ? undefined : evaluate(test ? node.consequent : node.alternate, values)
  }
  if (node.type === 'LogicalExpression') return evaluateLogical(node, values)
  if (node.type === 'CallExpression') return evaluateMath(node, values)
  return undefined
}

/**
 * @param {Node} node
 * @param {Values} values
 */
function evaluateLogical (node, values) {
  const left = evaluate(node.left, values)
  if (left === undefined || node.operator === '??') return left
  return (node.operator === '&&') === Boolean(left) ? evaluate(node.right, values) : left
}

/**
 * @param {Node} node
 * @param {Values} values
 * @returns {Value}
 */
function evaluateMath (node, values) {
  const callee = node.callee
  if (callee.type !== 'MemberExpression' || callee.computed || callee.object.name !== 'Math') return undefined
  if (!MATH[callee.property.name]) return undefined
  const args = node.arguments.map((/** @type {Node} */ argument) => evaluate(argument, values))
  return args.includes(undefined) ? undefined : MATH[callee.property.name](...args)
}

/**
 * The constants of the top level.
 * @param {Node} tree
 */
function findConstants (tree) {
  /** @type {Values} */
  const values = new Map()
  for (const statement of tree.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'const') continue
    for (const { id, init } of declaration.declarations) {
      if (!CONSTANT_NAME.test(id.name ?? '')) continue
      const value = evaluate(init, values)
      if (value !== undefined) values.set(id.name, value)
    }
  }
  return values
}

/**
 * Inlines every `const NAME = constant expression` of the top level: numbers, booleans and short strings.
 * @param {import('../chunk.mjs').Chunk} chunk
 */
export function inlineConstants ({ code, tree }) {
  const values = findConstants(tree)
  /** @type {import('../types').Edit[]} */
  const edits = []
  walk(tree, (node, parent, key) => {
    if (node.type !== 'Identifier' || !values.has(node.name) || !isReference(parent, key)) return
    if (parent.type === 'VariableDeclarator' && key === 'id') return
    const value = values.get(node.name)
    if (typeof value === 'string' && value.length > 3) return
    const literal = typeof value === 'number' && value < 0 ? `(${value})` : JSON.stringify(value)
    const shorthand = parent.type === 'Property' && parent.shorthand
    edits.push({ start: node.start, end: node.end, text: shorthand ? `${node.name}: ${literal}` : literal })
  })
  return applyEdits(code, edits)
}
