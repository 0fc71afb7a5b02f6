// Retained messages in the pool that get their records later: of a value that changes every second one in many is
// written. Until then the topic's former record stands for it, which is what a start finds.
//
// Memory: WAITING_MAX bytes besides the columns of retained_places.ts, and the messages in the pool.
import { NONE } from '../../limits'
import { RECORD_RETAINED } from '../../records/record_kind'
import { recordsAreKept } from '../../store/record'
import { messageRecordName, messageRelease, messageRetainEnd, messageToRecord } from './message_table'
import { WAITING_MAX, retainedPlaces, waitingPlaces, waitingRecords } from './retained_places'
import { TURNS_NEVER } from '../../records/persist_policy'
import type { Message, RecordName } from '../../kinds'

/** Rows that are looked at in a second: each has its turn every WAITING_MAX / ROWS_A_TICK seconds (TURN_S). */
const ROWS_A_TICK = 4

/** Until a row's message is written. */
const turns = new Uint8Array(WAITING_MAX)
/** Of the message that is going to be retained. Life: from retainedMayWait to the retainedSet behind it. */
let turnsGiven = 0
let last = 0

/** Whether a message that is going to be retained can wait for so many turns. 0: it must be written at once. */
export function retainedMayWait(message: Message, turnsWanted: number): boolean {
  turnsGiven = turnsWanted
  return turnsWanted > 0 && !messageRecordName(message)
    && (turnsWanted === TURNS_NEVER || waitingPlaces.indexOf(0) >= 0)
}

/** A topic has another retained message, or NONE. What it had ends, or stands for the other one while that waits. */
export function retainedFollow(former: Message, message: Message): void {
  let record: number = former
  let turnsLeft = turnsGiven
  if (former >= 0 && !messageRecordName(former)) {
    const row = waitingPlaces.indexOf(former)
    // A value that changes again and again is written when the first of them is to be.
    if (row >= 0 && turns[row] < turnsLeft) turnsLeft = turns[row]
    record = row < 0 ? NONE : waitingTake(row)
    messageRelease(former)
  }
  if (recordsAreKept && message >= 0 && !messageRecordName(message) && turnsGiven < TURNS_NEVER) {
    const row = waitingPlaces.indexOf(0)
    waitingPlaces[row] = message
    waitingRecords[row] = record < 0 ? 0 : record
    turns[row] = turnsLeft
  } else if (record >= 0) messageRetainEnd(record)
}

/** Frees a row, and answers its record or NONE. */
function waitingTake(row: number): RecordName {
  const record = waitingRecords[row] || NONE
  waitingPlaces[row] = waitingRecords[row] = 0
  return record
}

/** A second has passed: writes what has waited for long enough. What there is no room for has another turn. */
export function waitingTick(): void {
  for (let left = ROWS_A_TICK; left--;) {
    last = (last + 1) % WAITING_MAX
    if (waitingPlaces[last] && !--turns[last]) waitingWrite(last)
  }
}

function waitingWrite(row: number): void {
  const message = waitingPlaces[row]
  const written = messageToRecord(message, RECORD_RETAINED)
  turns[row] = 1
  if (written < 0) return
  retainedPlaces[retainedPlaces.indexOf(message)] = written
  const record = waitingTake(row)
  if (record >= 0) messageRetainEnd(record as number)
  messageRelease(message)
}
