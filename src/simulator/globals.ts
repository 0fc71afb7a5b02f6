// The board's global names besides the language's.

import type { BoardObject, Listener } from './event_queue'
import type { Pins } from './pins'
import type { Runtime } from './runtime'
import { Restart } from './stop'

/** `offsetMs` when the board is switched on, until somebody sets the clock. */
export class WallClock {
  constructor (private readonly runtime: Runtime, private offsetMs: number) {}

  nowMs (): number {
    return this.offsetMs + this.runtime.clock.nowMs()
  }

  set (seconds: number): void {
    this.offsetMs = seconds * 1_000 - this.runtime.clock.nowMs()
  }
}

export const FIRMWARE_VERSION = '2v29'

function createProcess (runtime: Runtime, boardName: string): BoardObject {
  const memory = (): Record<string, number> => {
    const { total, free } = runtime.heap
    return { free, usage: total - free, total, history: 0, gc: 0, gctime: 0.3, blocksize: 14 }
  }
  return Object.assign(runtime.createObject(), {
    version: FIRMWARE_VERSION,
    env: { VERSION: FIRMWARE_VERSION, BOARD: boardName, CONSOLE: 'Serial1', SERIAL: '24:0a:c4:00:00:01' },
    memory,
  })
}

function timerGlobals ({ timers }: Runtime): Record<string, unknown> {
  const add = timers.add.bind(timers)
  const remove = (...ids: unknown[]): void => {
    if (ids.length > 0 && ids[0] === undefined) throw new Error('clearTimeout(undefined) not allowed')
    if (ids.length > 0) timers.remove(Number(ids[0]))
    else timers.clear()
  }
  return {
    setTimeout: (callback: Listener, delayMs = 0, ...args: unknown[]) => add(callback, delayMs, false, args),
    setInterval: (callback: Listener, delayMs = 0, ...args: unknown[]) => add(callback, delayMs, true, args),
    clearTimeout: remove,
    clearInterval: remove,
    changeInterval: (id: number, intervalMs: number) => timers.change(id, intervalMs),
  }
}

/** What a program prints, as the console shows it. */
function printText (values: unknown[]): string {
  const textOf = (value: unknown): string =>
    typeof value === 'object' && !(value instanceof Error) ? JSON.stringify(value) : String(value)
  return values.map(textOf).join(' ')
}

export interface GlobalOptions {
  boardName: string
  wallClock: WallClock
  pins: Pins
  require: (name: string) => unknown
}

export function boardGlobals (runtime: Runtime, options: GlobalOptions): Record<string, unknown> {
  const print = (...values: unknown[]): void => runtime.print(printText(values))
  return {
    ...timerGlobals(runtime),
    ...options.pins.globals(),
    process: createProcess(runtime, options.boardName),
    print,
    console: { log: print, debug: print, info: print, warn: print, error: print, trace: print },
    require: options.require,
    getTime: () => options.wallClock.nowMs() / 1_000,
    setTime: (seconds: number) => options.wallClock.set(seconds),
    load: () => { throw new Restart('load') },
    reset: () => { throw new Restart('reset') },
    save: () => undefined,
    setDeepSleep: () => undefined,
    setBusyIndicator: () => undefined,
    setSleepIndicator: () => undefined,
    echo: () => undefined,
    dump: () => undefined,
    trace: () => undefined,
    atob: (text: string) => Buffer.from(text, 'base64').toString('latin1'),
    btoa: (text: string) => Buffer.from(text, 'latin1').toString('base64'),
    ESP32: Object.assign(runtime.createObject(), {
      reboot: () => { throw new Restart('reboot') },
      enableBLE: () => undefined,
      enableWifi: () => undefined,
      getState: () => ({ sdkVersion: 'simulated', freeHeap: 60_000 }),
    }),
  }
}
