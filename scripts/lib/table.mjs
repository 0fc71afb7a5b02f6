// A table in plain text: first column left, numbers right.

/**
 * Lines of a table; the first of the rows are the heads.
 * @param {(string | number)[][]} rows
 */
export function formatTable (rows) {
  const cells = rows.map(row => row.map(cell => typeof cell === 'number' ? cell.toLocaleString('en-US') : String(cell)))
  const widths = cells[0].map((_, column) => Math.max(...cells.map(row => row[column].length)))
  const pad = (/** @type {string} */ cell, /** @type {number} */ column) =>
    column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])
  return cells.map(row => row.map(pad).join('  ').trimEnd()).join('\n')
}
