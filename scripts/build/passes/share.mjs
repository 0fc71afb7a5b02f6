// Writes what a bundle says again and again once: `new Uint8Array(n)` becomes a call of a function with a short name,
// `Math.min` a variable, `a.length` becomes `a[l]`. Engines without bytecode read every character that they run, and
// look `Math` up each time.
import { walk } from '../ast.mjs'
import { applyEdits, TextError } from '../edits.mjs'

/** @typedef {import('../types').Node} Node */

/** What may be written as a name, and how the name is declared; `saving`: characters, where it is a property's. */
/** @typedef {{ name: string, start: number, end: number, saving?: number, declare: string }} Shared */

/** Uses from which on a shorter name pays for its declaration. */
const USES_MIN = 3

/**
 * What may be shared: a text to write, a name for it, and how it is declared.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {Node} node
 * @returns {Shared | null}
 */
function shareable (chunk, node) {
  if (node.type === 'NewExpression' && node.arguments.length === 1 && /^[A-Z]\w+Array$/.test(node.callee.name)) {
    const { name, end } = node.callee
    const declare = `function new${name}(size){return new ${name}(size)}`
    return { name: `new${name}`, start: node.start, end, declare }
  }
  if (node.type === 'MemberExpression' && !node.computed && node.object.name === 'Math') {
    const name = `math${node.property.name}`
    return { name, start: node.start, end: node.end, declare: `var ${name}=${chunk.textOf(node)};` }
  }
  return null
}

/** Bytes from which on a property's name is worth a variable, which takes memory. */
const SAVING_MIN = 15

/** The name that declares a property's. @param {string} text */
export const propertyName = text => `${text.replace(/\W/g, '')}$name`

/**
 * The name of a property of the engine's as an index, which takes 2,000 instructions more than after a dot: not in
 * functions that every message runs (lists/dotted.mjs). Where it cannot stand there it is an index already.
 * @param {Node} node
 * @param {boolean} isHot
 * @returns {Shared | null}
 */
function shareableName ({ type, object, property, computed, end }, isHot) {
  if (type !== 'MemberExpression' || object.name === 'Math' || isHot && !computed) return null
  const text = computed ? property.value : property.name
  if (typeof text !== 'string' || text.startsWith('_')) return null
  const name = propertyName(text)
  const start = property.start - 1
  return { name, start, end, saving: end - start - '[ab]'.length, declare: `var ${name}="${text}";` }
}

/**
 * Whether often enough that the declaration pays.
 * @param {Shared[]} list
 */
function pays (list) {
  const [{ saving, declare }] = list
  if (saving === undefined) return list.length >= USES_MIN
  return list.length * saving - declare.length + 'var length$name'.length - 'a'.length >= SAVING_MIN
}

/**
 * The code with what it uses often declared in front.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {import('../types').Context} context
 */
export function shareOften (chunk, { names, use }) {
  /** @type {Map<string, Shared[]>} */
  const uses = new Map()
  const add = (/** @type {Shared | null} */ found) => {
    if (!found) return
    const others = uses.get(found.name) ?? []
    const isOther = others.some(({ declare }) => declare !== found.declare)
    if (isOther) throw new TextError(`two texts for ${found.name}`, found.start)
    uses.set(found.name, [...others, found])
  }
  for (const top of chunk.tree.body) {
    const isHot = names.dotted.includes(top.id?.name)
    if (isHot) use('dotted', top.id.name)
    walk(top, node => {
      add(shareable(chunk, node))
      add(shareableName(node, isHot))
    })
  }
  const often = [...uses.values()].filter(pays)
  const edits = often.flat().map(({ start, end, name, saving }) => (
    { start, end, text: saving === undefined ? name : `[${name}]` }))
  return often.map(([{ declare }]) => declare).join('') + applyEdits(chunk.code, edits)
}
