// What the core of this gateway asks: where a message goes that somebody here publishes, and whether a client may come.
import { QUOTA_EXCEEDED, SUCCESS } from '../../../codec/reason_code'
import { PORT_GO_ON } from '../../port'
import type { ClusterSeam, Published } from '../cluster_seam'
import type { Commits } from './commits'
import type { Engine } from './engine'
import { ALL, type Groups } from './groups'
import type { LogTaker } from './log_taker'
import type { QuickGroups } from './quick_groups'
import type { QuickMessages } from './quick_messages'
import type { Roaming } from './roaming'

/** Messages that wait for the engine which nobody can be told to keep: Wills, and what is retained at QoS 0. */
const WAITING_MAX = 10_000
/** QoS 1 or 2, or RETAIN. */
const IN_ORDER = 7

export class Front implements ClusterSeam {
  /** Messages that went into the log. */
  published = 0

  constructor(
    private readonly engine: Engine, private readonly commits: Commits, private readonly quick: QuickMessages,
    private readonly quickGroups: QuickGroups, private readonly groups: Groups,
    private readonly taker: Pick<LogTaker, 'isFull'>, private readonly roaming: () => Roaming,
  ) {}

  publish(message: Published): number {
    const { engine, commits } = this
    if (!(message.flags & IN_ORDER)) {
      this.groups.only = this.quick.publish(message) ? '' : ALL
      return PORT_GO_ON
    }
    const isAnswered = message.packetIdentifier > 0
    if ((!engine.isReady || this.taker.isFull) && (isAnswered || commits.pendingCount >= WAITING_MAX)) {
      return isAnswered ? QUOTA_EXCEEDED : SUCCESS
    }
    commits.publish(message)
    this.published++
    return SUCCESS
  }

  filter(filter: string, isWanted: boolean): void {
    this.quick.filter(filter, isWanted)
    this.quickGroups.filter(filter, isWanted)
    this.groups.filter(filter, isWanted)
  }

  shares(filter: string): boolean {
    return this.groups.shares(filter)
  }

  get isReady(): boolean {
    return this.engine.isReady
  }

  claim(client: string): Promise<number> {
    return this.roaming().claim(client)
  }
}
