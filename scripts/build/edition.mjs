// What is shipped for a board: the script that Espruino runs, or the library of the gateway.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { loadBoard } from '../lib/board.mjs'
import { dashboardModule } from '../lib/dashboard.mjs'
import { ROOT } from '../lib/root.mjs'
import { bundleBoard } from './bundle.mjs'
import { EXTENSION_COLD, EXTENSION_HOSTS } from './lists/extensions.mjs'

/**
 * The file that a shipped bundle starts from: the port's own where it has one.
 * @param {string} runtime
 */
function editionEntry (runtime) {
  const entry = `src/port/${runtime}/bundle.ts`
  return existsSync(join(ROOT, entry)) ? entry : 'src/main.ts'
}

/**
 * What the shipped bundle of a board is.
 * @param {string} boardName
 * @returns {Promise<import('./types').BundleOptions>}
 */
export async function shippedOptions (boardName) {
  const { RUNTIME } = await loadBoard(boardName)
  const entry = editionEntry(RUNTIME)
  return RUNTIME === 'node' ? { entry, format: 'factory', factoryName: 'createBroker', minify: true }
    : { entry, format: 'script', minify: true, tokens: true }
}

/**
 * The finished, minified bundle of a board, a character a byte (Latin-1); `text` is a board's before it was tokenised,
 * `names` are its short names by those of the sources. What Espruino would refuse is refused here. `overrides` are
 * constants set over the board's own, for measurements and tests; `sources` are texts that stand in for files.
 * @param {string} boardName
 * @param {Record<string, unknown>} overrides
 * @param {Record<string, string>} sources
 * @param {import('./bundle.mjs').OnStep} [onStep]
 */
export const bundleFor = async (boardName, overrides = {}, sources = {}, onStep) =>
  bundleBoard(boardName, { ...await shippedOptions(boardName), overrides, sources }, onStep)

/** The board of whose bundles extensions are: they are the same for every board that has them. */
export const EXTENSION_BOARD = 'esp32'
const EXTENSIONS = 'src/hub'

/**
 * What the extensions of a board are made of, by their files of Storage: each is a folder of src/hub.
 * @param {string} boardName
 * @returns {Promise<Record<string, import('./types').BundleOptions>>}
 */
export async function extensionOptions (boardName) {
  const { RUNTIME, FEATURE_BOARD_SERVICES } = await loadBoard(boardName)
  if (RUNTIME === 'node' || !FEATURE_BOARD_SERVICES) return {}
  const folders = readdirSync(join(ROOT, EXTENSIONS), { withFileTypes: true }).filter(entry => entry.isDirectory())
  return Object.fromEntries(folders.map(({ name }) => [`m.${name}`, {
    entry: `${EXTENSIONS}/${name}/index.ts`, format: 'extension', minify: true,
    lists: { hosts: EXTENSION_HOSTS[name] ?? [], cold: EXTENSION_COLD[name] ?? [] },
  }]))
}

/** What stands beside a library of Node's: the file it is built from by the file it becomes. */
const COMPANIONS = { 'index.js': 'library/broker.ts', 'cli.js': 'cli.ts', 'cluster.js': 'cluster/cluster.ts' }

/** What they load of each other. */
const BESIDE = {
  'midge-mqtt': './midge.js', 'midge-mqtt/cluster': './cluster.js', 'midge-mqtt/dashboard': './dashboard.js',
}

/**
 * What the modules beside './midge.js' are made of, by their files; a runtime that has none has no such files.
 * @param {string} boardName
 * @returns {Promise<Record<string, import('./types').BundleOptions>>}
 */
export async function companionOptions (boardName) {
  const { RUNTIME } = await loadBoard(boardName)
  const entries = Object.entries(COMPANIONS).map(([file, source]) => ({ file, entry: `src/port/${RUNTIME}/${source}` }))
  return Object.fromEntries(entries.filter(({ entry }) => existsSync(join(ROOT, entry))).map(({ file, entry }) =>
    [file, { entry, format: 'module', minify: false, externals: BESIDE }]))
}

/**
 * The modules beside './midge.js' by their files, each with all of its own code.
 * @param {string} boardName
 */
export async function bundleCompanions (boardName) {
  const companions = []
  for (const [file, options] of Object.entries(await companionOptions(boardName))) {
    companions.push({ file, ...await bundleBoard(boardName, options) })
  }
  if (companions.length) companions.push({ file: 'dashboard.js', code: await dashboardModule() })
  return companions
}

/** Files of src/port/<runtime>/library that have the library's types. */
const TYPES = [
  'api.ts', 'bridge_api.ts', 'cluster_api.ts', 'guard_api.ts', 'limits_api.ts', 'mdns_api.ts', 'message_api.ts',
  'payload_api.ts', 'realm_api.ts', 'token_api.ts',
]

/**
 * The types of the library, which are one file without imports of the project's own; null where there is none.
 * @param {string} runtime
 */
export function typesOf (runtime) {
  const files = TYPES.map(name => join(ROOT, `src/port/${runtime}/library/${name}`))
  if (!files.every(file => existsSync(file))) return null
  const text = files.map(file => readFileSync(file, 'utf8')).join('\n')
  return text.replace(/^(import|export) type .* from '\.\/.*\n\n?/gm, '')
}
