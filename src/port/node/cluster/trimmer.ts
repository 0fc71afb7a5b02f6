// Lets go of the log's front, which nobody needs any more. One gateway does it for all, the first by name.
import type { ClusterRecords } from './cluster_records'
import type { Engine } from './engine'
import { groupFloors } from './group_consumer'
import type { Leases } from './leases'

/** Looks at which nobody may have needed an entry: a session may have gone from one to another, who dies then. */
const LOOKS = 6
/** Entries that are kept for a group that takes nothing. */
const GROUPS_MAX = 100_000

export interface TrimmerOwner {
  readonly node: string
  /** The last entry that was taken. */
  readonly position: number
}

export class Trimmer {
  /** What this gateway's queues need, as it was at the last look. */
  needed = 0
  /** What anybody needed at the last looks. */
  private readonly before: number[] = []

  constructor(
    private readonly engine: Engine, private readonly records: ClusterRecords, private readonly leases: Leases,
    private readonly owner: TrimmerOwner,
  ) {}

  /** A session has come that needs an entry. */
  come(seq: number): void {
    this.needed = Math.min(this.needed, seq)
  }

  /** What groups have not taken, as far back as it is kept for them. */
  private async groupsNeed(): Promise<number[]> {
    const floors = await groupFloors(this.engine)
    return floors.map((floor) => Math.max(floor, this.owner.position - GROUPS_MAX))
  }

  async look(): Promise<void> {
    const { owner, leases, engine } = this
    let needed = owner.position
    for (const hosted of this.records.hosted.values()) needed = Math.min(needed, hosted.needs)
    this.needed = needed
    const { before } = this
    before.push(Math.min(leases.neededFrom, ...await this.groupsNeed()))
    if (before.length <= LOOKS) return
    before.shift()
    const from = Math.min(...before)
    const [first] = [owner.node, ...leases.others.keys()].sort()
    if (first === owner.node && from > 0 && engine.isReady) await engine.trim(from)
  }
}
