// Takes what the log brings: messages for the core, and what gateways have to say to all others.
import { CLUSTER_GROUP } from '../../port'
import type { createBroker } from 'midge-mqtt'
import type { Published } from '../cluster_seam'
import type { ClusterRecords } from './cluster_records'
import type { CoreSessions } from './core_sessions'
import type { Groups } from './groups'
import type { Place } from './hosted_session'
import type { Leases } from './leases'
import type { LogCounts } from './log_counts'
import { type LogEntry, type Notice, type Taking, isExpired, secondsLeft } from './log_entry'
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
  readonly sessions: CoreSessions
  /** Somebody has ended this gateway. */
  ended(): void
  /** For people. */
  tell(message: string): void
}

/** Of what an entry has of a message's fixed header. */
const RETAIN = 1
/** Milliseconds that the log waits for room in the core; then what there is no room for is lost here. */
const ROOM_MS_MAX = 10_000

export class LogTaker {
  /** Until this entry messages matter that are retained alone: the bucket may have older ones. */
  since = 0
  /** How much of the entry in hand the core has. */
  private taken = 0
  /** Since when there has been no room, milliseconds; null: there is. Whether people know of that. */
  private fullSince: number | null = null
  private isFullTold = false

  constructor(
    private readonly instance: ReturnType<typeof createBroker>, private readonly records: ClusterRecords,
    private readonly counts: LogCounts, private readonly owner: TakerOwner,
  ) {}

  /** Answers false where the core has no room for the rest now. */
  take(entry: ReadEntry): boolean {
    const { counts } = this
    counts.look(entry)
    if (!counts.counts(entry)) this.taken = 0
    else if (entry.notice) this.hear(entry.notice, entry.seq)
    else {
      const { messages, writtenMs, seq } = entry
      for (; this.taken < messages.length; this.taken++) {
        if (!counts.counts(entry, this.taken) || this.isPast(entry, messages[this.taken])) continue
        if (!this.offer(messages[this.taken], writtenMs, { seq, index: this.taken }, EVERYBODY)) return false
      }
      this.taken = 0
      if (entry.node === this.owner.node) this.ownTaken(entry)
    }
    return true
  }

  private isPast({ seq, writtenMs }: ReadEntry, message: Published): boolean {
    return seq <= this.since && (!(message.flags & RETAIN) || isExpired(message, writtenMs))
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
    if (notice.kind === 'hello') {
      if (seq > this.since) owner.leases.hello(node)
    } else if (notice.kind === 'taken') for (const taking of notice.sessions) this.left(node, taking)
    else {
      this.counts.over(node, seq)
      if (node === owner.node) owner.ended()
    }
  }

  /** A session is somebody's: where it was here, nobody is told any more that what its client says counts. */
  private left(node: string, taking: Taking): void {
    const { records, owner } = this
    if (!this.counts.taken(node, taking) || node === owner.node) return
    const hosted = records.hosted.get(taking.client)
    if (hosted) owner.sessions.lost(hosted)
  }
}
