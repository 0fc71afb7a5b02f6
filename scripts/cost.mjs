// `npm run cost [-- --row lane-1,qos1-1] [--bundle file.js] [--board esp32] [--write]`: what a message costs a board,
// in instructions of the real interpreter. `--write` puts the table into docs/devices.md.
import { readFileSync } from 'node:fs'
import { engineMissing, engineVersion } from './cost/engine.mjs'
import { floorMeasure } from './cost/floor.mjs'
import { lateStartMeasure, passMeasure, quietStartMeasure, rowMeasure, tickMeasure } from './cost/measure.mjs'
import { costRow, idleRow, TABLE_HEAD, writeTable } from './cost/report.mjs'
import { ROWS } from './cost/rows.mjs'
import { bundleFor } from './build/edition.mjs'
import { loadBoard } from './lib/board.mjs'
import { commandLine, namesOf } from './lib/command_line.mjs'
import { formatTable } from './lib/table.mjs'

/** Rows of a board to which nobody says anything; they have no floor. */
const IDLE_ROWS = {
  start: { title: 'The start, with 640 KB of records in its store', measure: quietStartMeasure },
  'start-late': {
    title: 'A start with some room in its store, 60 sectors behind its tables', measure: lateStartMeasure,
  },
  pass: { title: 'The engine\'s pass over 9 idle clients', measure: passMeasure },
  tick: { title: 'The broker\'s timer with 9 idle clients, once a second', measure: tickMeasure },
}
const FLOOR_MESSAGES = 40
const NAMES = [...Object.keys(ROWS), ...Object.keys(IDLE_ROWS)]

const options = commandLine('cost')
  .description('What a message costs a board, in instructions of the real interpreter (ESPRUINO and valgrind).')
  .option('--row <names>', 'with commas between them', namesOf(NAMES))
  .option('--bundle <file.js>', 'any program that listens on port 1883')
  .option('--board <name>', 'a file of boards/', 'esp32')
  .option('--write', 'put the table into docs/devices.md')
  .parse().opts()
const names = options.row ?? NAMES

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
    return idleRow(name, title, await measureIdle(await bundleOf(true), board))
  }
  const row = ROWS[name]
  const floor = await floorOf(row.floor)
  return costRow(name, row, await rowMeasure(await bundleOf(row.lane), row, board), floor)
}

const missing = engineMissing()
if (missing) {
  console.error(missing)
  process.exit(1)
}
const board = await loadBoard(options.board)
const table = [TABLE_HEAD]
for (const name of names) {
  table.push(await measure(name))
}
console.log(formatTable(table))
if (options.write) writeTable(options.board, engineVersion(), table)
