// How far each part is.

import { PART_WORDS } from '../flash'
import type { Part } from '../flash'
import { element } from './element'

interface Row { bar: HTMLProgressElement, percent: HTMLElement }

export class ProgressList {
  private readonly rows = new Map<string, Row>()
  private readonly list = element('parts')

  constructor () {
    this.list.replaceChildren()
  }

  /** Of what has the name, `fraction` is done: 0 to 1. Each `key` has a row, from when it is first heard of. */
  tell (name: string, fraction: number, key = name): void {
    const { bar, percent } = this.rows.get(key) ?? this.add(name, key)
    bar.value = fraction
    percent.textContent = `${Math.floor(fraction * 100)} %`
  }

  /** The same for the part at `index` of a list: an update writes to storage more than once. */
  readonly tellPart = ({ name }: Part, index: number, fraction: number): void =>
    this.tell(PART_WORDS[name], fraction, `${name} ${index}`)

  private add (name: string, key: string): Row {
    const row = document.createElement('li')
    const label = document.createElement('span')
    const bar = document.createElement('progress')
    const percent = document.createElement('span')
    label.textContent = name
    bar.setAttribute('aria-label', name)
    row.append(label, bar, percent)
    this.list.append(row)
    this.rows.set(key, { bar, percent })
    return { bar, percent }
  }
}
