// E.enableWatchdog. There is no way to switch it off again.

import type { Clock } from './clock'

export class Watchdog {
  private timeoutMs: number | null = null
  private automatic = true
  private kickedMs = 0

  constructor (private readonly clock: Clock) {}

  enable (seconds: number, automatic: boolean): void {
    this.timeoutMs = seconds * 1_000
    this.automatic = automatic
    this.kick()
  }

  kick (): void {
    this.kickedMs = this.clock.nowMs()
  }

  /** At the end of a pass: the automatic one is kicked. */
  pass (): void {
    if (this.automatic) this.kick()
  }

  get expired (): boolean {
    return this.timeoutMs !== null && this.clock.nowMs() - this.kickedMs > this.timeoutMs
  }

  /** Milliseconds that code may run for without a pass; Infinity while it is off. */
  get limitMs (): number {
    return this.timeoutMs ?? Infinity
  }

  clear (): void {
    this.timeoutMs = null
  }
}
