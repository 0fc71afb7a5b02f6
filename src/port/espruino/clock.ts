// Milliseconds that never jump: Espruino's clock starts near 0 and is set when the network tells the time.

/** Between two ticks. Milliseconds. */
export const TICK_MS = 1_000
/** A tick is not late by more than that: where the clock has moved farther, or back, it was set. Milliseconds. */
const STEP_MS_MAX = 5_000

let offset = 0
/** The clock need not start near 0: it goes on when only the engine starts again. */
let lastMs = getTime() * 1_000

/** Where the clock was set, time stands still since the last call, which is a tick ago at most. */
export function portNowMs(): number {
  const step = getTime() * 1_000 + offset - lastMs
  if (step <= STEP_MS_MAX && step >= 0) return lastMs += step
  offset -= step
  return lastMs
}

export function portRandom(): number {
  return E.hwRand() >>> 0
}
