// What a board says while it starts: lines for people, and the address at the end of them.

import { ConsoleLines } from './console_lines'

/** How often the line is looked at, and how long a board may take to have an address, milliseconds. */
const LOOK_MS = 100
const WAIT_MS_MAX = 60_000

export class BootLog {
  /** The board's address in the Wi-Fi, once it has one. */
  address = ''
  /** The name of the network that the board opens itself: it has no configuration, or a wrong one. */
  accessPoint = ''
  private readonly lines = new ConsoleLines()

  /** Takes bytes of the serial line as they come; answers the lines that they complete. */
  take (bytes: Uint8Array): string[] {
    const lines = this.lines.take(bytes)
    for (const line of lines) {
      this.address = /Wi-Fi connected, address (\S+)/.exec(line)?.[1] ?? this.address
      this.accessPoint = /^access point (\S+)/.exec(line)?.[1] ?? this.accessPoint
    }
    return lines
  }
}

/** Listens to a board that was started, until it says where it is or `waitMs` have passed. */
export async function followBoot (
  board: { heard: () => Uint8Array }, tell: (line: string) => void, waitMs = WAIT_MS_MAX,
): Promise<BootLog> {
  const log = new BootLog()
  for (let ms = 0; ms < waitMs && !log.address && !log.accessPoint; ms += LOOK_MS) {
    await new Promise(resolve => setTimeout(resolve, LOOK_MS))
    log.take(board.heard()).forEach(tell)
  }
  return log
}
