// Gives members of a group here what its consumer has brought: an entry as a whole, or nothing of it.
import { SETTING_QUEUE, SETTING_QUEUE_BYTES } from '../../../broker/settings'
import { wallMs } from '../time'
import type { ClusterRecords } from './cluster_records'
import type { HostedSession } from './hosted_session'
import type { LogEntry } from './log_entry'
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
    private readonly taker: Pick<LogTaker, 'share' | 'counts'>, private readonly records: ClusterRecords,
    private readonly settings: Settings,
  ) {}

  /** Answers the sessions that have its messages in their queues; null: there is no room. */
  give(filter: string, seq: number, entry: LogEntry, messages: number[]): Set<HostedSession> | null {
    const takers = new Set<HostedSession>()
    if (!this.taker.counts({ ...entry, seq })) return takers
    this.records.takers = takers
    const [first, ...rest] = messages.filter((index) => !isExpired(entry, index))
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

/** It has waited for a member for too long. [MQTT-3.3.2-5] */
const isExpired = ({ messages, writtenMs }: LogEntry, index: number): boolean =>
  messages[index].expiry > 0 && writtenMs + messages[index].expiry * 1_000 <= wallMs()
