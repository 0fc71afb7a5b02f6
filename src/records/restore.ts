// The broker starts: what was kept is there again. Sessions come first, then messages, then what belongs to a session
// and names a message. A record whose owner or message is not there was about to end when the power went, and ends now;
// so does one that there is no room for any more.
import {
  portRecordKind, portRecordMark, portRecordMarks, portRecordRead, portRecordRemove, portRecordSequence,
  portRecordSize, portRecordsOpen,
} from 'runtime'
import { messageRestore, messagesSettle } from 'messages/message_record'
import { messageRecordName, messageStart, messageTopicSize } from 'messages/message_table'
import { retainedFind, retainedHasRoom, retainedOf, retainedSet } from 'messages/retained_table'
import { clockUpdate } from '../broker/clock'
import { readBegin, readFourByteInteger } from '../codec/reader'
import {
  FEATURE_RETAINED, FEATURE_WILL, QUEUE_ROWS_MAX, RECORDS_MAPPED, RECORD_HEAD_AT, RECORD_HEAD_SIZE, SESSIONS_MAX,
  SUBSCRIPTIONS_MAX,
} from '../limits'
import { recordsKeep } from '../store/record'
import { inboundRestore, queuedRestore } from './queue_restore'
import {
  MARK_REPLACED, RECORD_INBOUND, RECORD_MESSAGE, RECORD_QUEUED, RECORD_RETAINED, RECORD_SESSION,
  RECORD_SUBSCRIPTION, RECORD_WILL,
} from './record_kind'
import { ownerFind, ownersForget, ownersIndex } from './restore_index'
import { sessionRestore, sessionWillRestore } from './session_record'
import { subscriptionRestore } from './subscription_record'
import type { Message, RecordName } from '../kinds'

/**
 * Twice as many as the tables have: a power cut may leave what was just replaced, and filters of sessions that ended
 * with their connection.
 */
const OWNED_MAX = 2 * (SUBSCRIPTIONS_MAX + QUEUE_ROWS_MAX + SESSIONS_MAX)

/** What belongs to a session, or to a message: it comes when these are there. */
let owned: Record<number, RecordName> = []
let ownedCount = 0
let sequenceLast = 0

/** Makes what the port's store has, if there is one; from now on the broker keeps what it acknowledges. */
export function recordsRestore(): void {
  sequenceLast = ownedCount = 0
  if (RECORDS_MAPPED) owned = new Uint16Array(OWNED_MAX)
  if (!portRecordsOpen(recordRestore)) return
  ownersIndex()
  for (let at = 0; at < ownedCount; at++) if (!ownedRestore(owned[at])) portRecordRemove(owned[at])
  owned = []
  ownersForget()
  messagesSettle()
  recordsKeep(clockUpdate(), sequenceLast)
}

/** Called by the port with each record. A board has no place for more than OWNED_MAX: those wait for the next start. */
function recordRestore(record: RecordName, kind: number): void {
  sequenceLast = Math.max(sequenceLast, portRecordSequence(record))
  const isMessage = kind === RECORD_MESSAGE || kind === RECORD_RETAINED
  if (isMessage || kind === RECORD_SESSION) {
    if (!(isMessage ? messageIsRestored(record, kind) : sessionRestore(record))) portRecordRemove(record)
  } else if (!RECORDS_MAPPED || ownedCount < OWNED_MAX) owned[ownedCount++] = record
}

function messageIsRestored(record: RecordName, kind: number): boolean {
  const message = messageRestore(record)
  if (message < 0) return false
  const isRetained = kind === RECORD_RETAINED && !(portRecordMarks(record) & MARK_REPLACED)
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
