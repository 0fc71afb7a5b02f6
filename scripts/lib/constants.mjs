// Writes constants of the top level in place of their names. Terser keeps a name where the number is longer; on an
// interpreter that searches names one by one a number costs a fifth of that search, and a test of a board's
// constant must be decided here or its feature's code stays in the bundle.
import { applyEdits, isReference, parseChunk, walk } from './ast.mjs'

const CONSTANT_NAME = /^[A-Z][A-Z0-9_]*(\$\d+)?$/

const BINARY = {
  '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b, '/': (a, b) => a / b, '%': (a, b) => a % b,
  '<<': (a, b) => a << b, '>>': (a, b) => a >> b, '>>>': (a, b) => a >>> b,
  '&': (a, b) => a & b, '|': (a, b) => a | b, '^': (a, b) => a ^ b, '**': (a, b) => a ** b,
  '<': (a, b) => a < b, '>': (a, b) => a > b, '<=': (a, b) => a <= b, '>=': (a, b) => a >= b,
  '===': (a, b) => a === b, '!==': (a, b) => a !== b,
}
const UNARY = { '-': a => -a, '+': a => +a, '~': a => ~a, '!': a => !a }
const INLINED = ['number', 'boolean', 'string']
const MATH = ['min', 'max', 'ceil', 'floor']

/** The value of a constant expression, or undefined when it is not one. */
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

function evaluateLogical (node, values) {
  const left = evaluate(node.left, values)
  if (left === undefined || node.operator === '??') return left
  return (node.operator === '&&') === Boolean(left) ? evaluate(node.right, values) : left
}

function evaluateMath (node, values) {
  const callee = node.callee
  if (callee.type !== 'MemberExpression' || callee.computed || callee.object.name !== 'Math') return undefined
  if (!MATH.includes(callee.property.name)) return undefined
  const args = node.arguments.map(argument => evaluate(argument, values))
  return args.includes(undefined) ? undefined : Math[callee.property.name](...args)
}

/** Inlines every `const NAME = constant expression` of the top level: numbers, booleans and short strings. */
export function inlineConstants (code) {
  const tree = parseChunk(code)
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
