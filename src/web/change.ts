// Other settings or another hub.js for a board that runs, at its console: nothing else of it is touched.

import {
  BoardConsole, BootLog, FlashError, HUB_FILE, awaitBoot, boardLayout, configurationOf, extensionFiles, extensionsAsked,
  isRoom, ownerFiles, runningBoard, upload,
} from '../flash'
import type { OwnerChoices, RunningBoard, StorageFile, WebSerialPort } from '../flash'
import { configurationKept } from './form'
import { boardPrinter } from './result'
import { program } from './supplies'

export class Change {
  private readonly log = new BootLog()

  private constructor (private readonly board: BoardConsole, readonly found: RunningBoard) {}

  /** Asks a board at a port what it is. Throws FlashError where it has no broker, or does not answer. */
  static async begin (port: WebSerialPort): Promise<Change> {
    // What it says before it is known to be a board of ours is not shown.
    let hear = (_: string): void => undefined
    const board = await BoardConsole.open(port, line => hear(line))
    try {
      const change = new Change(board, await runningBoard(board))
      const print = boardPrinter()
      hear = line => {
        change.log.takeLine(line)
        print(line)
      }
      return change
    } catch (error) {
      await board.close()
      throw error
    }
  }

  /** The files that the choices make of what the board has, and extensions that it lacks for them. */
  async files (choices: OwnerChoices): Promise<StorageFile[]> {
    const { configuration, files: there, name } = this.found
    const files = ownerFiles(choices, configurationKept(choices, configuration))
    const asked = extensionsAsked(configurationOf(files), choices.hub !== undefined || there.includes(HUB_FILE))
    if (asked.every(extension => there.includes(extension))) return files
    const layout = boardLayout(name)
    if (!layout) throw new FlashError('wrong chip', `this board calls itself ${name}: there is no broker for it`)
    const beside = extensionFiles(asked, (await program(layout)).extensions)
    return [...beside.filter(file => !isRoom(file.name) || !there.includes(file.name)), ...files]
  }

  /** Writes them, starts the board anew and follows it until it says where it is. */
  async write (files: StorageFile[], tell: (name: string, fraction: number) => void): Promise<BootLog> {
    await upload(this.board, files, ({ name }, fraction) => tell(name, fraction))
    await this.log.restart(this.board)
    await awaitBoot(this.log)
    return this.log
  }

  async close (): Promise<void> {
    await this.board.close().catch(() => undefined)
  }
}
