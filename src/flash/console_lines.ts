// What a board prints, line by line.

/** Characters of a line that has no end: noise, at another speed than the console's. */
const LINE_SIZE_MAX = 500

export class ConsoleLines {
  private rest = ''

  /** Takes bytes as they come; answers the lines that they complete, without empty ones. */
  take (bytes: ArrayLike<number>): string[] {
    const lines = (this.rest + String.fromCharCode(...Array.from(bytes))).split(/\r?\n/)
    this.rest = lines.pop()!.slice(-LINE_SIZE_MAX)
    return lines.map(readable).filter(line => line)
  }
}

/** Without the console's cursor movements, echoes and prompt. */
const readable = (line: string): string =>
  line.replace(/\x1b\[[0-9;]*[A-Za-z]/g, '').replace(/[^\x20-\x7e]/g, '').replace(/^>+/, '').trim()
