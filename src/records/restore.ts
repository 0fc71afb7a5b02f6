// The broker starts: what was kept is there again. Sessions come first, then messages, then what belongs to a session
// and names a message. A record whose owner or message is not there was about to end when the power went, and ends now.
//
// Where tables have the size that there is room for, a board may have less than when it kept what it finds. A retained
// message without room stays in its record, for a start that has more; a session is there whole, or ends, so that its
// client hears of it and subscribes anew; of a queue the newest messages are dropped, as when it is full.
import {
  portRecordKind, portRecordMark, portRecordMarks, portRecordRead, portRecordRemove, portRecordSequence,
  portRecordSize, portRecordsOpen, portRecordsWalk,
} from 'runtime'
import { messageLeave, messageRestore, messagesSettle } from 'messages/message_record'
import { messageRecordName, messageStart, messageTopicSize } from 'messages/message_table'
import { retainedFind, retainedHasRoom, retainedOf, retainedSet } from 'messages/retained_table'
import { clockUpdate } from '../broker/clock'
import { readBegin, readFourByteInteger } from '../codec/reader'
import { FEATURE_RETAINED, FEATURE_WILL, RECORDS_MAPPED, RECORD_HEAD_AT, RECORD_HEAD_SIZE, TABLES_FIT } from '../limits'
import { queueHasRoom } from '../store/queue_table'
import { recordsKeep } from '../store/record'
import { sessionExpiresAt } from '../store/session_table'
import { inboundRestore, queuedRestore } from './queue_restore'
import {
  MARK_REPLACED, RECORD_INBOUND, RECORD_MESSAGE, RECORD_QUEUED, RECORD_RETAINED, RECORD_SESSION,
  RECORD_SUBSCRIPTION, RECORD_WILL,
} from './record_kind'
import { ownerFind, ownersForget, ownersIndex } from './restore_index'
import { sessionRestore, sessionWillRestore } from './session_record'
import { subscriptionRestore } from './subscription_record'
import type { Message, RecordName, Session } from '../kinds'

/**
 * What belongs to a session, or to a message: it comes when these are there. Where records can be read they are walked
 * once more instead.
 */
let owned: RecordName[] = []
/** The kinds of these, as portRecordsWalk has them. */
const OWNED_KINDS = 1 << RECORD_SUBSCRIPTION | 1 << RECORD_QUEUED | 1 << RECORD_INBOUND | 1 << RECORD_WILL
let sequenceLast = 0
/** Whether there was no room to restore some message. */
let messagesLeft = false

/** Of before: retained messages that stay in their records, and other records that are gone, for want of room. */
export let retainedLeft = 0
export let recordsLost = 0

/** Makes what the port's store has, if there is one; from now on the broker keeps what it acknowledges. */
export function recordsRestore(): void {
  sequenceLast = 0
  if (!portRecordsOpen(recordRestore)) return
  ownersIndex()
  if (RECORDS_MAPPED) portRecordsWalk(OWNED_KINDS, ownedTake)
  else for (let at = 0; at < owned.length; at++) ownedTake(owned[at])
  owned = []
  ownersForget()
  messagesSettle()
  recordsKeep(clockUpdate(), sequenceLast)
}

/** Called by the port with each record. */
function recordRestore(record: RecordName, kind: number): void {
  sequenceLast = Math.max(sequenceLast, portRecordSequence(record))
  if (kind === RECORD_MESSAGE || kind === RECORD_RETAINED) messageTake(record, kind)
  else if (kind !== RECORD_SESSION) {
    if (!RECORDS_MAPPED) owned.push(record)
  } else if (!sessionRestore(record)) portRecordRemove(record)
}

/** What belongs to a session that is there, and has its message. */
function ownedTake(record: RecordName): void {
  if (!ownedRestore(record)) portRecordRemove(record)
}

function messageTake(record: RecordName, kind: number): void {
  const message = messageRestore(record, kind)
  if (message < 0) {
    // It is looked at again at the next start.
    if (TABLES_FIT) messagesLeft = true
    else portRecordRemove(record)
    return
  }
  const isRetained = kind === RECORD_RETAINED && !(portRecordMarks(record) & MARK_REPLACED)
  if (FEATURE_RETAINED && isRetained) retain(message)
}

/** Of two for a topic the newer one counts: the power went before the end of the other. */
function retain(message: Message): void {
  const row = retainedFind(messageStart(message), messageTopicSize(message))
  const isNewer = row < 0 || numberOf(retainedOf(row)) < numberOf(message)
  if (isNewer && retainedHasRoom(row)) retainedSet(row, message)
  else if (TABLES_FIT && isNewer) {
    retainedLeft++
    messageLeave(message)
  } else portRecordMark(messageRecordName(message), MARK_REPLACED)
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
  const isRestored = kind === RECORD_SUBSCRIPTION ? subscriptionRestore(session, record)
    : kind === RECORD_QUEUED ? queuedRestore(session, record)
      : kind === RECORD_INBOUND ? inboundRestore(session, record)
        : FEATURE_WILL && kind === RECORD_WILL && sessionWillRestore(session, record, readFourByteInteger())
  if (TABLES_FIT && !isRestored) lose(session, kind)
  return isRestored
}

/** There is no room for a record of a session; or the message of a queued one was about to end. */
function lose(session: Session, kind: number): void {
  // Without its subscriptions, or an exchange of QoS 2, it is not what its client takes it for: its time is over.
  if (kind !== RECORD_QUEUED) sessionExpiresAt[session] = 0
  else if (messagesLeft || retainedLeft || !queueHasRoom(1)) recordsLost++
}
