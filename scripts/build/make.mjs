// Makes a board's bundle: rollup's chunk, and the passes.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { loadBoard } from '../lib/board.mjs'
import { ROOM, checkBoard } from './board_check.mjs'
import { LISTS } from './lists/index.mjs'
import { readLists } from './names.mjs'
import { runPasses } from './pipeline.mjs'
import { declaredElsewhere, rollSources } from './sources.mjs'
import { ROOT } from '../lib/root.mjs'

/** @typedef {import('./types').Settings} Settings */
/** @typedef {import('./types').BundleOptions} BundleOptions */
/** @typedef {import('./types').Bundle} Bundle */

/** Rollup's chunk, and what the passes must know to make a bundle of it. */
/** @typedef {{ code: string, settings: Settings, lists: ReturnType<typeof readLists> }} Rolled */

const NO_LISTS = {
  hot: [], cold: [], hosts: [], apart: [], dotted: [], makers: {}, counts: {}, pureMakers: [],
  pureReaders: [], constructors: [],
}

/**
 * The lists that the passes of a bundle read.
 * @param {Settings} settings
 * @param {import('./types').BundleOptions['lists']} own
 */
function listsFor ({ format, minify, ecmaVersion }, own) {
  if (!minify) return NO_LISTS
  // The other lists are of what the broker is made of.
  if (format === 'extension') return { ...NO_LISTS, ...own }
  return ecmaVersion === 5 ? LISTS : { ...NO_LISTS, pureReaders: LISTS.pureReaders }
}

/** What says how much room there is for tables: the runtime's own, if it has such. */
const roomOf = (/** @type {string} */ runtime) => {
  const own = join(dirname(runtime), 'room.ts')
  return existsSync(own) ? own : ROOM
}

/**
 * The chunk of a board's bundle, before the passes.
 * @param {string} boardName
 * @param {BundleOptions} options
 * @returns {Promise<Rolled>}
 */
export async function rollBoard (boardName, options) {
  const { format, minify, overrides = {}, externals = {}, sources = {}, factoryName = 'createCore' } = options
  const board = { ...await loadBoard(boardName), ...overrides }
  const settings = {
    format, minify, ecmaVersion: board.ECMA_VERSION, factoryName, tokens: options.tokens ?? false,
    memoryFirst: board.TABLES_FIT,
  }
  const runtime = resolve(ROOT, options.runtime ?? `src/port/${board.RUNTIME}/index.ts`)
  const aliases = {
    board: join(ROOT, 'boards', `${boardName}.ts`),
    runtime,
    room: roomOf(runtime),
    'messages/': join(ROOT, 'src/messages', board.RECORDS_MAPPED ? 'mapped' : 'columns'),
    'subscriptions/': join(ROOT, 'src/subscriptions', board.FEATURE_INDEX ? 'indexed' : 'walked'),
  }
  await checkBoard(boardName, aliases.board, overrides)
  const entry = resolve(ROOT, options.entry ?? 'src/main.ts')
  const { code, declarations } = await rollSources({ entry, aliases, overrides, externals, sources })
  const lists = listsFor(settings, options.lists)
  const declared = lists === NO_LISTS ? [] : declarations()
  const elsewhere = once(() => declaredElsewhere(new Set(declared.map(({ file }) => file))))
  return { code: buildSay(code), settings, lists: readLists(declared, elsewhere, lists) }
}

/**
 * Puts a sum of the sources where src/build.ts stands among them.
 * @param {string} code
 */
function buildSay (code) {
  const sum = createHash('sha256').update(code).digest('hex').slice(0, 8)
  return code.replace(/^const BUILD = '';$/m, `const BUILD = '${sum}';`)
}

/**
 * A function that does its work at the first call.
 * @template T
 * @param {() => T} work
 */
function once (work) {
  /** @type {{ answer: T } | undefined} */
  let done
  return () => (done ??= { answer: work() }).answer
}

/**
 * The bundle of a chunk.
 * @param {Rolled} rolled
 * @param {Parameters<typeof runPasses>[2]} [options]
 * @returns {Promise<Bundle>}
 */
export async function finishBundle ({ code, settings, lists: { names, use, used } }, options) {
  /** @type {import('./types').Context} */
  const context = { settings, names, use }
  const bundle = await runPasses(code, context, options)
  const entries = Object.fromEntries([...used].map(([list, found]) => [list, [...found].sort()]))
  return { code: bundle, text: context.text, names: context.short, used: entries }
}

/**
 * The bundle of a board, made anew.
 * @param {string} boardName
 * @param {BundleOptions} options
 * @param {Parameters<typeof runPasses>[2]} [passes]
 */
export const makeBundle = async (boardName, options, passes) =>
  finishBundle(await rollBoard(boardName, options), passes)
