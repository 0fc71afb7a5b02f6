// Espruino runs a function's text without its closing brace, and takes a `return` at its very end for one whose value
// is missing. A semicolon says that there is none.
import { applyEdits, parseChunk, walk } from './ast.mjs'

/** Returns without a value and without a semicolon that stand at the end of a function, however deep. */
export function openReturns (code, tree = parseChunk(code)) {
  const found = []
  walk(tree, node => {
    const isOpen = node.type === 'ReturnStatement' && !node.argument && code[node.end - 1] !== ';'
    if (isOpen && code[node.end] === '}') found.push(node)
  })
  return found
}

/** The code with those returns closed. */
export function closeReturns (code) {
  return applyEdits(code, openReturns(code).map(({ end }) => ({ start: end, end, text: ';' })))
}
