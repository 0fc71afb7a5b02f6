// Shared subscriptions over several gateways: who takes a message follows from its place in the log, and from what each
// gateway has said in the log of the groups that have members there (group_history.ts). So all of them come to the
// same. What a gateway was to take and had nobody for any more, as its members had gone or were on their way, others
// take when they read that it has none. [MQTT 5.0 section 4.8.2]
import { filterMatches } from '../../../client/topic_filter'
import type { Published } from '../cluster_seam'
import { type Assignment, GroupHistory, type KnownHistory } from './group_history'
import { type Notice, topicOf } from './log_entry'
import type { ReadEntry } from './log_reader'

export interface GroupsOwner {
  readonly node: string
  readonly position: number
  /** Nobody needs what is in front of this entry. */
  readonly neededFrom: number
  /** Sessions go to other gateways just now. */
  readonly isGiving: boolean
  /** Says something in the log. */
  say(notice: Notice): void
}

export interface GroupGiver {
  /**
   * Looks at entries behind `from` and in front of `to`, before anything else is taken of the log. Until what was given
   * by that is in its sessions' keys this gateway has not had what came behind `settled`.
   */
  again(from: number, to: number, settled: number, look: (entry: ReadEntry) => Promise<void>): Promise<void>
  /** Gives a message to the members that `shares` says yes for, and to nobody else. False: there is no room now. */
  share(message: Published, entry: ReadEntry, index: number): boolean
}

export type GroupsNotice = Extract<Notice, { kind: 'groups' }>

const SHARED = /^\$share\/[^/]*\//
/** Of a group: no member any more, its last one is on its way to another gateway, or those that were did not come. */
const NONE = 0
const MOVED = -1
const STRAYED = -2
/** Milliseconds that other gateways have to say what groups there are, and until one looks. */
const HEAR_MS = 60_000
const HEAR_STEP_MS = 50
/** Groups of which an entry tells a gateway that has come; with all their changes they have half a megabyte. */
const TABLE_MAX = 50
/** Milliseconds until a member has room, and until nobody is waited for who was a member at a gateway that is over. */
const ROOM_MS = 20
const STRAY_MS = 60_000

interface Heritage { filter: string, node: string, goneAt: number }

export class Groups {
  /** By `$share/name/filter`. */
  private readonly histories = new Map<string, GroupHistory>()
  /** Groups with members here, and where the log stood when they came. */
  private readonly own = new Map<string, number>()
  private heritages: Heritage[] = []
  /** What was said before this gateway knew what there was. */
  private readonly early: { seq: number, hear: () => void }[] = []
  /** What gateways have told this one so far, which has not come to its end. */
  private readonly parts = new Map<string, Record<string, KnownHistory>>()
  /** This gateway reads the log behind this entry. */
  readFrom = 0
  /** It knows of all groups that there are: it has been told, or nobody was there to tell. */
  isWhole = false
  /** Entries by which messages have become those of members here that have not had them yet. */
  private readonly giving = new Set<{ at: number }>()
  /** Gateways that do not know it either. */
  private readonly waiting = new Set<string>()
  /** What the choice for the message in hand goes by; -1: no group is to have it. */
  private turn = -1
  /** The only group that gets it. */
  private only = ''

  constructor(private readonly owner: GroupsOwner, private readonly giver: GroupGiver) {}

  /** A filter has its first subscription here, or its last one is over. */
  filter(filter: string, isWanted: boolean): void {
    if (!SHARED.test(filter)) return
    const { position, isGiving } = this.owner
    if (isWanted) this.own.set(filter, position)
    else this.own.delete(filter)
    this.sayOne(filter, isWanted ? 1 : isGiving ? MOVED : NONE, this.settledOf(filter))
  }

  private sayOne(filter: string, count: number, from: number): void {
    this.owner.say({ kind: 'groups', node: this.owner.node, members: { [filter]: count }, from })
  }

  /** Members here have had what has become theirs by entries so far. */
  private settledOf(filter: string): number {
    const coming = this.heritages.filter((one) => one.filter === filter).map(({ goneAt }) => goneAt - 1)
    return Math.min(this.owner.position, ...[...this.giving].map(({ at }) => at - 1), ...coming)
  }

  /** Forgets groups that nobody is in, and that no message is left for. */
  prune(): void {
    for (const [filter, history] of this.histories) {
      if (history.isOver(this.owner.neededFrom)) this.histories.delete(filter)
    }
  }

  /** Says all that this gateway has, and knows. */
  sayAll(): void {
    this.prune()
    const { node, position, neededFrom } = this.owner
    const members = Object.fromEntries([...this.own.keys()].map((filter) => [filter, 1]))
    const known = [...this.histories].map(([filter, history]) => [filter, history.known(neededFrom)] as const)
    if (!this.isWhole) return this.owner.say({ kind: 'groups', node, members, from: position, table: null })
    // An entry has an end.
    for (let at = 0; at < known.length - TABLE_MAX; at += TABLE_MAX) {
      const table = Object.fromEntries(known.slice(at, at + TABLE_MAX))
      this.owner.say({ kind: 'groups', node, members: {}, from: position, table, isMore: true })
    }
    const table = Object.fromEntries(known.slice(-TABLE_MAX))
    this.owner.say({ kind: 'groups', node, members, from: position, table })
  }

  private historyOf(filter: string): GroupHistory {
    let history = this.histories.get(filter)
    if (!history) this.histories.set(filter, history = new GroupHistory())
    return history
  }

