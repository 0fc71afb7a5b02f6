// The broker's numbers by their names behind $SYS/broker/, as they were told last, and what they grew by.

interface Known { value: number, at: number, before: number, beforeAt: number }

export class Numbers {
  private readonly known = new Map<string, Known>()
  readonly texts = new Map<string, string>()

  take(name: string, text: string, now: number): void {
    this.texts.set(name, text)
    const value = parseFloat(text)
    if (Number.isNaN(value)) return
    const old = this.known.get(name)
    // Told twice at once, it says nothing of a rate.
    if (old && now - old.at < 500) old.value = value
    else this.known.set(name, { value, at: now, before: old?.value ?? value, beforeAt: old?.at ?? now })
  }

  get(name: string): number | undefined {
    return this.known.get(name)?.value
  }

  /** What it grew by in a second; undefined: it was told once only. */
  rate(name: string): number | undefined {
    const found = this.known.get(name)
    if (!found || found.at === found.beforeAt) return undefined
    return Math.max(0, (found.value - found.before) * 1_000 / (found.at - found.beforeAt))
  }

  names(): string[] {
    return [...this.known.keys()]
  }

  clear(): void {
    this.known.clear()
    this.texts.clear()
  }
}
