// What must be retained: the last value of each topic, and those before it that may be there instead when the power
// has gone, as a value at QoS 0 is written some time after it came. A topic without a value has ''.

interface Value { at: number, payload: string }

const NOTHING: Value[] = [{ at: -Infinity, payload: '' }]

export class Ledger {
  private readonly values = new Map<string, Value[]>()

  get topics(): string[] {
    return [...this.values.keys()]
  }

  /** Topics that have a value. */
  get count(): number {
    return [...this.values.values()].filter((known) => known.at(-1)!.payload !== '').length
  }

  /** A topic has a new value; what it had so long before is written by then. Infinity: it may never come to that. */
  said(topic: string, payload: string, at: number, writtenMs: number): void {
    const known = this.values.get(topic)
    if (!known) {
      this.values.set(topic, [...NOTHING, { at, payload }])
      return
    }
    known.push({ at, payload })
    while (known.length > 1 && known[1].at < Infinity && known[1].at <= at - writtenMs) known.shift()
  }

  /** A value was acknowledged: nothing that came before it may be there any more. */
  acknowledged(topic: string, payload: string): void {
    const known = this.values.get(topic)!
    known.splice(0, known.findIndex((value) => value.payload === payload))
  }

  /** Whether a topic may have a value for whoever asks now, where what was said since then may not count yet. */
  isPossible(topic: string, payload: string, since: number): boolean {
    const known = this.values.get(topic) ?? NOTHING
    return known.some((value, index) =>
      value.payload === payload && (index === known.length - 1 || known[index + 1].at > since))
  }

  /** Whether a topic has a value behind which another one was said that may have been dropped, and has been. */
  isStale(topic: string, payload: string): boolean {
    const known = this.values.get(topic) ?? NOTHING
    const next = known.findIndex((value) => value.payload === payload) + 1
    return known[next]?.at === Infinity
  }

  /** What a topic has turned out to have. */
  settle(topic: string, payload: string): void {
    if (payload === '') this.values.delete(topic)
    else this.values.set(topic, [{ at: -Infinity, payload }])
  }

  /** For people: what would have been right. */
  known(topic: string): string {
    return JSON.stringify((this.values.get(topic) ?? NOTHING).map(({ at, payload }) => [at, payload.slice(0, 40)]))
  }
}
