// Which messages of the log count. All gateways read it in one order, and find the same: what a gateway says that is
// over does not count, nor does an entry that stands there again, nor what a gateway says for a client whose session
// another one has taken before that place. So an entry that comes late, as the engine did not answer, is nobody's.
import type { Published } from '../cluster_seam'
import { Lately } from '../lately'
import { NODES_MAX } from './leases'
import type { Taking } from './log_entry'
import type { ReadEntry } from './log_reader'

/** Entries that are remembered that do not count, or not as a whole: groups may come to them later. */
const AGAIN_MAX = 10_000
/** Clients of which it is remembered who has their sessions: many more than are taken while an entry is late. */
const CLIENTS_MAX = 100_000

/** Who has a session, as the log says, and its key's revision from which on that is so. */
export interface Holder { node: string, revision: number }

type EntryPlace = Pick<ReadEntry, 'node' | 'seq'>

export class LogCounts {
  /** Gateways that are over, and the entries that say so. */
  private readonly gone = new Lately<string, number>(NODES_MAX)
  /** Of each gateway the last of its entries with messages, and those that stand in the log a second time. */
  private readonly seen = new Lately<string, { count: number, seq: number }>(NODES_MAX)
  private readonly again = new Lately<number, true>(AGAIN_MAX)
  private readonly holders = new Lately<string, Holder>(CLIENTS_MAX)
  /** Of entries the messages whose clients' sessions were others' by then. */
  private readonly strange = new Lately<number, Set<number>>(AGAIN_MAX)
  /** The last entry that was looked at. */
  private lookedAt = 0

  /** A gateway says nothing behind an entry. */
  over(node: string, seq: number): void {
    this.gone.set(node, seq)
  }

  /** Looks at the entry that is next. */
  look({ node, count, seq, messages }: ReadEntry): void {
    if (seq <= this.lookedAt) return
    this.lookedAt = seq
    if (!count) return
    // The engine forgets identifiers when its servers change.
    if (count <= (this.seen.get(node)?.count ?? 0)) this.again.set(seq, true)
    else this.seen.set(node, { count, seq })
    const strange = messages.flatMap(({ clientIdentifier }, index) =>
      (this.holders.get(clientIdentifier)?.node ?? node) === node ? [] : [index])
    if (strange.length) this.strange.set(seq, new Set(strange))
  }

  /** Where a gateway's entry stands that was looked at last; null: it is another one. */
  placeOf(node: string, count: number): number | null {
    const last = this.seen.get(node)
    return last?.count === count ? last.seq : null
  }

  /**
   * A gateway has taken a session. Answers whether that counts: not where it does not know of whoever has taken the
   * session since; of two at once the first one has it.
   */
  taken(node: string, { client, revision, over }: Taking): boolean {
    const holder = this.holders.get(client)
    if (holder && holder.node !== node && over < holder.revision) return false
    this.holders.set(client, { node, revision })
    return true
  }

  holderOf(client: string): Holder | undefined {
    return this.holders.get(client)
  }

  /** Whether an entry that was read counts, or a message of it. */
  counts({ node, seq }: EntryPlace, index?: number): boolean {
    if (seq > (this.gone.get(node) ?? Infinity) || this.again.has(seq)) return false
    return index === undefined || !this.strange.get(seq)?.has(index)
  }

  /** The messages of an entry that count. */
  counting(entry: EntryPlace, messages: readonly Published[]): Published[] {
    return messages.filter((_message, index) => this.counts(entry, index))
  }
}
