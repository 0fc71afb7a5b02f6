// The broker starts: what was kept is there again. Sessions come first, then messages, then what belongs to a session
// and names a message. A record whose owner or message is not there was about to end when the power went, and ends now;
// so does one that there is no room for any more.
import {
  portRecordKind, portRecordMarks, portRecordNext, portRecordRead, portRecordRemove, portRecordSequence,
  portRecordSize,
} from 'runtime'
import { readBegin, readFourByteInteger } from '../codec/reader'
import { FEATURE_RETAINED, FEATURE_WILL, RECORD_HEAD_AT, RECORD_HEAD_SIZE } from '../limits'
import {
  messageCount, messageRecord, messageRelease, messageStart, messageTopicSize,
} from 'messages/message_table'
import { recordMark, recordsKeep } from '../store/record'
import { retainedFind, retainedHasRoom, retainedOf, retainedSet } from 'messages/retained_table'
import { exchangeIsOpen, exchangeNote, exchangesForget } from './exchange'
import { messageRestore } from './message_record'
import { inboundRestore, queuedRestore } from './queue_restore'
import {
  MARK_REPLACED, MARK_WHOLE, RECORD_INBOUND, RECORD_MESSAGE, RECORD_QUEUED, RECORD_RETAINED, RECORD_SESSION,
  RECORD_SUBSCRIPTION, RECORD_WILL,
} from './record_kind'
import { ownerFind, ownersForget, ownersIndex } from './restore_index'
import { sessionRestore, willRestore } from './session_record'
import { subscriptionRestore } from './subscription_record'
import type { Message, RecordName } from '../kinds'

/** Makes what the port's store has; from now on the broker keeps what it acknowledges. */
export function recordsRestore(): void {
  let record = 0
  exchangesForget(true)
  while ((record = portRecordNext(record))) {
    exchangeNote(record)
    if (portRecordKind(record) === RECORD_SESSION && !sessionRestore(record)) portRecordRemove(record)
  }
  ownersIndex()
  while ((record = portRecordNext(record))) if (isMessage(record) && !retainedRestore(record)) portRecordRemove(record)
  const messages = messageCount
  while ((record = portRecordNext(record))) {
    if (portRecordKind(record) !== RECORD_SESSION && !isMessage(record) && !ownedRestore(record, messages)) {
      portRecordRemove(record)
    }
  }
  ownersForget()
  // Each was held for the time of this; what nobody holds now was about to end.
  for (let message = 0; message < messages; message++) messageSettle(message)
  exchangesForget(false)
  recordsKeep()
}

function messageSettle(message: Message): void {
  if (exchangeIsOpen(messageRecord[message])) recordMark(messageRecord, message, MARK_WHOLE)
  messageRelease(message)
}

function isMessage(record: RecordName): boolean {
  const kind = portRecordKind(record)
  return kind === RECORD_MESSAGE || kind === RECORD_RETAINED
}

function retainedRestore(record: RecordName): boolean {
  const message = messageRestore(record, 0, false)
  if (message < 0) return false
  messageRecord[message] = record
  const isRetained = portRecordKind(record) === RECORD_RETAINED && !(portRecordMarks(record) & MARK_REPLACED)
  if (FEATURE_RETAINED && isRetained) retain(message, record)
  return true
}

/** Of two for a topic the newer one counts: the power went before the end of the other. */
function retain(message: Message, record: RecordName): void {
  const row = retainedFind(messageStart(message), messageTopicSize(message))
  const isNewer = row < 0
    || portRecordSequence(messageRecord[retainedOf(row)]) < portRecordSequence(record)
  if (isNewer && retainedHasRoom(row)) retainedSet(row, message)
}

function ownedRestore(record: RecordName, messages: number): boolean {
  const size = Math.min(portRecordSize(record), RECORD_HEAD_SIZE)
  portRecordRead(record, 0, RECORD_HEAD_AT, size)
  readBegin(RECORD_HEAD_AT, RECORD_HEAD_AT + size)
  const session = ownerFind(readFourByteInteger())
  if (session < 0) return false
  const kind = portRecordKind(record)
  if (kind === RECORD_SUBSCRIPTION) return subscriptionRestore(session, record)
  if (kind === RECORD_QUEUED) return queuedRestore(session, record, messages)
  if (kind === RECORD_INBOUND) return inboundRestore(session, record)
  return FEATURE_WILL && kind === RECORD_WILL && willRestore(session, record, readFourByteInteger())
}
