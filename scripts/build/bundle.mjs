// A board's bundle: from .cache/bundles where it was made of the same before, else made. Making one takes seconds of
// which half are the engine's that warms up; scripts and tests ask for the same ones again and again.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hashOf, replaceFile, sourcesHash } from '../lib/fresh.mjs'
import { ROOT } from '../lib/root.mjs'

/** @typedef {import('./types').Bundle} Bundle */
/** @typedef {import('./types').BundleOptions} BundleOptions */

/** Bundles that are being made, by their files: who asks meanwhile waits. @type {Map<string, Promise<Bundle>>} */
const inHand = new Map()

/** Folders of tests that a bundle is made of. @param {BundleOptions} options */
const furtherFolders = ({ entry = '', runtime = '' }) =>
  [entry, runtime].filter(file => file && !file.startsWith('src/')).map(dirname)

/**
 * What was kept under a hash, or null.
 * @param {string} file
 * @param {string} hash
 * @returns {Bundle | null}
 */
function readKept (file, hash) {
  if (!existsSync(file)) return null
  const kept = JSON.parse(readFileSync(file, 'utf8'))
  return kept.hash === hash ? kept.bundle : null
}

/** @typedef {(step: import('./types').Step) => void} OnStep */

/**
 * The bundle of a board.
 * @param {string} boardName
 * @param {BundleOptions} options
 * @param {OnStep} [onStep]  is told of each pass, where it is made
 * @returns {Promise<Bundle>}
 */
export async function bundleBoard (boardName, options, onStep) {
  // Another one each time: a mutation.
  if (options.sources && Object.keys(options.sources).length > 0) return make(boardName, options, onStep)
  const settings = JSON.stringify([boardName, options])
  const file = join(ROOT, '.cache', 'bundles', `${boardName}-${hashOf(settings).slice(0, 16)}.json`)
  const hash = sourcesHash(settings, furtherFolders(options))
  const kept = readKept(file, hash)
  if (kept) return kept
  const keep = async () => {
    const bundle = await make(boardName, options, onStep)
    await replaceFile(file, Buffer.from(JSON.stringify({ hash, bundle })))
    return bundle
  }
  const making = inHand.get(file) ?? keep().finally(() => inHand.delete(file))
  inHand.set(file, making)
  return making
}

/**
 * @param {string} boardName
 * @param {BundleOptions} options
 * @param {OnStep} [onStep]
 */
async function make (boardName, options, onStep) {
  // Loaded where it is needed: the compilers take half a second.
  const { makeBundle } = await import('./make.mjs')
  return makeBundle(boardName, options, { onStep })
}
