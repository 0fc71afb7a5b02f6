// A text on its way through the passes, with what is known of it: it is parsed once for the pass that reads it.
import { parseChunk } from './ast.mjs'
import { buildScopes } from './scope.mjs'

/** @typedef {import('./types').Node} Node */

export class Chunk {
  /** @type {import('./scope.mjs').Scope | undefined} */
  #root

  /**
   * Throws a TextError where the text is no program.
   * @param {string} code
   * @param {'module' | 'script'} source
   */
  constructor (code, source = 'module') {
    this.code = code
    this.tree = parseChunk(code, source)
  }

  /** The scope of the top level. */
  get root () {
    return this.#root ??= buildScopes(this.tree)
  }

  /**
   * The text of a node.
   * @param {{ start: number, end: number }} range
   */
  textOf ({ start, end }) {
    return this.code.slice(start, end)
  }
}
