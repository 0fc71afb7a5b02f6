// What is left at a start of a queue that was kept as it stood in memory: records/tables.ts.
import { messageAgain } from 'messages/message_record'
import { portRecordKind, portRecordLost, portRecordStands, portRecordWord } from 'runtime'
import { FLASH_AT, NONE, PLACE_SIZE } from '../limits'
import { queueMessage, queueRowsFreeAdd } from '../store/queue_rows'
import { QUEUE_SENT } from '../store/queue_flags'
import { queueFlags, queueNext, queuePacketIdentifier, queueRecord, queueRowGive } from '../store/queue_table'
import {
  sessionPacketIdentifier, sessionQueueCount, sessionQueueHead, sessionQueueTail,
} from '../store/session_table'
import { RECORD_RETAINED } from './record_kind'
import { ownedAdd } from './restore_owned'
import type { QueueRow, Session } from '../kinds'

/** Of a state: all marks, which are 1 until they are set. */
const NO_MARK = 7
/** Of a flags' byte: QoS and RETAIN. */
const FIXED = 7
/** Where a message has the seconds until it expires, and the port's word for never: message_head.ts. */
const LEFT_WORD = 2
const NEVER_WORD = -1

/** The rows that ended, until all have been looked at: others may name a message too. */
let ended: QueueRow = NONE

/** Goes through the rows of a chain, and ends those that do not stand; all where there is no session. */
export function chainKept(session: Session, head: QueueRow): void {
  let before: number = NONE
  for (let row = head, after; row >= 0; row = after) {
    queueRowsFreeAdd(-1)
    after = queueNext[row]
    if (session < 0 || !rowStands(row)) {
      rowEnd(row)
      queueNext[row] = ended
      ended = row
      continue
    }
    if (before < 0) sessionQueueHead[session] = row
    else queueNext[before] = row
    before = row
    sessionQueueCount[session]++
  }
  if (before < 0) return
  queueNext[before] = NONE
  sessionQueueTail[session] = before
  sessionPacketIdentifier[session] = queuePacketIdentifier[before]
}

/** All chains were gone through: what ended is free. */
export function endedGive(): void {
  for (let row = ended, after; row >= 0; row = after) {
    after = queueNext[row]
    queueMessage[row] = NONE
    queueRowGive(row)
  }
  ended = NONE
}

/** What expires may have been sent or not, and what has a mark is otherwise. */
function rowStands(row: QueueRow): boolean {
  const message: number = queueMessage[row]
  queueFlags[row] = queueFlags[row] & FIXED | QUEUE_SENT
  return (portRecordStands(queueRecord[row]) & NO_MARK) === NO_MARK && portRecordStands(message) < 0
    && portRecordWord(message, LEFT_WORD) === NEVER_WORD
}

function rowEnd(row: QueueRow): void {
  const record = queueRecord[row]
  const message: number = queueMessage[row]
  if (portRecordStands(record)) ownedAdd(record)
  else portRecordLost(record, 0)
  queueRecord[row] = 0
  // What lay in memory is gone. Others may name a record too: it is looked at once.
  if (message * PLACE_SIZE < FLASH_AT || queueMessage.indexOf(message) !== row) return
  if (portRecordStands(message)) messageAgain(message)
  // One that was retained has been looked at.
  else if (portRecordKind(message) !== RECORD_RETAINED) portRecordLost(message, 0)
}
