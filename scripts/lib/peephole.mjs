// What the minifier leaves as it is because a number could be NaN or a sum a text: an interpreter's bundle has neither
// among what it compares and adds 0 to. And numbers that have fewer digits as an operation.
import { applyEdits, parseChunk, walk } from './ast.mjs'

const OPPOSITES = { '<': '>=', '>=': '<', '>': '<=', '<=': '>', '===': '!==', '!==': '===', '==': '!=', '!=': '==' }

const isZero = node => node.type === 'Literal' && node.value === 0

/** In parentheses, which are taken off again where they are not needed. */
const textOf = (code, { start, end }) => `(${code.slice(start, end)})`

/** The text of the opposite of a condition, or null where it is no shorter than with a `!` in front. */
function oppositeOf (code, node) {
  const { type, operator, left, right, argument, expressions } = node
  if (type === 'BinaryExpression' && OPPOSITES[operator]) {
    return `(${textOf(code, left)} ${OPPOSITES[operator]} ${textOf(code, right)})`
  }
  if (type === 'UnaryExpression' && operator === '!') return textOf(code, argument)
  if (type === 'SequenceExpression') {
    const last = oppositeOf(code, expressions.at(-1))
    return last && `(${code.slice(expressions[0].start, expressions.at(-1).start)}${last})`
  }
  if (type !== 'LogicalExpression' || operator === '??') return null
  const sides = [left, right].map(side => oppositeOf(code, side))
  return sides.includes(null) ? null : `(${sides.join(operator === '&&' ? '||' : '&&')})`
}

/** Whether only the truth of an expression counts. */
const isTested = (parent, key) => key === 'test' || key === 'left' && parent.operator === '&&'

/** What an `if` that does nothing becomes, but for its `else`. */
function ifNotText (code, { test, alternate }) {
  const text = oppositeOf(code, test) ?? `(!${textOf(code, test)})`
  return `if${text}${code.slice(alternate.start, alternate.end)}`
}

/** What an operation becomes, or null. */
function operandText (code, { type, operator, left, right }, parent, key) {
  if (type === 'BinaryExpression' && /^[+-]$/.test(operator) && isZero(right)) return textOf(code, left)
  if (type === 'BinaryExpression' && operator === '+' && isZero(left)) return textOf(code, right)
  const isNothing = type === 'LogicalExpression' && operator === '||' && isZero(right) && isTested(parent, key)
  return isNothing ? textOf(code, left) : null
}

/** A large number as it is written with fewer digits, or null. */
function numberText (value) {
  if (value === 0xffff_ffff) return '(-1>>>0)'
  const isPower = value >= 0x10_0000 && value < 0x8000_0000 && Number.isInteger(Math.log2(value))
  return isPower ? `(1<<${Math.log2(value)})` : null
}

/** What a node becomes, or null. */
function replacement (code, node, parent, key) {
  if (node.type === 'Literal' && typeof node.value === 'number') return numberText(node.value)
  if (node.type === 'UnaryExpression' && node.operator === '!') return oppositeOf(code, node.argument)
  if (node.type === 'IfStatement' && node.consequent.type === 'EmptyStatement') return ifNotText(code, node)
  if (node.operator && node.right) return operandText(code, node, parent, key)
  const isConcat = node.type === 'CallExpression' && node.callee.property?.name === 'concat'
  return isConcat && node.arguments[0].elements?.length === 0 ? textOf(code, node.callee.object) : null
}

/** The code with each of these written shorter. */
export function writeShorter (code) {
  for (;;) {
    let edit = null
    walk(parseChunk(code), (node, parent, key) => {
      const text = edit === null ? replacement(code, node, parent, key) : null
      if (text !== null) edit = { start: node.start, end: node.end, text }
      return edit === null
    })
    if (edit === null) return code
    code = applyEdits(code, [edit])
  }
}
