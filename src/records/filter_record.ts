// Subscriptions of a board whose records can be read (RECORDS_MAPPED): the filter lies in a record, with those that
// came with it, and its place there is what the row names: RECORD_FILTERS of record_kind.ts. Each ends by a state of
// its own; the record ends when nothing in it counts any more, by the port that cleans, or at the start.
import {
  portByte, portFilterOwner, portFiltersGone, portRecordAdd, portRecordRemove, portRecordSize,
} from 'runtime'
import { filterPlainParse } from '../codec/topic'
import { NONE, PLACE_SIZE, RECORD_HEAD_AT } from '../limits'
import { memory } from '../memory'
import { FILTER_AT, FILTER_GONE, FILTER_ROOM, FILTER_STATE, MARK_PLAIN, RECORD_FILTERS } from './record_kind'
import { ownerFind } from './restore_index'
import { subscriptionParsed, subscriptionRecorded, subscriptionRowOf } from './subscription_row'
import type { Offset, RecordName, Session, Subscription } from '../kinds'

/** Bytes in front of what stands in the packet itself: the filter's size, the filter, its options. */
const HEAD_SIZE = 8
const SIZE_AT = FILTER_AT - 2

/** Packs what is in front of each of a packet's filters. */
export function filterHeadWrite(owner: number): void {
  memory[RECORD_HEAD_AT] = memory[RECORD_HEAD_AT + 1] = memory[RECORD_HEAD_AT + 2] = 0xff
  memory[RECORD_HEAD_AT + 3] = FILTER_STATE ^ MARK_PLAIN
  memory[RECORD_HEAD_AT + 4] = owner
  memory[RECORD_HEAD_AT + 5] = owner >> 8
  memory[RECORD_HEAD_AT + 6] = owner >> 16
  memory[RECORD_HEAD_AT + 7] = owner >>> 24
}

/** A record of one filter, of which the packet has other options than these: the filter's place, or 0. */
export function filterRecordAdd(start: Offset, size: number, options: number): RecordName {
  memory[start + size] = options
  memory[RECORD_HEAD_AT + 3] = FILTER_STATE
  const record = portRecordAdd(RECORD_FILTERS, RECORD_HEAD_AT, HEAD_SIZE, start - 2, size + 3)
  memory[RECORD_HEAD_AT + 3] = FILTER_STATE ^ MARK_PLAIN
  return record && record + 1
}

/** Makes the subscriptions of a record; tells of a session for whose one there is no room. */
export function filtersRestore(record: RecordName, onLost: (session: Session) => void): void {
  const end = record + 1 + portRecordSize(record) / PLACE_SIZE
  let owner = NONE
  let session: Session = NONE
  let living = 0
  let gone = 0
  for (let place = record + 1, places; place < end; place += places) {
    const at = place * PLACE_SIZE
    const size = portByte(at + SIZE_AT) << 8 | portByte(at + SIZE_AT + 1)
    const state = portByte(at + 3)
    places = size + FILTER_ROOM + 15 >> 4
    if (owner !== portFilterOwner(place)) session = ownerFind(owner = portFilterOwner(place))
    const counts = session >= 0 && state > FILTER_GONE
    if (counts && filterRestore(session, place, size, ~state)) living++
    else {
      gone += places
      if (counts) onLost(session)
    }
  }
  if (living) portFiltersGone(record, gone)
  else portRecordRemove(record)
}

function filterRestore(session: Session, place: RecordName, size: number, marks: number): boolean {
  const start: Offset = place * PLACE_SIZE + FILTER_AT
  const row = marks & MARK_PLAIN ? plainRestore(session, start, size)
    : subscriptionParsed(session, place, FILTER_AT, size)
  if (row < 0) return false
  subscriptionRecorded(row, place, portByte(start + size), marks)
  return true
}

/** The row of a filter that was found plain. */
function plainRestore(session: Session, start: Offset, size: number): Subscription {
  filterPlainParse(start, size)
  return subscriptionRowOf(session, start, size)
}
