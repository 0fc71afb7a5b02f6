// A computer's store takes every message at once: none waits for its record.
import type { Message } from '../../kinds'

export function retainedMayWait(_message: Message, _turns: number): boolean {
  return false
}

export function waitingTick(): void {
  // There is nothing to write.
}
