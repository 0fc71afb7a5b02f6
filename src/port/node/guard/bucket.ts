// A bucket of tokens: so many in a second, and a second's worth at once.

export class Bucket {
  private left: number
  private at: number

  constructor(private readonly perSecond: number, now: number) {
    this.left = perSecond
    this.at = now
  }

  /** Takes tokens, those that are not there too; answers the seconds until they would be. */
  take(count: number, now: number): number {
    this.left = Math.min(this.perSecond, this.left + (now - this.at) / 1_000 * this.perSecond) - count
    this.at = now
    return this.left >= 0 ? 0 : -this.left / this.perSecond
  }

  /** Gives back what was taken for nothing. */
  give(count: number): void {
    this.left += count
  }

  /** Whether nothing would change if it were made anew. */
  isFull(now: number): boolean {
    return this.left + (now - this.at) / 1_000 * this.perSecond >= this.perSecond
  }
}
