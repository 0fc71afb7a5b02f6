// `npm run build [board...]`: dist/<board>/midge.js for every board; beside the gateway's its library, types and
// command line.
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { boardNames, loadBoard } from './lib/board.mjs'
import { ROOT } from './lib/bundle.mjs'
import { bundleCompanions, bundleFor, typesOf } from './lib/edition.mjs'
import { formatTable } from './lib/table.mjs'

const HASHBANG = '#!/usr/bin/env node\n'

/** Builds one board; answers its row of the table. */
async function buildBoard (name) {
  const board = await loadBoard(name)
  const { code } = await bundleFor(name)
  const folder = join(ROOT, 'dist', name)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'midge.js'), code, 'latin1')
  for (const companion of await bundleCompanions(name)) {
    const isProgram = companion.file === 'cli.js'
    const target = join(folder, companion.file)
    await writeFile(target, (isProgram ? HASHBANG : '') + companion.code.replace(/^#!.*\n/, ''))
    if (isProgram) await chmod(target, 0o755)
  }
  const types = typesOf(board.RUNTIME)
  if (types) await writeFile(join(folder, 'index.d.ts'), types)
  const size = Buffer.byteLength(code, 'latin1')
  if (size > board.BUNDLE_SIZE_MAX) process.exitCode = 1
  return [name, size, board.BUNDLE_SIZE_MAX, size > board.BUNDLE_SIZE_MAX ? 'over budget' : '']
}

const names = process.argv.length > 2 ? process.argv.slice(2) : boardNames()
const rows = [['board', 'bytes', 'budget', '']]
for (const name of names) rows.push(await buildBoard(name))
console.log(formatTable(rows))
