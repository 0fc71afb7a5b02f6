// Writes functions as arrow functions, those of a bundle's top level in one `var`: `f=a=>a+1` is half of
// `function f(a){return a+1}`, and the engine keeps both alike. A function that reads `this` stays what it is; so does
// one of the top level with a body of statements, which is shorter as a declaration once its words are bytes.
//
// A function that is one expression answers that expression's value, also where nobody asked for a value.
import { applyEdits, parseChunk, walk } from './ast.mjs'

/** Whether a function means its own `this` or `arguments`, which an arrow function does not have. */
function needsOwnThis (node) {
  let found = false
  walk(node, child => {
    if (child.type === 'ThisExpression' || child.type === 'Identifier' && child.name === 'arguments') found = true
  })
  return found
}

/** The one expression that a function's body is, or null. */
function soleExpression ({ body }) {
  if (body.body.length !== 1) return null
  const [statement] = body.body
  if (statement.type === 'ReturnStatement') return statement.argument
  return statement.type === 'ExpressionStatement' ? statement.expression : null
}

function arrowText (code, node) {
  const text = ({ start, end }) => code.slice(start, end)
  const parameters = node.params.map(text)
  const head = parameters.length === 1 ? parameters[0] : `(${parameters.join(',')})`
  const expression = soleExpression(node)
  const body = !expression ? text(node.body)
    : /^(Sequence|Object)Expression$/.test(expression.type) ? `(${text(expression)})` : text(expression)
  return `${head}=>${body}`
}

/** Edits that make arrow functions of function expressions without a name; one that is called at once stays. */
function expressionEdits (code, tree) {
  const edits = []
  walk(tree, (node, _parent, key) => {
    if (node.type !== 'FunctionExpression' || node.id || key === 'callee' || needsOwnThis(node)) return true
    edits.push({ start: node.start, end: node.end, text: arrowText(code, node) })
    return false
  })
  return edits
}

/** The code with its top-level functions as arrow functions, declared before anything is done. */
export function writeArrows (input) {
  const code = applyEdits(input, expressionEdits(input, parseChunk(input)))
  const tree = parseChunk(code)
  const functions = tree.body.filter(node => node.type === 'FunctionDeclaration' && !needsOwnThis(node)
    && (node.params.length === 1 || soleExpression(node)))
  const first = tree.body.find(node => !/^(Function|Import|Export)/.test(node.type))
  if (functions.length === 0 || !first) return code
  const list = functions.map(node => `${node.id.name}=${arrowText(code, node)}`).join(',')
  const isVariable = first.type === 'VariableDeclaration'
  const start = isVariable ? first.start + 'var '.length : first.start
  return applyEdits(code, [
    ...functions.map(node => ({ start: node.start, end: node.end, text: '' })),
    { start, end: start, text: isVariable ? `${list},` : `var ${list};` },
  ])
}
