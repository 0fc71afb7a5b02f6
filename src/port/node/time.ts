// The clock and the source of chance on Node.
import { randomInt } from 'node:crypto'
import { performance } from 'node:perf_hooks'

export function portNowMs(): number {
  return performance.now()
}

export function portRandom(): number {
  return randomInt(0x1_0000_0000)
}
