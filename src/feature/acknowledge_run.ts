// Acknowledgements of one kind that stand one behind the other in a chunk: what follows an ordinary one is taken here,
// as long as it is one of four bytes that acknowledges what is there. The answers stand in the place of what they
// answer, and leave as one range. Whatever is otherwise is left to broker/session/handle_acknowledge.ts.
import { PUBACK, PUBCOMP, PUBREC, PUBREL } from '../codec/packet_type'
import { FEATURE_RECORDS, FEATURE_RETAINED, NONE } from '../limits'
import { memory } from '../memory'
import { queueRecordReleased } from '../records/queue_record'
import { connectionIsOpen, connectionSession, rxEnd, rxStart } from '../store/connection_table'
import { QUEUE_RELEASED, QUEUE_RESUMED, QUEUE_SENT } from '../store/queue_flags'
import {
  inboundRemove, queueFind, queueFlags, queueMessageRelease, queueNext, queuePacketIdentifier, queueRemoveFound,
} from '../store/queue_table'
import { sessionQueueNext, sessionRetainedHead } from '../store/session_table'
import { controlRoom, sendControls } from '../broker/connection/send'
import { MESSAGES_RECEIVED, countMore } from '../broker/counters'
import { retainedPump } from '../broker/publish/retained'
import { queuePump } from '../broker/session/queue'
import type { QueueRow, Session, Slot } from '../kinds'

const QOS_BITS = 6
const QOS_1 = 2
const QOS_2 = 4

/** Bytes of one of them without a Reason Code, of which the last two are the Packet Identifier. */
export const ACKNOWLEDGE_SIZE = 4
const PUBACK_FIRST = PUBACK << 4
const PUBREC_FIRST = PUBREC << 4
const PUBREL_FIRST = PUBREL << 4 | 2
const PUBCOMP_FIRST = PUBCOMP << 4

/** The row whose PUBREC was taken last, in flight: the next one's mostly stands behind it. */
let received: QueueRow = NONE

/** Takes what follows an acknowledgement that began with `first` and was handled. */
export function acknowledgeRunTake(slot: Slot, first: number): void {
  const start = rxStart[slot]
  const answer = first === PUBREC_FIRST ? PUBREL_FIRST : first === PUBREL_FIRST ? PUBCOMP_FIRST : 0
  let end = rxEnd[slot]
  if (answer) end = Math.min(end, start + controlRoom(slot, ACKNOWLEDGE_SIZE))
  received = NONE
  let at = start
  while (at + ACKNOWLEDGE_SIZE <= end && memory[at] === first && memory[at + 1] === 2 && connectionIsOpen(slot)
    && acknowledgeTake(connectionSession[slot], first, memory[at + 2] << 8 | memory[at + 3])) {
    if (answer) memory[at] = answer
    at += ACKNOWLEDGE_SIZE
  }
  if (at === start) return
  rxStart[slot] = at
  const count = (at - start) / ACKNOWLEDGE_SIZE
  countMore(MESSAGES_RECEIVED, count)
  if (answer) sendControls(slot, start, at, count)
}

/** False: it is not for here. */
function acknowledgeTake(session: Session, first: number, packetIdentifier: number): boolean {
  if (first === PUBREL_FIRST) return inboundRemove(session, packetIdentifier)
  if (first === PUBREC_FIRST) return receivedTake(session, packetIdentifier)
  const row = queueFind(session, packetIdentifier)
  if (row < 0 || (queueFlags[row] & QOS_BITS) !== (first === PUBACK_FIRST ? QOS_1 : QOS_2)
    || first === PUBCOMP_FIRST && !(queueFlags[row] & QUEUE_RELEASED)) return false
  queueRemoveFound(session, row)
  if (sessionQueueNext[session] >= 0) queuePump(session)
  if (FEATURE_RETAINED && sessionRetainedHead[session] >= 0) retainedPump(session)
  return true
}

function receivedTake(session: Session, packetIdentifier: number): boolean {
  const row = receivedFind(session, packetIdentifier)
  if (row < 0 || (queueFlags[row] & QOS_BITS) !== QOS_2) return false
  queueFlags[row] |= QUEUE_RELEASED
  if (FEATURE_RECORDS) queueRecordReleased(row)
  queueMessageRelease(row)
  // What was sent again is found where it does not stand among what is in flight.
  received = queueFlags[row] & QUEUE_RESUMED ? NONE : row
  return true
}

function receivedFind(session: Session, packetIdentifier: number): QueueRow {
  const row = received < 0 ? NONE : queueNext[received]
  return row >= 0 && row !== sessionQueueNext[session] && queuePacketIdentifier[row] === packetIdentifier
    && queueFlags[row] & QUEUE_SENT ? row : queueFind(session, packetIdentifier)
}
