// Lets go of the log's front, which nobody needs any more. One gateway does it for all, the first by name.
import type { ClusterRecords } from './cluster_records'
import type { Engine } from './engine'
import { groupStates } from './group_consumer'
import type { Leases } from './leases'
import { frontLetGo } from './log_front'

/** Looks at which nobody may have needed an entry: a session may have gone from one to another, who dies then. */
const LOOKS = 6
/** Entries that are kept for a group that takes nothing. */
const GROUPS_MAX = 100_000
/**
 * Milliseconds after which a group is over that no gateway has asked for anything. The engine has such a bound of its
 * own, by which a server before 2.9.22 that led the consumer once ends it, however often another one is asked.
 */
const IDLE_MS = 86_400_000

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
  /** Groups that nobody asks, and since when; milliseconds. */
  private idle = new Map<string, number>()
  private isLooking = false

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
    const states = await groupStates(this.engine)
    const now = performance.now()
    const idle = states.filter(({ isAsked }) => !isAsked).map(({ name }) => name)
    this.idle = new Map(idle.map((name) => [name, this.idle.get(name) ?? now]))
    return states.map(({ floor }) => Math.max(floor, this.owner.position - GROUPS_MAX))
  }

  /** Once at a time. */
  async look(): Promise<void> {
    if (this.isLooking) return
    this.isLooking = true
    try {
      await this.lookNow()
    } finally {
      this.isLooking = false
    }
  }

  private async lookNow(): Promise<void> {
    const { owner, leases, engine } = this
    let needed = owner.position
    for (const hosted of this.records.hosted.values()) needed = Math.min(needed, hosted.needs)
    this.needed = needed
    const { before } = this
    before.push(Math.min(leases.neededFrom, ...await this.groupsNeed()))
    if (before.length <= LOOKS) return
    before.shift()
    const [first] = [owner.node, ...leases.others.keys()].sort()
    if (first !== owner.node || !engine.isReady) return
    await this.idleEnd()
    await frontLetGo(engine, Math.min(...before))
  }

  private async idleEnd(): Promise<void> {
    const { manager, log } = this.engine
    for (const [name, since] of this.idle) {
      if (performance.now() - since >= IDLE_MS) await manager?.consumers.delete(log, name)
    }
  }
}
