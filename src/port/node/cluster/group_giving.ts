// Gives members of a group here what its consumer has brought: an entry as a whole, or nothing of it.
import { SETTING_QUEUE, SETTING_QUEUE_BYTES } from '../../../broker/settings'
import type { ClusterRecords } from './cluster_records'
import type { HostedSession } from './hosted_session'
import type { LogCounts } from './log_counts'
import { type LogEntry, isExpired } from './log_entry'
import type { LogTaker } from './log_taker'

/** More than any queue has; and no bound, in bytes. */
const QUEUE_MAX = 1_000_000_000
const UNBOUNDED = 0

export interface Settings {
  settingOf(setting: number): number
  settingSet(setting: number, value: number): void
}

export class GroupGiving {
  constructor(
    private readonly taker: Pick<LogTaker, 'share'>, private readonly counts: Pick<LogCounts, 'counts'>,
    private readonly records: ClusterRecords, private readonly settings: Settings,
  ) {}

  /** Answers the sessions that have its messages in their queues; null: there is no room. */
  give(filter: string, seq: number, entry: LogEntry, messages: number[]): Set<HostedSession> | null {
    const takers = new Set<HostedSession>()
    this.records.takers = takers
    const [first, ...rest] = messages.filter((index) =>
      !isExpired(entry.messages[index], entry.writtenMs) && this.counts.counts({ ...entry, seq }, index))
    const isTaken = first === undefined || this.taker.share(filter, entry, { seq, index: first })
      && this.unbounded(() => rest.every((index) => this.taker.share(filter, entry, { seq, index })))
    this.records.takers = null
    return isTaken ? takers : null
  }

  /** Who has room for an entry's first message has it for all of it: what is left of one could be nobody else's. */
  private unbounded(work: () => boolean): boolean {
    const { settings } = this
    const [messages, bytes] = [settings.settingOf(SETTING_QUEUE), settings.settingOf(SETTING_QUEUE_BYTES)]
    settings.settingSet(SETTING_QUEUE, QUEUE_MAX)
    settings.settingSet(SETTING_QUEUE_BYTES, UNBOUNDED)
    const isTaken = work()
    settings.settingSet(SETTING_QUEUE, messages)
    settings.settingSet(SETTING_QUEUE_BYTES, bytes)
    return isTaken
  }
}
