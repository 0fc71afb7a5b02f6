// Functions of src/store that make the core's tables, at the start only.

/**
 * What makes a column (passes/columns.mjs): the array's type, and what its rows start with.
 * @type {Record<string, [type: string, fill: number]>}
 */
export const MAKERS = {
  newShortRows: ['Int8Array', 0],
  newRows: ['Int16Array', 0],
  newOffsets: ['Uint16Array', 0],
  newShortLinks: ['Int8Array', -1],
  newLinks: ['Int16Array', -1],
  newPlaces: ['Int32Array', -1],
}

/**
 * What a number of rows is computed with, as it answers on a board.
 * @type {Record<string, (rows: number) => number>}
 */
export const COUNTS = {
  rowsAtStart: rows => rows,
  headsFor: rows => 2 ** Math.ceil(Math.log2(rows)),
}
