// The broker at a glance: what it does, how full it is, what it had to drop.
import { chartMake } from './chart'
import { childrenSet, element, make, say } from './element'
import type { Numbers } from './numbers'
import { amount, duration } from './text'

const HISTORY_MAX = 60

const TILES: [label: string, value: (numbers: Numbers) => string | undefined][] = [
  ['Clients', (numbers) => shown(numbers.get('clients/connected'))],
  ['Subscriptions', (numbers) => shown(numbers.get('subscriptions/count'))],
  ['Retained', (numbers) => shown(numbers.get('retained messages/count'))],
  ['Up for', (numbers) => {
    const seconds = numbers.get('uptime')
    return seconds === undefined ? undefined : duration(seconds)
  }],
]

/** What each table is called, its number now, and how often it was full. */
const ROOM: [label: string, limit: string, now: string, full: string][] = [
  ['Connections', 'connections', 'clients/connected', 'full/connections'],
  ['Sessions', 'sessions', 'clients/total', 'full/sessions'],
  ['Subscriptions', 'subscriptions', 'subscriptions/count', 'full/subscriptions'],
  ['Retained messages', 'retained', 'retained messages/count', 'full/retained'],
  ['Stored messages', 'messages', 'store/messages/count', 'full/messages'],
  ['Queued messages', 'queue', 'queue', 'full/queue'],
  ['Variables of the engine', 'variables', 'variables', ''],
]

const DROPS: Record<string, string> = {
  'publish/messages/dropped': 'Messages dropped or refused', 'full/packet': 'Packets that were too large',
  'full/transmit': 'Copies that slow readers did not get', 'payload/refused': 'Payloads that break a rule',
  'limits/messages': 'Times that somebody sent too many messages', 'limits/bytes': 'Times that somebody sent too much',
  'limits/connections': 'Connections over the rate of an address', 'limits/banned': 'Connections of banned addresses',
  'logins/failed': 'Failed logins', 'bans/current': 'Addresses that are banned now',
  'flash/years left': 'Years that the flash lasts at this rate', 'flash/erases': 'Erases of the flash',
  'heap/current': 'Bytes of memory in use',
}

const shown = (value: number | undefined): string | undefined => value === undefined ? undefined : amount(value)

export class Overview {
  private readonly tiles = TILES.map(([label]) => {
    const value = make('b', {}, '–')
    element('tiles').append(make('li', {}, make('span', {}, label), value))
    return value
  })

  private readonly rows = new Map<string, HTMLElement[]>()
  private readonly history: { name: string, id: string, numbers: number[], chart: ReturnType<typeof chartMake> }[]

  constructor(private readonly numbers: Numbers, private readonly limits: Map<string, number>) {
    this.history = [['messages/received', 'rate-in'], ['messages/sent', 'rate-out']].map(([name, id]) =>
      ({ name: `publish/${name}`, id, numbers: [], chart: chartMake(600, 80, HISTORY_MAX) }))
    for (const { chart } of this.history) element('rates').append(chart.root)
  }

  /** The broker has told its numbers again. */
  told(): void {
    for (const line of this.history) {
      // A board counts packets alone.
      const name = this.numbers.get(line.name) === undefined ? line.name.replace('publish/', '') : line.name
      const rate = this.numbers.rate(name)
      if (rate === undefined) continue
      line.numbers.push(rate)
      if (line.numbers.length > HISTORY_MAX) line.numbers.shift()
    }
  }

  draw(): void {
    this.tiles.forEach((tile, i) => say(tile, TILES[i][1](this.numbers) ?? '–'))
    // Both lines have one scale, so each is drawn with the other's most in mind.
    const most = Math.max(1, ...this.history.flatMap(({ numbers }) => numbers))
    for (const { id, numbers, chart } of this.history) {
      const last = numbers.at(-1)
      say(element(id), last === undefined ? '–' : amount(Number(last.toFixed(1))))
      chart.draw(numbers, 0, most)
    }
    childrenSet(element('gauges'), ROOM.flatMap((line) => this.gauge(line)))
    childrenSet(element('drops'), Object.entries(DROPS).flatMap(([name, label]) => this.fact(name, label)))
  }

  private gauge([label, limit, now, full]: typeof ROOM[number]): HTMLElement[] {
    const [value, most] = [this.numbers.get(now), this.limits.get(limit)]
    if (value === undefined) return []
    const refused = this.numbers.get(full) ?? 0
    const [item, text, bar] = this.row(`room ${label}`, () => {
      const name = `room-${limit}`
      const parts = [make('span'), make('progress', { max: 1, value: 0, 'aria-labelledby': name })]
      return [make('li', {}, make('span', { id: name }, label), ...parts), ...parts]
    })
    const counts = most ? `${amount(value)} of ${amount(most)}` : amount(value)
    say(text, counts + (refused ? `, refused ${amount(refused)} times` : ''))
    text.classList.toggle('refused', refused > 0)
    const share = most ? value / most : 0
    bar.hidden = !most
    if (bar.getAttribute('value') !== String(share)) bar.setAttribute('value', String(share))
    bar.classList.toggle('full', share > 0.9)
    return [item]
  }

  private fact(name: string, label: string): HTMLElement[] {
    const value = this.numbers.get(name)
    if (value === undefined) return []
    const [item, text] = this.row(name, () => {
      const number = make('b')
      return [make('li', {}, make('span', {}, label), number), number]
    })
    say(text, amount(value))
    return [item]
  }

  private row(name: string, add: () => HTMLElement[]): HTMLElement[] {
    let found = this.rows.get(name)
    if (!found) this.rows.set(name, found = add())
    return found
  }
}
