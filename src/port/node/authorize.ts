// What the program's hook has said of the packet that the core handles: gate.ts has asked it before.
import { memoryText } from './bytes'
import { linkOf } from './transmit'
import type { Offset, Slot } from '../../kinds'

/** Which of a link's answers is for an action. */
export const answerKey = (access: number, topic: string): string => `${access}${topic}`

export function portAuthorize(slot: Slot, access: number, start: Offset, size: number): boolean {
  const link = linkOf(slot)
  if (link?.origin.isTrusted) return true
  const topic = memoryText(start, size)
  // What was not asked for in time is denied: a topic that only the core could know.
  return link?.answers.get(answerKey(access, topic)) ?? false
}
