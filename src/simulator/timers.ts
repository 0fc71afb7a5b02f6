// setTimeout, setInterval and their kin. A callback is late by at most the pass that is running, and an interval's
// next time is counted from when it was due: it does not drift.

import type { Clock } from './clock'
import type { Listener } from './event_queue'

interface Timer { id: number, dueMs: number, intervalMs: number | null, callback: Listener, args: unknown[] }

type Call = (callback: Listener, target: unknown, args: unknown[]) => boolean

export class Timers {
  private timers: Timer[] = []
  private lastId = 0

  constructor (private readonly clock: Clock, private readonly call: Call) {}

  add (callback: Listener, delayMs: number, repeat: boolean, args: unknown[]): number {
    if (typeof callback !== 'function') throw new TypeError('Function or String not supplied!')
    if (Number(delayMs) === Infinity) throw new Error('Interval is too long (>100 years)')
    const interval = Math.max(1, Number(delayMs) || 0)
    const id = ++this.lastId
    const dueMs = this.clock.nowMs() + (repeat ? interval : Math.max(0, Number(delayMs) || 0))
    this.timers.push({ id, dueMs, intervalMs: repeat ? interval : null, callback, args })
    this.sort()
    return id
  }

  remove (id: number): void {
    this.timers = this.timers.filter(timer => timer.id !== id)
  }

  change (id: number, intervalMs: number): void {
    const timer = this.timers.find(candidate => candidate.id === id)
    if (!timer) throw new Error(`Unknown Interval ${id}`)
    if (timer.intervalMs !== null) timer.intervalMs = intervalMs
    timer.dueMs = this.clock.nowMs() + intervalMs
    this.sort()
  }

  /** When the next one is due, or null. */
  get nextMs (): number | null {
    return this.timers.length > 0 ? this.timers[0].dueMs : null
  }

  /** Runs each timer that is due once; answers whether there was any. */
  run (): boolean {
    const nowMs = this.clock.nowMs()
    const due = this.timers.filter(timer => timer.dueMs <= nowMs)
    for (const timer of due) {
      if (!this.timers.includes(timer)) continue
      const dueMs = timer.dueMs
      const completed = this.call(timer.callback, undefined, timer.args)
      if (timer.intervalMs === null || !completed) this.remove(timer.id)
      else timer.dueMs = dueMs + timer.intervalMs
    }
    this.sort()
    return due.length > 0
  }

  clear (): void {
    this.timers = []
  }

  private sort (): void {
    this.timers.sort((a, b) => a.dueMs - b.dueMs)
  }
}
