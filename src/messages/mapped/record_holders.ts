// Who has a message that is in a record: rows of queues, transfers, and the publication, which send it; and rows of the
// retained messages. Nobody counts them: they are looked for when one lets go.
import { portRecordKind } from 'runtime'
import { NONE } from '../../limits'
import { RECORD_RETAINED } from '../../records/record_kind'
import { QUEUE_ROWS, queueMessage, queueRowsFree } from '../../store/queue_rows'
import { transferMessage } from '../../store/transfer_table'
import { retainedPlaces, waitingRecords } from './retained_places'
import type { Message } from '../../kinds'

/** The publication's message in a record. Life: from messageHold to the next. */
let held: Message = NONE

/** The publication has a message, or none any more: the record that it names stays for now. */
export function messageHold(message: Message): void {
  held = message
}

/** Whether anybody has it. Topics have records of their own kind: to look through them takes thirty milliseconds. */
export function recordIsNamed(message: Message): boolean {
  return recordIsWanted(message) || portRecordKind(message as number) === RECORD_RETAINED
    && (retainedPlaces.indexOf(message) >= 0 || waitingRecords.indexOf(message) >= 0)
}

/** Whether somebody is to get it. All rows of queues take the engine ten milliseconds to look through. */
export function recordIsWanted(message: Message): boolean {
  return held === message || queueRowsFree < QUEUE_ROWS && queueMessage.indexOf(message) >= 0
    || transferMessage.indexOf(message) >= 0
}
