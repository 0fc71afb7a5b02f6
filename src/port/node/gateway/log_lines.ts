// Lines of the log and of the audit, written to a file or to an output of the program. A pipe that nobody reads takes
// nothing any more, and a write that waited for it would hold up every client: its lines wait in memory, up to a bound.
import { fstatSync, writeSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

/** What ends a line for some programs, moves the cursor of a terminal, or turns the direction of what follows. */
const MISLEADING = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g
/** Characters that wait for the reader of a pipe. */
const WAITING_SIZE_MAX = 1_048_576
/** Milliseconds that a reader has for what waits when the program ends. */
const FLUSH_MS_MAX = 1_000

const escaped = (line: string): string =>
  line.replace(MISLEADING, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)

let tellDropped: (count: number) => void = () => undefined

/** Who is told how many lines found no room, when there is room again. */
export function droppedLinesTo(taker: (count: number) => void): void {
  tellDropped = taker
}

class PipeLines {
  /** Since the reader was too slow; until it has read all that waited, so that one number says what is missing. */
  private droppedCount = 0
  private isGone = false

  constructor(private readonly stream: Writable) {
    stream.on('error', () => { this.isGone = true })
    stream.on('drain', () => this.drained())
  }

  write(text: string): void {
    if (this.isGone) return
    if (this.droppedCount || this.stream.writableLength > WAITING_SIZE_MAX) this.droppedCount++
    else this.stream.write(text)
  }

  private drained(): void {
    const count = this.droppedCount
    this.droppedCount = 0
    if (count) tellDropped(count)
  }

  /** Ends when all was read that waits, and what is said of lines that found no room. */
  async flushed(): Promise<void> {
    for (let step = 0; step < 2 && !this.isGone; step++) {
      await new Promise<void>((resolve) => this.stream.write('', () => resolve()))
    }
  }
}

/** By handle; null: what it is written to never makes anybody wait for long. */
const pipes = new Map<number, PipeLines | null>()

function pipeOf(handle: number): PipeLines | null {
  if (handle > 2) return null
  const known = pipes.get(handle)
  if (known !== undefined) return known
  const stat = fstatSync(handle)
  const isPipe = stat.isFIFO() || stat.isSocket()
  const made = isPipe ? new PipeLines(handle === 1 ? process.stdout : process.stderr) : null
  pipes.set(handle, made)
  return made
}

/** Writes a line, in which nothing ends it or moves a cursor. */
export function lineWrite(handle: number, line: string): void {
  const text = `${escaped(line)}\n`
  try {
    const pipe = pipeOf(handle)
    if (pipe) pipe.write(text)
    else writeSync(handle, text)
  } catch {
    // A full disk: the broker goes on without its log.
  }
}

/** Ends when every line was read, or will not be in time. */
export async function linesFlushed(): Promise<void> {
  const flushed = Promise.all([...pipes.values()].map(async (pipe) => pipe?.flushed()))
  await Promise.race([flushed, sleep(FLUSH_MS_MAX)])
}
