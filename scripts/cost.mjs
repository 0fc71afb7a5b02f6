// `npm run cost [-- --row lane-1,qos1-1] [--bundle file.js] [--board esp32] [--write]`: what a message costs a board,
// in instructions of the real interpreter. `--write` puts the table into docs/devices.md.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { engineMissing, engineVersion } from './cost/engine.mjs'
import { floorMeasure } from './cost/floor.mjs'
import { passMeasure, rowMeasure, tickMeasure } from './cost/measure.mjs'
import { costRow, idleRow, TABLE_HEAD, writeTable } from './cost/report.mjs'
import { ROWS } from './cost/rows.mjs'
import { bundleFor } from './build/edition.mjs'
import { formatTable } from './lib/table.mjs'

/** Rows of a board on which nothing happens; they have no floor. */
const IDLE_ROWS = {
  pass: { title: 'The engine\'s pass over 9 idle clients', measure: passMeasure },
  tick: { title: 'The broker\'s timer with 9 idle clients, once a second', measure: tickMeasure },
}
const FLOOR_MESSAGES = 40

const { values: options } = parseArgs({
  options: {
    row: { type: 'string' },
    bundle: { type: 'string' },
    board: { type: 'string', default: 'esp32' },
    write: { type: 'boolean', default: false },
  },
})
const names = options.row?.split(',') ?? [...Object.keys(ROWS), ...Object.keys(IDLE_ROWS)]

/** Computed once by key. */
function remember (compute) {
  const known = new Map()
  return key => {
    if (!known.has(key)) known.set(key, compute(key))
    return known.get(key)
  }
}

const bundleOf = remember(async lane => options.bundle
  ? readFileSync(options.bundle, 'latin1')
  : (await bundleFor(options.board, lane ? {} : { FEATURE_LANE: false })).code)
const floorOf = remember(subscribers => floorMeasure(subscribers, FLOOR_MESSAGES))

async function measure (name) {
  if (IDLE_ROWS[name]) {
    const { title, measure: measureIdle } = IDLE_ROWS[name]
    return idleRow(name, title, await measureIdle(await bundleOf(true)))
  }
  const row = ROWS[name]
  if (!row) throw new Error(`There is no row ${name}; rows are ${Object.keys({ ...ROWS, ...IDLE_ROWS }).join(', ')}.`)
  const floor = await floorOf(row.floor)
  return costRow(name, row, await rowMeasure(await bundleOf(row.lane), row), floor)
}

const missing = engineMissing()
if (missing) {
  console.error(missing)
  process.exit(1)
}
const table = [TABLE_HEAD]
for (const name of names) {
  table.push(await measure(name))
}
console.log(formatTable(table))
if (options.write) writeTable(options.board, engineVersion(), table)
