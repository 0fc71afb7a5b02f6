// Retained messages of a board whose port reads records where they lie: a row has the message's place, and sixteen bits
// of its topic's hash, which the engine's own search looks for. [MQTT 5.0 section 3.3.1.3]
//
// Memory of a row: place 2, hash 2 = 4 bytes.
import { portEqual, portHash } from 'runtime'
import { NONE, RETAINED_ROOM } from '../../limits'
import { messageRetain, messageStart, messageTopicSize } from './message_table'
import { retainedPlaces } from './retained_places'
import { retainedFollow } from './retained_waiting'
import type { Message, Offset, RetainedRow } from '../../kinds'

const hashes = new Uint16Array(RETAINED_ROOM)
/** Of the topic that was looked for last. Life: from retainedFind to the retainedSet behind it. */
let hash = 0

export let retainedCount = 0
/** Rows from this one on were never used. */
export let retainedRowsUsed = 0

export function retainedOf(row: RetainedRow): Message {
  return retainedPlaces[row] || NONE
}

export function retainedFind(topicStart: Offset, topicSize: number): RetainedRow {
  hash = portHash(topicStart, topicSize) & 0xffff
  let row = hashes.indexOf(hash)
  while (row >= 0 && !topicIs(row, topicStart, topicSize)) row = hashes.indexOf(hash, row + 1)
  return row
}

function topicIs(row: RetainedRow, topicStart: Offset, topicSize: number): boolean {
  const message = retainedOf(row)
  return message >= 0 && messageTopicSize(message) === topicSize
    && portEqual(messageStart(message), topicStart, topicSize)
}

export function retainedHasRoom(row: RetainedRow): boolean {
  return row >= 0 || retainedCount < RETAINED_ROOM
}

export function retainedSet(row: RetainedRow, message: Message): void {
  const former = row < 0 ? NONE : retainedOf(row)
  messageRetain(message)
  if (row < 0) {
    row = retainedCount < retainedRowsUsed ? retainedPlaces.indexOf(0) : retainedRowsUsed++
    hashes[row] = hash
    retainedCount++
  }
  retainedPlaces[row] = message
  retainedFollow(former, message)
}

export function retainedRemove(row: RetainedRow): void {
  const message = retainedOf(row)
  retainedPlaces[row] = 0
  retainedCount--
  retainedFollow(message, NONE)
}
