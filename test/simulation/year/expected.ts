// What a client must be sent at QoS 0: of each topic in the order in which it was published, nothing that was not, and
// what does not come is counted.
import { naiveMatch } from '../../model/naive_match'

export class Expected {
  /** Messages that did not come, since the board has started: it must have counted them too. */
  missing = 0
  private readonly lists = new Map<string, string[]>()
  private readonly fits = new Map<string, boolean>()

  constructor(private readonly clientId: string, private readonly filters: string[]) {}

  add(topic: string, payload: string): void {
    if (!this.isFor(topic)) return
    const list = this.lists.get(topic)
    if (list) list.push(payload)
    else this.lists.set(topic, [payload])
  }

  private isFor(topic: string): boolean {
    let fits = this.fits.get(topic)
    if (fits === undefined) {
      fits = this.filters.some((filter) => naiveMatch(filter, topic))
      this.fits.set(topic, fits)
    }
    return fits
  }

  came(topic: string, payload: string): void {
    const list = this.lists.get(topic) ?? []
    const place = list.indexOf(payload)
    if (place < 0) {
      throw new Error(`${this.clientId}, ${topic}: ${payload.slice(0, 60)} came, not ${list[0]?.slice(0, 60)}`)
    }
    this.missing += place
    if (list.length > place + 1) list.splice(0, place + 1)
    else this.lists.delete(topic)
  }

  /** All is quiet: what has not come will not come. */
  quiet(): void {
    for (const list of this.lists.values()) this.missing += list.length
    this.lists.clear()
  }

  clear(): void {
    this.lists.clear()
  }
}
