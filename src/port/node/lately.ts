// What was noted lately, by a key: of more than a bound the oldest is forgotten.

export class Lately<Key, Value> {
  private readonly notes = new Map<Key, Value>()

  constructor(private readonly most: number) {}

  get(key: Key): Value | undefined {
    return this.notes.get(key)
  }

  has(key: Key): boolean {
    return this.notes.has(key)
  }

  /** Its newest note from now on. */
  set(key: Key, value: Value): void {
    const { notes } = this
    notes.delete(key)
    notes.set(key, value)
    if (notes.size > this.most) notes.delete(notes.keys().next().value!)
  }
}
