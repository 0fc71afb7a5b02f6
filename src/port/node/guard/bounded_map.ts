// A map with a bound: what was used longest ago goes first, and before that what has nothing to say any more.

/** How many of the oldest are looked at when room is made. */
const LOOKS = 16

export class BoundedMap<Value> {
  private readonly values = new Map<string, Value>()

  constructor(
    private readonly most: number, private readonly make: (now: number) => Value,
    private readonly isIdle: (value: Value, now: number) => boolean,
  ) {}

  get size(): number {
    return this.values.size
  }

  /** The value of a key, made where there is none; it is the newest now. */
  take(key: string, now: number): Value {
    const known = this.values.get(key)
    if (known !== undefined) this.values.delete(key)
    else if (this.values.size >= this.most) this.makeRoom(now)
    const value = known ?? this.make(now)
    this.values.set(key, value)
    return value
  }

  peek(key: string): Value | undefined {
    return this.values.get(key)
  }

  /** Takes away those of the oldest that are idle, and where none is the oldest. */
  private makeRoom(now: number): void {
    let looks = 0
    let oldest: string | undefined
    for (const [key, value] of this.values) {
      oldest ??= key
      if (this.isIdle(value, now)) this.values.delete(key)
      if (++looks === LOOKS) break
    }
    if (this.values.size >= this.most) this.values.delete(oldest!)
  }
}
