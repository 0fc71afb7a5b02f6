// Milliseconds that never jump: Espruino's clock starts near 0 and is set when the network tells the time.

/** Between two ticks; where the clock has moved by more than STEP_MS_MAX, or back, the time was set. Milliseconds. */
export const TICK_MS = 1_000
const STEP_MS_MAX = 5_000

let offset = 0
/** The clock need not start near 0: it goes on when only the engine starts again. */
let lastMs = getTime() * 1_000

/** Between two ticks it moves no farther than a tick can be late, whatever the clock says. */
export function portNowMs(): number {
  return Math.max(lastMs, Math.min(getTime() * 1_000 + offset, lastMs + STEP_MS_MAX))
}

/** Call at every tick: takes back what the clock has jumped since the last. Answers the time. */
export function clockTick(): number {
  let step = getTime() * 1_000 + offset - lastMs
  if (step > STEP_MS_MAX || step < 0) {
    offset += TICK_MS - step
    step = TICK_MS
  }
  return lastMs += step
}

export function portRandom(): number {
  return E.hwRand() >>> 0
}
