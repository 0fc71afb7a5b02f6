// Retained messages: one message of message_table.ts for each topic, found by the topic's hash. [MQTT 5.0 section
// 3.3.1.3]
//
// Memory of a row on a board: message 2, index 2 = 4 bytes; chains are short there, and a hash is made anew. On a
// computer also what subscriptions/indexed/retained_index.ts has.
import { portEqual, portHash } from 'runtime'
import { FEATURE_INDEX, FEATURE_RECORDS, NONE, RETAINED_MAX, TABLES_GROW, headsFor, newShortRows } from '../../limits'
import { columnGrow, indexAdd, indexRebuild, indexRemove, newFreeList, newShortLinks } from '../../store/columns'
import { messageRelease, messageRetain, messageRetainEnd, messageStart, topicSizes } from './message_table'
import { treeAdd, treeHasRoom, treeRemove } from '../../subscriptions/indexed/retained_index'
import { RETAINED_ROWS, retainedMessage, retainedRowsGrow } from './retained_rows'
import type { Message, Offset, RetainedRow, Table } from '../../kinds'

let hashes = new Int32Array(TABLES_GROW ? RETAINED_ROWS : 0)
let next = newFreeList(newShortRows(RETAINED_ROWS), 0)
let heads = newShortLinks(headsFor(RETAINED_ROWS))
let free = 0

/** The message of a row, or NONE. */
export function retainedOf(row: RetainedRow): Message {
  return retainedMessage[row]
}

/** Nobody asks. */
export const retainedRowAgain: RetainedRow = NONE

export let retainedCount = 0
/** Rows from this one on were never used. */
export let retainedRowsUsed = 0

/** The row of a topic, or NONE. */
export function retainedFind(topicStart: Offset, topicSize: number): RetainedRow {
  const hash = portHash(topicStart, topicSize)
  let row = heads[hash & heads.length - 1]
  while (row >= 0 && !((!TABLES_GROW || hashes[row] === hash) && topicSizes[retainedMessage[row]] === topicSize
    && portEqual(messageStart(retainedMessage[row]), topicStart, topicSize))) row = next[row]
  return row
}

/** The chain of the index that a row with a message is in. */
function indexChain(row: RetainedRow): number {
  const message = retainedMessage[row]
  const hash = TABLES_GROW ? hashes[row] : portHash(messageStart(message), topicSizes[message])
  return hash & heads.length - 1
}

/** Whether a message for the topic in `row` (retainedFind) could be kept. */
export function retainedHasRoom(row: RetainedRow): boolean {
  return row >= 0 || (free >= 0 || TABLES_GROW && retainedGrow()) && (!FEATURE_INDEX || treeHasRoom())
}

/** Keeps a message for its topic, in the place of the one in `row` (retainedFind). Ask retainedHasRoom first. */
export function retainedSet(row: RetainedRow, message: Message): void {
  messageRetain(message)
  if (row >= 0) {
    if (FEATURE_RECORDS) messageRetainEnd(retainedMessage[row])
    messageRelease(retainedMessage[row])
    retainedMessage[row] = message
    return
  }
  row = free
  free = next[row]
  retainedMessage[row] = message
  if (TABLES_GROW) hashes[row] = portHash(messageStart(message), topicSizes[message])
  indexAdd(heads, next, row, indexChain(row))
  retainedCount++
  if (FEATURE_INDEX) treeAdd(row)
  if (row >= retainedRowsUsed) retainedRowsUsed = row + 1
}

/** Forgets a row's message. */
export function retainedRemove(row: RetainedRow): void {
  if (FEATURE_INDEX) treeRemove(row)
  indexRemove(heads, next, row, indexChain(row))
  if (FEATURE_RECORDS) messageRetainEnd(retainedMessage[row])
  messageRelease(retainedMessage[row])
  retainedMessage[row] = NONE
  next[row] = free
  free = row
  retainedCount--
}

function retainedGrow(): boolean {
  const rows = next.length
  const grown = Math.min(rows * 2, RETAINED_MAX)
  if (grown === rows) return false
  retainedRowsGrow(rows, grown)
  hashes = columnGrow(hashes, grown)
  next = newFreeList(columnGrow(next, grown), rows)
  heads = indexRebuild(next, hashes, rows)
  free = rows
  return true
}

/** Nothing of them is kept. */
export const retainedTables = (): Table[] => []

export const retainedKept = (): void => undefined
