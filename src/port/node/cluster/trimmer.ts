// Lets go of the log's front, which nobody needs any more. One gateway does it for all, the first by name.
import type { ClusterRecords } from './cluster_records'
import type { Engine } from './engine'
import type { Leases } from './leases'

export interface TrimmerOwner {
  readonly node: string
  /** The last entry that was taken. */
  readonly position: number
}

export class Trimmer {
  /** What this gateway's queues need, as it was at the last look. */
  needed = 0
  /** What anybody needed then. */
  private neededBefore = 0

  constructor(
    private readonly engine: Engine, private readonly records: ClusterRecords, private readonly leases: Leases,
    private readonly owner: TrimmerOwner,
  ) {}

  async look(): Promise<void> {
    const { owner, leases, engine } = this
    let needed = owner.position
    for (const hosted of this.records.hosted.values()) needed = Math.min(needed, hosted.needs)
    this.needed = needed
    // What nobody needed at the last look either: a session may just have gone from one to another.
    const from = Math.min(leases.neededFrom, this.neededBefore)
    this.neededBefore = leases.neededFrom
    const [first] = [owner.node, ...leases.others.keys()].sort()
    if (first === owner.node && from > 0 && engine.isReady) await engine.trim(from)
  }
}
