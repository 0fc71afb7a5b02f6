// Gives members of groups messages of the log that have become theirs after they were read.
import { SETTING_QUEUE, SETTING_QUEUE_BYTES } from '../../../broker/settings'
import type { Published } from '../cluster_seam'
import type { Commits } from './commits'
import type { GroupGiver } from './groups'
import type { LogReader, ReadEntry } from './log_reader'
import type { LogTaker } from './log_taker'

/** More than any queue has; and no bound, in bytes. */
const QUEUE_MAX = 1_000_000_000
const UNBOUNDED = 0

export interface Settings {
  settingOf(setting: number): number
  settingSet(setting: number, value: number): void
}

export class GroupGiving implements GroupGiver {
  private count = 0

  /** `holds`: what this gateway says of its own place in the log is in front of all of these. */
  constructor(
    private readonly reader: LogReader, private readonly taker: LogTaker, private readonly commits: Commits,
    private readonly holds: Map<string, number>, private readonly settings: Settings,
  ) {}

  async again(
    from: number, to: number, settled: number, look: (entry: ReadEntry) => Promise<void>,
  ): Promise<void> {
    const { reader, taker, commits, holds } = this
    const hold = `\0group ${++this.count}`
    holds.set(hold, settled)
    await reader.again(from, to, async (entry) => { if (taker.counts(entry)) await look(entry) }).catch(() => undefined)
    // A writing that began before does not have it.
    void commits.run(true).catch(() => undefined).then(() => holds.delete(hold))
  }

  /**
   * What a gateway had of a group is given at once, most of it again, when another one goes on with it: that is no
   * fault of the member, whose queue takes it whatever its bound.
   */
  share(message: Published, { seq, writtenMs }: ReadEntry, index: number): boolean {
    const { settings } = this
    const [messages, bytes] = [settings.settingOf(SETTING_QUEUE), settings.settingOf(SETTING_QUEUE_BYTES)]
    settings.settingSet(SETTING_QUEUE, QUEUE_MAX)
    settings.settingSet(SETTING_QUEUE_BYTES, UNBOUNDED)
    const isTaken = this.taker.give(message, writtenMs, { seq, index }, seq)
    settings.settingSet(SETTING_QUEUE, messages)
    settings.settingSet(SETTING_QUEUE_BYTES, bytes)
    return isTaken
  }
}
