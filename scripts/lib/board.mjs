// A board's file as data.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripTypes } from '../build/typescript.mjs'

const BOARDS = resolve(dirname(fileURLToPath(import.meta.url)), '../../boards')

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

/**
 * A board's constants: defaults with the board's own over them.
 * @param {string} boardName
 */
export async function loadBoard (boardName) {
  const constants = await loadConstants(join(BOARDS, `${boardName}.ts`))
  if (constants.CONNECTIONS_MAX === undefined) throw new Error(`boards/${boardName}.ts does not re-export './defaults'`)
  return constants
}
