// From a board's name to its bundle: types off, rollup, constants in place, lowered, minified.
import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import typescript from '@rollup/plugin-typescript'
import { rollup } from 'rollup'
import { minify as terserMinify } from 'terser'
import { writeArrows } from './arrows.mjs'
import { loadBoard } from './board.mjs'
import { joinColumns } from './columns.mjs'
import { inlineConstants } from './constants.mjs'
import { splitChunk, wrapFactory } from './factory.mjs'
import { dropStart } from './drop.mjs'
import { declareFirst } from './hot.mjs'
import { inlineCalls } from './inline.mjs'
import { inlineExpressions } from './inline_expressions.mjs'
import { mergeSeldom } from './merge.mjs'
import { shortenNames } from './names.mjs'
import { nestRare } from './nest.mjs'
import { writeShorter } from './peephole.mjs'
import { closeReturns } from './returns.mjs'
import { shareOften } from './share.mjs'
import { lowerSyntax, stripTypes } from './typescript.mjs'

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** Where an import without its extension leads, or null. */
function findFile (path) {
  const candidates = [path, `${path}.ts`, `${path.replace(/\.js$/, '')}.ts`, join(path, 'index.ts')]
  return candidates.find(candidate => /\.m?[tj]s$/.test(candidate) && existsSync(candidate)) ?? null
}

/** The alias `board`: the board's file, with constants set over it when a test asks for that. */
const BOARD_MODULE = '\0board'

