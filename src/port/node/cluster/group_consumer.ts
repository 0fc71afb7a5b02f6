// The consumer of a shared subscription, in the engine: it reads the log once for all gateways that have members of the
// group, gives each entry to one of them, and again to any of them where it is not acknowledged. It gives the entry's
// number alone: what is in it every gateway has read.
import { createHash } from 'node:crypto'
import type { Engine } from './engine'

const PREFIX = 'group_'
/** Milliseconds that a gateway has to acknowledge an entry, or to say that it is at it. */
const ACKNOWLEDGE_MS = 8_000
/** Entries that may be on their way at gateways. */
const OPEN_MAX = 20_000
/** Milliseconds that another gateway with members has to say so. */
const SHARED_MS = 2_000
const NANOSECONDS = 1_000_000

export type Answer = '+ACK' | '-NAK' | '+WPI'

export const groupName = (filter: string): string => PREFIX + createHash('sha256').update(filter).digest('base64url')

export class GroupConsumer {
  readonly name: string
  /** What a gateway with members hears. */
  readonly memberSubject: string

  constructor(readonly engine: Engine, filter: string) {
    this.name = groupName(filter)
    this.memberSubject = `${engine.subject}.${this.name}`
  }

  /** Makes it, for what comes behind an entry, unless it is there; rejects where the engine does not say so. */
  async make(since: number): Promise<void> {
    const { manager, log } = this.engine
    const isThere = (): Promise<unknown> => manager!.consumers.info(log, this.name)
    if (await isThere().catch(() => null)) return
    await manager!.consumers.add(log, {
      durable_name: this.name, ack_policy: 'explicit', ack_wait: ACKNOWLEDGE_MS * NANOSECONDS,
      max_ack_pending: OPEN_MAX, deliver_policy: 'by_start_sequence', opt_start_seq: since + 1,
      headers_only: true,
    }).catch(async (error: Error) => {
      // Another gateway was first, and another position.
      await isThere().catch(() => { throw error })
    })
  }

  /** Nobody is in the group any more; rejects where the engine does not say that it is over. */
  async end(): Promise<void> {
    const { manager, log } = this.engine
    await manager!.consumers.delete(log, this.name)
  }

  /** Whether another gateway has members; one of them answers. */
  async isShared(): Promise<boolean> {
    return await this.engine.request(this.memberSubject, '', SHARED_MS) !== null
  }

  /** Asks for so many entries, which come to a subject, as does what becomes of that. */
  ask(count: number, ms: number, subject: string): void {
    const { connection, log } = this.engine
    const asked = JSON.stringify({ batch: count, expires: ms * NANOSECONDS })
    connection?.publish(`$JS.API.CONSUMER.MSG.NEXT.${log}.${this.name}`, asked, { reply: subject })
  }

  /** Says what has become of an entry, which came with this. */
  answer(reply: string, answer: Answer): void {
    const { connection } = this.engine
    if (connection && !connection.isClosed()) connection.publish(reply, answer)
  }
}

export interface GroupState {
  name: string
  /** The first entry that it has not had. */
  floor: number
  /** Some gateway asks it for more. */
  isAsked: boolean
}

/** The groups of this cluster, as the engine has them. */
export async function groupStates({ manager, log }: Engine): Promise<GroupState[]> {
  const states: GroupState[] = []
  for await (const { name, ack_floor: had, config, num_waiting: asked } of manager!.consumers.list(log)) {
    if (!name.startsWith(PREFIX)) continue
    states.push({ name, floor: Math.max(had.stream_seq + 1, config.opt_start_seq ?? 0), isAsked: asked > 0 })
  }
  return states
}
