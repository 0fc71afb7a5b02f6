// Writes what a bundle says again and again once: `new Uint8Array(n)` becomes a call of a function with a short name,
// `Math.min` a variable. Engines without bytecode read every character that they run, and look `Math` up each time.
import { applyEdits, parseChunk, walk } from './ast.mjs'

/** Uses from which on a shorter name pays for its declaration. */
const USES_MIN = 3

/** What may be shared: a text to write, a name for it, and how it is declared. */
function shareable (code, node) {
  if (node.type === 'NewExpression' && node.arguments.length === 1 && /^[A-Z]\w+Array$/.test(node.callee.name)) {
    const { name, end } = node.callee
    const declare = `function new${name}(size){return new ${name}(size)}`
    return { name: `new${name}`, start: node.start, end, declare }
  }
  if (node.type === 'MemberExpression' && !node.computed && node.object.name === 'Math') {
    const name = `math${node.property.name}`
    return { name, start: node.start, end: node.end, declare: `var ${name}=${code.slice(node.start, node.end)};` }
  }
  return null
}

/** The code with what it uses often declared in front. */
export function shareOften (code) {
  const uses = new Map()
  walk(parseChunk(code), node => {
    const use = shareable(code, node)
    if (use) uses.set(use.name, [...uses.get(use.name) ?? [], use])
  })
  const often = [...uses.values()].filter(list => list.length >= USES_MIN)
  const edits = often.flat().map(({ start, end, name }) => ({ start, end, text: name }))
  return often.map(list => list[0].declare).join('') + applyEdits(code, edits)
}
