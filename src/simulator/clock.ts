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

/** So much of the board's time passes between two passes, milliseconds: far less than its watchdog waits. */
const STEP_MS_MAX = 5_000

/**
 * The computer's own time; or `speed` times as fast: then it stands still within a pass, and waits where the computer
 * has stalled.
 */
export class LiveClock implements Clock {
  private timeMs = 0
  private readMs = performance.now()
  private readonly startMs = this.readMs

  constructor (private readonly speed = 1) {}

  nowMs (): number {
    return Math.floor(this.speed === 1 ? performance.now() - this.startMs : this.timeMs)
  }

  /** Between two passes. */
  step (): void {
    const readMs = performance.now()
    this.timeMs += Math.min((readMs - this.readMs) * this.speed, STEP_MS_MAX)
    this.readMs = readMs
  }
}
