// What is built again only when something that it is made of has changed. A build takes seconds, the hash of all
// sources some milliseconds.
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { ROOT } from './root.mjs'

/** Folders and files of the repository that builds read. */
const SOURCES = ['src', 'boards', 'scripts/build', 'scripts/lib', 'package-lock.json', 'package.json']

/** @param {string} source */
function sourceFiles (source) {
  if (source.includes('.')) return [source]
  return readdirSync(join(ROOT, source), { recursive: true, encoding: 'utf8' })
    .filter(name => /\.(ts|mjs|json|html|css|svg)$/.test(name)).sort().map(name => join(source, name))
}

/** @param {string} text */
export const hashOf = text => createHash('sha256').update(text).digest('hex')

/**
 * The hash of all sources, of `settings` of a build that are none, and of folders of its own.
 * @param {string} settings
 * @param {string[]} folders
 */
export function sourcesHash (settings = '', folders = []) {
  const hash = createHash('sha256').update(settings)
  for (const file of [...SOURCES, ...folders].flatMap(sourceFiles)) {
    hash.update(file).update(readFileSync(join(ROOT, file)))
  }
  return hash.digest('hex')
}

/**
 * Writes a file in one step, as several processes may stand side by side and none may read half of it. `data` is a
 * Uint8Array, or a string of which a character is a byte.
 * @param {string} file
 * @param {string | Uint8Array} data
 */
export async function replaceFile (file, data) {
  await mkdir(dirname(file), { recursive: true })
  const half = `${file}.${randomUUID()}`
  await writeFile(half, data, 'latin1')
  await rename(half, file)
}

/**
 * Runs `build`, which writes `file` and whatever stands beside it, unless it has done so from the sources as they are.
 * Each file must have a build of its own. What remembers the sources stands apart, as some of these files are shipped
 * with all that is beside them.
 * @param {string} file
 * @param {() => Promise<unknown>} build
 */
export async function buildFresh (file, build, hash = sourcesHash()) {
  const mark = join(ROOT, '.cache', 'made-of', relative(ROOT, file))
  if (existsSync(file) && existsSync(mark) && readFileSync(mark, 'latin1') === hash) return
  await build()
  await replaceFile(mark, hash)
}
