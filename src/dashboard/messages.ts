// Publishing and subscribing by hand.
import type { Publish } from '../client/publish_packet'
import { filterMatches, isTopicFilter } from '../client/topic_filter'
import { RETAIN_AS_PUBLISHED } from '../client/packets'
import { reasonText } from '../log_text'
import type { BrokerLink } from './broker_link'
import { childrenSet, element, input, make } from './element'
import { publishBy, resultSay } from './sender'
import { clock, lineOf, plain } from './text'

const LINES_MAX = 100

export class Messages {
  private readonly filters = new Map<string, HTMLLIElement>()
  private lines: HTMLLIElement[] = []
  private isPaused = false

  /** `isWatched` says whether the page has a filter for itself. */
  constructor(private readonly link: BrokerLink, private readonly isWatched: (filter: string) => boolean) {
    publishBy('publish', link, () => input('publish-topic').value)
    element('subscribe').addEventListener('submit', (event) => {
      event.preventDefault()
      void this.subscribe(input('subscribe-filter').value)
    })
    const pause = element('received-pause')
    pause.addEventListener('click', () => {
      this.isPaused = !this.isPaused
      pause.setAttribute('aria-pressed', String(this.isPaused))
      pause.textContent = this.isPaused ? 'Go on' : 'Pause'
    })
    element('received-clear').addEventListener('click', () => this.clear())
  }

  clear(): void {
    this.lines = []
    this.draw()
  }

  private async subscribe(filter: string): Promise<void> {
    if (!isTopicFilter(filter)) return resultSay('subscribe-result', 'This is no topic filter.', 0x80)
    const options = Number(input('subscribe-qos').value) | RETAIN_AS_PUBLISHED
    // Before the answer: retained messages may come first.
    this.add(filter)
    const reasonCode = await this.link.subscribe(filter, options)
    const isDone = reasonCode < 0x80
    if (!isDone) this.remove(filter)
    const text = isDone ? `Subscribed at QoS ${reasonCode}.` : `Not subscribed: ${reasonText(reasonCode)}.`
    resultSay('subscribe-result', text, reasonCode)
  }

  private add(filter: string): void {
    if (this.filters.has(filter)) return
    const label = `Remove ${plain(filter)}`
    const button = make('button', { class: 'quiet', type: 'button', 'aria-label': label }, 'Remove')
    button.addEventListener('click', () => {
      this.remove(filter)
      element('subscribe-filter').focus()
    })
    this.filters.set(filter, make('li', {}, make('bdi', {}, plain(filter)), button))
    childrenSet(element('filters'), [...this.filters.values()])
  }

  private remove(filter: string): void {
    this.filters.delete(filter)
    childrenSet(element('filters'), [...this.filters.values()])
    if (!this.isWatched(filter)) void this.link.unsubscribe(filter)
  }

  hasFilter(filter: string): boolean {
    return this.filters.has(filter)
  }

  take({ topic, payload, qos, retain }: Publish): void {
    if (this.isPaused || ![...this.filters.keys()].some((filter) => filterMatches(filter, topic))) return
    const marks = `QoS ${qos}${retain ? ', retained' : ''}`
    const line = make('li', { title: marks }, make('time', {}, clock(Date.now())),
      make('b', {}, make('bdi', {}, plain(topic))), make('bdi', {}, lineOf(payload)))
    this.lines.unshift(line)
    this.lines.length = Math.min(this.lines.length, LINES_MAX)
    this.draw()
  }

  private draw(): void {
    childrenSet(element('received'), this.lines)
    element('received-empty').hidden = this.lines.length > 0
  }
}
