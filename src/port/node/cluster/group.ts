// A shared subscription at this gateway: entries of the log that its consumer has given to this gateway, until they are
// acknowledged. They are when members' sessions have their messages in their keys; so an entry is never nobody's.
import { filterMatches } from '../../../client/topic_filter'
import { Lately } from '../lately'
import { GroupConsumer } from './group_consumer'
import { GroupPull } from './group_pull'
import type { HostedSession } from './hosted_session'
import { type LogEntry, topicOf } from './log_entry'

export interface GroupOwner {
  /** An entry, when the log was read so far; null: it is gone. */
  entry(seq: number): Promise<LogEntry | null>
  /** Gives an entry to members that are here: `messages` of it. Answers who has them; null: there is no room. */
  give(filter: string, seq: number, entry: LogEntry, messages: number[]): Set<HostedSession> | null
  /** Its consumer may be gone: ends when it is there. */
  make(group: Group): Promise<void>
}

/** An entry that was given to this gateway. */
interface Hand {
  readonly seq: number
  reply: string
  /** Who has its messages; null: nobody yet. */
  takers: Set<HostedSession> | null
  /** It was here when this gateway looked last. */
  isOld: boolean
}

export interface GivenEntry { group: Group, hand: Hand }

const SHARED = /^\$share\/[^/]*\//
/** Acknowledged entries that are known if they come again, as an acknowledgement may be lost. */
const HAD_MAX = 4_096

/** The Topic Filter of a shared subscription; null: it is another one, or about what no gateway tells the others. */
export function sharedFilter(filter: string): string | null {
  const rest = filter.replace(SHARED, '')
  return rest === filter || rest.startsWith('$SYS/') ? null : rest
}

export class Group {
  readonly consumer: GroupConsumer
  private readonly pull: GroupPull
  private readonly topics: string
  private readonly hands = new Map<number, Hand>()
  /** Those that nobody has yet. */
  private waiting: Hand[] = []
  private readonly had = new Lately<number, true>(HAD_MAX)
  private isPumping = false
  /** There are members here. */
  isOpen = false
  /** Where its consumer begins when it is to be made: behind what members were to have before they were any. */
  since = 0
  /** The last entry that members here were given, or that was none of theirs. */
  last = 0

  constructor(engine: GroupConsumer['engine'], readonly filter: string, private readonly owner: GroupOwner) {
    this.topics = sharedFilter(filter)!
    this.consumer = new GroupConsumer(engine, filter)
    this.pull = new GroupPull(this.consumer, {
      come: (seq, reply) => this.come(seq, reply), again: () => this.owner.make(this),
    })
  }

  /** It has its first member here, which gets what comes behind an entry. */
  open(since: number): void {
    this.isOpen = true
    this.since = since
    this.last = Math.max(this.last, since)
  }

  /** There is a consumer. */
  begin(): void {
    if (this.isOpen) this.pull.begin()
  }

  connected(): void {
    this.pull.connected()
  }

  /** It has no member here any more: what none of them had is others'. */
  close(): void {
    this.isOpen = false
    this.pull.end()
    this.giveBack()
  }

  private giveBack(): void {
    for (const { seq, reply } of this.waiting.splice(0)) {
      this.hands.delete(seq)
      this.consumer.answer(reply, '-NAK')
    }
  }

  private come(seq: number, reply: string): void {
    const known = this.hands.get(seq)
    if (known) {
      known.reply = reply
      return
    }
    if (!this.isOpen) return this.consumer.answer(reply, '-NAK')
    if (this.had.has(seq)) return this.consumer.answer(reply, '+ACK')
    const hand: Hand = { seq, reply, takers: null, isOld: false }
    this.hands.set(seq, hand)
    this.waiting.push(hand)
    void this.pump()
  }

  private async pump(): Promise<void> {
    if (this.isPumping) return
    this.isPumping = true
    while (this.waiting.length) {
      const [hand] = this.waiting
      // What does not count is known by then.
      const entry = await this.owner.entry(hand.seq).catch(() => undefined)
      // This gateway ends.
      if (entry === undefined) return
      if (this.waiting[0] !== hand) continue
      this.waiting.shift()
      const messages = entry?.messages.map(topicOf).flatMap((topic, index) =>
        filterMatches(this.topics, topic) ? [index] : [])
      if (messages?.length) this.give(hand, entry!, messages)
      else this.pass(hand)
    }
    this.isPumping = false
  }

  /** Nothing of it is the group's. */
  private pass({ seq, reply }: Hand): void {
    this.hands.delete(seq)
    this.last = Math.max(this.last, seq)
    this.consumer.answer(reply, '+ACK')
  }

  private give(hand: Hand, entry: LogEntry, messages: number[]): void {
    const { seq } = hand
    const takers = this.owner.give(this.filter, seq, entry, messages)
    // The last member may have gone just by that.
    if (takers && this.isOpen) {
      hand.takers = takers
      this.last = Math.max(this.last, seq)
      return this.pull.goOn()
    }
    this.waiting.unshift(hand)
    this.giveBack()
    this.pull.pause()
  }

  /** Entries whose messages somebody here has. */
  get given(): GivenEntry[] {
    return [...this.hands.values()].filter(({ takers }) => takers).map((hand) => ({ group: this, hand }))
  }

  /** What has become of an entry is written: it is somebody's for good, unless a session was another gateway's. */
  kept(hand: Hand): void {
    if (this.hands.get(hand.seq) !== hand) return
    this.hands.delete(hand.seq)
    const isLost = [...hand.takers!].some((hosted) => hosted.isLost)
    this.consumer.answer(hand.reply, isLost ? '-NAK' : '+ACK')
    if (isLost) return
    this.had.set(hand.seq, true)
  }

  /** Tells the engine of what takes long that it is in hand. */
  look(): void {
    for (const hand of this.hands.values()) {
      if (hand.isOld) this.consumer.answer(hand.reply, '+WPI')
      hand.isOld = true
    }
  }

  /** Nothing of it is this gateway's any more. */
  forget(): void {
    this.hands.clear()
    this.waiting = []
  }

  get openCount(): number {
    return this.hands.size
  }

  get isEmpty(): boolean {
    return !this.isOpen && !this.hands.size
  }

  /** Where its consumer is to begin when it was lost. */
  get resume(): number {
    return this.hands.size ? Math.min(...this.hands.keys()) - 1 : this.last
  }
}
