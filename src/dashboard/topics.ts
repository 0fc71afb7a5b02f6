// The view of topics: a tree that goes by its keys, and the topic that is chosen beside it.
import { chartMake } from './chart'
import { childrenSet, drawLater, element, input, make, say } from './element'
import { lineOf, plain } from './text'
import type { TopicDetail } from './topic_detail'
import type { TopicNode, TopicStore } from './topic_store'

/** Rows that are shown: more are no help to anybody. */
const ROWS_MAX = 400

interface Row {
  item: HTMLLIElement
  name: HTMLElement
  value: HTMLElement
  spark: HTMLElement
  chart: ReturnType<typeof chartMake> | null
}

export class Topics {
  private rows = new Map<TopicNode, Row>()
  private shown: TopicNode[] = []
  /** The one that Tab leads to. */
  private current: TopicNode | null = null
  private why = ''
  readonly redraw = drawLater(() => this.draw())

  constructor(private readonly store: TopicStore, private readonly detail: TopicDetail) {
    const tree = element('tree')
    tree.addEventListener('keydown', (event) => this.key(event))
    tree.addEventListener('click', ({ target }) => {
      const found = this.shown.find((one) => this.rows.get(one)?.item.contains(target as Node))
      if (found) this.press(found)
    })
    for (const id of ['topic-search', 'retained-only']) input(id).addEventListener('input', () => this.draw())
  }

  /** Why there is nothing; '': there is no reason. */
  deny(why: string): void {
    this.why = why
    this.draw()
  }

  clear(): void {
    this.why = ''
    this.rows.clear()
    this.current = null
    this.detail.choose(null)
  }

  private press(found: TopicNode): void {
    this.current = found
    if (found.children.size) found.isOpen = !found.isOpen
    if (found.value) this.detail.choose(found)
    this.draw()
  }

  private key(event: KeyboardEvent): void {
    const at = this.shown.indexOf(this.current!)
    if (at < 0) return
    const now = this.shown[at]
    const go = (next: TopicNode | null | undefined): void => {
      if (!next || !this.rows.has(next)) return
      this.current = next
      this.draw()
      this.rows.get(next)!.item.focus()
    }
    const open = (isOpen: boolean): void => {
      now.isOpen = isOpen
      this.draw()
    }
    const actions: Record<string, () => void> = {
      ArrowDown: () => go(this.shown[at + 1]), ArrowUp: () => go(this.shown[at - 1]),
      Home: () => go(this.shown[0]), End: () => go(this.shown.at(-1)),
      ArrowRight: () => {
        if (now.children.size && !now.isOpen) open(true)
        else if (now.children.size) go(this.shown[at + 1])
      },
      ArrowLeft: () => now.isOpen && now.children.size ? open(false) : go(now.parent),
      Enter: () => this.press(now), ' ': () => this.press(now),
    }
    if (!Object.hasOwn(actions, event.key)) return
    event.preventDefault()
    actions[event.key]()
  }

  private rowFor(found: TopicNode): Row {
    const known = this.rows.get(found)
    if (known) return known
    const name = make('bdi', { class: 'name', title: plain(found.topic) }, plain(found.name) || '(empty)')
    const value = make('bdi', { class: 'value' })
    const spark = make('span', { class: 'spark' })
    const item = make('li', { role: 'treeitem', 'aria-level': found.level, tabindex: -1 },
      make('span', { class: 'mark', 'aria-hidden': 'true' }), name, value, spark)
    item.style.setProperty('--level', String(found.level - 1))
    const row: Row = { item, name, value, spark, chart: null }
    this.rows.set(found, row)
    return row
  }

  private drawRow(found: TopicNode, isSearched: boolean): HTMLElement {
    const row = this.rowFor(found)
    const { item, value, spark } = row
    const topics = found.count - (found.value ? 1 : 0)
    if (found.children.size) item.setAttribute('aria-expanded', String(isSearched || found.isOpen))
    item.setAttribute('aria-selected', String(this.detail.chosen === found))
    item.tabIndex = found === this.current ? 0 : -1
    row.name.classList.toggle('kept', found.value?.isRetained ?? false)
    say(value, found.value ? lineOf(found.value.payload) : `${topics} topic${topics === 1 ? '' : 's'}`)
    const numbers = found.value?.numbers ?? []
    if (numbers.length > 1) {
      if (!row.chart) spark.append((row.chart = chartMake(56, 24)).root)
      row.chart.draw(numbers)
    }
    return item
  }

  draw(): void {
    if (element('topics').hidden) return
    const search = input('topic-search').value.trim()
    const isRetainedOnly = input('retained-only').checked
    const isSearched = search !== '' || isRetainedOnly
    const all = this.store.shown(search, isRetainedOnly)
    this.shown = all.slice(0, ROWS_MAX)
    if (!this.current || !this.shown.includes(this.current)) this.current = this.shown[0] ?? null
    childrenSet(element('tree'), this.shown.map((found) => this.drawRow(found, isSearched)))
    const more = all.length - this.shown.length
    const nothing = this.why ? `${this.why} Settings has which topics this page watches.`
      : isSearched ? 'No topic matches.' : 'Nothing yet: topics come with their messages.'
    const notes = [
      more > 0 ? `${more} more: search for a part of the topic.` : '',
      this.store.ignored ? `${this.store.ignored} messages of further topics are not shown: watch fewer topics.` : '',
      all.length ? '' : nothing,
    ]
    say(element('topics-empty'), notes.filter(Boolean).join(' '))
    this.detail.draw()
  }
}
