// Messages that are kept, of a board whose port reads records where they lie: what is in a record is the message
// itself, so that restoring one is to know its place. records/message_head.ts says what a record holds.
//
// Memory, while the broker starts: 6 bytes for each message.
import { portRecordRemove, portRecordSequence } from 'runtime'
import { NONE, QUEUE_ROWS_ROOM, RETAINED_ROOM } from '../../limits'
import { RECORD_RETAINED } from '../../records/record_kind'
import { queueMessage } from '../../store/queue_rows'
import { recordRename } from '../../store/record'
import { transferMessage } from '../../store/transfer_table'
import { recordIsNamed } from './message_table'
import { retainedPlaces, waitingRecords } from './retained_places'
import { retainedRowsUsed } from './retained_table'
import type { Message, RecordName } from '../../kinds'

export { messageToRecord as messageKeep } from './message_table'

/** As many as there can be, twice: a power cut may leave what was just replaced. */
const RESTORED_MAX = 2 * (RETAINED_ROOM + QUEUE_ROWS_ROOM)

let sequences = new Uint32Array(0)
let places = new Uint16Array(0)
let restoredCount = 0

export function messageRestore(record: RecordName, kind: number): Message {
  if (!restoredCount) {
    sequences = new Uint32Array(RESTORED_MAX)
    places = new Uint16Array(RESTORED_MAX)
  }
  // A topic's needs none of these.
  if (restoredCount === RESTORED_MAX) return kind === RECORD_RETAINED ? record * 1 : NONE
  sequences[restoredCount] = portRecordSequence(record)
  return places[restoredCount++] = record * 1
}

export function messageLeave(message: Message): void {
  if (places[restoredCount - 1] === message) restoredCount--
}

export function messageFind(sequence: number): Message {
  const at = sequences.indexOf(sequence)
  return at < 0 ? NONE : places[at]
}

/** The place is the name. */
export function messageMoved(from: RecordName, to: RecordName): void {
  recordRename(queueMessage, from, to)
  recordRename(retainedPlaces, from, to)
  recordRename(waitingRecords, from, to)
  recordRename(transferMessage, from, to)
}

export function messagesSettle(): void {
  // The engine's search takes some 2,000 instructions a row, and rows that were never used have nothing.
  const retained = retainedPlaces.subarray(0, retainedRowsUsed)
  while (restoredCount) settle(places[--restoredCount], retained)
  sequences = new Uint32Array(0)
  places = new Uint16Array(0)
}

/** Most are some topic's, and are found by one search; each call of another function takes as long as two. */
function settle(place: Message, retained: Uint16Array): void {
  if (retained.indexOf(place) < 0 && !recordIsNamed(place)) portRecordRemove(place * 1)
}
