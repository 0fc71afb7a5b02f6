// Writes what a bundle says again and again once: `new Uint8Array(n)` becomes a call of a function with a short name,
// `Math.min` a variable, `a.length` becomes `a[l]`. Engines without bytecode read every character that they run, and
// look `Math` up each time.
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

/** Functions that every message runs: no name of a property is shared in them. */
const HOT_FUNCTIONS = ['onData', 'laneTurn', 'laneCopy', 'canConfirm', 'receive', 'laneAcknowledge']
/** Bytes from which on a property's name is worth a variable, which takes memory. */
const SAVING_MIN = 15

/**
 * The name of a property of the engine's as an index, which takes 2,000 instructions more than after a dot. Where it
 * cannot stand there it is an index already.
 */
function shareableName ({ type, object, property, computed, end }, isHot) {
  if (type !== 'MemberExpression' || object.name === 'Math' || isHot && !computed) return null
  const text = computed ? property.value : property.name
  if (typeof text !== 'string' || text.startsWith('_')) return null
  const name = `${text.replace(/\W/g, '')}$name`
  const start = property.start - 1
  return { name, start, end, saving: end - start - '[ab]'.length, declare: `var ${name}="${text}";` }
}

/** Whether often enough that the declaration pays. */
function pays (list) {
  const [{ saving, declare }] = list
  if (saving === undefined) return list.length >= USES_MIN
  return list.length * saving - declare.length + 'var length$name'.length - 'a'.length >= SAVING_MIN
}

/** The code with what it uses often declared in front. */
export function shareOften (code) {
  const uses = new Map()
  const add = use => use && uses.set(use.name, [...uses.get(use.name) ?? [], use])
  for (const top of parseChunk(code).body) {
    const isHot = HOT_FUNCTIONS.includes(top.id?.name)
    walk(top, node => {
      add(shareable(code, node))
      add(shareableName(node, isHot))
    })
  }
  const often = [...uses.values()].filter(pays)
  const edits = often.flat().map(({ start, end, name, saving }) => (
    { start, end, text: saving === undefined ? name : `[${name}]` }))
  return often.map(list => list[0].declare).join('') + applyEdits(code, edits)
}
