// Topic Filters with wildcards for which there was no shape (filter_shape.ts): each topic that is not in the route
// cache is compared with every one of them, by its levels and a hash of these first. So there are FILTERS_WALKED_MAX at
// the most, and FILTERS_WALKED_CLIENT_MAX of one client: what it can make such a topic cost is a few microseconds.
//
// Memory: FILTERS_WALKED_MAX x (2 filter + 1 levels + 4 mask + 4 hash + 2 session) = 13 bytes a row.
// Invariant: sessionWalkedCount[session] is the number of rows that are its.
import { filterPlusMask } from '../../codec/topic'
import { FILTERS_WALKED_CLIENT_MAX, FILTERS_WALKED_MAX as ROWS, NONE, newRows } from '../../limits'
import { sessionWalkedCount } from '../../store/session_table'
import { filterLevels, levelsFit, levelsHash } from './filter_shape'
import type { Filter, Session } from '../../kinds'

/** Rows of filter_table.ts. */
export const walkedFilter = newRows(ROWS)
const levels = new Uint8Array(ROWS)
const plusMasks = new Int32Array(ROWS)
const hashes = new Int32Array(ROWS)
/** Who has brought it in; NONE: its session has ended. */
const sessions = newRows(ROWS)
export let walkedCount = 0

/** Whether the session may have one more. */
export function walkedHasRoom(session: Session): boolean {
  return walkedCount < ROWS && sessionWalkedCount[session] < FILTERS_WALKED_CLIENT_MAX
}

/** Adds the filter parsed last, which is a row of filter_table.ts. Ask walkedHasRoom first. */
export function walkedAdd(session: Session, filter: Filter): void {
  const row = walkedCount++
  walkedFilter[row] = filter
  levels[row] = filterLevels()
  plusMasks[row] = filterPlusMask
  hashes[row] = levelsHash(levels[row], filterPlusMask)
  sessions[row] = session
  sessionWalkedCount[session]++
}

export function walkedRemove(filter: Filter): void {
  const row = walkedFilter.indexOf(filter)
  if (sessions[row] >= 0) sessionWalkedCount[sessions[row]]--
  const last = --walkedCount
  walkedFilter[row] = walkedFilter[last]
  levels[row] = levels[last]
  plusMasks[row] = plusMasks[last]
  hashes[row] = hashes[last]
  sessions[row] = sessions[last]
}

/** A session ends; others may still subscribe to its filters. */
export function walkedForget(session: Session): void {
  for (let row = 0; sessionWalkedCount[session] && row < walkedCount; row++) {
    if (sessions[row] !== session) continue
    sessions[row] = NONE
    sessionWalkedCount[session]--
  }
}

/** Whether the topic split last may match the filter of a row. */
export function walkedFits(row: number, isHidden: boolean): boolean {
  return levelsFit(levels[row], plusMasks[row], isHidden)
    && levelsHash(levels[row], plusMasks[row]) === hashes[row]
}
