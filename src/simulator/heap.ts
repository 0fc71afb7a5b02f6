// An estimate of the engine's pool of variables. What it measures is what can grow without a bound: the queues of
// sockets. What the bundle itself holds is a number that the board is given.

import { OutOfMemory } from './stop'

/** Characters that one more variable of a string holds. */
const STRING_VARIABLE_SIZE = 10

export class Heap {
  /** Variables in use besides socket queues. A test raises it to bring memory to its end. */
  usedBase: number
  private queued = 0
  /** There was no variable: what runs is to end, which no `catch` of it may hinder. */
  private isAtItsEnd = false

  private isStarting = false

  /** `freeAtStart` are those that a program has free when it begins. */
  constructor (readonly total: number, usedBase: number, private readonly freeAtStart: number) {
    this.usedBase = usedBase
  }

  get free (): number {
    return this.isStarting ? this.freeAtStart : this.total - this.used
  }

  /** Runs what begins a program, which has taken nothing yet. */
  start (run: () => void): void {
    this.isStarting = true
    try {
      run()
    } finally {
      this.isStarting = false
    }
  }

  get used (): number {
    return this.usedBase + Math.ceil(this.queued / STRING_VARIABLE_SIZE)
  }

  /** A queue grew; aborts what runs when there is no variable left, again where that was caught. */
  grow (size: number): void {
    this.queued += size
    if (!this.isAtItsEnd && this.used <= this.total) return
    this.queued -= size
    this.isAtItsEnd = true
    throw new OutOfMemory()
  }

  /** Whether what has just run was to end for want of a variable. */
  wasAtItsEnd (): boolean {
    const was = this.isAtItsEnd
    this.isAtItsEnd = false
    return was
  }

  shrink (size: number): void {
    this.queued -= size
  }

  clear (): void {
    this.queued = 0
  }
}
