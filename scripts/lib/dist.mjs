// dist/<board>/: what is shipped for a board. midge.js, and beside the gateway's its library, for import and for
// require, types and command line; beside a board's names.json: what the names in it are in the sources, and its
// extensions, `m.` and a name each, and the page that one of them serves.
import { chmod, mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { loadBoard } from './board.mjs'
import { dashboardFresh } from './dashboard.mjs'
import { ROOT } from './root.mjs'
import { bundleBoard } from '../build/bundle.mjs'
import {
  EXTENSION_BOARD, bundleCompanions, bundleFor, extensionOptions, typesOf,
} from '../build/edition.mjs'
import { buildFresh, replaceFile } from './fresh.mjs'

/** What the extension m.page serves: src/flash/page_file.ts. */
const PAGE_FILE = 'm.html'

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
  const extensions = Object.entries(await extensionOptions(name))
  for (const [file, options] of extensions) {
    await writeFile(join(folder, file), (await bundleBoard(EXTENSION_BOARD, options)).code, 'latin1')
  }
  if (extensions.length) await writeFile(join(folder, PAGE_FILE), await dashboardFresh())
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

/**
 * The extensions that stand beside a board's bundle, by their files; a gateway has none.
 * @param {string} bundle  its file
 * @returns {Promise<Map<string, Uint8Array>>}
 */
export async function extensionsBeside (bundle) {
  const names = (await readdir(dirname(bundle))).filter(name => /^m\.\w+$/.test(name))
  const entries = names.map(async name => /** @type {[string, Uint8Array]} */ (
    [name, new Uint8Array(await readFile(join(dirname(bundle), name)))]))
  return new Map(await Promise.all(entries))
}
