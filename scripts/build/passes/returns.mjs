// Espruino runs a function's text without its closing brace, and takes a `return` at its very end for one whose value
// is missing. A semicolon says that there is none.
import { walk } from '../ast.mjs'
import { applyEdits } from '../edits.mjs'

/**
 * The code with a semicolon behind each return without a value and without one that stands at the end of a function,
 * however deep.
 * @param {import('../chunk.mjs').Chunk} chunk
 */
export function closeReturns ({ code, tree }) {
  /** @type {import('../types').Edit[]} */
  const edits = []
  walk(tree, ({ type, argument, end }) => {
    const isOpen = type === 'ReturnStatement' && !argument && code[end - 1] !== ';'
    if (isOpen && code[end] === '}') edits.push({ start: end, end, text: ';' })
  })
  return applyEdits(code, edits)
}
