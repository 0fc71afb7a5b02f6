// Changes of a text, as edits of ranges that were found in its tree.

/** @typedef {import('./types').Edit} Edit */

/** Something about a text that cannot be done, and where in it. */
export class TextError extends Error {
  /**
   * @param {string} message
   * @param {number} position
   */
  constructor (message, position) {
    super(message)
    this.position = position
  }
}

/**
 * The edits in the order of the text. What is put in between comes before what replaces the text behind it; what is
 * put in at the same place stays in the order given.
 * @param {Edit[]} edits
 */
function inOrder (edits) {
  const isBetween = (/** @type {Edit} */ edit) => edit.start === edit.end ? 0 : 1
  return [...edits].sort((a, b) => a.start - b.start || isBetween(a) - isBetween(b))
}

/**
 * A range of a text with edits applied that lie within it; the whole text unless told. Edits must not overlap.
 * @param {string} code
 * @param {Edit[]} edits
 * @param {{ start: number, end: number }} [range]
 */
export function applyEdits (code, edits, { start, end } = { start: 0, end: code.length }) {
  let result = ''
  let position = start
  for (const edit of inOrder(edits)) {
    if (edit.start < position || edit.end > end) {
      const what = JSON.stringify(code.slice(edit.start, Math.max(edit.end, edit.start + 20)))
      throw new TextError(`an edit of ${what} overlaps another one, or what is edited`, edit.start)
    }
    result += code.slice(position, edit.start) + edit.text
    position = edit.end
  }
  return result + code.slice(position, end)
}

/**
 * Edits that lie within a range.
 * @param {Edit[]} edits
 * @param {{ start: number, end: number }} range
 */
export const editsWithin = (edits, { start, end }) => edits.filter(edit => edit.start >= start && edit.end <= end)
