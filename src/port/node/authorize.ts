// Who may do what, where not the core's rules say it: what the program's hook has said of the packet that the core
// handles, as gate.ts has asked it before, and what the judge of a realm says.
import { ACCESS_READ, ACCESS_SUBSCRIBE, ACCESS_UNSUBSCRIBE, ACCESS_WRITE } from '../../broker/access/access_kind'
import { Answers } from './answers'
import { memoryText } from './bytes'
import type { AccessAction } from './library/api'
import { realmOfList } from './realm'
import { isTokenList, tokenAllows } from './token'
import { linkOf } from './transmit'
import type { Offset, Slot } from '../../kinds'

/** PUBLISH packets that were refused for their payloads. */
export let payloadsRefused = 0

export function portPayloadRefusal(slot: Slot): number {
  const refusal = linkOf(slot)?.payloadRefusal ?? 0
  if (refusal) payloadsRefused++
  return refusal
}

/** Which of a link's answers is for an action. */
export const answerKey = (access: number, topic: string): string => `${access}${topic}`

export function portAuthorize(slot: Slot, access: number, start: Offset, size: number): boolean {
  const link = linkOf(slot)
  if (link?.origin.isTrusted) return true
  const topic = memoryText(start, size)
  // What was not asked for in time is denied: a topic that only the core could know.
  return link?.answers.get(answerKey(access, topic)) ?? false
}

const ACTIONS: Record<number, AccessAction> = {
  [ACCESS_READ]: 'receive', [ACCESS_WRITE]: 'publish', [ACCESS_SUBSCRIBE]: 'subscribe',
  [ACCESS_UNSUBSCRIBE]: 'unsubscribe',
}

/** Answers of judges. */
const remembered = new Answers(10_000)

/** Judges may say something else from now on. */
export function answersForget(): void {
  remembered.clear()
}

export function portAccess(
  list: number, clientStart: Offset, clientSize: number, userStart: Offset, userSize: number,
  access: number, start: Offset, size: number,
): boolean {
  const clientIdentifier = memoryText(clientStart, clientSize)
  const userName = userSize < 0 ? undefined : memoryText(userStart, userSize)
  const topic = memoryText(start, size)
  if (isTokenList(list)) return tokenAllows(list, clientIdentifier, userName, access, topic)
  // No name has a NUL in it. [MQTT-1.5.4-2]
  const key = `${list}\0${access}\0${clientIdentifier}\0${userName ?? '\0'}\0${topic}`
  const request = { clientIdentifier, userName, action: ACTIONS[access], topic }
  return remembered.of(key, () => realmOfList(list)?.judge?.allows(request) === true)
}
