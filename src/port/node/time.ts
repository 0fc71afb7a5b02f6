// The clock and the source of chance on Node.
import { randomInt } from 'node:crypto'
import { performance } from 'node:perf_hooks'

export function portNowMs(): number {
  // Whole milliseconds: V8 keeps them without an allocation.
  return Math.trunc(performance.now())
}

export function portRandom(): number {
  return randomInt(0x1_0000_0000)
}

/** Milliseconds since 1970: what is noted for others and for later, as the port's clock starts anew each time. */
export function wallMs(): number {
  return Date.now()
}

/** Seconds since 1970, whole: what a store of records notes. */
export function secondsNow(): number {
  return Math.floor(wallMs() / 1_000)
}

export function portHeap(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
