// What a session was owed when the power went.
import { portRecordMarks, portRecordSequence } from 'runtime'
import { messageFind } from 'messages/message_record'
import { messageExpiresAt, messageRetain } from 'messages/message_table'
import { readByte, readFourByteInteger, readTwoByteInteger } from '../codec/reader'
import {
  FEATURE_CLUSTERED, FEATURE_MQTT5, FEATURE_SUBSCRIPTION_IDENTIFIER, NONE, RECORDS_MAPPED, TABLES_GROW,
} from '../limits'
import { QUEUE_RELEASED, QUEUE_SENT } from '../store/queue_flags'
import {
  inboundAdd, queueAdd, queueFlags, queueHasRoom, queueIdentifier, queueNext, queuePacketIdentifier, queueRecord,
} from '../store/queue_table'
import { brokersAreOne } from '../store/record'
import {
  sessionInboundHead, sessionPacketIdentifier, sessionQueueHead, sessionQueueTail,
} from '../store/session_table'
import { OWNER_SIZE, ownedHeadRead } from './owned_head'
import { MARK_RELEASED, MARK_SENT } from './record_kind'
import { readSequence } from './sequence'
import type { Message, QueueRow, RecordName, Session } from '../kinds'

/** The message of the record before, where a session comes from another broker: records/session_import.ts. */
let messageImported: Message = NONE

/** The rows that come next are of this message. */
export function queuedImport(message: Message): void {
  messageImported = message
}

/**
 * Makes the row of a record. False: there is no room for it, or its message is gone. Call queueRestart of the session
 * behind the last one.
 */
export function queuedRestore(session: Session, record: RecordName): boolean {
  ownedHeadRead(record, OWNER_SIZE)
  const sequence = readSequence()
  const identifier = readFourByteInteger()
  const packetIdentifier = readTwoByteInteger()
  const flags = readByte()
  const marks = portRecordMarks(record)
  const message = marks & MARK_RELEASED ? NONE
    : FEATURE_CLUSTERED && brokersAreOne ? messageImported : messageFind(sequence)
  if (message < 0 && !(marks & MARK_RELEASED) || !queueHasRoom(1)) return false
  // One in a record has no holders.
  if (!RECORDS_MAPPED && message >= 0) messageRetain(message)
  const tail = sessionQueueHead[session] < 0 ? NONE : sessionQueueTail[session]
  const row = queueAdd(session, message, flags | stateOf(message, marks))
  queueRecord[row] = record
  queuePacketIdentifier[row] = packetIdentifier
  if (FEATURE_SUBSCRIPTION_IDENTIFIER) queueIdentifier[row] = identifier
  // The port's walk is in no order, but nearly always in that of the numbers.
  if (!TABLES_GROW && tail >= 0 && portRecordSequence(queueRecord[tail]) > portRecordSequence(record)) {
    queueSort(session, row)
  }
  sessionPacketIdentifier[session] = queuePacketIdentifier[sessionQueueTail[session]]
  return true
}

/** One that expires was noted when it was sent; of another it is not known. */
function stateOf(message: Message, marks: number): number {
  if (marks & MARK_RELEASED) return QUEUE_SENT | QUEUE_RELEASED
  // Another broker of the same cluster knows of each.
  if (FEATURE_CLUSTERED && brokersAreOne) return marks & MARK_SENT ? QUEUE_SENT : 0
  return FEATURE_MQTT5 && messageExpiresAt(message) && !(marks & MARK_SENT) ? 0 : QUEUE_SENT
}

/** Moves the last row of a queue in front of those whose records are newer. */
function queueSort(session: Session, row: QueueRow): void {
  const sequence = portRecordSequence(queueRecord[row])
  let before = NONE
  let at = sessionQueueHead[session]
  while (portRecordSequence(queueRecord[at]) < sequence) {
    before = at
    at = queueNext[at]
  }
  let last = at
  while (queueNext[last] !== row) last = queueNext[last]
  queueNext[last] = NONE
  sessionQueueTail[session] = last
  queueNext[row] = at
  if (before < 0) sessionQueueHead[session] = row
  else queueNext[before] = row
}

/** The same of a Packet Identifier that was open towards us. */
export function inboundRestore(session: Session, record: RecordName): boolean {
  if (!queueHasRoom(1)) return false
  ownedHeadRead(record, OWNER_SIZE)
  inboundAdd(session, readTwoByteInteger())
  const row = sessionInboundHead[session]
  queueRecord[row] = record
  // It is no connection's yet.
  queueFlags[row] = 0
  return true
}
