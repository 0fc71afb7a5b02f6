// A program as the statements of its top level, each of which can be written anew and is parsed alone: for passes that
// go on from what their last change has made.
import { parseChunk } from './ast.mjs'
import { applyEdits } from './edits.mjs'

/** @typedef {import('./types').Node} Node */
/** @typedef {import('./types').Edit} Edit */

/** A statement: its node, whose places are in `code`. */
export class Item {
  /**
   * @param {Node} node
   * @param {string} code
   */
  constructor (node, code) {
    this.node = node
    this.code = code
  }

  /**
   * The text of a node of this statement.
   * @param {{ start: number, end: number }} range
   */
  textOf ({ start, end }) {
    return this.code.slice(start, end)
  }

  /**
   * Writes it anew.
   * @param {Edit[]} edits
   */
  edit (edits) {
    this.code = applyEdits(this.code, edits, this.node)
    this.node = parseChunk(this.code).body[0]
  }
}

export class Items {
  /** @param {import('./chunk.mjs').Chunk} chunk */
  constructor ({ code, tree }) {
    this.list = tree.body.map((/** @type {Node} */ node) => new Item(node, code))
    /** What stands in front of each statement, and behind the last. */
    this.gaps = [...tree.body, { start: code.length }].map((node, index) =>
      code.slice(index > 0 ? tree.body[index - 1].end : 0, node.start))
    /** @type {Set<Item>} */
    this.gone = new Set()
  }

  /** Those that are left. @returns {Item[]} */
  get all () {
    return this.list.filter((/** @type {Item} */ item) => !this.gone.has(item))
  }

  /** The functions that it declares, by name. */
  get functions () {
    const nodes = this.all.map(({ node }) => node).filter(({ type }) => type === 'FunctionDeclaration')
    return new Map(nodes.map(node => [String(node.id.name), node]))
  }

  /** @param {Item} item */
  remove (item) {
    this.gone.add(item)
  }

  /** The program. */
  get text () {
    return this.list.map((/** @type {Item} */ item, /** @type {number} */ index) =>
      this.gaps[index] + (this.gone.has(item) ? '' : item.textOf(item.node))).join('') + this.gaps.at(-1)
  }
}
