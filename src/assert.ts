// Assertions state what a programmer guarantees; they are no way to treat input. The build of a board defines
// ASSERTIONS as false, and they are gone.
import { ASSERTIONS } from 'board'

export function assert(truth: boolean, message: string): void {
  if (ASSERTIONS && !truth) throw new Error(message)
}
