// Answers about topics that are remembered: a busy client asks for the same topic with each of its messages.

/** Characters of a key that is remembered: Topic Names have up to 65,535, and thousands of those fill the memory. */
export const KEY_SIZE_MAX = 1_024

export class Answers {
  private readonly answers = new Map<string, boolean>()

  constructor(private readonly most: number) {}

  get size(): number {
    return this.answers.size
  }

  /** The answer to a key, asked for where it is not known. */
  of(key: string, ask: () => boolean): boolean {
    const known = this.answers.get(key)
    if (known !== undefined) return known
    const answer = ask()
    if (key.length > KEY_SIZE_MAX) return answer
    if (this.answers.size === this.most) this.answers.clear()
    this.answers.set(key, answer)
    return answer
  }

  clear(): void {
    this.answers.clear()
  }
}