  /** What another gateway knew when it had read the log so far: this one has begun in the middle of it. */
  private take(table: Record<string, KnownHistory>, seq: number): void {
    for (const [filter, known] of Object.entries(table)) this.historyOf(filter).take(known)
    this.begin(seq)
  }

  /** From here on it knows; what came behind an entry counts. */
  begin(seq: number): void {
    if (this.isWhole) return
    this.isWhole = true
    this.parts.clear()
    for (const one of this.early.splice(0)) if (one.seq > seq) one.hear()
  }

  /**
   * Waits until another gateway has said what groups there are, or all that are there have said that they wait too. It
   * goes by sessions that were kept then, `kept`: filters of each with the gateway that had it.
   */
  async settle(others: () => string[], kept: () => Promise<{ node: string, filters: string[] }[]>): Promise<void> {
    const limit = performance.now() + HEAR_MS
    const isAsked = (): boolean => others().some((node) => !this.waiting.has(node))
    while (!this.isWhole && isAsked() && performance.now() < limit) {
      await new Promise((resolve) => { setTimeout(resolve, HEAR_STEP_MS) })
    }
    if (this.isWhole) return
    for (const { node, filters } of await kept()) {
      for (const filter of filters) if (SHARED.test(filter)) this.historyOf(filter).join(node, 0)
    }
    this.begin(0)
  }

  /** A gateway has said what it has, in an entry of the log. */
  said(notice: GroupsNotice, seq: number): void {
    const { node, members, from, table, isMore } = notice
    if (table === null) this.waiting.add(node)
    // What was known before this gateway read anything says nothing of what came in between.
    if (table && !this.isWhole && from >= this.readFrom) {
      const known = { ...this.parts.get(node), ...table }
      if (isMore) return void this.parts.set(node, known)
      this.take(known, from)
    }
    if (!this.isWhole) return void this.early.push({ seq, hear: () => this.said(notice, seq) })
    for (const [filter, count] of Object.entries(members)) {
      const history = this.historyOf(filter)
      if (count === STRAYED && !history.nodesAt().length) history.stray()
      const since = count > 0 ? history.join(node, seq)
        : count === STRAYED ? null : history.leave(node, from, count === MOVED, seq)
      if (since !== null) this.shareAgain(filter, since, seq, seq, ({ at }) => at === seq)
    }
  }

  /** Gives messages in front of an entry to members here that are theirs now, by entry `at` or a later one. */
  private shareAgain(
    filter: string, from: number, to: number, at: number, isDue: (owner: Assignment) => boolean,
  ): void {
    const { giving } = this
    if (!this.own.has(filter)) return
    const work = { at }
    giving.add(work)
    void this.giver.again(from, to, at - 1, (entry) => this.shareEntry(filter, entry, to, isDue))
      .finally(() => giving.delete(work))
  }

  private async shareEntry(
    filter: string, entry: ReadEntry, until: number, isDue: (owner: Assignment) => boolean,
  ): Promise<void> {
    const { owner } = this
    const history = this.historyOf(filter)
    for (const [index, message] of entry.messages.entries()) {
      const assigned = history.ownerOf(entry.seq, index, until)
      if (assigned.node !== owner.node || !isDue(assigned)
        || !filterMatches(filter.replace(SHARED, ''), topicOf(message))) continue
      while (!this.shareOne(filter, message, entry, index)) {
        await new Promise((resolve) => { setTimeout(resolve, ROOM_MS) })
      }
    }
  }

  private shareOne(filter: string, message: Published, entry: ReadEntry, index: number): boolean {
    this.only = filter
    const isTaken = this.giver.share(message, entry, index)
    this.only = ''
    return isTaken
  }

  /** A gateway is over: another one has its members, or is about to. */
  gone(node: string, heir: string, from: number, seq: number): void {
    if (!this.isWhole) return void this.early.push({ seq, hear: () => this.gone(node, heir, from, seq) })
    for (const [filter, history] of this.histories) {
      const isHere = history.inherit(node, heir, from, seq) && heir === this.owner.node
      if (isHere) this.heritages.push({ filter, node, goneAt: seq })
    }
  }

  /** All sessions of a gateway that is over are here: their groups get what it was to take, here or elsewhere. */
  inherited(node: string): void {
    const { own } = this
    for (const { filter, goneAt } of this.heritages.filter((one) => one.node === node)) {
      const since = own.get(filter)
      if (since === undefined) this.await(filter, goneAt)
      else {
        // And what has become this gateway's since, which had no member yet.
        const to = Math.max(goneAt, since + 1)
        this.shareAgain(filter, this.historyOf(filter).fromOf(goneAt, to), to, goneAt, ({ at }) =>
          at === goneAt || at > goneAt && at <= since)
      }
    }
    this.heritages = this.heritages.filter((one) => one.node !== node)
  }

  /**
   * No member came with the sessions of a gateway that is over: others take what it was to take. Where there are none,
   * a member may be on its way from there: whoever it comes to has it then.
   */
  private await(filter: string, goneAt: number): void {
    this.sayOne(filter, MOVED, goneAt - 1)
    setTimeout(() => {
      if (!this.histories.get(filter)?.nodesAt().length) this.sayOne(filter, STRAYED, this.owner.position)
    }, STRAY_MS).unref()
  }

  /** The message that is next, by what tells it from others; -1: no group is to have it here. */
  turnTo(turn: number): void {
    this.turn = turn
  }

  /** Whether the members here get the message in hand. */
  shares(filter: string): boolean {
    if (this.only) return filter === this.only
    const nodes = this.histories.get(filter)?.nodesAt() ?? []
    return this.turn >= 0 && nodes[this.turn % nodes.length] === this.owner.node
  }
}
