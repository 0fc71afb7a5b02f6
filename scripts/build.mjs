// `npm run build [board...]`: dist/<board>/midge.js for every board; beside the gateway's its library, types and
// command line. With --if-changed, boards that were built from these sources are left as they are.
import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { boardNames, loadBoard } from './lib/board.mjs'
import { ROOT } from './lib/bundle.mjs'
import { bundleCompanions, bundleFor, typesOf } from './lib/edition.mjs'
import { sourcesHash } from './lib/sources.mjs'
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

/** Says what dist/<board> was built from; not in dist, which is shipped. */
const stampFile = name => join(ROOT, '.cache/built', name)

function isBuilt (name, hash) {
  return existsSync(join(ROOT, 'dist', name, 'midge.js')) && existsSync(stampFile(name))
    && readFileSync(stampFile(name), 'utf8') === hash
}

const isIfChanged = process.argv.includes('--if-changed')
const asked = process.argv.slice(2).filter(name => name !== '--if-changed')
const hash = sourcesHash()
const names = (asked.length ? asked : boardNames()).filter(name => !(isIfChanged && isBuilt(name, hash)))
const rows = [['board', 'bytes', 'budget', '']]
await mkdir(join(ROOT, '.cache/built'), { recursive: true })
for (const name of names) {
  rows.push(await buildBoard(name))
  // What is over its budget is told of again.
  if (!process.exitCode) await writeFile(stampFile(name), hash)
}
console.log(names.length ? formatTable(rows) : `${asked.join(', ')}: built from these sources already`)
