// A board's file as data.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hashOf, replaceFile } from './fresh.mjs'
import { ROOT } from './root.mjs'

const BOARDS = join(ROOT, 'boards')

/** Files that are no boards of their own. */
const NOT_BUILT = ['defaults', 'test']

/** The boards that `npm run build` builds. */
export function boardNames () {
  const names = readdirSync(BOARDS).filter(file => file.endsWith('.ts')).map(file => file.slice(0, -3))
  return names.filter(name => !NOT_BUILT.includes(name)).sort()
}

/**
 * One file of boards/ with what it re-exports laid under it.
 * @param {string} file
 * @returns {Promise<Record<string, any>>}
 */
async function loadConstants (file) {
  // Loaded where it is needed: a compiler.
  const { stripTypes } = await import('../build/typescript.mjs')
  const code = stripTypes(readFileSync(file, 'utf8'), file)
  /** @type {string[]} */
  const bases = []
  const own = code.replace(/export \* from '(\.\/[^']+)';?/g, (_, base) => {
    bases.push(join(dirname(file), `${base}.ts`))
    return ''
  })
  /** @type {Record<string, any>} */
  const constants = {}
  for (const base of bases) Object.assign(constants, await loadConstants(base))
  return Object.assign(constants, await import(`data:text/javascript,${encodeURIComponent(own)}`))
}

/** The hash of all boards' files. */
const boardsHash = () => hashOf(readdirSync(BOARDS).filter(file => file.endsWith('.ts')).sort()
  .map(file => `${file}\n${readFileSync(join(BOARDS, file), 'utf8')}`).join('\n'))

/**
 * A board's constants: defaults with the board's own over them. They are kept in .cache/boards, so that a command that
 * builds nothing needs no compiler.
 * @param {string} boardName
 * @returns {Promise<Record<string, any>>}
 */
export async function loadBoard (boardName) {
  const file = join(ROOT, '.cache', 'boards', `${boardName}.json`)
  const hash = boardsHash()
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
  if (kept?.hash === hash) return kept.constants
  const constants = await loadConstants(join(BOARDS, `${boardName}.ts`))
  if (constants.CONNECTIONS_MAX === undefined) throw new Error(`boards/${boardName}.ts does not re-export './defaults'`)
  await replaceFile(file, Buffer.from(JSON.stringify({ hash, constants })))
  return constants
}
