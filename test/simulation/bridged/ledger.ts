// What must come of what was published: the judge of a bridge, which knows nothing of how it works. Each direction has
// a ledger of its own. A message is one that was acknowledged to its publisher; what was refused is nobody's.

/** A message, by its payload. */
interface Entry {
  number: number
  topic: string
  qos: number
  /** When, in virtual milliseconds. */
  at: number
  hasArrived: boolean
  /** The rules let it be lost: its topic has a later one, or a broker has forgotten what it had. */
  mayBeMissing: boolean
  /** A broker has forgotten that it had it. */
  mayRepeat: boolean
}

export class Ledger {
  private readonly entries = new Map<string, Entry>()
  /** The last that has arrived, by topic and QoS. */
  private readonly newest = new Map<string, number>()
  /** Those that have arrived since everything under way was acknowledged. */
  private unsettled = new Set<Entry>()
  /** Accepted and not arrived, in order. */
  private readonly pending = new Set<Entry>()
  /** Messages that came before their publisher was answered, and how often. */
  private readonly early = new Map<string, number>()
  accepted = 0
  /** Publishers were told that the queue had no room. */
  refused = 0
  arrived = 0
  repeated = 0

  /** A publisher has its acknowledgement. */
  accept(text: string, topic: string, qos: number, at: number): void {
    const entry = {
      number: this.accepted++, topic, qos, at, hasArrived: false, mayBeMissing: false, mayRepeat: false,
    }
    this.entries.set(text, entry)
    this.pending.add(entry)
    // It was delivered before its publisher heard of it.
    const early = this.early.get(text)
    if (!early) return
    this.early.delete(text)
    for (let i = 0; i < early; i++) this.arrive(text)
  }

  /** A message has come out on the other side. */
  arrive(text: string): void {
    const entry = this.entries.get(text)
    if (!entry) return void this.early.set(text, (this.early.get(text) ?? 0) + 1)
    if (entry.hasArrived) return this.repeat(text, entry)
    const key = `${entry.topic} ${entry.qos}`
    if ((this.newest.get(key) ?? -1) > entry.number) throw new Error(`${text} comes behind a later one of ${key}`)
    this.newest.set(key, entry.number)
    entry.hasArrived = true
    this.arrived++
    this.pending.delete(entry)
    this.unsettled.add(entry)
  }

  private repeat(text: string, entry: Entry): void {
    this.repeated++
    if (entry.qos === 2 && !entry.mayRepeat) throw new Error(`${text} comes twice at QoS 2`)
    if (!this.unsettled.has(entry)) throw new Error(`${text} comes again though it was acknowledged long ago`)
  }

  /** Nothing is under way: what has arrived was acknowledged to the end. */
  settle(): void {
    this.unsettled.clear()
  }

  /** The receiving broker has forgotten its sessions: exchanges that were open begin anew there. */
  forgetThere(): void {
    for (const entry of this.unsettled) entry.mayRepeat = true
  }

  /** The sending broker has forgotten what it kept. */
  forgetHere(): void {
    for (const entry of this.pending) entry.mayBeMissing = true
    for (const entry of this.unsettled) entry.mayRepeat = true
  }

  /** Messages that are still to come. */
  get missing(): number {
    let count = 0
    for (const entry of this.pending) if (!entry.mayBeMissing) count++
    return count
  }

  /** Messages that have arrived and may not have been acknowledged to the end. */
  get open(): number {
    return this.unsettled.size
  }

  /** When the oldest that is still to come was published; undefined: there is none. */
  get oldestAt(): number | undefined {
    return this.pending.values().next().value?.at
  }

  /** Topics whose last message has not come. */
  get staleTopics(): string[] {
    const last = new Map<string, Entry>()
    for (const entry of this.entries.values()) last.set(entry.topic, entry)
    return [...last].filter(([, entry]) => !entry.hasArrived && !entry.mayBeMissing).map(([topic]) => topic)
  }

  /** All is over: throws where a message was never acknowledged by anybody and came all the same. */
  end(): void {
    const [text] = this.early.keys()
    if (text !== undefined) throw new Error(`${text} came, and its publisher was told that it was not taken`)
  }
}
