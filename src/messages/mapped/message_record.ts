// Messages that are kept, of a board whose port reads records where they lie: what is in a record is the message
// itself, so that restoring one is to know its place. records/message_head.ts says what a record holds.
//
// Memory, while the broker starts: 6 bytes for each message.
import {
  portRecordKind, portRecordMark, portRecordNext, portRecordRemove, portRecordSequence,
} from 'runtime'
import { NONE } from '../../limits'
import { exchangeIsOpen, exchangeMessage, isExchanged } from '../../records/exchange'
import { MARK_WHOLE, RECORD_MESSAGE, RECORD_RETAINED } from '../../records/record_kind'
import { messageRecordName, messageToRecord, recordIsNamed } from './message_table'
import type { Message, RecordName } from '../../kinds'

let sequences = new Uint32Array(0)
let places = new Uint16Array(0)
let restoredCount = 0

export function messageKeep(message: Message, kind: number): Message {
  const kept = messageToRecord(message, kind, isExchanged)
  if (isExchanged && kept >= 0) exchangeMessage(messageRecordName(kept))
  return kept
}

export function messageRestore(record: RecordName): Message {
  if (!sequences.length) {
    const count = recordCount()
    sequences = new Uint32Array(count)
    places = new Uint16Array(count)
  }
  sequences[restoredCount] = portRecordSequence(record)
  return places[restoredCount++] = record * 1
}

function recordCount(): number {
  let count = 0
  let record = 0
  while ((record = portRecordNext(record))) count++
  return count
}

export function messageFind(sequence: number): Message {
  const at = sequences.indexOf(sequence)
  return at < 0 ? NONE : places[at]
}

export function messagesSettle(): void {
  sequences = new Uint32Array(0)
  places = new Uint16Array(0)
  restoredCount = 0
  let record = 0
  while ((record = portRecordNext(record))) {
    const kind = portRecordKind(record)
    if (kind === RECORD_MESSAGE || kind === RECORD_RETAINED) settle(record)
  }
}

function settle(record: RecordName): void {
  if (exchangeIsOpen(record)) portRecordMark(record, MARK_WHOLE)
  if (!recordIsNamed(record * 1)) portRecordRemove(record)
}
