// Messages that are kept, of a board whose port reads records where they lie: what is in a record is the message
// itself, so that restoring one is to know its place. records/message_head.ts says what a record holds.
//
// Memory, while the broker starts: 4 bytes for each message.
import { portRecordKind, portRecordMarks, portRecordRemove, portRecordSequence } from 'runtime'
import { FLASH_AT, NONE, PLACE_SIZE, QUEUE_ROWS_ROOM, RETAINED_ROOM } from '../../limits'
import { MARK_REPLACED, RECORD_MESSAGE, RECORD_RETAINED } from '../../records/record_kind'
import { placesGrow } from '../../records/restore_owned'
import { queueMessage } from '../../store/queue_rows'
import { recordRename } from '../../store/record'
import { transferMessage } from '../../store/transfer_table'
import { retainedPlaces, waitingRecords } from './retained_places'
import type { Message, RecordName } from '../../kinds'

export { messageToRecord as messageKeep } from './message_table'

/** As many as there can be, twice: a power cut may leave what was just replaced. */
const RESTORED_MAX = 2 * (RETAINED_ROOM + QUEUE_ROWS_ROOM)

/** The lowest bits of the records' numbers: what has the same is told apart where it lies. */
let sequences = new Uint16Array(0)
let places = new Uint16Array(0)
let restoredCount = 0

export function messageRestore(record: RecordName, kind: number): Message {
  // A topic's needs none of these.
  if (restoredCount === RESTORED_MAX) return kind === RECORD_RETAINED ? record as number : NONE
  if (restoredCount === places.length) {
    sequences = placesGrow(sequences)
    places = placesGrow(places)
  }
  sequences[restoredCount] = portRecordSequence(record)
  return places[restoredCount++] = record as number
}

export function messageLeave(message: Message): void {
  if (places[restoredCount - 1] === message) restoredCount--
}

export function messageFind(sequence: number): Message {
  const low = sequence & 0xffff
  let at = sequences.indexOf(low)
  while (at >= 0 && (at >= restoredCount || portRecordSequence(places[at]) !== sequence)) {
    at = sequences.indexOf(low, at + 1)
  }
  return at >= 0 ? places[at] : messageKept(sequence)
}

/** One that rows have which were kept (records/tables.ts). */
function messageKept(sequence: number): Message {
  for (const column of [queueMessage, retainedPlaces] as Uint16Array[]) {
    const found = column.find(place => place * PLACE_SIZE >= FLASH_AT && portRecordSequence(place) === sequence)
    if (found) return found
  }
  return NONE
}

/** What a kept row had is looked at, at the end, as what was restored. */
export function messageAgain(message: Message): void {
  if (places.indexOf(message) < 0) messageRestore(message as number, RECORD_MESSAGE)
}

/** The place is the name. */
export function messageMoved(from: RecordName, to: RecordName): void {
  recordRename([queueMessage, retainedPlaces, waitingRecords, transferMessage], from, to)
}

export function messagesSettle(): void {
  while (restoredCount) settle(places[--restoredCount])
  sequences = places = new Uint16Array(0)
}

/** What is not replaced is some topic's; nobody but queues and topics has messages of before the start. */
function settle(record: RecordName): void {
  const isRetained = portRecordKind(record) === RECORD_RETAINED && !(portRecordMarks(record) & MARK_REPLACED)
  if (!isRetained && queueMessage.indexOf(record as number) < 0) portRecordRemove(record)
}
