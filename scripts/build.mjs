// `npm run build [board...]`: dist/<board>/midge.js for every board, the gateway's command line beside its own.
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { boardNames, loadBoard } from './lib/board.mjs'
import { ROOT } from './lib/bundle.mjs'
import { bundleCommandLine, bundleFor } from './lib/edition.mjs'
import { formatTable } from './lib/table.mjs'

const HASHBANG = '#!/usr/bin/env node\n'

/** Builds one board; answers its row of the table. */
async function buildBoard (name) {
  const board = await loadBoard(name)
  const { code } = await bundleFor(name)
  const folder = join(ROOT, 'dist', name)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'midge.js'), code)
  const commandLine = board.RUNTIME === 'node' ? await bundleCommandLine(name) : null
  if (commandLine) {
    const file = join(folder, 'cli.js')
    await writeFile(file, HASHBANG + commandLine.code.replace(/^#!.*\n/, ''))
    await chmod(file, 0o755)
  }
  const size = Buffer.byteLength(code)
  if (size > board.BUNDLE_SIZE_MAX) process.exitCode = 1
  return [name, size, board.BUNDLE_SIZE_MAX, size > board.BUNDLE_SIZE_MAX ? 'over budget' : '']
}

const names = process.argv.length > 2 ? process.argv.slice(2) : boardNames()
const rows = [['board', 'bytes', 'budget', '']]
for (const name of names) rows.push(await buildBoard(name))
console.log(formatTable(rows))
