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
