// The clock of brokers in this process, driven by a test: it stands still until the test lets time pass.
import { performance } from 'node:perf_hooks'

/** Virtual time runs in steps no longer than this. */
const STEP_MS = 1_000

const realNow = performance.now.bind(performance)
const realSetInterval = globalThis.setInterval

export class Clock {
  private nowMs = 1_000
  private readonly ticks: (() => void)[] = []

  /** What `make` starts lives by this clock, its timers that repeat included. */
  start<T>(make: () => T): T {
    performance.now = () => this.nowMs
    globalThis.setInterval = ((tick: () => void) => void this.ticks.push(tick)) as never
    try {
      return make()
    } finally {
      globalThis.setInterval = realSetInterval
    }
  }

  /** Lets time pass. */
  advance(milliseconds: number): void {
    const end = this.nowMs + milliseconds
    while (this.nowMs < end) {
      this.nowMs = Math.min(end, this.nowMs + STEP_MS)
      for (const tick of this.ticks) tick()
    }
  }

  /** Gives the time back to the computer. */
  end(): void {
    performance.now = realNow
  }
}
