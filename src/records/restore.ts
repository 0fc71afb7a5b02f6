// The broker starts: what was kept is there again. Sessions come first, then messages, then what belongs to a session
// and names a message. A record whose owner or message is not there was about to end when the power went, and ends now.
//
// Where tables have the size that there is room for, a board may have less than when it kept what it finds. A retained
// message without room stays in its record, for a start that has more; a session is there whole, or ends, so that its
// client hears of it and subscribes anew; of a queue the newest messages are dropped, as when it is full.
import {
  portRecordKind, portRecordMark, portRecordMarks, portRecordRemove, portRecordSequence, portRecordWord,
  portRecordsOpen, portRecordsSequence, portTablesNever,
} from 'runtime'
import { messageAgain, messageLeave, messageRestore, messagesSettle } from 'messages/message_record'
import { messageRecordName, messageStart, messageTopicSize } from 'messages/message_table'
import { retainedFind, retainedHasRoom, retainedOf, retainedSet } from 'messages/retained_table'
import { clockUpdate } from '../broker/clock'
import { readFourByteInteger } from '../codec/reader'
import { FEATURE_RETAINED, FEATURE_WILL, NONE, RECORDS_MAPPED, TABLES_FIT } from '../limits'
import { queueHasRoom, queueRestart } from '../store/queue_table'
import { recordsKeep } from '../store/record'
import { sessionExists, sessionExpiresAt, sessionRowsUsed } from '../store/session_table'
import { inboundRestore, queuedRestore } from './queue_restore'
import {
  MARK_REPLACED, RECORD_FILTERS, RECORD_INBOUND, RECORD_MESSAGE, RECORD_QUEUED, RECORD_RETAINED, RECORD_SESSION,
  RECORD_SUBSCRIPTION, RECORD_WILL,
} from './record_kind'
import { filtersRestore } from './filter_record'
import { ownerFind, ownersForget, ownersIndex } from './restore_index'
import { ownedAdd, ownedTake } from './restore_owned'
import { ownedHeadRead } from './owned_head'
import { ownersBegin, sessionRestore, sessionWillRestore } from './session_record'
import { subscriptionRestore } from './subscription_record'
import { tablesOf, tablesSettle, tablesTake } from './tables'
import type { Message, RecordName, Session } from '../kinds'

/** Whether there was no room to restore some message. */
let messagesLeft = false
/** The owner of the record that was restored last: its number as the port has it, and its session. */
let ownerWord = NONE
let owner: Session = NONE

/** Of before: retained messages that stay in their records, and other records that are gone, for want of room. */
export let retainedLeft = 0
export let recordsLost = 0

/** Makes what the port's store has, if there is one; from now on the broker keeps what it acknowledges. */
export function recordsRestore(): void {
  const isOpen = portRecordsOpen(recordRestore, tablesOf(), tablesTake)
  ownersIndex()
  ownerWord = NONE
  if (RECORDS_MAPPED) tablesSettle()
  if (!isOpen) return
  ownedTake(ownedRestore)
  for (let session = 0; session < sessionRowsUsed; session++) if (sessionExists(session)) queueRestart(session)
  ownersForget()
  messagesSettle()
  // What there was no room for is looked for at the next start.
  if (RECORDS_MAPPED && (messagesLeft || retainedLeft)) portTablesNever()
  // Each session that got a number has written a record.
  if (RECORDS_MAPPED) ownersBegin(portRecordsSequence())
  recordsKeep(clockUpdate())
}

/** Called by the port with each record. */
function recordRestore(record: RecordName, kind: number): void {
  if (kind === RECORD_MESSAGE || kind === RECORD_RETAINED) messageTake(record, kind)
  else if (kind !== RECORD_SESSION) ownedAdd(record)
  else if (!sessionRestore(record)) portRecordRemove(record)
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
  if (FEATURE_RETAINED && isRetained) retainedTake(message)
}

/** Of two for a topic the newer one counts: the power went before the end of the other. */
function retainedTake(message: Message): void {
  const row = retainedFind(messageStart(message), messageTopicSize(message))
  const isNewer = row < 0 || numberOf(retainedOf(row)) < numberOf(message)
  // What the tables had of it ends with the start.
  if (RECORDS_MAPPED && isNewer && row >= 0) messageAgain(retainedOf(row))
  if (isNewer && retainedHasRoom(row)) retainedSet(row, message)
  else if (TABLES_FIT && isNewer) {
    retainedLeft++
    messageLeave(message)
  } else portRecordMark(messageRecordName(message), MARK_REPLACED)
}

function numberOf(message: Message): number {
  return portRecordSequence(messageRecordName(message))
}

/** Makes what belongs to a session that is there, and has its message; else its record is gone. */
function ownedRestore(record: RecordName): void {
  const kind = portRecordKind(record)
  if (RECORDS_MAPPED && kind === RECORD_FILTERS) return filtersRestore(record, sessionLose)
  const session = ownerOf(record)
  const isSubscription = !RECORDS_MAPPED && kind === RECORD_SUBSCRIPTION
  const isRestored = session >= 0 && (isSubscription ? subscriptionRestore(session, record)
    : kind === RECORD_QUEUED ? queuedRestore(session, record)
      : kind === RECORD_INBOUND ? inboundRestore(session, record)
        : FEATURE_WILL && kind === RECORD_WILL && sessionWillRestore(session, record))
  if (isRestored) return
  portRecordRemove(record)
  if (TABLES_FIT && session >= 0) lose(session, kind)
}

/** The session of the record's owner, or NONE: most records are the same one's as the record before. */
function ownerOf(record: RecordName): Session {
  const word = RECORDS_MAPPED ? portRecordWord(record, 0) : NONE
  if (!RECORDS_MAPPED || word !== ownerWord) {
    ownedHeadRead(record, 0)
    owner = ownerFind(readFourByteInteger())
  }
  ownerWord = word
  return owner
}

/** There is no room for a record of a session; or the message of a queued one was about to end. */
function lose(session: Session, kind: number): void {
  if (kind !== RECORD_QUEUED) sessionLose(session)
  else if (messagesLeft || retainedLeft || !queueHasRoom(1)) recordsLost++
}

/** Without its subscriptions, or an exchange of QoS 2, it is not what its client takes it for: its time is over. */
function sessionLose(session: Session): void {
  sessionExpiresAt[session] = 0
}
