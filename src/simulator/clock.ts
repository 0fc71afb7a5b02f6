// Where a simulated board takes its time from: milliseconds since it was switched on.

export interface Clock {
  nowMs (): number
}

/** Time that stands still until a test moves it. */
export class VirtualClock implements Clock {
  private timeMs = 0

  nowMs (): number {
    return this.timeMs
  }

  /** Moves on; never back. */
  moveTo (timeMs: number): void {
    if (timeMs > this.timeMs) this.timeMs = timeMs
  }
}

/** So much of the board's time passes at once, milliseconds: far less than its watchdog waits. */
const STEP_MS_MAX = 5_000

/** The computer's own time; or `speed` times as fast, and then it waits where the computer has stalled. */
export class LiveClock implements Clock {
  private timeMs = 0
  private readMs = performance.now()

  constructor (private readonly speed = 1) {}

  nowMs (): number {
    const readMs = performance.now()
    const passedMs = (readMs - this.readMs) * this.speed
    this.timeMs += this.speed === 1 ? passedMs : Math.min(passedMs, STEP_MS_MAX)
    this.readMs = readMs
    return Math.floor(this.timeMs)
  }
}
