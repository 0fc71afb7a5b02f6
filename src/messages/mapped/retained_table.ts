// Retained messages of a board whose port reads records where they lie: a row has the message's place, and stands in
// the chain of its topic's hash. The engine's own search of a column took ten times as long. [MQTT 5.0 section 3.3.1.3]
//
// Memory of a row: place 2, link 2 = 4 bytes; and 2 bytes for each chain.
import { portEqual, portHash, portRecordLost, portRecordStands } from 'runtime'
import { FEATURE_LANE, FLASH_AT, NONE, PLACE_SIZE, RETAINED_ROOM } from '../../limits'
import { MARK_REPLACED } from '../../records/record_kind'
import { routesChanged } from '../../subscriptions/rows'
import { messageAgain } from './message_record'
import { messageRecordName, messageRetain, messageStart, messageTopicSize } from './message_table'
import { retainedPlaces, waitingPlaces, waitingRecords } from './retained_places'
import { retainedFollow } from './retained_waiting'
import type { Message, Offset, RetainedRow, Table } from '../../kinds'

/** A hash has as many bits of the topic's as there are for chains, and those of a link that are no row's. */
const CHAIN_BITS = 7
const HASH_MASK = 0x1fff
const CHAIN_MASK = 0x7f
/** The end of a chain, and the bits of a link that are the chain's next row: board_check.ts. */
const END = 0x3ff
const ROW_BITS = 10

/** The first row of each chain. */
const heads = new Uint16Array(1 << CHAIN_BITS).fill(END)
/** The chain's next row, and above it the bits of the row's own hash that are not its chain's. */
const links = new Uint16Array(RETAINED_ROOM)
/** Of the topic that was looked for last. Life: from retainedFind to the retainedSet behind it. */
let hash = 0

export let retainedCount = 0
/** Rows from this one on were never used. */
export let retainedRowsUsed = 0

/**
 * The row set last, where its message is in a record and it had one before. NONE: it is new, and few may come, or it
 * waits.
 */
export let retainedRowAgain: RetainedRow = NONE

export function retainedOf(row: RetainedRow): Message {
  return retainedPlaces[row] || NONE
}

export function retainedFind(topicStart: Offset, topicSize: number): RetainedRow {
  hash = portHash(topicStart, topicSize) & HASH_MASK
  const tag = hash >> CHAIN_BITS
  let row = heads[hash & CHAIN_MASK]
  while (row < END && !(links[row] >> ROW_BITS === tag && topicIs(row, topicStart, topicSize))) row = links[row] & END
  return row < END ? row : NONE
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
  retainedRowAgain = messageRecordName(message) ? row : NONE
  if (row < 0) {
    row = retainedCount < retainedRowsUsed ? retainedPlaces.indexOf(0) : retainedRowsUsed++
    links[row] = hash >> CHAIN_BITS << ROW_BITS | heads[hash & CHAIN_MASK]
    heads[hash & CHAIN_MASK] = row
    retainedCount++
  }
  retainedPlaces[row] = message
  retainedFollow(former, message)
}

export function retainedRemove(row: RetainedRow): void {
  const message = retainedOf(row)
  chainRemove(row, portHash(messageStart(message), messageTopicSize(message)) & CHAIN_MASK)
  retainedPlaces[row] = 0
  retainedCount--
  // An express lane knows a topic by its row.
  if (FEATURE_LANE) routesChanged()
  retainedFollow(message, NONE)
}

function chainRemove(row: RetainedRow, chain: number): void {
  const after = links[row] & END
  let before = heads[chain]
  if (before === row) {
    heads[chain] = after
    return
  }
  while ((links[before] & END) !== row) before = links[before] & END
  links[before] = links[before] & ~END | after
}

export function retainedTables(): Table[] {
  return [retainedPlaces, links, heads, waitingPlaces, waitingRecords]
}

export function retainedKept(): void {
  for (let chain = 0; chain <= CHAIN_MASK; chain++) {
    for (let row = heads[chain]; row < END; row = links[row] & END) {
      let place = retainedPlaces[row]
      // One that waited is gone, and the record is there that stood for it.
      if (place * PLACE_SIZE < FLASH_AT) {
        const waiting = waitingPlaces.indexOf(place)
        place = waiting < 0 ? 0 : waitingRecords[waiting]
      }
      const state = portRecordStands(place)
      if (state && !(~state & MARK_REPLACED)) {
        retainedPlaces[row] = place
        retainedCount++
        if (row >= retainedRowsUsed) retainedRowsUsed = row + 1
      } else {
        if (state) messageAgain(place)
        else portRecordLost(place, 0)
        retainedPlaces[row] = 0
        chainRemove(row, chain)
      }
    }
  }
  waitingPlaces.fill(0)
  waitingRecords.fill(0)
}
