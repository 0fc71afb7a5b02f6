// Where in a program's start each name is let go of that only the start needs: behind the last of its expressions that
// needs it, so that what comes then has the memory.
import { allScopes } from '../scope.mjs'

/** @typedef {import('../types').Node} Node */

/**
 * The expressions that a program ends with.
 * @param {Node} tree
 * @returns {Node[]}
 */
function endingOf ({ body }) {
  const last = body.findLastIndex((/** @type {Node} */ { type }) => type !== 'ExpressionStatement')
  return body.slice(last + 1).flatMap((/** @type {Node} */ { expression }) =>
    expression.type === 'SequenceExpression' ? expression.expressions : [expression])
}

/**
 * By name: where it stands in the text, as the start of each use.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {string[]} names
 */
function usesOf ({ root }, names) {
  /** @type {Map<string, number[]>} */
  const uses = new Map(names.map(name => [name, []]))
  for (const scope of allScopes(root)) {
    for (const { name, start } of scope.references) {
      if ((scope.find(name) ?? root) === root) uses.get(name)?.push(start)
    }
  }
  return uses
}

/**
 * Edits that let go of names; none where the program does not end with expressions. Each is a function or variable of
 * the top level that nothing but the start and others of them need, or a global of the engine.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {string[]} names
 * @returns {import('../types').Edit[]}
 */
export function dropEdits (chunk, names) {
  const ending = endingOf(chunk.tree)
  if (ending.length === 0) return []
  const uses = usesOf(chunk, names)
  const holds = (/** @type {Node} */ { start, end }, /** @type {number} */ at) => start <= at && at < end
  /** @type {Node[]} */
  const items = chunk.tree.body.flatMap((/** @type {Node} */ node) => node.declarations ?? (node.id ? [node] : []))
  /** @type {Map<string, number>} */
  const known = new Map()
  /**
   * The last of the expressions that needs a name, -1: none does.
   * @param {string} name
   * @returns {number}
   */
  function lastOf (name) {
    const found = known.get(name)
    if (found !== undefined) return found
    known.set(name, -1)
    const last = Math.max(-1, ...(uses.get(name) ?? []).map(at => {
      const index = ending.findIndex(node => holds(node, at))
      const holder = index < 0 ? items.find(node => holds(node, at))?.id.name : undefined
      if (holder === undefined || holder === name) return index
      // A variable's value is there before the first of them; who is kept may need it at any time.
      if (uses.has(holder)) return lastOf(holder)
      return isCode(holder) ? ending.length - 1 : -1
    }))
    known.set(name, last)
    return last
  }
  const isCode = (/** @type {string} */ name) => {
    const item = items.find(({ id }) => id.name === name)
    return !item?.init || /Function/.test(item.init.type)
  }
  const textOf = (/** @type {number} */ last) =>
    names.filter(name => lastOf(name) === last).map(name => `delete ${name}`).join(',')
  return [-1, ...ending.keys()].filter(textOf).map(last => {
    const { start, end } = ending[Math.max(0, last)]
    return last < 0 ? { start, end: start, text: `${textOf(last)},` } : { start: end, end, text: `,${textOf(last)}` }
  })
}
