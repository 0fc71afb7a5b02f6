// Milliseconds that never jump: Espruino's clock starts near 0 and is set when the network tells the time.

import { NONE } from '../../limits'

/** Between two ticks. Milliseconds. */
export const TICK_MS = 1_000
/** A tick is not late by more than that: where the clock has moved farther, or back, it was set. Milliseconds. */
const STEP_MS_MAX = 5_000
/** A tick that is later than that comes after a stall: something else has kept the engine. Milliseconds. */
const LATE_MS = 200

let offset = 0
/** What the clock said when it was last read, with that offset. */
let clock = 0
/** The time of the last tick. The clock need not start near 0: it goes on when only the engine starts again. */
let tickMs = getTime() * 1_000

/** Between a jump of the clock and the next tick, that tick's time: so nothing ends too early. */
export function portNowMs(): number {
  const step = (clock = getTime() * 1_000 + offset) - tickMs
  return tickMs + (step > STEP_MS_MAX || step < 0 ? TICK_MS : step)
}

let isLate = false

/**
 * Call at every tick: takes back what the clock has jumped since the last. Answers the time; NONE: it is better to wait
 * for the next tick, as timers come before the network and what clients have sent in a stall has not been read.
 */
export function clockTick(): number {
  const beforeMs = tickMs
  tickMs = portNowMs()
  offset += tickMs - clock
  isLate = !isLate && clock - beforeMs > TICK_MS + LATE_MS
  return isLate ? NONE : tickMs
}

export function portRandom(): number {
  return E.hwRand() >>> 0
}
