// Takes what the log brings: messages for the core, and what gateways have to say to all others.
import { CLUSTER_GROUP } from '../../port'
import type { createBroker } from 'midge-mqtt'
import type { Published } from '../cluster_seam'
import { Lately } from '../lately'
import type { ClusterRecords } from './cluster_records'
import type { Groups } from './groups'
import type { Place } from './hosted_session'
import { type Leases, NODES_MAX } from './leases'
import { type LogEntry, type Notice, secondsLeft } from './log_entry'
import type { ReadEntry } from './log_reader'

/**
 * Whom a message is for: EVERYBODY but groups, a group alone, or sessions that came here before they had the entry of
 * this number.
 */
export type Whom = number | string
export const EVERYBODY = 0

export interface TakerOwner {
  readonly node: string
  readonly groups: Groups
  readonly leases: Leases
  /** Somebody has ended this gateway. */
  ended(): void
  /** For people. */
  tell(message: string): void
}

/** Entries that stand in the log twice which are remembered: groups may come to them later. */
const AGAIN_MAX = 10_000
/** Milliseconds that the log waits for room in the core; then what there is no room for is lost here. */
const ROOM_MS_MAX = 10_000

export class LogTaker {
  /** Gateways that are over, and the entries that say so. */
  private readonly gone = new Lately<string, number>(NODES_MAX)
  /** Of each gateway the last entry with messages, and those that stand in the log a second time. */
  private readonly seen = new Lately<string, { count: number, seq: number }>(NODES_MAX)
  private readonly again = new Lately<number, true>(AGAIN_MAX)
  /** How much of the entry in hand the core has. */
  private taken = 0
  /** Since when there has been no room, milliseconds; null: there is. Whether people know of that. */
  private fullSince: number | null = null
  private isFullTold = false

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
    if (count <= (this.seen.get(node)?.count ?? 0)) this.again.set(seq, true)
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
        if (!this.offer(messages[this.taken], writtenMs, { seq, index: this.taken }, EVERYBODY)) return false
      }
      this.taken = 0
      if (entry.node === this.owner.node) this.ownTaken(entry)
    }
    return true
  }

  /** Gives a message to the core, or to nobody where there was no room for long; false: it is to be tried again. */
  offer(...given: Parameters<LogTaker['give']>): boolean {
    if (this.give(...given)) {
      this.fullSince = null
      this.isFullTold = false
      return true
    }
    this.fullSince ??= performance.now()
    if (performance.now() - this.fullSince < ROOM_MS_MAX) return false
    if (!this.isFullTold) this.owner.tell('memory is full: what others have acknowledged is lost to clients here')
    this.isFullTold = true
    return true
  }

  /** What the log has brought waits for room. */
  get isFull(): boolean {
    return this.fullSince !== null
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
    return this.give(messages[place.index], writtenMs, place, group)
  }

  /** Gives a message to the core, which was written then, 0: it is new. */
  give(message: Published, writtenMs: number, place: Place | null, whom: Whom): boolean {
    const { bytes, topicSize, propertiesSize, flags, clientIdentifier } = message
    const expiry = writtenMs ? secondsLeft(message, writtenMs) : message.expiry
    this.records.place = place
    const isGroup = typeof whom === 'string'
    this.owner.groups.only = isGroup ? whom : ''
    const isTaken = this.instance.clusterPublish(
      bytes, topicSize, propertiesSize, flags, expiry, Buffer.from(clientIdentifier), isGroup ? CLUSTER_GROUP : whom)
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
