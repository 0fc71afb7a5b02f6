// `npm run size [board...]`: what every board's bundle weighs and what its tables take, against its budgets.
import { gzipSync } from 'node:zlib'
import { boardsAsked, commandLine } from './lib/command_line.mjs'
import { loadBoard } from './lib/board.mjs'
import { bundleFor } from './build/edition.mjs'
import { DASHBOARD_SIZE_MAX, dashboardFresh } from './lib/dashboard.mjs'
import { coreRam } from './lib/ram.mjs'
import { formatTable } from './lib/table.mjs'

const command = commandLine('size')
  .description('What each board\'s bundle weighs and what its tables take, against its budgets; and the page.')
const names = boardsAsked(command)
const rows = [['board', 'bundle', 'budget', 'gzip', 'RAM', 'budget', '']]
for (const name of names) {
  const board = await loadBoard(name)
  const { code } = await bundleFor(name)
  const ram = await coreRam(name)
  const size = Buffer.byteLength(code, 'latin1')
  const over = size > board.BUNDLE_SIZE_MAX || ram > board.RAM_SIZE_MAX
  if (over) process.exitCode = 1
  rows.push([
    name, size, board.BUNDLE_SIZE_MAX, gzipSync(Buffer.from(code, 'latin1'), { level: 9 }).length,
    ram, board.RAM_SIZE_MAX, over ? 'over budget' : '',
  ])
}
console.log(formatTable(rows))
if (command.args.length === 0) {
  const { length } = await dashboardFresh()
  console.log(`\nthe broker's page, compressed: ${length} bytes of ${DASHBOARD_SIZE_MAX}`)
}
