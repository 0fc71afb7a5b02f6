// The Packet Identifiers of the messages in a session's queue.
//
// They are given out in sequence, so that a new one can only be in use if it is the head's. Once the sequence has come
// round to a head that is never acknowledged, it passes over it, and every new identifier is looked up
// (sessionIdentifierPassed) until nothing is in flight.
//
// Of a session that is kept a row has its identifier from when it is queued (records/queue_record.ts). On a board the
// express lane's rows stand among them under their publishers' identifiers, in no sequence.
import { FEATURE_BRIDGED, FEATURE_RECORDS, TABLES_GROW } from '../limits'
import { QUEUE_SENT } from './queue_flags'
import { queueFind, queueFlags, queueNext, queuePacketIdentifier } from './queue_table'
import {
  sessionIdentifierPassed, sessionInflightCount, sessionPacketIdentifier, sessionQueueHead, sessionQueuePolicy,
} from './session_table'
import type { Session } from '../kinds'

/** The Packet Identifier for the next message: one that is not in use. [MQTT-2.2.1-4] */
export function queuePacketIdentifierNext(session: Session): number {
  let identifier = sessionPacketIdentifier[session]
  do identifier = identifier % 65_535 + 1
  while (isInAnyOrder(session) ? isGiven(session, identifier) : isInUse(session, identifier))
  return identifier
}

function isInAnyOrder(session: Session): boolean {
  return FEATURE_BRIDGED && sessionQueuePolicy[session] > 0 || FEATURE_RECORDS && !TABLES_GROW
}

/** Where rows are not in the sequence of their identifiers any row may have it, waiting or in flight. */
function isGiven(session: Session, identifier: number): boolean {
  let row = sessionQueueHead[session]
  while (row >= 0 && queuePacketIdentifier[row] !== identifier) row = queueNext[row]
  return row >= 0
}

function isInUse(session: Session, identifier: number): boolean {
  return (!TABLES_GROW || mayBeInUse(session, identifier)) && queueFind(session, identifier) >= 0
}

/** Whether an identifier must be looked up: a small window is always, a large one only where it can be in use. */
function mayBeInUse(session: Session, identifier: number): boolean {
  if (!sessionInflightCount[session]) sessionIdentifierPassed[session] = 0
  const head = sessionQueueHead[session]
  if (queueFlags[head] & QUEUE_SENT && queuePacketIdentifier[head] === identifier) sessionIdentifierPassed[session] = 1
  return sessionIdentifierPassed[session] > 0
}
