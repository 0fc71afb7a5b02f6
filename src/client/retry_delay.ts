// How long to wait before the next try: longer each time, and by chance, so that many clients of a broker that has come
// back do not all come at once. "Decorrelated jitter", as mosquitto's restart_timeout has it.

export class RetryDelay {
  private last: number

  /** Milliseconds; where `cap` is `base` it is always that. `chance` answers from 0 to below 1. */
  constructor(
    private readonly base: number, private readonly cap: number, private readonly chance: () => number = Math.random,
  ) {
    this.last = base
  }

  next(): number {
    const most = Math.min(this.cap, this.last * 3)
    this.last = Math.min(this.cap, this.base + this.chance() * (most - this.base))
    return this.last
  }

  /** What was tried has succeeded. */
  reset(): void {
    this.last = this.base
  }
}
