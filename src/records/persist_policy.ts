// How soon a retained message is written, by its topic: what is acknowledged at once, so that it outlives the power,
// and of values at QoS 0, of which nobody was told that they arrived, the last one of a minute; the owner may say
// otherwise by Topic Filter.
//
// Memory of a rule: filter 4, turns 1, and the filter in the pool.
import { portCopyIn } from 'runtime'
import { filterParse, topicMatches } from '../codec/topic'
import { PERSIST_RULES_MAX, newOffsets } from '../limits'
import { poolAllocate } from '../store/byte_pool'
import type { Offset } from '../kinds'

/** Seconds of a turn. */
const TURN_S = 16
/** A turn that never comes. */
export const TURNS_NEVER = 255
/** Without a rule, at QoS 0: 48 seconds. */
const TURNS_DEFAULT = 3

const persistStart = newOffsets(PERSIST_RULES_MAX)
const persistSize = newOffsets(PERSIST_RULES_MAX)
const persistRuleTurns = new Uint8Array(PERSIST_RULES_MAX)
let persistCount = 0
/** Turns are as many times longer, so that flash lasts: 1 to 16. */
let persistStretch = 1

/**
 * Adds a rule for topics: the last value of so many seconds is kept, 0: every one; below 0: none is. False: the filter
 * is not valid, or there is no room.
 */
export function persistRuleAdd(filter: string, seconds: number): boolean {
  const start = persistCount < PERSIST_RULES_MAX ? poolAllocate(filter.length, 0) : -1
  if (start < 0) return false
  portCopyIn(filter, 0, start, filter.length)
  persistStart[persistCount] = start
  persistSize[persistCount] = filter.length
  persistRuleTurns[persistCount++] = seconds < 0 ? TURNS_NEVER : Math.min(TURNS_NEVER - 1, seconds / TURN_S)
  return filterParse(start, filter.length)
}

/** Turns that a retained message waits until it is written, 0 to TURNS_NEVER. The first rule that fits counts. */
export function persistTurns(topicStart: Offset, topicSize: number, qos: number): number {
  let rule = 0
  while (rule < persistCount && !topicMatches(persistStart[rule], persistSize[rule], topicStart, topicSize)) rule++
  const turns = rule < persistCount ? persistRuleTurns[rule] : qos ? 0 : TURNS_DEFAULT
  return turns < TURNS_NEVER ? Math.min(TURNS_NEVER - 1, turns * persistStretch) : turns
}

export function persistStretchSet(stretch: number): void {
  persistStretch = stretch
}
