// Holds a board's constants to src/board_check.ts before anything is built of them.
import { join } from 'node:path'
import { rollSources } from './sources.mjs'
import { ROOT } from '../lib/root.mjs'

/** What says of a runtime that it has all the room that a board's tables may take. */
export const ROOM = join(ROOT, 'src/port/room.ts')

/** Boards that were found to be good, with what was set over them. @type {Set<string>} */
const good = new Set()

/**
 * Throws an error that names everything that is wrong with a board.
 * @param {string} boardName
 * @param {string} boardFile
 * @param {Record<string, unknown>} overrides
 */
export async function checkBoard (boardName, boardFile, overrides) {
  const key = boardFile + JSON.stringify(overrides)
  if (good.has(key)) return
  const entry = join(ROOT, 'src/board_check.ts')
  const aliases = { board: boardFile, room: ROOM }
  const { code } = await rollSources({ entry, aliases, overrides, externals: {}, sources: {} })
  /** @type {{ checkBoard(): string[] }} */
  const { checkBoard: check } = await import(`data:text/javascript,${encodeURIComponent(code)}`)
  const problems = check()
  if (problems.length > 0) throw new Error([`boards/${boardName}.ts:`, ...problems].join('\n  '))
  good.add(key)
}
