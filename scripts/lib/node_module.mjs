// Parts of src that a script runs: built as modules of Node's.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundleBoard } from '../build/bundle.mjs'
import { ROOT } from './root.mjs'
import { buildFresh, replaceFile } from './fresh.mjs'

/** The board of whose bundles modules are. */
export const MODULE_BOARD = 'host'

/**
 * What a module is made of.
 * @param {string} entry
 * @returns {import('../build/types').BundleOptions}
 */
export const moduleOptions = entry => ({ entry, format: 'module', minify: false })

/**
 * Sees to it that the module of `entry` is what the sources make; answers its file.
 * @param {string} entry
 */
export async function moduleFresh (entry) {
  const file = join(ROOT, '.cache', 'modules', entry.replace(/\.ts$/, '.mjs'))
  await buildFresh(file, async () => {
    const { code } = await bundleBoard(MODULE_BOARD, moduleOptions(entry))
    await replaceFile(file, Buffer.from(code))
  })
  return file
}

/**
 * The module of `entry`, a file of the repository.
 * @param {string} entry
 */
export const moduleOf = async entry => import(pathToFileURL(await moduleFresh(entry)).href)
