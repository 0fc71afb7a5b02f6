// The broker's log, from when the page was opened on.
import { BoardLog } from '../flash/board_log'
import { childrenSet, drawLater, element, input, make } from './element'
import { clock, plain } from './text'

const LINES_MAX = 300

/** Kinds of lines by the last level of their topics. */
const KINDS: Record<string, string> = { E: 'error', W: 'warning', N: 'notice', I: 'information' }

export class Log {
  private lines: { item: HTMLLIElement, text: string }[] = []
  private board = new BoardLog()
  private readonly redraw = drawLater(() => this.draw())

  constructor() {
    input('log-search').addEventListener('input', () => this.draw())
    element('log-clear').addEventListener('click', () => this.empty())
  }

  /** Forgets all, also whose connections a board has told of. */
  clear(): void {
    this.board = new BoardLog()
    this.empty()
  }

  private empty(): void {
    this.lines = []
    this.draw()
  }

  take(kind: string, given: string): void {
    const text = plain(given)
    const item = make('li', { class: kind }, make('time', {}, clock(Date.now())),
      ...(kind === 'E' || kind === 'W' ? [make('b', {}, KINDS[kind])] : []), text)
    this.lines.unshift({ item, text: text.toLowerCase() })
    this.lines.length = Math.min(this.lines.length, LINES_MAX)
    this.redraw()
  }

  /** Lines that a board has printed: of its clients they are codes and numbers. */
  ofBoard(lines: string): void {
    for (const line of lines.split('\n').filter(Boolean)) {
      const sentence = this.board.decode(line)
      if (sentence !== null) this.take('', sentence)
    }
  }

  draw(): void {
    const search = input('log-search').value.trim().toLowerCase()
    childrenSet(element('log-lines'), this.lines.filter(({ text }) => text.includes(search)).map(({ item }) => item))
    element('log-empty').hidden = this.lines.length > 0
  }
}
