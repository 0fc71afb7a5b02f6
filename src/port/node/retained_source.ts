// Who has published what is retained: with check_retain_source a message is sent to new subscribers only while its
// publisher may still write to its topic. Of messages from before the start nobody knows, and they are sent.
import { rulesSay } from './access_rules'
import { memoryText } from './bytes'
import type { AccessRule } from './library/api'
import { realmOfList } from './realm'
import { isTokenList } from './token'
import { linkOf } from './transmit'
import type { Offset, Slot } from '../../kinds'

interface Source { list: number, clientIdentifier: string, userName: string | undefined }

/** Sources that are known; of more the oldest are forgotten. */
const SOURCES_MAX = 262_144

const sources = new Map<string, Source>()
let rulesByList = new Map<number, AccessRule[]>()

/** Access rules of lists, as the core has them; 0 is the broker's own. */
export function sourceRulesSet(rules: Map<number, AccessRule[]>): void {
  rulesByList = rules
}

export function portRetained(
  slot: Slot, list: number, clientStart: Offset, clientSize: number, userStart: Offset, userSize: number,
  start: Offset, size: number,
): void {
  const topic = memoryText(start, size)
  sources.delete(topic)
  // The broker itself, and the program's own clients, may do everything.
  if (list < 0 || linkOf(slot)?.origin.isTrusted) return
  if (sources.size === SOURCES_MAX) sources.delete(sources.keys().next().value!)
  sources.set(topic, {
    list, clientIdentifier: memoryText(clientStart, clientSize),
    userName: userSize < 0 ? undefined : memoryText(userStart, userSize),
  })
}

export function portRetainedAllows(start: Offset, size: number): boolean {
  const topic = memoryText(start, size)
  const source = sources.get(topic)
  return !source || sourceMayWrite(source, topic)
}

function sourceMayWrite({ list, clientIdentifier, userName }: Source, topic: string): boolean {
  // A token's rights were judged when it was there.
  if (isTokenList(list)) return true
  const judge = realmOfList(list)?.judge
  if (judge) return judge.allows({ clientIdentifier, userName, action: 'publish', topic })
  const rules = rulesByList.get(list)
  return !rules || rulesSay(rules, list > 0, { clientIdentifier, userName }, 'write', topic) === true
}
