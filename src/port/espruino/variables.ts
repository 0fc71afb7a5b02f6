// An eye on the engine's variables.
import { TABLES_FIT, fitted } from '../../limits'

/**
 * Variables of the engine that must be free for another connection: its objects, what its CONNECT takes for a moment,
 * and a queue of TX_CREDIT_SIZE, which a board that has little does not have for each.
 */
const VARIABLES_FREE_MIN = TABLES_FIT ? fitted(260, 300) : 300

interface Engine { memory(isCollected: boolean): { free: number } }

/** New connections are refused. */
export let isMemoryLow = false

/** Milliseconds between two looks at what went wrong. */
const ERRORS_LOOK_MS = 5_000

/**
 * What runs when the last variable is taken is abandoned in its middle, and its handler is gone for good: a client that
 * nobody hears, or the broker's own second. What lies in flash is whole, so the board starts again from there.
 */
function errorsLook(): void {
  if (E.getErrorFlags().indexOf('MEMORY') >= 0) E.reboot()
}

/** It has a timer of its own, which does too little to be what is abandoned. */
export function variablesWatch(): void {
  setInterval(errorsLook, ERRORS_LOOK_MS)
}

export function variablesLook(): void {
  isMemoryLow = (process as unknown as Engine).memory(false).free < VARIABLES_FREE_MIN
}
