// The log of the board's console, by the codes of src/broker/log_code.ts.
import { LOG_PUBLISH_REFUSED } from '../../broker/log_code'
import { memoryWindow } from './bytes'
import type { Slot } from '../../kinds'

/** Who is told of every event beside the console: the owner's own code, where there is any. */
let watcher: ((code: number, slot: Slot) => void) | undefined

export function logWatch(watch: (code: number, slot: Slot) => void): void {
  watcher = watch
}

/** A Client Identifier is a client's to choose: it is written as JSON, so that none makes a line of its own. */
export function portLog(code: number, a: number, b: number): void {
  const events =
    'accepted,connected,closed,refused,no room,message refused,session expired,Will published,session replaced'
  const what = code > LOG_PUBLISH_REFUSED ? JSON.stringify(memoryWindow(a, b)) : `${a} ${b}`
  print(`${events.split(',')[code]}: ${what}`)
  if (watcher) watcher(code, a)
}

/** What went wrong outside of the broker, mostly in the owner's own code: an Error or a sentence. */
export function report(problem: unknown): void {
  print(`error: ${problem as string}`)
}
