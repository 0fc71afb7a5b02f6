// A board's bundle: from .cache/bundles where it was made of the same before, else made. Making one takes seconds of
// which half are the engine's that warms up; scripts and tests ask for the same ones again and again.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { hashOf, replaceFile, sourcesHash } from '../lib/fresh.mjs'
import { ROOT } from '../lib/root.mjs'

/** @typedef {import('./types').Bundle} Bundle */
/** @typedef {import('./types').BundleOptions} BundleOptions */

/** Bundles that are being made, by their files: who asks meanwhile waits. @type {Map<string, Promise<Bundle>>} */
const inHand = new Map()

/** Whether it is nothing, or has nothing in it. @param {unknown} value */
const isEmpty = value => value === undefined || JSON.stringify(value) === '{}'

/**
 * What a bundle is made of beside the sources, as a text.
 * @param {string} boardName
 * @param {BundleOptions} options
 */
const settingsOf = (boardName, options) =>
  JSON.stringify([boardName, Object.entries(options).filter(([, value]) => !isEmpty(value)).sort()])

/** Folders of tests that a bundle is made of. @param {BundleOptions} options */
const furtherFolders = ({ entry = '', runtime = '' }) =>
  [entry, runtime].filter(file => file && !file.startsWith('src/')).map(dirname)

/**
 * Where a bundle is kept, and under which hash.
 * @param {string} boardName
 * @param {BundleOptions} options
 */
function placeOf (boardName, options) {
  const settings = settingsOf(boardName, options)
  const file = join(ROOT, '.cache', 'bundles', `${boardName}-${hashOf(settings).slice(0, 16)}.json`)
  return { file, hash: sourcesHash(settings, furtherFolders(options)) }
}

/**
 * Whether a bundle was made of the same before.
 * @param {string} boardName
 * @param {BundleOptions} options
 */
export function isKept (boardName, options) {
  const { file, hash } = placeOf(boardName, options)
  return readKept(file, hash) !== null
}

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

/**
 * For Node 20, which spends a third of a first build's time on optimising functions that run for a second: they are to
 * run for ten times as long before. Later ones have a quick compiler in between, and no such setting.
 */
const OPTIMISE_LATER = '--interrupt-budget=800000'

/** @typedef {(step: import('./types').Step) => void} OnStep */

/**
 * The bundle of a board. Tests set MIDGE_BUILT to the hash of the sources when all that they need is kept: one that is
 * missing then would be built in a test's time, and is an error.
 * @param {string} boardName
 * @param {BundleOptions} options
 * @param {OnStep} [onStep]  is told of each pass, where it is made
 * @returns {Promise<Bundle>}
 */
export async function bundleBoard (boardName, options, onStep) {
  // Another one each time: a mutation.
  if (options.sources && Object.keys(options.sources).length > 0) return make(boardName, options, onStep)
  const { file, hash } = placeOf(boardName, options)
  const kept = readKept(file, hash)
  if (kept) return kept
  if (process.env.MIDGE_BUILT === sourcesHash()) {
    throw new Error(`a bundle of ${boardName} is not built before the tests: test/support/builds.ts lists them`)
  }
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
  if (process.versions.node.startsWith('20.')) setFlagsFromString(OPTIMISE_LATER)
  // Loaded where it is needed: the compilers take half a second.
  const { makeBundle } = await import('./make.mjs')
  return makeBundle(boardName, options, { onStep })
}
