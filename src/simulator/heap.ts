// An estimate of the engine's pool of variables. What it measures is what can grow without a bound: the queues of
// sockets. What the bundle itself holds is a number that the board is given.

import { OutOfMemory } from './stop'

/** Characters that one more variable of a string holds. */
const STRING_VARIABLE_SIZE = 10

export class Heap {
  /** Variables in use besides socket queues. A test raises it to bring memory to its end. */
  usedBase: number
  private queued = 0

  constructor (readonly total: number, usedBase: number) {
    this.usedBase = usedBase
  }

  get used (): number {
    return this.usedBase + Math.ceil(this.queued / STRING_VARIABLE_SIZE)
  }

  /** A queue grew; aborts what runs when there is no variable left. */
  grow (size: number): void {
    this.queued += size
    if (this.used <= this.total) return
    this.queued -= size
    throw new OutOfMemory()
  }

  shrink (size: number): void {
    this.queued -= size
  }

  clear (): void {
    this.queued = 0
  }
}
