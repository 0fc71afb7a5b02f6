// What ends a piece of the board's code from outside. Thrown through it; what is caught there ends all the same.

/** The engine ran out of variables: what ran is abandoned, and its handler removed. */
export class OutOfMemory extends Error {
  constructor () {
    super('out of memory')
  }
}

/** The board starts again: everything in RAM is gone at once. */
export class Restart extends Error {
  constructor (readonly cause: 'reboot' | 'watchdog' | 'load' | 'reset') {
    super(cause)
  }
}

/** The power went while flash was being written. */
export class PowerCut extends Error {
  constructor () {
    super('power cut')
  }
}
