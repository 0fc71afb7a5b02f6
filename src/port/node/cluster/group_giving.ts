// Gives members of groups messages of the log that have become theirs after they were read.
import type { Published } from '../cluster_seam'
import type { Commits } from './commits'
import type { GroupGiver } from './groups'
import type { LogReader, ReadEntry } from './log_reader'
import type { LogTaker } from './log_taker'

export class GroupGiving implements GroupGiver {
  private count = 0

  /** `holds`: what this gateway says of its own place in the log is in front of all of these. */
  constructor(
    private readonly reader: LogReader, private readonly taker: LogTaker, private readonly commits: Commits,
    private readonly holds: Map<string, number>,
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

  share(message: Published, { seq, writtenMs }: ReadEntry, index: number): boolean {
    return this.taker.give(message, writtenMs, { seq, index }, seq)
  }
}
