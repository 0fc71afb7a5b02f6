// Subscriptions for a board without FEATURE_INDEX: a row is a session, a Topic Filter and its QoS, and whoever looks
// for
// one walks them all. A few dozen rows need nothing else.
//
// Memory of a row: session 2, filter 4, QoS 1 = 7 bytes, and the filter's blocks in the pool.
import { portCopy, portEqual } from 'runtime'
import { topicIsHidden, topicMatches } from '../codec/topic'
import { FEATURE_INDEX, NONE, SUBSCRIPTIONS_MAX, newOffsets } from '../limits'
import { poolAllocate, poolFree } from './byte_pool'
import { newLinks } from './columns'
import { sessionTarget } from './session_table'

const ROWS = FEATURE_INDEX ? 0 : SUBSCRIPTIONS_MAX

/** NONE: the row is free. */
const sessions = newLinks(ROWS)
const filterStart = newOffsets(ROWS)
const filterSize = newOffsets(ROWS)
const qualities = newOffsets(ROWS)

/** The row of a session's subscription to a filter, or NONE. */
export function walkFind(session: number, start: number, size: number): number {
  let row = ROWS
  while (--row >= 0) {
    if (sessions[row] === session && filterSize[row] === size && portEqual(filterStart[row], start, size)) break
  }
  return row
}

/** Subscribes, in the place of the subscription that there was. False: there is no room. */
export function walkAdd(session: number, start: number, size: number, qos: number): boolean {
  let row = walkFind(session, start, size)
  if (row < 0) {
    row = sessions.indexOf(NONE)
    const bytes = row < 0 ? NONE : poolAllocate(size, 0)
    if (bytes < 0) return false
    portCopy(bytes, start, size)
    sessions[row] = session
    filterStart[row] = bytes
    filterSize[row] = size
  }
  qualities[row] = qos
  return true
}

export function walkRemove(row: number): void {
  poolFree(filterStart[row], filterSize[row])
  sessions[row] = NONE
}

/** Ends all subscriptions of a session. */
export function walkRemoveAll(session: number): void {
  for (let row = 0; row < ROWS; row++) if (sessions[row] === session) walkRemove(row)
}

/**
 * Marks in sessionTarget who gets a topic: 0 nobody, else the highest QoS of the session's subscriptions and 1.
 * Answers the highest of all marks.
 */
export function walkMatch(topicStart: number, topicSize: number): number {
  let highest = 0
  const isHidden = topicIsHidden(topicStart)
  sessionTarget.fill(0)
  for (let row = 0; row < ROWS; row++) {
    const session = sessions[row]
    const mark = qualities[row] + 1
    // [MQTT-4.7.2-1]
    if (session < 0 || sessionTarget[session] >= mark || isHidden && !topicIsHidden(filterStart[row])) continue
    if (topicMatches(filterStart[row], filterSize[row], topicStart, topicSize)) {
      sessionTarget[session] = mark
      highest = Math.max(highest, mark)
    }
  }
  return highest
}
