// Works that are done one after the other, where they have the same name.

export class Turns {
  private readonly last = new Map<string, Promise<void>>()

  /** Does something when all that was asked for before by this name is over; ends, or rejects, as it does. */
  take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const result = (this.last.get(name) ?? Promise.resolve()).then(work)
    const settled = result.then(() => undefined, () => undefined).then(() => {
      if (this.last.get(name) === settled) this.last.delete(name)
    })
    this.last.set(name, settled)
    return result
  }

  has(name: string): boolean {
    return this.last.has(name)
  }

  get count(): number {
    return this.last.size
  }

  /** Ends when all that was asked for until now is over. */
  async over(): Promise<void> {
    await Promise.all(this.last.values())
  }
}
