// Writes functions as arrow functions, those of a bundle's top level in one `var`: `f=a=>a+1` is half of
// `function f(a){return a+1}`, and the engine keeps both alike. A function that reads `this` stays what it is; so does
// one of the top level with a body of statements, which is shorter as a declaration once its words are bytes.
//
// A function that is one expression answers that expression's value, also where nobody asked for a value.
import { soleExpression, walk } from '../ast.mjs'
import { applyEdits } from '../edits.mjs'

/** @typedef {import('../types').Node} Node */
/** @typedef {import('../chunk.mjs').Chunk} Chunk */

/**
 * Whether a function means its own `this` or `arguments`, which an arrow function does not have.
 * @param {Node} node
 */
function needsOwnThis (node) {
  let found = false
  walk(node, child => {
    if (child.type === 'ThisExpression' || child.type === 'Identifier' && child.name === 'arguments') found = true
  })
  return found
}

/**
 * @param {Chunk} chunk
 * @param {Node} node
 */
function arrowText (chunk, node) {
  const text = chunk.textOf.bind(chunk)
  const parameters = node.params.map(text)
  const head = parameters.length === 1 ? parameters[0] : `(${parameters.join(',')})`
  const expression = soleExpression(node)
  const body = !expression ? text(node.body)
    : /^(Sequence|Object)Expression$/.test(expression.type) ? `(${text(expression)})` : text(expression)
  return `${head}=>${body}`
}

/**
 * The code with arrow functions in place of function expressions without a name; one that is called at once stays.
 * @param {Chunk} chunk
 */
export function writeArrowExpressions (chunk) {
  /** @type {import('../types').Edit[]} */
  const edits = []
  walk(chunk.tree, (node, parent, key) => {
    if (node.type !== 'FunctionExpression' || node.id || key === 'callee' || needsOwnThis(node)) return true
    // `get name() {}` has no other form.
    if (/^[gs]et$/.test(parent.kind)) return true
    edits.push({ start: node.start, end: node.end, text: arrowText(chunk, node) })
    return false
  })
  return applyEdits(chunk.code, edits)
}

/**
 * The code with its top-level functions as arrow functions, declared before anything is done.
 * @param {Chunk} chunk
 */
export function writeArrowFunctions (chunk) {
  /** @type {Node[]} */
  const statements = chunk.tree.body
  const functions = statements.filter(node => node.type === 'FunctionDeclaration' && !needsOwnThis(node)
    && (node.params.length === 1 || soleExpression(node)))
  const first = statements.find(node => !/^(Function|Import|Export)/.test(node.type))
  if (functions.length === 0 || !first) return chunk.code
  const list = functions.map(node => `${node.id.name}=${arrowText(chunk, node)}`).join(',')
  const isVariable = first.type === 'VariableDeclaration'
  const start = isVariable ? first.start + 'var '.length : first.start
  return applyEdits(chunk.code, [
    ...functions.map(node => ({ start: node.start, end: node.end, text: '' })),
    { start, end: start, text: isVariable ? `${list},` : `var ${list};` },
  ])
}
