// Takes what the log brings: messages for the core, and what gateways have to say to all others.
import { CLUSTER_GROUP } from '../../port'
import type { createBroker } from 'midge-mqtt'
import type { Published } from '../cluster_seam'
import type { ClusterRecords } from './cluster_records'
import type { Groups } from './groups'
import type { Place } from './hosted_session'
import type { Leases } from './leases'
import { type LogEntry, type Notice, secondsLeft } from './log_entry'
import type { ReadEntry } from './log_reader'

export interface TakerOwner {
  readonly node: string
  readonly groups: Groups
  readonly leases: Leases
  /** Somebody has ended this gateway. */
  ended(): void
}

export class LogTaker {
  /** Gateways that are over, and the entries that say so. */
  private readonly gone = new Map<string, number>()
  /** Of each gateway the last entry with messages, and those that stand in the log a second time. */
  private readonly seen = new Map<string, { count: number, seq: number }>()
  private readonly again = new Set<number>()
  /** How much of the entry in hand the core has. */
  private taken = 0

  constructor(
    private readonly instance: ReturnType<typeof createBroker>, private readonly records: ClusterRecords,
    private readonly owner: TakerOwner,
  ) {}

  /** A gateway was over before this one came. */
  goneLong(node: string, goneAt: number): void {
    this.gone.set(node, goneAt)
  }

  /**
   * Whether an entry counts: what a gateway says that is over does not; nor does one that stands in the log again, as
   * the engine forgets identifiers when its servers change.
   */
  counts({ node, seq }: Pick<ReadEntry, 'node' | 'seq'>): boolean {
    return !(seq > (this.gone.get(node) ?? Infinity)) && !this.again.has(seq)
  }

  /** Notes whether the entry that is next was there before. */
  private look({ node, count, seq }: ReadEntry): void {
    if (!count || this.seen.get(node)?.seq === seq) return
    if (count <= (this.seen.get(node)?.count ?? 0)) this.again.add(seq)
    else this.seen.set(node, { count, seq })
  }

  /** Answers false where the core has no room for the rest now. */
  take(entry: ReadEntry): boolean {
    this.look(entry)
    if (!this.counts(entry)) return true
    if (entry.notice) this.hear(entry.notice, entry.seq)
    else {
      const { messages, writtenMs, seq } = entry
      for (; this.taken < messages.length; this.taken++) {
        if (!this.give(messages[this.taken], writtenMs, { seq, index: this.taken }, 0)) return false
      }
      this.taken = 0
      if (entry.node === this.owner.node) this.ownTaken(entry)
    }
    return true
  }

  /** What clients here have open towards the broker is right as far as this entry. */
  private ownTaken({ messages, seq }: ReadEntry): void {
    for (const { clientIdentifier, flags } of messages) {
      const hosted = flags & 4 ? this.records.hosted.get(clientIdentifier) : undefined
      if (hosted) hosted.published = seq
    }
  }

  /** Gives a message of an entry to members of a group alone. */
  share(group: string, { messages, writtenMs }: LogEntry, place: Place): boolean {
    return this.give(messages[place.index], writtenMs, place, CLUSTER_GROUP, group)
  }

  /**
   * Gives a message to the core, which was written then, 0: it is new; see clusterPublish. `group`: who gets it besides
   * or alone.
   */
  give(message: Published, writtenMs: number, place: Place | null, replayAt: number, group = ''): boolean {
    const { bytes, topicSize, propertiesSize, flags, clientIdentifier } = message
    const expiry = writtenMs ? secondsLeft(message, writtenMs) : message.expiry
    this.records.place = place
    this.owner.groups.only = group
    const isTaken = this.instance.clusterPublish(
      bytes, topicSize, propertiesSize, flags, expiry, Buffer.from(clientIdentifier), replayAt)
    this.records.place = null
    return isTaken
  }

  private hear(notice: Notice, seq: number): void {
    const { owner } = this
    const { node } = notice
    if (notice.kind === 'hello') owner.leases.hello(node)
    else {
      this.gone.set(node, seq)
      if (node === owner.node) owner.ended()
    }
  }
}
