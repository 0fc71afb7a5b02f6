// Shared subscriptions over several gateways: each has a consumer of the log in the engine, which gives an entry to one
// of the gateways with members, and again to another where the first one does not acknowledge it. [MQTT 5.0 section
// 4.8.2] Ordinary subscriptions go by what this gateway reads of the log itself.
import type { Engine } from './engine'
import type { FiltersElsewhere } from './filters_elsewhere'
import { type GivenEntry, Group, type GroupOwner, sharedFilter } from './group'
import { Turns } from './turns'

export interface GroupsOwner extends Omit<GroupOwner, 'make'> {
  readonly position: number
  /** Sessions go to other gateways just now. */
  readonly isGiving: boolean
}

/** What `only` says of a message that all groups get which have members here. */
export const ALL = 'all'
/** Milliseconds between two looks at what is in hand, until the engine is asked again, and that a commit waits. */
const LOOK_MS = 1_000
const AGAIN_MS = 200
const MADE_MS = 3_000

const wait = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms).unref() })

export class Groups {
  /** By `$share/name/filter`. */
  private readonly groups = new Map<string, Group>()
  /** What is done for a group's consumer, one thing after the other. */
  private readonly works = new Turns()
  private readonly makings = new Set<Promise<void>>()
  private readonly timer: NodeJS.Timeout
  private isStopped = false
  /** The group that gets the message in hand; '': none, as the engine chooses who does; ALL. */
  only = ''
  /** Where the log stood for a session that comes. */
  private comingAt: number | null = null

  constructor(
    private readonly engine: Engine, private readonly elsewhere: FiltersElsewhere, private readonly owner: GroupsOwner,
  ) {
    this.timer = setInterval(() => this.look(), LOOK_MS).unref()
  }

  /** A filter has its first subscription here, or its last one is over. */
  filter(filter: string, isWanted: boolean): void {
    if (sharedFilter(filter) === null) return
    if (isWanted) this.open(filter)
    else this.close(filter)
  }

  /** A session comes, which has had the log until an entry. */
  coming(at: number, come: () => void): void {
    this.comingAt = at
    come()
    this.comingAt = null
  }

  private open(filter: string): void {
    const { owner } = this
    const group: Group = this.groups.get(filter) ?? new Group(this.engine, filter, {
      entry: (seq) => owner.entry(seq), give: (...given) => owner.give(...given),
      make: () => this.make(group),
    })
    this.groups.set(filter, group)
    group.open(this.comingAt ?? owner.position)
    const making = this.works.take(filter, () => this.make(group)).then(() => group.begin())
      .finally(() => this.makings.delete(making))
    this.makings.add(making)
  }

  private close(filter: string): void {
    const group = this.groups.get(filter)!
    group.close()
    if (!this.owner.isGiving) void this.works.take(filter, () => this.dissolve(group))
  }

  /** Does something with the engine until it answers, or nobody wants it any more. */
  private async until(work: () => Promise<void>, isWanted: () => boolean): Promise<void> {
    while (isWanted() && !await work().then(() => true, () => false)) await wait(AGAIN_MS)
  }

  /** Its consumer is there; it begins where this gateway left off. */
  private make(group: Group): Promise<void> {
    const since = Math.max(group.since, group.resume)
    return this.until(() => group.consumer.make(since), () => group.isOpen)
  }

  /** Ends a group that has no member anywhere: one of the same name is another one. */
  private dissolve({ consumer, filter }: Group): Promise<void> {
    return this.until(async () => {
      const isShared = await consumer.isShared() || await this.elsewhere.has(filter)
      if (!isShared) await consumer.end()
    }, () => !this.isStopped)
  }

  /** Ends when what was subscribed to by now is: a session's key that says so finds the group's consumer. */
  async made(): Promise<void> {
    if (this.makings.size) await Promise.race([Promise.all(this.makings), wait(MADE_MS)])
  }

  /** Entries that somebody here has by now. */
  get given(): GivenEntry[] {
    return [...this.groups.values()].flatMap(({ given }) => given)
  }

  /** What they had is written. */
  kept(given: GivenEntry[]): void {
    for (const { group, hand } of given) group.kept(hand)
  }

  /** Entries that are not acknowledged yet. */
  get openCount(): number {
    return [...this.groups.values()].reduce((sum, { openCount }) => sum + openCount, 0)
  }

  private look(): void {
    for (const [filter, group] of this.groups) {
      group.look()
      if (group.isEmpty && !this.works.has(filter)) this.groups.delete(filter)
    }
  }

  connected(): void {
    for (const group of this.groups.values()) group.connected()
  }

  /** Whether the members here get the message in hand. What is under $SYS is a gateway's own. */
  shares(filter: string): boolean {
    return this.only === ALL || this.only === filter || sharedFilter(filter) === null
  }

  /** This gateway has been ended: another one is given what was not acknowledged. */
  forget(): void {
    for (const group of this.groups.values()) group.forget()
  }

  /** Takes nothing more; what members here have is acknowledged yet. */
  stop(): void {
    this.isStopped = true
    clearInterval(this.timer)
    for (const group of this.groups.values()) group.close()
  }
}
