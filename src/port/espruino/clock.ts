// Milliseconds that never jump: Espruino's clock starts near 0 and is set when the network tells the time.

/** Seconds between two ticks; a step of the clock that is larger than STEP_MS_MAX beside it was the time being set. */
export const TICK_MS = 1_000
const STEP_MS_MAX = 4_000

let offset = 0
/** The clock need not start near 0: it goes on when only the engine starts again. */
let lastMs = getTime() * 1_000

export function portNowMs(): number {
  return getTime() * 1_000 + offset
}

/** Call at every tick: takes back what the clock has jumped since the last. Answers the time. */
export function clockTick(): number {
  const ms = portNowMs()
  const jump = ms - lastMs - TICK_MS
  if (jump > STEP_MS_MAX || jump < -TICK_MS) offset -= jump
  lastMs = portNowMs()
  return lastMs
}

export function portRandom(): number {
  return E.hwRand() >>> 0
}
