// Sessions that come from another broker of a cluster, as records of a store whose names are new: behind a session's
// what it owns, and in front of each queued message's place the message.
import { portRecordRemove, portRecordsOpen } from 'runtime'
import { messageRelease } from 'messages/message_table'
import { messageRestore } from 'messages/message_record'
import { readFourByteInteger } from '../codec/reader'
import { NONE } from '../limits'
import { queueRestart } from '../store/queue_table'
import { sessionJoinedAt, sessionOwner } from '../store/session_table'
import { routesChanged } from '../subscriptions/rows'
import { ownedHeadRead } from './owned_head'
import { inboundRestore, queuedImport, queuedRestore } from './queue_restore'
import { RECORD_INBOUND, RECORD_MESSAGE, RECORD_QUEUED, RECORD_SESSION, RECORD_SUBSCRIPTION } from './record_kind'
import { sessionRestore, sessionWillRestore } from './session_record'
import { subscriptionRestore } from './subscription_record'
import type { Message, RecordName, Session } from '../kinds'

let imported: Session = NONE
let importedMessage: Message = NONE
let joinedAt = 0

/**
 * Makes a session of what the port shows by portRecordsOpen; `at` is the number among all brokers' messages that it has
 * had. The client has none here.
 */
export function sessionImport(at: number): void {
  imported = NONE
  joinedAt = at
  portRecordsOpen(recordImport, [], () => undefined)
  messageForget()
  if (imported >= 0) queueRestart(imported)
  // At the start of a broker there are none yet.
  routesChanged()
}

function messageForget(): void {
  if (importedMessage >= 0) messageRelease(importedMessage)
  importedMessage = NONE
  queuedImport(NONE)
}

function recordImport(record: RecordName, kind: number): void {
  const isTaken = kind === RECORD_SESSION ? sessionTake(record)
    : kind === RECORD_MESSAGE ? messageTake(record) : imported >= 0 && ownedTake(record, kind)
  if (!isTaken) portRecordRemove(record)
}

function sessionTake(record: RecordName): boolean {
  if (!sessionRestore(record)) return false
  ownedHeadRead(record, 0)
  imported = sessionOwner.indexOf(readFourByteInteger())
  sessionJoinedAt[imported] = joinedAt
  return true
}

/** The session's places of it hold it from now on; nobody else does. */
function messageTake(record: RecordName): boolean {
  messageForget()
  importedMessage = messageRestore(record, RECORD_MESSAGE)
  queuedImport(importedMessage)
  return importedMessage >= 0
}

function ownedTake(record: RecordName, kind: number): boolean {
  if (kind === RECORD_SUBSCRIPTION) return subscriptionRestore(imported, record)
  if (kind === RECORD_QUEUED) return queuedRestore(imported, record)
  if (kind === RECORD_INBOUND) return inboundRestore(imported, record)
  return sessionWillRestore(imported, record)
}
