// Pins D0 to D39: what a program writes can be looked at, what it reads is set from outside, and watches fire.

import type { BoardObject, Listener } from './event_queue'
import type { Runtime } from './runtime'

export const PINS_COUNT = 40

interface Watch { id: number, pin: number, edge: number, repeat: boolean, callback: Listener }

const EDGES: Record<string, number> = { rising: 1, falling: -1, both: 0 }

export class Pins {
  readonly levels: number[] = new Array<number>(PINS_COUNT).fill(0)
  readonly modes: string[] = new Array<string>(PINS_COUNT).fill('auto')
  readonly pins: BoardObject[]
  private watches: Watch[] = []
  private lastId = 0

  constructor (private readonly runtime: Runtime) {
    this.pins = this.levels.map((_, number) => this.createPin(number))
  }

  /** The world sets a pin's level. */
  input (number: number, level: number): void {
    if (this.levels[number] === level) return
    this.levels[number] = level
    const state = Boolean(level)
    const time = this.runtime.clock.nowMs() / 1_000
    for (const watch of this.watches.filter(({ pin, edge }) => pin === number && (edge === 0 || edge > 0 === state))) {
      this.runtime.events.pushListeners([watch.callback], undefined, [{ state, time, pin: this.pins[number] }])
      if (!watch.repeat) this.watches = this.watches.filter(candidate => candidate !== watch)
    }
  }

  clear (): void {
    this.watches = []
    this.levels.fill(0)
    this.modes.fill('auto')
  }

  /** The global functions about pins. */
  globals (): Record<string, unknown> {
    const numberOf = (pin: unknown): number => {
      const number = this.pins.indexOf(pin as BoardObject)
      if (number >= 0) return number
      if (typeof pin === 'number' && pin >= 0 && pin < PINS_COUNT) return pin
      throw new Error('Invalid pin!')
    }
    return {
      digitalWrite: (pin: unknown, level: unknown) => { this.levels[numberOf(pin)] = level ? 1 : 0 },
      digitalRead: (pin: unknown) => this.levels[numberOf(pin)],
      digitalPulse: (pin: unknown, level: unknown) => { this.levels[numberOf(pin)] = level ? 0 : 1 },
      analogRead: (pin: unknown) => this.levels[numberOf(pin)],
      analogWrite: (pin: unknown, level: unknown) => { this.levels[numberOf(pin)] = Number(level) },
      pinMode: (pin: unknown, mode: unknown) => { this.modes[numberOf(pin)] = String(mode) },
      getPinMode: (pin: unknown) => this.modes[numberOf(pin)],
      setWatch: (callback: Listener, pin: unknown, options?: BoardObject) =>
        this.watch(callback, numberOf(pin), options ?? {}),
      clearWatch: (id?: number) => {
        this.watches = id === undefined ? [] : this.watches.filter(candidate => candidate.id !== id)
      },
      HIGH: 1,
      LOW: 0,
      ...Object.fromEntries(this.pins.map((pin, number) => [`D${number}`, pin])),
      LED1: this.pins[2],
    }
  }

  private watch (callback: Listener, pin: number, options: BoardObject): number {
    const edge = EDGES[String(options.edge ?? 'both')] ?? 0
    this.watches.push({ id: ++this.lastId, pin, edge, repeat: options.repeat === true, callback })
    return this.lastId
  }

  private createPin (number: number): BoardObject {
    const set = (level: unknown): void => { this.levels[number] = level ? 1 : 0 }
    return Object.assign(this.runtime.createObject(), {
      set: () => set(1),
      reset: () => set(0),
      write: set,
      toggle: () => set(1 - this.levels[number]),
      read: () => this.levels[number] !== 0,
      mode: (mode: string) => { this.modes[number] = mode },
      getMode: () => this.modes[number],
      toString: () => `D${number}`,
      valueOf: () => number,
    })
  }
}
