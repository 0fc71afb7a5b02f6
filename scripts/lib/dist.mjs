// dist/<board>/: what is shipped for a board. midge.js, and beside the gateway's its library, for import and for
// require, types and command line; beside a board's names.json: what the names in it are in the sources.
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadBoard } from './board.mjs'
import { ROOT } from './root.mjs'
import { bundleCompanions, bundleFor, typesOf } from '../build/edition.mjs'
import { buildFresh, replaceFile } from './fresh.mjs'

const HASHBANG = '#!/usr/bin/env node\n'

/** The bundle's file. */
const bundlePath = (/** @type {string} */ name) => join(ROOT, 'dist', name, 'midge.js')

/**
 * @param {string} name
 * @param {import('../build/bundle.mjs').OnStep} [onStep]
 */
async function writeBoard (name, onStep) {
  const folder = join(ROOT, 'dist', name)
  await mkdir(folder, { recursive: true })
  const { code, names } = await bundleFor(name, {}, {}, onStep)
  if (names) await writeFile(join(folder, 'names.json'), `${JSON.stringify(names, null, 1)}\n`)
  await replaceFile(bundlePath(name), code)
  for (const { file, code } of await bundleCompanions(name)) {
    const isProgram = file === 'cli.js'
    await writeFile(join(folder, file), (isProgram ? HASHBANG : '') + code.replace(/^#!.*\n/, ''))
    if (isProgram) await chmod(join(folder, file), 0o755)
  }
  const types = typesOf((await loadBoard(name)).RUNTIME)
  if (!types) return
  const { commonJs } = await import('../build/common_js.mjs')
  await writeFile(join(folder, 'index.cjs'), await commonJs(folder, 'index.js'))
  // To TypeScript the types of a module and of CommonJS are two files.
  for (const file of ['index.d.ts', 'index.d.cts']) await writeFile(join(folder, file), types)
}

/**
 * Sees to it that dist/<board> is what the sources make; answers the bundle's file.
 * @param {string} name
 * @param {import('../build/bundle.mjs').OnStep} [onStep]  is told of each pass, where it is built
 */
export async function distFresh (name, onStep) {
  await buildFresh(bundlePath(name), () => writeBoard(name, onStep))
  return bundlePath(name)
}
