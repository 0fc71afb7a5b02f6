// What the minifier leaves as it is because a number could be NaN or a sum a text: an interpreter's bundle has neither
// among what it compares and adds 0 to. And numbers that have fewer digits as an operation.
import { walk } from '../ast.mjs'
import { Items } from '../items.mjs'

/** @typedef {import('../types').Node} Node */
/** @typedef {import('../items.mjs').Item} Item */

/** @type {Record<string, string>} */
const OPPOSITES = { '<': '>=', '>=': '<', '>': '<=', '<=': '>', '===': '!==', '!==': '===', '==': '!=', '!=': '==' }

const isZero = (/** @type {Node} */ node) => node.type === 'Literal' && node.value === 0

/** In parentheses, which are taken off again where they are not needed. */
const textOf = (/** @type {Item} */ item, /** @type {Node} */ node) => `(${item.textOf(node)})`

/**
 * The text of the opposite of a condition, or null where it is no shorter than with a `!` in front.
 * @param {Item} item
 * @param {Node} node
 * @returns {string | null}
 */
function oppositeOf (item, node) {
  const { type, operator, left, right, argument, expressions } = node
  if (type === 'BinaryExpression' && OPPOSITES[operator]) {
    return `(${textOf(item, left)} ${OPPOSITES[operator]} ${textOf(item, right)})`
  }
  if (type === 'UnaryExpression' && operator === '!') return textOf(item, argument)
  if (type === 'SequenceExpression') {
    const last = oppositeOf(item, expressions.at(-1))
    return last && `(${item.textOf({ start: expressions[0].start, end: expressions.at(-1).start })}${last})`
  }
  if (type !== 'LogicalExpression' || operator === '??') return null
  const sides = [left, right].map(side => oppositeOf(item, side))
  return sides.includes(null) ? null : `(${sides.join(operator === '&&' ? '||' : '&&')})`
}

/** Whether only the truth of an expression counts. */
const isTested = (/** @type {Node} */ parent, /** @type {string} */ key) =>
  key === 'test' || key === 'left' && parent.operator === '&&'

/**
 * What an `if` that does nothing becomes, but for its `else`.
 * @param {Item} item
 * @param {Node} node
 */
function ifNotText (item, { test, alternate }) {
  const text = oppositeOf(item, test) ?? `(!${textOf(item, test)})`
  return `if${text}${item.textOf(alternate)}`
}

/**
 * What an operation becomes, or null.
 * @param {Item} item
 * @param {Node} node
 * @param {Node} parent
 * @param {string} key
 */
function operandText (item, { type, operator, left, right }, parent, key) {
  if (type === 'BinaryExpression' && /^[+-]$/.test(operator) && isZero(right)) return textOf(item, left)
  if (type === 'BinaryExpression' && operator === '+' && isZero(left)) return textOf(item, right)
  const isNothing = type === 'LogicalExpression' && operator === '||' && isZero(right) && isTested(parent, key)
  return isNothing ? textOf(item, left) : null
}

/**
 * A large number as it is written with fewer digits, or null.
 * @param {number} value
 */
function numberText (value) {
  if (value === 0xffff_ffff) return '(-1>>>0)'
  const isPower = value >= 0x10_0000 && value < 0x8000_0000 && Number.isInteger(Math.log2(value))
  return isPower ? `(1<<${Math.log2(value)})` : null
}

/**
 * What a node becomes, or null.
 * @param {Item} item
 * @param {Node} node
 * @param {Node} parent
 * @param {string} key
 */
function replacement (item, node, parent, key) {
  if (node.type === 'Literal' && typeof node.value === 'number') return numberText(node.value)
  if (node.type === 'UnaryExpression' && node.operator === '!') return oppositeOf(item, node.argument)
  if (node.type === 'IfStatement' && node.consequent.type === 'EmptyStatement') return ifNotText(item, node)
  if (node.operator && node.right) return operandText(item, node, parent, key)
  const isConcat = node.type === 'CallExpression' && node.callee.property?.name === 'concat'
  return isConcat && node.arguments[0].elements?.length === 0 ? textOf(item, node.callee.object) : null
}

/**
 * The first edit that writes something of a statement shorter, or null.
 * @param {Item} item
 */
function findEdit (item) {
  /** @type {import('../types').Edit | null} */
  let edit = null
  walk(item.node, (node, parent, key) => {
    const text = edit === null ? replacement(item, node, parent, key) : null
    if (text !== null) edit = { start: node.start, end: node.end, text }
    return edit === null
  })
  return edit
}

/**
 * The code with each of these written shorter.
 * @param {import('../chunk.mjs').Chunk} chunk
 */
export function writeShorter (chunk) {
  const program = new Items(chunk)
  for (const item of program.all) {
    for (let edit = findEdit(item); edit !== null; edit = findEdit(item)) item.edit([edit])
  }
  return program.text
}
