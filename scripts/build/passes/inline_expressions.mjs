// Writes a function that is one expression in the place of its calls, where the bundle becomes smaller by it: a
// function costs an interpreter five variables of memory, and a call what four additions cost.
//
// Reads what terser has compressed: names are long still, so sizes are counted in tokens.
import { isReference, perNode, walk } from '../ast.mjs'
import { applyEdits } from '../edits.mjs'
import { Items } from '../items.mjs'
import { canReplace, examine, localsOf } from '../replacing.mjs'
import { tokenise } from './tokens.mjs'

/** @typedef {import('../types').Node} Node */
/** @typedef {import('../items.mjs').Item} Item */
/** @typedef {import('../replacing.mjs').Callee} Callee */

/** A call in a statement of the top level. */
/** @typedef {{ item: Item, call: Node }} Call */

/** Characters that a name of the top level and one of a function will have, on average. */
const GLOBAL_NAME_SIZE = 1.7
const LOCAL_NAME_SIZE = 1
/** `,=()` and an arrow around a function's name and expression, and something for its variables. */
const DECLARATION_SIZE = 8

/** @type {WeakMap<Node, number>} */
const sizes = new WeakMap()

/**
 * Bytes of a piece of code once names are short and words are tokens.
 * @param {Item} item
 * @param {Node} node
 * @param {{ has: (name: string) => boolean }} locals  of the function that it stands in
 */
function sizeOf (item, node, locals) {
  const size = sizes.get(node) ?? countSize(item, node, locals)
  sizes.set(node, size)
  return size
}

/**
 * @param {Item} item
 * @param {Node} node
 * @param {{ has: (name: string) => boolean }} locals
 */
function countSize (item, node, locals) {
  let size = tokenise(item.textOf(node)).length
  walk(node, (child, parent, key) => {
    if (child.type !== 'Identifier' || (parent && !isReference(parent, key))) return
    size += (locals.has(child.name) ? LOCAL_NAME_SIZE : GLOBAL_NAME_SIZE) - child.name.length
  })
  return size
}

/**
 * Text of the expression with its parameters replaced, in parentheses that the minifier takes off again.
 * @param {Item} own
 * @param {Callee} callee
 * @param {Call} call
 */
function expressionFor (own, { node, expression, reads }, { item, call }) {
  const edits = node.params.flatMap((/** @type {Node} */ { name }, /** @type {number} */ index) =>
    (reads.get(name) ?? []).map(({ start, end }) => ({ start, end, text: `(${item.textOf(call.arguments[index])})` })))
  return `(${applyEdits(own.code, edits, expression)})`
}

const rangeOf = (/** @type {Node} */ { start, end }) => ({ start, end })

/**
 * Characters that the bundle loses by replacing all calls.
 * @param {Item} own
 * @param {Callee} callee
 * @param {Call[]} calls
 */
function savingOf (own, { node, expression, reads }, calls) {
  const size = sizeOf(own, expression, reads)
  const isSequence = /^(Sequence|Assignment|Conditional|Logical|Binary)Expression$/.test(expression.type)
  let saving = DECLARATION_SIZE + GLOBAL_NAME_SIZE + reads.size * 1.5 + size
  for (const { item, call } of calls) {
    const locals = localsOf(item.node)
    let added = size + (isSequence ? 1 : 0)
    let spent = GLOBAL_NAME_SIZE + 2 + Math.max(0, call.arguments.length - 1)
    node.params.forEach((/** @type {Node} */ { name }, /** @type {number} */ index) => {
      const argument = sizeOf(item, call.arguments[index], locals)
      spent += argument
      added += (reads.get(name)?.length ?? 0) * (argument - LOCAL_NAME_SIZE)
    })
    saving += spent - added
  }
  return saving
}

/** By name: its calls in a statement of the top level; null: a use that is no call. */
const callsIn = perNode(top => {
  /** @type {Map<string, (Node | null)[]>} */
  const uses = new Map()
  walk(top, (node, parent, key) => {
    if (node.type !== 'Identifier' || node === top.id) return
    if (parent.type !== 'ExportSpecifier' && !isReference(parent, key)) return
    const isCall = parent.type === 'CallExpression' && key === 'callee'
    uses.set(node.name, [...uses.get(node.name) ?? [], isCall ? parent : null])
  })
  return uses
})

/** A call inside another's arguments waits for the next round. @param {Call[]} calls */
const areNested = calls => calls.some(({ item, call }) => calls.some(other =>
  other.item === item && other.call !== call && other.call.start >= call.start && other.call.end <= call.end))

class Candidate {
  /** @type {Call[]} */
  calls = []
  isReplaceable = true

  /** @param {Item} item @param {Callee} callee */
  constructor (item, callee) {
    this.item = item
    this.callee = callee
  }

  /** @param {Item} item @param {(Node | null)[]} uses */
  addCalls (item, uses) {
    for (const call of uses) {
      if (call && item !== this.item && canReplace(this.callee, call, item.node)) this.calls.push({ item, call })
      else this.isReplaceable = false
    }
  }
}

/** Functions of one expression by their names, in the order of the text. @param {Item[]} items */
function findCandidates (items) {
  /** @type {Map<string, Candidate>} */
  const found = new Map()
  for (const item of items) {
    const callee = examine(item.node)
    if (callee) found.set(callee.node.id.name, new Candidate(item, callee))
  }
  for (const item of items) {
    for (const [name, uses] of callsIn(item.node)) {
      const candidate = found.get(name)
      if (candidate?.isReplaceable) candidate.addCalls(item, uses)
    }
  }
  return [...found.values()].filter(({ isReplaceable, calls }) => isReplaceable && !areNested(calls))
}

/**
 * The code with every function of one expression in the place of its calls, where that is no longer.
 * @param {import('../chunk.mjs').Chunk} chunk
 */
export function inlineExpressions (chunk) {
  const program = new Items(chunk)
  for (;;) {
    /** @type {{ candidate: Candidate, saving: number } | null} */
    let best = null
    for (const candidate of findCandidates(program.all)) {
      const saving = savingOf(candidate.item, candidate.callee, candidate.calls)
      if (saving >= 0 && (best === null || saving > best.saving)) best = { candidate, saving }
    }
    if (best === null) return program.text
    const { item: own, callee, calls } = best.candidate
    for (const item of new Set(calls.map(call => call.item))) {
      const here = calls.filter(call => call.item === item)
      item.edit(here.map(call => ({ ...rangeOf(call.call), text: expressionFor(own, callee, call) })))
    }
    program.remove(own)
  }
}
