// The clients that are connected, as the broker tells of them.
import { childrenSet, drawLater, element, input, make, say } from './element'
import { ago, amount, duration, plain } from './text'

/** One client in the broker's report; what a broker does not know it leaves out. */
export interface ClientReport {
  id: string
  user?: string
  address?: string
  version?: number
  /** Seconds since it came, and since it was heard last. */
  since?: number
  heard?: number
  /** Bytes since it came. */
  received?: number
  sent?: number
  /** Messages that wait for it. */
  queued?: number
  /** The topic of its Will. */
  will?: string
}

const VERSIONS: Record<number, string> = { 3: 'MQTT 3.1', 4: 'MQTT 3.1.1', 5: 'MQTT 5.0' }

interface Seen { report: ClientReport, at: number, rateIn?: number, rateOut?: number, row?: HTMLLIElement }

const rateText = (rate: number | undefined): string => rate === undefined ? '–' : `${amount(Math.round(rate))} B/s`

function fact(name: string, value: string | undefined, isWide = false): HTMLElement[] {
  return value === undefined ? []
    : [make('div', { class: isWide ? 'wide' : '' }, make('dt', {}, name), make('dd', {}, value))]
}

export class Clients {
  private seen = new Map<string, Seen>()
  private total = 0
  private isTold = false
  readonly redraw = drawLater(() => this.draw())

  /** `ownName` is the page's own Client Identifier. */
  constructor(private readonly ownName: string) {
    for (const id of ['client-search', 'client-order']) input(id).addEventListener('input', () => this.draw())
    setInterval(this.redraw, 1_000)
  }

  clear(): void {
    this.seen.clear()
    this.isTold = false
    this.draw()
  }

  take(clients: ClientReport[], total: number, now: number): void {
    const before = this.seen
    this.isTold = true
    this.total = total
    this.seen = new Map(clients.map((report) => {
      const old = before.get(report.id)
      const seconds = old ? (now - old.at) / 1_000 : 0
      // Who has come anew begins at 0; a board does not count what it sends.
      const rate = (name: 'received' | 'sent'): number | undefined => {
        const grown = (report[name] ?? NaN) - (old?.report[name] ?? NaN)
        return seconds > 0.2 && grown >= 0 ? grown / seconds : undefined
      }
      return [report.id, { report, at: now, rateIn: rate('received'), rateOut: rate('sent'), row: old?.row }]
    }))
    this.redraw()
  }

  private ordered(): Seen[] {
    const search = input('client-search').value.trim().toLowerCase()
    const order = input('client-order').value
    const found = [...this.seen.values()].filter(({ report: { id, user, address } }) =>
      `${id} ${user ?? ''} ${address ?? ''}`.toLowerCase().includes(search))
    const rateOf = ({ rateIn = 0, rateOut = 0 }: Seen): number => rateIn + rateOut
    return found.sort((a, b) => order === 'rate' ? rateOf(b) - rateOf(a)
      : order === 'heard' ? (a.report.heard ?? 0) - (b.report.heard ?? 0) : a.report.id < b.report.id ? -1 : 1)
  }

  draw(): void {
    if (element('clients').hidden) return
    const shown = this.ordered()
    const hidden = this.total - this.seen.size
    const note = !this.isTold ? 'The broker has not told of its clients yet, or does not tell this user.'
      : !shown.length ? 'No client matches.'
        : hidden > 0 ? `${hidden} more: the broker tells of the ${this.seen.size} that it heard last.` : ''
    say(element('clients-empty'), note)
    childrenSet(element('client-list'), shown.map((seen) => this.rowOf(seen)))
  }

  private rowOf(seen: Seen): HTMLElement {
    const { report: { id, user, address, version, since, heard, sent, queued, will }, at, rateIn, rateOut } = seen
    const row = seen.row ??= make('li')
    const more = (Date.now() - at) / 1_000
    const own = id === this.ownName ? ['this page'] : []
    const who = [...own, user === undefined ? 'no user' : `user ${plain(user)}`, address, VERSIONS[version ?? 0]]
    row.replaceChildren(
      make('h3', {}, make('bdi', {}, plain(id))),
      make('p', { class: 'help' }, who.filter((part) => part !== undefined).join(' · ')),
      make('dl', {},
        ...fact('Last heard', heard === undefined ? undefined : ago(heard + more)),
        ...fact('Connected for', since === undefined ? undefined : duration(since + more)),
        ...fact('In', rateText(rateIn)), ...fact('Out', sent === undefined ? undefined : rateText(rateOut)),
        ...fact('Waiting for it', queued ? amount(queued) : undefined),
        ...fact('Will', will === undefined ? undefined : plain(will), true)),
    )
    return row
  }
}
