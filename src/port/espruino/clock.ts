// Milliseconds that never jump: Espruino's clock starts near 0 and is set when the network tells the time.

/** Between two ticks. Milliseconds. */
export const TICK_MS = 1_000
/** A tick is not late by more than that: where the clock has moved farther, or back, it was set. Milliseconds. */
const STEP_MS_MAX = 5_000

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

/** Call at every tick: takes back what the clock has jumped since the last. Answers the time. */
export function clockTick(): number {
  tickMs = portNowMs()
  offset += tickMs - clock
  return tickMs
}

export function portRandom(): number {
  return E.hwRand() >>> 0
}
