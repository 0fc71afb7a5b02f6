// `npm run build [board...]`: dist/<board>/midge.js for every board, and its size against its budget; and the page
// that flashes them, dist/flasher.
import { statSync } from 'node:fs'
import { boardNames, loadBoard } from './lib/board.mjs'
import { distFresh } from './lib/dist.mjs'
import { flasherFresh } from './lib/flasher.mjs'
import { formatTable } from './lib/table.mjs'

const names = process.argv.length > 2 ? process.argv.slice(2) : boardNames()
const rows = [['board', 'bytes', 'budget', '']]
for (const name of names) {
  const { BUNDLE_SIZE_MAX } = await loadBoard(name)
  const { size } = statSync(await distFresh(name))
  if (size > BUNDLE_SIZE_MAX) process.exitCode = 1
  rows.push([name, size, BUNDLE_SIZE_MAX, size > BUNDLE_SIZE_MAX ? 'over budget' : ''])
}
console.log(formatTable(rows))
if (process.argv.length < 3) await flasherFresh()