function boardSource (boardFile, overrides) {
  const constants = Object.entries(overrides).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)}`)
  return `export * from ${JSON.stringify(boardFile)}\n${constants.join('\n')}\n`
}

/** Resolves the aliases and the project's own files; everything else stays an import. */
function sourcePlugin (aliases, overrides, externals, sources) {
  return {
    name: 'midge-source',
    resolveId (source, importer) {
      if (source === 'board') return BOARD_MODULE
      if (aliases[source]) return aliases[source]
      if (externals[source]) return { id: externals[source], external: true }
      if (!source.startsWith('.') && !source.startsWith('/')) return { id: source, external: true }
      const file = findFile(importer && source.startsWith('.') ? resolve(dirname(importer), source) : source)
      if (!file) this.error(`${importer}: there is no ${source}`)
      return file
    },
    load (id) {
      if (id === BOARD_MODULE) return boardSource(aliases.board, overrides)
      const source = sources[relative(ROOT, id)]
      return source === undefined ? null : stripTypes(source, id)
    },
  }
}

/** TypeScript to JavaScript; the type check is a command of its own, and lowering comes after rollup. */
function typescriptPlugin (folders) {
  return typescript({
    tsconfig: false,
    include: ['boards', 'src/codec', 'src/store', 'src/broker', 'src/feature', 'src/flash', ...folders]
      .map(folder => join(ROOT, folder, '**/*.ts'))
      .concat(join(ROOT, 'src/*.ts'), join(ROOT, 'src/port/*.ts')),
    compilerOptions: {
      target: 'ES2022',
      module: 'ESNext',
      moduleResolution: 'Bundler',
      noCheck: true,
      skipLibCheck: true,
      noResolve: true,
      types: [],
      lib: ['es2022'],
    },
  })
}

/** Names that the minifier would give and Espruino takes for a keyword. */
const RESERVED_NAMES = ['of']

/**
 * Terser's settings. On an interpreter terser must not wrap a function's body in a function expression at its
 * only call (`inline`, `reduce_funcs`), which would be made anew at each run: inline.mjs has moved what can be moved.
 * `hoist_funs` because Espruino does not hoist; `hoist_vars` breaks there.
 */
function terserOptions (ecmaVersion, format) {
  const interpreted = ecmaVersion === 5
  return {
    ecma: ecmaVersion,
    module: format !== 'script',
    toplevel: true,
    compress: {
      ecma: ecmaVersion,
      passes: 3,
      toplevel: true,
      hoist_funs: interpreted,
      hoist_vars: false,
      unsafe: false,
      keep_fargs: false,
      inline: interpreted ? 1 : 2,
      booleans_as_integers: interpreted,
      pure_getters: interpreted,
      pure_funcs: ['connectionIsOpen'],
      pure_new: interpreted,
      reduce_funcs: false,
    },
    mangle: interpreted ? false : { toplevel: true },
    format: { ecma: ecmaVersion, ascii_only: true, comments: false },
  }
}

/** The last step for interpreters: shortenNames has named the top level, this names locals and our own properties. */
const MANGLE = {
  compress: false,
  mangle: { reserved: RESERVED_NAMES, properties: { regex: /^_/ } },
  format: { ecma: 5, ascii_only: true, comments: false },
}

/** Takes out what the board's constants have switched off, so that a function's only call can be told. */
const CLEAN = {
  module: true,
  toplevel: true,
  mangle: false,
  compress: {
    defaults: false, ecma: 5, toplevel: true, passes: 3, dead_code: true, evaluate: true, unused: true, booleans: true,
    comparisons: true, reduce_vars: true, reduce_funcs: false, side_effects: true, inline: 1,
    // Columns of features that a board leaves out: making one does nothing else.
    pure_new: true,
    pure_funcs: ['newRows', 'newOffsets', 'newLinks', 'newFreeList', 'newFreeRows', 'newShortRows', 'newShortLinks',
      'headsFor', 'rowsAtStart'],
  },
  format: { ecma: 5, beautify: true },
}

function reportWarning (warning) {
  if (warning.code === 'CIRCULAR_DEPENDENCY' || warning.code === 'EMPTY_BUNDLE') return
  throw new Error(warning.message)
}

/** The chunk of `entry` as an ES module, constants in place, nothing lowered or minified yet. */
async function rollupChunk (entry, plugin, folders) {
  const build = await rollup({ input: entry, plugins: [plugin, typescriptPlugin(folders)], onwarn: reportWarning })
  const { output } = await build.generate({ format: 'es', generatedCode: 'es2015' })
  await build.close()
  return inlineConstants(output[0].code)
}

/**
 * The bundle of a board.
 * - `entry`: the file it starts from; src/main.ts unless told.
 * - `runtime`: the module behind the alias `runtime`; the board's own port unless told.
 * - `externals`: import names that stay imports, under another name: { from: to }.
 * - `overrides`: constants set over the board's own, for tests.
 * - `sources`: texts that stand in for files, by the file's path in the repository; for mutations.
 * - `format`: 'script' is what Espruino runs (exports are dropped, the bundle's top level is the global or module
 *   scope); 'module' is an ES module; 'factory' is an ES module with one function, `factoryName`, whose every call
 *   answers a new instance's exports.
 * `names` are the short names by those of the sources, where an interpreter's bundle is minified.
 */
export async function bundleBoard (boardName, options) {
  const { format, minify, overrides = {}, externals = {}, sources = {}, factoryName = 'createCore' } = options
  const board = { ...await loadBoard(boardName), ...overrides }
  const aliases = {
    board: join(ROOT, 'boards', `${boardName}.ts`),
    runtime: resolve(ROOT, options.runtime ?? `src/port/${board.RUNTIME}/index.ts`),
  }
  const entry = resolve(ROOT, options.entry ?? 'src/main.ts')
  const folders = [entry, aliases.runtime].map(file => relative(ROOT, dirname(file)))
  let code = await rollupChunk(entry, sourcePlugin(aliases, overrides, externals, sources), folders)
  if (format === 'script') code = splitChunk(code).body
  code = lowerSyntax(code, board.ECMA_VERSION)
  let names
  const isInterpreted = minify && board.ECMA_VERSION === 5
  if (isInterpreted) {
    code = (await terserMinify(code, CLEAN)).code
    code = nestRare(inlineCalls(joinColumns(code)))
    const compress = terserOptions(5, 'module')
    code = inlineExpressions((await terserMinify(code, compress)).code)
    code = (await terserMinify(code, compress)).code
    code = mergeSeldom(shareOften(writeShorter(code)))
    ;({ code, names } = shortenNames(declareFirst(writeArrows(code))))
  }
  if (format === 'factory') code = wrapFactory(code, factoryName)
  if (isInterpreted) code = closeReturns((await terserMinify(code, MANGLE)).code)
  if (isInterpreted && format === 'script') code = dropStart(code)
  else if (minify) code = (await terserMinify(code, terserOptions(board.ECMA_VERSION, format))).code
  return { code, names }
}
