// Whether a function of one expression can be written in the place of a call: for passes/inline_expressions.mjs.
import { isFunction, isReference, perNode, soleExpression, walk } from './ast.mjs'

/** @typedef {import('./types').Node} Node */

/** A function of one expression: where each parameter is read, whether it does something, what it reads first. */
/** @typedef {{ node: Node, expression: Node, reads: Map<string, Node[]>, acts: boolean, first: Node | null }} Callee */

const ACTS = /^(Call|New|Assignment|Update)Expression$/

/** What is known of a statement that is a function of one expression, else null. */
export const examine = perNode(node => {
  const expression = node.type === 'FunctionDeclaration' ? soleExpression(node) : null
  if (!expression || node.params.some((/** @type {Node} */ { type }) => type !== 'Identifier')) return null
  /** @type {Callee} */
  const callee = { node, expression, reads: new Map(), acts: false, first: null }
  for (const { name } of node.params) callee.reads.set(name, [])
  let isPlain = true
  walk(expression, (child, parent, key) => {
    if (isFunction(child) || child.type === 'ThisExpression') isPlain = false
    if (ACTS.test(child.type)) callee.acts = true
    const target = child.type === 'UpdateExpression' ? child.argument : child.left
    if (/^(Assignment|Update)Expression$/.test(child.type) && callee.reads.has(target.name)) isPlain = false
    if (child.type !== 'Identifier' || (parent && !isReference(parent, key))) return
    if (child.name === 'arguments') isPlain = false
    callee.first ??= child
    callee.reads.get(child.name)?.push(child)
  })
  return isPlain ? callee : null
})

/** Whether reading an expression twice, or later, answers the same, as long as nothing acts in between. */
const isPure = perNode(node => {
  let pure = true
  walk(node, child => {
    if (ACTS.test(child.type) || isFunction(child)) pure = false
  })
  return pure
})

/**
 * Whether an expression reads nothing but a function's own variables: nothing that is called can change it.
 * @param {Node} node
 * @param {Set<string>} locals
 */
function isOfLocals (node, locals) {
  let isOwn = isPure(node)
  walk(node, child => {
    if (/^(Member|This)Expression$/.test(child.type)) isOwn = false
    if (child.type === 'Identifier' && !locals.has(child.name)) isOwn = false
  })
  return isOwn
}

/**
 * Whether a node is evaluated whenever the expression is, before anything else.
 * @param {Node} expression
 * @param {Node} node
 */
function comesFirst (expression, node) {
  let found = false
  const visit = (/** @type {Node} */ part) => {
    if (part === node) found = true
    const next = part.left ?? part.test ?? part.argument ?? part.object ?? part.expressions?.[0] ?? part.callee
    if (!found && next && part.type !== 'AssignmentExpression') visit(next)
  }
  visit(expression)
  return found
}

export const localsOf = perNode(top => {
  /** @type {Set<string>} */
  const names = new Set(top.params?.map((/** @type {Node} */ { name }) => name) ?? [])
  walk(top, node => {
    if (node.type === 'VariableDeclarator') names.add(node.id.name)
  })
  return names
})

/** Names that an expression reads. */
const namesIn = perNode(expression => {
  /** @type {Set<string>} */
  const names = new Set()
  walk(expression, (node, parent, key) => {
    if (node.type === 'Identifier' && (!parent || isReference(parent, key))) names.add(node.name)
  })
  return names
})

/**
 * Whether a call may become the expression: arguments are neither lost, nor done twice, nor done in another order.
 * @param {Callee} callee
 * @param {Node} call
 * @param {Node} top
 */
export function canReplace ({ node, expression, reads, acts, first }, call, top) {
  const locals = localsOf(top)
  const parameters = node.params
  /** @type {Node[]} */
  const given = call.arguments
  if (given.length !== parameters.length) return false
  const impure = given.filter(argument => !isPure(argument))
  const isCaptured = (/** @type {string} */ name) => !reads.has(name) && locals.has(name)
  if (top.type === 'FunctionDeclaration' && [...namesIn(expression)].some(isCaptured)) return false
  return given.every((argument, index) => {
    const own = reads.get(parameters[index].name) ?? []
    const isOwn = argument.type === 'Literal' || top.params && isOfLocals(argument, locals)
    if (isOwn && impure.length === 0) return true
    if (isPure(argument)) {
      return impure.length === 0 && (!acts || own.length === 1 && own[0] === first && comesFirst(expression, own[0]))
    }
    return impure.length === 1 && given.length === 1 && own.length === 1 && comesFirst(expression, own[0])
  })
}
