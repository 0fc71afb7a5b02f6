// What a session's queue does with a message when it is full, where that was said of it: a bridge's is. What has been
// sent and may be an exchange of QoS 2 by now stays, whatever is said.
//
// With `latest` a topic has one message that waits at the most, so that their order among each other is free: one that
// comes while the client is here goes in front of every second of those that waited before it, and neither starves.
// Rows of such a session are in no sequence of their Packet Identifiers.
import { portEqual } from 'runtime'
import { messageEnd, messagePayloadStart, messageStart, messageTopicSize } from 'messages/message_table'
import { FEATURE_BRIDGED, NONE } from '../../limits'
import { bridgeDrop, bridgePolicy, bridgeSession } from '../../store/bridge_session'
import { queueMessage } from '../../store/queue_rows'
import { QUEUE_RELEASED, QUEUE_SENT } from '../../store/queue_flags'
import { queueAdvance, queueFlags, queueHasRoom, queueNext, queueRemoveWaiting } from '../../store/queue_table'
import {
  sessionQueueBytes, sessionQueueBytesMax, sessionQueueCount, sessionQueueDropped, sessionQueueHead, sessionQueueLive,
  sessionQueueMax, sessionQueueNext, sessionQueuePolicy, sessionSlot,
} from '../../store/session_table'
import { FULL_QUEUE, countDropped } from '../counters'
import { queueMax } from '../settings'
import { QUEUE_LATEST, QUEUE_NEWEST } from './queue_words'
import type { Message, QueueRow, Session } from '../../kinds'

const QOS_2 = 4

/** Makes room for a message, which no row of the queue has yet. False: it is not to be kept. */
export function queueYield(session: Session, message: Message): boolean {
  const policy = sessionQueuePolicy[session]
  const size = messageEnd(message) - messagePayloadStart(message)
  if (size > sessionQueueBytesMax[session]) return refuse(session)
  if (policy === QUEUE_LATEST) topicClear(session, message)
  while (sessionQueueCount[session] >= sessionQueueMax[session]
    || sessionQueueBytes[session] + size > sessionQueueBytesMax[session]) {
    if (policy === QUEUE_NEWEST || !oldestRemove(session)) return refuse(session)
    countDropped(FULL_QUEUE)
  }
  return true
}

/** The same of a board's own bridge, whose queue has the bounds of every client's. */
export function bridgeYield(message: Message): boolean {
  if (bridgePolicy === QUEUE_LATEST) topicClear(bridgeSession, message)
  if (!bridgeIsFull()) return true
  if (bridgePolicy === QUEUE_NEWEST || !oldestRemove(bridgeSession)) return refuse(bridgeSession)
  countDropped(FULL_QUEUE)
  return !bridgeIsFull() || refuse(bridgeSession)
}

function bridgeIsFull(): boolean {
  return !queueHasRoom(1) || sessionQueueCount[bridgeSession] >= queueMax()
}

function refuse(session: Session): boolean {
  drop(session)
  return false
}

function drop(session: Session): void {
  if (FEATURE_BRIDGED) sessionQueueDropped[session]++
  else bridgeDrop()
}

/** Whether a row that is not in flight may go. */
function mayGo(row: QueueRow): boolean {
  const flags = queueFlags[row]
  return !(flags & QUEUE_RELEASED) && !(flags & QUEUE_SENT && flags & QOS_2)
}

/** The row in front of the first that is not in flight, or NONE. */
function inFlightLast(session: Session): number {
  let before = NONE
  for (let row = sessionQueueHead[session]; row !== sessionQueueNext[session]; row = queueNext[row]) before = row
  return before
}

function oldestRemove(session: Session): boolean {
  let before = inFlightLast(session)
  let row = sessionQueueNext[session]
  while (row >= 0 && !mayGo(row)) {
    before = row
    row = queueNext[row]
  }
  if (row < 0) return false
  displace(session, before, row)
  return true
}

/** Lets what waits on a message's topic go. */
function topicClear(session: Session, message: Message): void {
  const start = messageStart(message)
  const size = messageTopicSize(message)
  let before = inFlightLast(session)
  let row = sessionQueueNext[session]
  while (row >= 0) {
    const after = queueNext[row]
    const waiting = queueMessage[row]
    if (waiting >= 0 && messageTopicSize(waiting) === size && mayGo(row)
      && portEqual(messageStart(waiting), start, size)) displace(session, before, row)
    else before = row
    row = after
  }
}

function displace(session: Session, before: number, row: QueueRow): void {
  drop(session)
  queueRemoveWaiting(session, before, row)
}

/** A row was added behind `last`: with `latest` it goes in front of what has waited for the client to come. */
export function queueOvertake(session: Session, last: number): void {
  const first = sessionQueueNext[session]
  if (sessionQueuePolicy[session] !== QUEUE_LATEST || sessionSlot[session] < 0 || last < 0) return
  const row = queueNext[last]
  const live = sessionQueueLive[session]
  const isLive = live >= 0 && !(queueFlags[live] & QUEUE_SENT)
  sessionQueueLive[session] = row
  if (first === row) return
  const before = isLive ? queueNext[live] : first
  if (before !== row) queueAdvance(session, last, before)
}
