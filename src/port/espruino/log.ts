// The log of the board's console, by the codes of src/broker/log_code.ts; src/flash/board_log.ts makes sentences
// of it.
import { LOG_ACCEPTED, LOG_OF_SESSIONS } from '../../broker/log_code'
import { LOG_WORDS } from '../../log_text'
import { memoryWindow } from './window'
import type { Slot } from '../../kinds'

/** Who is told of every event beside the console: the owner's own code, where there is any. */
let watcher: ((code: number, slot: Slot) => void) | undefined

export function logWatch(watch: (code: number, slot: Slot) => void): void {
  watcher = watch
}

/** A Client Identifier is a client's to choose: it is written as JSON, so that none makes a line of its own. */
export function portLog(code: number, a: number, b: number): void {
  const what = code < LOG_OF_SESSIONS ? `${a} ${b}` : JSON.stringify(memoryWindow(a, b))
  // Who is accepted is told of when it is known who it is.
  if (code > LOG_ACCEPTED) print(`${LOG_WORDS.split(',')[code]}: ${what}`)
  if (watcher) watcher(code, a)
}

/** Says more of what went wrong: where in the owner's own code, when there is any. */
let describe: ((problem: unknown) => string) | undefined

export function reportDescribe(described: (problem: unknown) => string): void {
  describe = described
}

/** What went wrong outside of the broker, mostly in the owner's own code: an Error or a sentence. */
export function report(problem: unknown): void {
  print(`error: ${describe ? describe(problem) : problem as string}`)
}
