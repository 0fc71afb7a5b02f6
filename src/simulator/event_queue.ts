// Events wait here until the end of a pass of the idle loop. Listeners are looked up when an event is queued, not
// when it runs: one that is added in between does not see it.

export type Listener = (...args: unknown[]) => unknown

/** An object of the board's own realm, with its listeners under `#on<event>`. */
export type BoardObject = Record<string, unknown>

type Call = (listener: Listener, target: unknown, args: unknown[]) => boolean

/** The listeners of an event; the engine keeps one or a list of them as a property. */
export function listenersOf (target: BoardObject, event: string): Listener[] {
  const value = target[`#on${event}`]
  if (typeof value === 'function') return [value as Listener]
  return Array.isArray(value) ? value as Listener[] : []
}

export class EventQueue {
  private entries: { listeners: Listener[], target: unknown, args: unknown[] }[] = []

  constructor (private readonly call: Call) {}

  /** Queues an event for whoever listens now. */
  push (target: BoardObject, event: string, args: unknown[]): void {
    this.pushListeners(listenersOf(target, event), target, args)
  }

  pushListeners (listeners: Listener[], target: unknown, args: unknown[]): void {
    if (listeners.length > 0) this.entries.push({ listeners, target, args })
  }

  /** Runs everything, also what is queued meanwhile; answers whether there was anything. */
  run (): boolean {
    let ran = false
    for (let entry = this.entries.shift(); entry; entry = this.entries.shift()) {
      ran = true
      for (const listener of entry.listeners) this.call(listener, entry.target, entry.args)
    }
    return ran
  }

  clear (): void {
    this.entries = []
  }
}
