// The core's time: milliseconds of the port's clock, taken when something happens that counts time exactly.
import { portNowMs } from 'runtime'

/** Milliseconds; as fresh as the last clockUpdate. */
export let nowMs = 0

export function clockUpdate(): number {
  return nowMs = portNowMs()
}

/** For brokerTick: the time that the runtime says it is. */
export function clockSet(ms: number): void {
  nowMs = ms
}
