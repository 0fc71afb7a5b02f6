// What a simulation has touched: packets, Reason Codes, and things of the standard that it names as they happen.

export class Coverage {
  private readonly counts = new Map<string, number>()

  touch(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }

  add(other: Coverage): void {
    for (const [name, count] of other.counts) this.counts.set(name, (this.counts.get(name) ?? 0) + count)
  }

  count(name: string): number {
    return this.counts.get(name) ?? 0
  }

  /** In the order of their names. */
  entries(): [string, number][] {
    return [...this.counts].sort(([a], [b]) => a < b ? -1 : 1)
  }
}
