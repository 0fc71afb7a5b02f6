// The Topic Filters of sessions that are not here. One reading of all keys is for all who ask before it.
import type { ClusterRecords } from './cluster_records'
import type { Engine } from './engine'
import { type SessionState, filtersOf, stateRead } from './hosted_session'

export class FiltersElsewhere {
  /** A reading that has not begun yet, and the one before. */
  private reading: Promise<Set<string>> | null = null
  private readBefore: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly engine: Engine, private readonly records: ClusterRecords,
    private readonly owner: { readonly node: string },
  ) {}

  async has(filter: string): Promise<boolean> {
    this.reading ??= this.readBefore.then(() => {
      this.reading = null
      return this.read()
    })
    this.readBefore = this.reading.catch(() => undefined)
    return (await this.reading).has(filter)
  }

  private async read(): Promise<Set<string>> {
    const states = [...(await this.engine.all('sessions')).values()].map(({ bytes }) => stateRead(bytes))
    const isHere = ({ node, client }: SessionState): boolean =>
      node === this.owner.node && this.records.hosted.has(client)
    return new Set(states.filter((state) => !isHere(state)).flatMap(filtersOf))
  }
}
