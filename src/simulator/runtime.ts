// What the parts of a simulated board share: its clock, heap, events, and the one way in which its code is called.

import type { Clock } from './clock'
import type { BoardObject, EventQueue, Listener } from './event_queue'
import type { Heap } from './heap'
import type { Timers } from './timers'

export interface Runtime {
  readonly clock: Clock
  readonly heap: Heap
  readonly events: EventQueue
  readonly timers: Timers
  /**
   * Calls the board's code. True: it ran, or threw an error, which is reported at the end of the pass. False: the
   * engine abandoned it, and whoever called removes the handler.
   */
  call (callback: Listener, target: unknown, args: unknown[]): boolean
  /** A new object of the board's realm. */
  createObject (prototype?: BoardObject): BoardObject
  /** Typed arrays and buffers of the board's realm. */
  createBytes (bytes: Uint8Array): Uint8Array
  print (line: string): void
  random (): number
  /** Sets one of E.getErrorFlags. */
  flagError (flag: string): void
}
