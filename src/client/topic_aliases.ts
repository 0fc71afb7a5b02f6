// Topic Aliases of a client towards its broker: the topics that were used lately have a number each, and go out once.
// A connection has its own. [MQTT 5.0 section 3.3.2.3.4]

/** Bytes that the property takes: a shorter topic is sent as it is. */
const PROPERTY_SIZE = 3

export class TopicAliases {
  /** Least recently used first. */
  private readonly numbers = new Map<string, number>()

  /** `most` is the broker's Topic Alias Maximum. [MQTT-3.2.2-17] */
  constructor(private readonly most: number) {}

  /** The alias to send a topic with, and whether the broker knows it already; undefined: none is worth it. */
  take(topic: string): { number: number, isKnown: boolean } | undefined {
    const known = this.numbers.get(topic)
    if (known !== undefined) {
      this.numbers.delete(topic)
      this.numbers.set(topic, known)
      return { number: known, isKnown: true }
    }
    if (!this.most || topic.length <= PROPERTY_SIZE) return undefined
    const number = this.numbers.size < this.most ? this.numbers.size + 1 : this.oldestGive()
    this.numbers.set(topic, number)
    return { number, isKnown: false }
  }

  private oldestGive(): number {
    const [topic, number] = this.numbers.entries().next().value as [string, number]
    this.numbers.delete(topic)
    return number
  }
}
