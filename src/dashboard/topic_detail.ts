// The topic that is chosen: its value, its chart, and the form that changes what it retains.
import { reasonText } from '../log_text'
import { chartMake } from './chart'
import { element, input, say } from './element'
import { type Sender, publishBy, resultSay } from './sender'
import { ago, amount, blockOf, plain, textOf } from './text'
import type { TopicNode } from './topic_store'

const DELETE = 'Delete retained message'

export class TopicDetail {
  chosen: TopicNode | null = null
  /** What the value was when it was drawn last. */
  private drawnPayload: Uint8Array | null = null
  private readonly chart = chartMake(600, 96)
  private isSure = false

  constructor(private readonly sender: Sender) {
    element('detail-chart').append(this.chart.root)
    element('detail-back').addEventListener('click', () => {
      const { chosen } = this
      this.choose(null)
      const item = [...document.querySelectorAll<HTMLElement>('[role=treeitem]')].find(({ tabIndex }) => tabIndex === 0)
      if (chosen) item?.focus()
    })
    publishBy('editor', sender, () => this.chosen?.topic ?? '')
    element('editor-delete').addEventListener('click', () => void this.delete())
  }

  choose(found: TopicNode | null): void {
    const isNew = found !== this.chosen
    this.chosen = found
    element('topic-columns').classList.toggle('has-detail', found !== null)
    element('detail').hidden = found === null
    if (!found || !isNew) return
    this.drawnPayload = null
    this.sure(false)
    say(element('detail-title'), plain(found.topic))
    say(element('editor-result'), '')
    input('editor-payload').value = textOf(found.value!.payload) ?? ''
    input('editor-retain').checked = found.value!.isRetained
    this.draw()
    // Where it takes the tree's place, whoever reads on must be told.
    if (element('detail-back').offsetParent) element('detail-title').focus()
  }

  draw(): void {
    const value = this.chosen?.value
    if (!value) return
    const { numbers, payload } = value
    const facts = [
      `${amount(value.size)} bytes`, `QoS ${value.qos}`, value.isRetained ? 'retained' : 'not retained',
      `${amount(value.count)} message${value.count === 1 ? '' : 's'}`, ago((Date.now() - value.at) / 1_000),
    ]
    say(element('detail-facts'), facts.join(' · '))
    if (payload !== this.drawnPayload) say(element('detail-value'), blockOf(payload) || '(empty)')
    this.drawnPayload = payload
    element('detail-figure').hidden = numbers.length < 2
    this.chart.draw(numbers)
    say(element('detail-range'), `last ${numbers.length}: from ${Math.min(...numbers)} to ${Math.max(...numbers)}`)
    element('editor-delete').hidden = !value.isRetained
  }

  private sure(isSure: boolean): void {
    this.isSure = isSure
    say(element('editor-delete'), isSure ? 'Press again to delete' : DELETE)
  }

  private async delete(): Promise<void> {
    const { chosen, isSure } = this
    this.sure(!isSure)
    if (!isSure || !chosen) return
    const reasonCode = await this.sender.publish(chosen.topic, new Uint8Array(0), 1, true)
    // Whose message it was has no other way to hear of it: the broker tells nobody that a topic retains nothing.
    if (reasonCode < 0x80 && chosen.value) chosen.value.isRetained = false
    resultSay('editor-result', reasonCode < 0x80 ? 'Deleted.' : `Not deleted: ${reasonText(reasonCode)}.`, reasonCode)
    this.draw()
  }
}
