// The filter of an access rule in which %u stands for the User Name and %c for the Client Identifier. It is compared
// where it lies, and the names where they lie: rules are asked in the midst of a delivery, when every scratch range of
// memory may hold a packet that is still to be written.
import { portEqual, portIndexOf, portIndexOfWildcard } from 'runtime'
import { byteAt } from '../../codec/byte'
import { HASH, PLUS, SLASH, levelEnd, levelIs } from '../../codec/topic'
import { RECORDS_MAPPED } from '../../limits'
import { memory } from '../../memory'
import { sessionClientSize, sessionClientStart, sessionUserSize, sessionUserStart } from '../../store/session_table'
import type { Offset, Session } from '../../kinds'

const PERCENT = 0x25
const USER = 0x75
const CLIENT = 0x63

/** Offset of the next % in [start, end) that has a letter behind it, or -1. */
function percentFind(start: Offset, end: Offset): number {
  return portIndexOf(PERCENT, start, end - 1)
}

/** Whether a rule's filter has a place for a name. */
export function patternHasNames(start: Offset, end: Offset): boolean {
  return percentFind(start, end) >= 0
}

/**
 * Whether a pattern is for the session at all: a name that is absent, or has a wildcard or a level in it, would widen
 * the rule.
 */
function patternIsFor(start: Offset, end: Offset, session: Session): boolean {
  while ((start = percentFind(start, end) + 1) > 0) {
    const letter = memory[start]
    const name = letter === USER ? sessionUserStart(session) : sessionClientStart[session]
    const size = letter === USER ? sessionUserSize[session] : sessionClientSize[session]
    if (letter !== USER && letter !== CLIENT) continue
    if (size <= 0 || portIndexOfWildcard(name, name + size) >= 0 || portIndexOf(SLASH, name, name + size) >= 0) {
      return false
    }
  }
  return true
}

/** Whether a level of a pattern, with its names, is the level [other, otherEnd). */
function levelHas(start: Offset, end: Offset, session: Session, other: number, otherEnd: number): boolean {
  while (start < end) {
    const letter = memory[start] === PERCENT && start + 1 < end ? memory[start + 1] : 0
    if (letter === USER || letter === CLIENT) {
      const size = letter === USER ? sessionUserSize[session] : sessionClientSize[session]
      const name = letter === USER ? sessionUserStart(session) : sessionClientStart[session]
      if (otherEnd - other < size || !portEqual(name, other, size)) return false
      start += 2
      other += size
    } else {
      const wanted = memory[start++]
      if (other === otherEnd || wanted !== (RECORDS_MAPPED ? byteAt(other++) : memory[other++])) return false
    }
  }
  return other === otherEnd
}

/**
 * Whether a pattern and a Topic Filter or Topic Name have a topic in common, or, `covers`, whether it matches all that
 * the filter does.
 */
export function patternMatches(
  start: Offset, size: number, session: Session, other: number, otherSize: number, covers: boolean,
): boolean {
  const end = start + size
  const otherEnd = other + otherSize
  if (!patternIsFor(start, end, session)) return false
  while (start <= end && other <= otherEnd) {
    const next = levelEnd(start, end)
    const otherNext = levelEnd(other, otherEnd)
    if (levelIs(start, next, HASH) || !covers && levelIs(other, otherNext, HASH)) return true
    if (!levelIs(start, next, PLUS) && !(!covers && levelIs(other, otherNext, PLUS))
      && !levelHas(start, next, session, other, otherNext)) return false
    start = next + 1
    other = otherNext + 1
  }
  return start > end && other > otherEnd || levelIs(start, end, HASH) || !covers && levelIs(other, otherEnd, HASH)
}
