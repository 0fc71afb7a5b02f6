// `npm run build [board...]`: dist/<board>/midge.js for every board, and its size against its budget; and the page
// that flashes them, dist/flasher. With --passes instead: what each pass of these boards' bundles saves.
import { statSync } from 'node:fs'
import { boardsAsked, commandLine } from './lib/command_line.mjs'
import { loadBoard } from './lib/board.mjs'
import { distFresh } from './lib/dist.mjs'
import { flasherFresh } from './lib/flasher.mjs'
import { formatTable } from './lib/table.mjs'

const command = commandLine('build')
  .description('dist/<board>/midge.js for every board, and the page that flashes them; or for some boards.')
  .option('--passes', 'say what each step of these boards\' bundles saves instead')
const names = boardsAsked(command)
const isAll = command.args.length === 0

async function build () {
  const rows = [['board', 'bytes', 'budget', '']]
  for (const name of names) {
    const { BUNDLE_SIZE_MAX } = await loadBoard(name)
    const { size } = statSync(await distFresh(name))
    if (size > BUNDLE_SIZE_MAX) process.exitCode = 1
    rows.push([name, size, BUNDLE_SIZE_MAX, size > BUNDLE_SIZE_MAX ? 'over budget' : ''])
  }
  console.log(formatTable(rows))
  if (isAll) await flasherFresh()
}

async function reportPasses () {
  const { passRows } = await import('./build/report.mjs')
  for (const name of names) console.log(formatTable(await passRows(name)))
}

await (command.opts().passes ? reportPasses() : build())
