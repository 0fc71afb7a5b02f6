// Of one shared subscription: which gateways had members, and whose each message of the log is by all that was said
// since. The answer is the same on every gateway that has read the log as far.

/** Whose a message is, and by which entry of the log that is so: its own, or one that came behind it. */
export interface Assignment { node: string, at: number }

/** What has made messages somebody else's: those that became `of`'s behind `since` are `takers`' in turn. */
interface Change {
  at: number
  /** It may be about messages behind this entry. */
  from: number
  since: number
  of: string
  takers: string[]
}

/** What a gateway tells one that has come. */
export interface KnownHistory {
  tables: { seq: number, nodes: string[] }[], changes: Change[], isAwaited: boolean, onTheWay: number
}

/** Changes that are remembered. */
const CHANGES_MAX = 64

/** Nobody's. */
const NOBODY = ''

/** What tells a message of the log from others. */
export const turnOf = (seq: number, index: number): number => seq + index

export class GroupHistory {
  private tables: { seq: number, nodes: string[] }[] = []
  private changes: Change[] = []
  /** A member is on its way; and since when nobody else has been there, 0: somebody is. */
  private isAwaited = false
  private onTheWay = 0

  /** What is known of it, as far as it is about messages behind an entry. */
  known(from: number): KnownHistory {
    const { tables, changes, isAwaited, onTheWay } = this
    const first = Math.max(0, tables.findIndex(({ seq }) => seq > from) - 1)
    const isOld = tables.length > 0 && tables[tables.length - 1].seq <= from
    return {
      tables: isOld ? tables.slice(-1) : tables.slice(first), changes: changes.filter(({ at }) => at > from), isAwaited,
      onTheWay,
    }
  }

  /** Nobody is there or awaited, nor was when an entry was written. */
  isOver(from: number): boolean {
    const { tables, changes, isAwaited } = this
    return !isAwaited && !this.nodesAt().length && ![...tables.map(({ seq }) => seq), ...changes.map(({ at }) => at)]
      .some((seq) => seq > from)
  }

  take({ tables, changes, isAwaited, onTheWay }: KnownHistory): void {
    this.tables = tables
    this.changes = changes
    this.isAwaited = isAwaited
    this.onTheWay = onTheWay
  }

  /** Gateways with members, sorted, when an entry was read. */
  nodesAt(seq = Infinity): string[] {
    let at = this.tables.length - 1
    while (at >= 0 && this.tables[at].seq > seq) at--
    return this.tables[at]?.nodes ?? []
  }

  private set(seq: number, nodes: string[]): void {
    nodes.sort()
    // Gateways say again what they have whenever one comes.
    if (nodes.join() === this.nodesAt().join()) return
    this.tables.push({ seq, nodes })
    if (this.tables.length > CHANGES_MAX) this.tables.shift()
  }

  private add(at: number, since: number, of: string, takers: string[]): number {
    // Of what became somebody's behind `since` some may be older.
    const from = Math.min(since, ...this.changes.filter((change) => change.at > since).map((change) => change.from))
    this.changes.push({ at, from, since, of, takers })
    if (this.changes.length > CHANGES_MAX) this.changes.shift()
    return from
  }

  /** A gateway has members. Answers where the messages begin that are its own now; null: there are none. */
  join(node: string, seq: number): number | null {
    const others = this.nodesAt().filter((one) => one !== node)
    const since = this.onTheWay
    this.stray()
    this.set(seq, [...others, node])
    if (!since || others.length) return null
    return this.add(seq, since, NOBODY, [node])
  }

  /**
   * It has none any more, and has given to nobody what became its own behind `since`; `isMoved`: the last one goes to
   * another gateway. What is nobody's while one is on its way is his. Answers as `join`, for others.
   */
  leave(node: string, since: number, isMoved: boolean, seq: number): number | null {
    const others = this.nodesAt().filter((one) => one !== node)
    this.set(seq, others)
    if (isMoved) this.isAwaited = true
    if (this.isAwaited && !others.length) this.onTheWay = Math.min(since, this.onTheWay || Infinity)
    return this.add(seq, since, node, others)
  }

  /** Nobody is awaited any more. */
  stray(): void {
    this.isAwaited = false
    this.onTheWay = 0
  }

  /** It is over, and another one has what became its own behind `since`. Answers whether there may be anything. */
  inherit(node: string, heir: string, since: number, seq: number): boolean {
    const nodes = this.nodesAt()
    // Its members may have gone before, and what was to come to them has not been given to anybody.
    const isKnown = this.tables.some((table) => table.nodes.includes(node))
      || this.changes.some(({ takers }) => takers.includes(node))
    if (nodes.includes(node)) this.set(seq, [...nodes.filter((one) => one !== node && one !== heir), heir])
    if (isKnown) this.add(seq, since, node, [heir])
    return isKnown
  }

  /** Where the messages begin that some entries have made somebody else's. */
  fromOf(first: number, last: number): number {
    return Math.min(first, ...this.changes.filter(({ at }) => at >= first && at <= last).map(({ from }) => from))
  }

  /** Whose a message is, by what was said until an entry. */
  ownerOf(seq: number, index: number, until = Infinity): Assignment {
    const turn = turnOf(seq, index)
    const nodes = this.nodesAt(seq)
    let found: Assignment = { node: nodes[turn % nodes.length] ?? NOBODY, at: seq }
    for (const { at, since, of, takers } of this.changes) {
      if (at <= seq || at > until || found.node !== of || found.at <= since) continue
      found = { node: takers[turn % takers.length] ?? NOBODY, at }
    }
    return found
  }
}
