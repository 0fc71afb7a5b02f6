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

/** The computer's own time. */
export class LiveClock implements Clock {
  private readonly startMs = performance.now()

  nowMs (): number {
    return Math.floor(performance.now() - this.startMs)
  }
}
