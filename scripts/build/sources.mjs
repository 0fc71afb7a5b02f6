// From a board's name and a file to one chunk: aliases resolved, types off, everything behind each other by rollup.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { rollup } from 'rollup'
import { parseAst } from 'rollup/parseAst'
import { isFunction, parseChunk } from './ast.mjs'
import { stripTypes } from './typescript.mjs'
import { ROOT } from '../lib/root.mjs'

/** @typedef {import('./types').Node} Node */
/** @typedef {import('./types').Declaration} Declaration */

/**
 * What a chunk is made of.
 * - `entry`: the file that it starts from.
 * - `aliases`: files by the names under which they are imported; `board` is one. A name that ends with a slash stands
 *   for a folder.
 * - `overrides`: constants set over the board's.
 * - `externals`: names of imports that stay imports, under another name.
 * - `sources`: texts that stand in for files, or are files that there are not, by their paths in the repository.
 * @typedef {object} Parts
 * @property {string} entry
 * @property {Record<string, string>} aliases
 * @property {Record<string, unknown>} overrides
 * @property {Record<string, string>} externals
 * @property {Record<string, string>} sources
 */

/**
 * Where an import without its extension leads, or null.
 * @param {string} path
 * @param {Record<string, string>} sources
 */
function findFile (path, sources) {
  if (path.endsWith('.json') && existsSync(path)) return path
  const candidates = [path, `${path}.ts`, `${path.replace(/\.js$/, '')}.ts`, join(path, 'index.ts')]
  const isThere = (/** @type {string} */ file) => existsSync(file) || relative(ROOT, file) in sources
  return candidates.find(candidate => /\.m?[tj]s$/.test(candidate) && isThere(candidate)) ?? null
}

/** The alias `board`: the board's file, with constants set over it when a test asks for that. */
const BOARD_MODULE = '\0board'

/**
 * @param {string} boardFile
 * @param {Record<string, unknown>} overrides
 */
function boardSource (boardFile, overrides) {
  const constants = Object.entries(overrides).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)}`)
  return `export * from ${JSON.stringify(boardFile)}\n${constants.join('\n')}\n`
}

/** Texts without their types, by file and text. @type {Map<string, { source: string, code: string }>} */
const stripped = new Map()

/**
 * @param {string} file
 * @param {string} source
 */
function stripOnce (file, source) {
  const known = stripped.get(file)
  if (known?.source === source) return known.code
  const code = stripTypes(source, relative(ROOT, file))
  stripped.set(file, { source, code })
  return code
}

/** Loads TypeScript, and data, as JavaScript. */
const typesOff = {
  name: 'midge-types',
  /**
   * @param {string} source
   * @param {string} id
   */
  transform: (source, id) => {
    if (id.endsWith('.json')) return { code: `export default ${source}`, map: null }
    return id.endsWith('.ts') ? { code: stripOnce(id, source), map: null } : null
  },
}

/**
 * Resolves the aliases and the project's own files; everything else stays an import.
 * @param {Parts} parts
 * @returns {import('rollup').Plugin}
 */
function sourcePlugin ({ aliases, overrides, externals, sources }) {
  return {
    name: 'midge-source',
    resolveId (source, importer) {
      if (source === 'board') return BOARD_MODULE
      if (aliases[source]) return aliases[source]
      const folder = Object.keys(aliases).find(name => name.endsWith('/') && source.startsWith(name))
      if (folder) source = join(aliases[folder], source.slice(folder.length))
      if (externals[source]) return { id: externals[source], external: true }
      if (!source.startsWith('.') && !source.startsWith('/')) return { id: source, external: true }
      const file = findFile(importer && source.startsWith('.') ? resolve(dirname(importer), source) : source, sources)
      if (!file) this.error(`${importer}: there is no ${source}`)
      return file
    },
    load: id => id === BOARD_MODULE ? boardSource(aliases.board, overrides)
      : sources[relative(ROOT, id)] ?? readFile(id, 'utf8'),
  }
}

/** @param {import('rollup').RollupLog} warning */
function reportWarning (warning) {
  if (warning.code === 'CIRCULAR_DEPENDENCY' || warning.code === 'EMPTY_BUNDLE') return
  throw new Error(warning.message)
}

/**
 * What the top level of a file declares.
 * @param {Node} program
 * @returns {{ name: string, isFunction: boolean }[]}
 */
function declaredBy (program) {
  return program.body.flatMap((/** @type {Node} */ statement) => {
    const node = statement.declaration ?? statement
    const own = /Declaration$/.test(node.type) ? [node] : []
    const declared = node.type === 'VariableDeclaration' ? node.declarations : own
    return declared.filter((/** @type {Node} */ { id }) => id?.name)
      .map((/** @type {Node} */ own) => ({ name: own.id.name, isFunction: isFunction(own) || isFunction(own.init) }))
  })
}

/**
 * What the files of a chunk declare at their top level, and under which name the chunk has it.
 * @param {import('rollup').OutputChunk} chunk
 * @param {Map<string, Node>} programs  by file
 * @returns {Declaration[]}
 */
function declarationsOf ({ modules }, programs) {
  return [...programs].flatMap(([id, program]) => {
    const rendered = declaredBy(parseChunk(modules[id]?.code ?? ''))
    // Rollup puts a number behind a name that is taken.
    const chunkNames = new Map(rendered.map(({ name }) => [name.replace(/\$\d+$/, ''), name]))
    return declaredBy(program).map(({ name, isFunction }) =>
      ({ name, isFunction, file: relative(ROOT, id), chunkName: chunkNames.get(name) ?? null }))
  })
}

/** Folders of src that no board's bundle has. */
const BESIDE = /^src.(flash|hub|simulator|web)\b/

/** What files of src declare that a chunk does not have. @param {Set<string>} known  files that it has */
export function declaredElsewhere (known) {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts')).map(name => join('src', name))
  return files.filter(file => !known.has(file) && !BESIDE.test(file)).flatMap(file => {
    const program = parseAst(stripOnce(join(ROOT, file), readFileSync(join(ROOT, file), 'utf8')))
    return declaredBy(/** @type {any} */ (program)).map(found => ({ ...found, file, chunkName: null }))
  })
}

/**
 * The chunk as an ES module, nothing replaced, lowered or minified yet; and what its files declare.
 * @param {Parts} parts
 */
export async function rollSources (parts) {
  /** @type {Map<string, Node>} */
  const programs = new Map()
  const build = await rollup({
    input: parts.entry,
    plugins: [sourcePlugin(parts), typesOff, {
      name: 'midge-declarations',
      moduleParsed: ({ id, ast }) => { if (ast) programs.set(id, /** @type {any} */ (ast)) },
    }],
    onwarn: reportWarning,
  })
  const { output: [chunk] } = await build.generate({ format: 'es', generatedCode: 'es2015' })
  await build.close()
  return { code: chunk.code, declarations: () => declarationsOf(chunk, programs) }
}
