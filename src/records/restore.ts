// The broker starts: what was kept is there again. Sessions come first, then messages, then what belongs to a session
// and names a message. A record whose owner or message is not there was about to end when the power went, and ends now;
// so does one that there is no room for any more.
import {
  portRecordKind, portRecordMark, portRecordMarks, portRecordNext, portRecordRead, portRecordRemove,
  portRecordSequence, portRecordSize,
} from 'runtime'
import { messageRestore, messagesSettle } from 'messages/message_record'
import { messageRecordName, messageStart, messageTopicSize } from 'messages/message_table'
import { retainedFind, retainedHasRoom, retainedOf, retainedSet } from 'messages/retained_table'
import { clockUpdate } from '../broker/clock'
import { readBegin, readFourByteInteger } from '../codec/reader'
import { FEATURE_RETAINED, FEATURE_WILL, RECORD_HEAD_AT, RECORD_HEAD_SIZE } from '../limits'
import { recordsKeep } from '../store/record'
import { exchangeNote, exchangesForget } from './exchange'
import { inboundRestore, queuedRestore } from './queue_restore'
import {
  MARK_REPLACED, RECORD_INBOUND, RECORD_MESSAGE, RECORD_QUEUED, RECORD_RETAINED, RECORD_SESSION,
  RECORD_SUBSCRIPTION, RECORD_WILL,
} from './record_kind'
import { ownerFind, ownersForget, ownersIndex } from './restore_index'
import { sessionRestore, sessionWillRestore } from './session_record'
import { subscriptionRestore } from './subscription_record'
import type { Message, RecordName } from '../kinds'

/** Makes what the port's store has; from now on the broker keeps what it acknowledges. */
export function recordsRestore(): void {
  let record = 0
  let sequenceLast = 0
  exchangesForget(true)
  while ((record = portRecordNext(record))) {
    sequenceLast = Math.max(sequenceLast, portRecordSequence(record))
    exchangeNote(record)
    if (portRecordKind(record) === RECORD_SESSION && !sessionRestore(record)) portRecordRemove(record)
  }
  ownersIndex()
  while ((record = portRecordNext(record))) if (isMessage(record) && !retainedRestore(record)) portRecordRemove(record)
  while ((record = portRecordNext(record))) {
    if (portRecordKind(record) !== RECORD_SESSION && !isMessage(record) && !ownedRestore(record)) {
      portRecordRemove(record)
    }
  }
  ownersForget()
  messagesSettle()
  exchangesForget(false)
  recordsKeep(clockUpdate(), sequenceLast)
}

function isMessage(record: RecordName): boolean {
  const kind = portRecordKind(record)
  return kind === RECORD_MESSAGE || kind === RECORD_RETAINED
}

function retainedRestore(record: RecordName): boolean {
  const message = messageRestore(record)
  if (message < 0) return false
  const isRetained = portRecordKind(record) === RECORD_RETAINED && !(portRecordMarks(record) & MARK_REPLACED)
  if (FEATURE_RETAINED && isRetained) retain(message)
  return true
}

/** Of two for a topic the newer one counts: the power went before the end of the other. */
function retain(message: Message): void {
  const row = retainedFind(messageStart(message), messageTopicSize(message))
  const isNewer = row < 0 || numberOf(retainedOf(row)) < numberOf(message)
  if (isNewer && retainedHasRoom(row)) retainedSet(row, message)
  else portRecordMark(messageRecordName(message), MARK_REPLACED)
}

function numberOf(message: Message): number {
  return portRecordSequence(messageRecordName(message))
}

function ownedRestore(record: RecordName): boolean {
  const size = Math.min(portRecordSize(record), RECORD_HEAD_SIZE)
  portRecordRead(record, 0, RECORD_HEAD_AT, size)
  readBegin(RECORD_HEAD_AT, RECORD_HEAD_AT + size)
  const session = ownerFind(readFourByteInteger())
  if (session < 0) return false
  const kind = portRecordKind(record)
  if (kind === RECORD_SUBSCRIPTION) return subscriptionRestore(session, record)
  if (kind === RECORD_QUEUED) return queuedRestore(session, record)
  if (kind === RECORD_INBOUND) return inboundRestore(session, record)
  return FEATURE_WILL && kind === RECORD_WILL && sessionWillRestore(session, record, readFourByteInteger())
}
