// What a board says while it starts: lines for people, and the address at the end of them.

import { BoardConsole, RESTART_LINE } from './board_console'
import { ConsoleLines } from './console_lines'
import type { WebSerialPort } from './serial_port'

/** How often the line is looked at, and how long a board may take to have an address, milliseconds. */
const LOOK_MS = 100
const WAIT_MS_MAX = 60_000

export class BootLog {
  /** The board's address in the Wi-Fi, once it has one. */
  address = ''
  /** The name of the network that the board opens itself: it has no configuration, or a wrong one. */
  accessPoint = ''
  private readonly lines = new ConsoleLines()
  private isRestartDue = false

  /** Whether the board has said where it is. */
  get isOver (): boolean {
    return !this.isRestartDue && (this.address !== '' || this.accessPoint !== '')
  }

  /** Starts a board anew by its console; what it has said before does not count. Throws FlashError. */
  async restart (board: BoardConsole): Promise<void> {
    this.isRestartDue = true
    await board.restart().catch(error => {
      this.isRestartDue = false
      throw error
    })
  }

  /** Takes bytes of the serial line as they come; answers the lines that they complete. */
  take (bytes: Uint8Array): string[] {
    const lines = this.lines.take(bytes)
    lines.forEach(line => this.takeLine(line))
    return lines
  }

  takeLine (line: string): void {
    if (line === RESTART_LINE) {
      this.isRestartDue = false
      this.address = this.accessPoint = ''
    }
    this.address = /Wi-Fi connected, address (\S+)/.exec(line)?.[1] ?? this.address
    this.accessPoint = /^access point (\S+)/.exec(line)?.[1] ?? this.accessPoint
  }
}

const look = (): Promise<void> => new Promise(resolve => setTimeout(resolve, LOOK_MS))

/** Waits until a board has said to its log where it is, or `waitMs` have passed. */
export async function awaitBoot (log: BootLog, waitMs = WAIT_MS_MAX): Promise<void> {
  for (let ms = 0; ms < waitMs && !log.isOver; ms += LOOK_MS) await look()
}

/** Listens to a board that was started, until it says where it is or `waitMs` have passed. */
export async function followBoot (
  board: { heard: () => Uint8Array }, tell: (line: string) => void, waitMs = WAIT_MS_MAX,
): Promise<BootLog> {
  const log = new BootLog()
  for (let ms = 0; ms < waitMs && !log.isOver; ms += LOOK_MS) {
    await look()
    log.take(board.heard()).forEach(tell)
  }
  return log
}

/** The same at a port of a board that runs: it is started anew, as it may have said all to nobody. */
export async function followRestart (
  port: WebSerialPort, tell: (line: string) => void, waitMs = WAIT_MS_MAX,
): Promise<BootLog> {
  const log = new BootLog()
  const board = await BoardConsole.open(port, line => {
    log.takeLine(line)
    tell(line)
  })
  try {
    // One that is just starting does not take commands yet, and says the rest by itself.
    await log.restart(board).catch(() => undefined)
    await awaitBoot(log, waitMs)
  } finally {
    await board.close()
  }
  return log
}
