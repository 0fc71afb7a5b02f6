// A board that runs Midge, at its console: what it says of itself, and other files for it while all else stays.

import { BoardConsole } from './board_console'
import { FlashError } from './flash_error'
import { BROKER_FILE, CONFIGURATION_FILE } from './storage_build'
import type { StorageFile } from './storage_build'

export interface RunningBoard {
  /** Of Espruino: the board that it was built for, and its version. */
  name: string
  version: string
  configuration: Record<string, unknown>
  /** Names of the files in its Storage. */
  files: string[]
}

const STORAGE = 'require("Storage")'
const CONFIGURATION = `${STORAGE}.readJSON("${CONFIGURATION_FILE}",1)||{}`
const QUESTION = `[process.env.BOARD,process.version,${CONFIGURATION},`
  + `${STORAGE}.read("${BROKER_FILE}")?1:0]`

/** What a board is and how it is configured. Throws FlashError where it has no broker. */
export async function runningBoard (board: BoardConsole): Promise<RunningBoard> {
  // Opening its port has reset many a board: while it starts, it does not answer.
  const answer = await board.evaluate(QUESTION).catch(() => board.evaluate(QUESTION))
  const [name, version, configuration, isThere] = answer as [string, string, Record<string, unknown>, number]
  if (!isThere) throw new FlashError('not a board', 'there is no broker on this board: set it up')
  return { name, version, configuration, files: await filesThere(board) }
}

/** What a board is configured with, in its own notation too. */
export const configurationThere = async (board: BoardConsole): Promise<Record<string, unknown>> =>
  await board.evaluate(CONFIGURATION) as Record<string, unknown>

/** The names of the files in a board's Storage: modules among them. */
export const filesThere = async (board: BoardConsole): Promise<string[]> =>
  await board.evaluate(`${STORAGE}.list()`) as string[]

/** Puts files into the Storage of a board, which has to be started anew to run with them. */
export async function upload (
  board: BoardConsole, files: StorageFile[], progress: (file: StorageFile, fraction: number) => void,
): Promise<void> {
  for (const file of files) await board.write(file, fraction => progress(file, fraction))
}
