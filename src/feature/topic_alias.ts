// Topic Aliases, both ways: a number of two bytes for a topic, for as long as a connection lasts. [MQTT 5.0 section
// 3.3.2.3.4]
//
// The client gives numbers to topics that it publishes; the server gives numbers to the first topics that it sends to
// a client that takes aliases. Topics are kept in the pool.
// Memory: 2 x SLOTS_MAX x TOPIC_ALIAS_MAX x (2 start + 2 size) bytes on a board.
import { portCopy, portEqual } from 'runtime'
import { SETTING_TOPIC_ALIAS, SETTING_TOPIC_ALIAS_TAKEN, settings } from '../broker/settings'
import { propertyNumber } from '../codec/property'
import { TOPIC_ALIAS_MAXIMUM } from '../codec/property_identifier'
import {
  publishSetTopic, publishTopicAlias, publishTopicSize, publishTopicStart,
} from '../codec/publish'
import { PROTOCOL_ERROR, QUOTA_EXCEEDED, SUCCESS, TOPIC_ALIAS_INVALID } from '../codec/reason_code'
import { writeByte, writeTwoByteInteger } from '../codec/writer'
import {
  FEATURE_MORE_SETTINGS, FEATURE_TOPIC_ALIAS, POOL_BLOCKS_RESERVED, POOL_BLOCKS_RX, SLOTS_MAX, TABLES_GROW,
  TOPIC_ALIAS_MAX, newOffsets, rowsAtStart,
} from '../limits'
import { poolAllocate, poolFree } from '../store/byte_pool'
import { columnGrow } from '../store/columns'
import { connectionAliasMax, connectionPacketMax } from '../store/connection_table'
import type { Offset, Slot } from '../kinds'

/** Set in the answer of aliasOut where the client knows the alias already: the topic is left out. */
export const TOPIC_KNOWN = 0x10000

const ROWS = FEATURE_TOPIC_ALIAS ? rowsAtStart(SLOTS_MAX) * TOPIC_ALIAS_MAX : 0

// By slot x TOPIC_ALIAS_MAX + alias - 1. A start of 0: no topic yet.
let inStart = newOffsets(ROWS)
let inSize = newOffsets(ROWS)
let outStart = newOffsets(ROWS)
let outSize = newOffsets(ROWS)

/** How many aliases the client that is let in takes from the server: none before 5.0. */
export function aliasesConnect(slot: Slot, isNew: boolean): void {
  const wanted = isNew ? propertyNumber(TOPIC_ALIAS_MAXIMUM, 0) : 0
  connectionAliasMax[slot] = Math.min(wanted, settings[SETTING_TOPIC_ALIAS])
}

/** Writes how many the server takes from it. [MQTT 5.0 section 3.2.2.3.8] */
export function writeTopicAliasMaximum(): void {
  writeByte(TOPIC_ALIAS_MAXIMUM)
  writeTwoByteInteger(aliasesTaken())
}

function aliasesTaken(): number {
  return FEATURE_MORE_SETTINGS ? settings[SETTING_TOPIC_ALIAS_TAKEN] : TOPIC_ALIAS_MAX
}

/**
 * Makes the topic that the decoded PUBLISH's alias stands for its own, or has the alias stand for its topic; one
 * without an alias stays as it is. Answers 0 or a Reason Code. [MQTT-3.3.2-7]
 */
export function aliasResolve(slot: Slot): number {
  if (publishTopicAlias < 0) return SUCCESS
  if (!publishTopicAlias || publishTopicAlias > aliasesTaken()) return TOPIC_ALIAS_INVALID // [MQTT-3.3.2-8]
  if (publishTopicSize) {
    return aliasInSet(slot, publishTopicAlias, publishTopicStart, publishTopicSize) ? SUCCESS : QUOTA_EXCEEDED
  }
  const row = slot * TOPIC_ALIAS_MAX + publishTopicAlias - 1
  // It stands for nothing yet; a row that there is not is none.
  if (!(inStart[row] > 0)) return PROTOCOL_ERROR
  publishSetTopic(inStart[row], inSize[row])
  return SUCCESS
}

/** Gives an alias of the client's a topic. False: there is no room to keep it. */
function aliasInSet(slot: Slot, alias: number, topicStart: Offset, topicSize: number): boolean {
  const row = slot * TOPIC_ALIAS_MAX + alias - 1
  aliasesReserve(row)
  if (inStart[row] && inSize[row] === topicSize && portEqual(inStart[row], topicStart, topicSize)) return true
  const start = poolAllocate(topicSize, POOL_BLOCKS_RX)
  if (start < 0) return false
  portCopy(start, topicStart, topicSize)
  if (inStart[row]) poolFree(inStart[row], inSize[row])
  inStart[row] = start
  inSize[row] = topicSize
  return true
}

/** The row that aliasOut gave a new alias to, which the client learns with the packet; -1: none. */
let rowPending = -1

/** Bytes of a PUBLISH besides its topic, properties and payload, at the most, and those of a new alias. */
const HEAD_SIZE_MAX = 16

/**
 * The alias to send a topic under, in a PUBLISH with `size` bytes of properties and payload, or 0: none. With
 * TOPIC_KNOWN where the client has it. A new one makes no packet larger than the client takes. [MQTT-3.1.2-24]
 */
export function aliasOut(slot: Slot, topicStart: Offset, topicSize: number, size: number): number {
  const first = slot * TOPIC_ALIAS_MAX
  const count = Math.min(connectionAliasMax[slot], TOPIC_ALIAS_MAX)
  aliasesReserve(first + count)
  pendingForget()
  for (let i = 0; i < count; i++) {
    const row = first + i
    if (!outStart[row]) {
      const isFit = topicSize + size + HEAD_SIZE_MAX <= connectionPacketMax[slot]
      return isFit && aliasOutAdd(row, topicStart, topicSize) ? i + 1 : 0
    }
    if (outSize[row] === topicSize && portEqual(outStart[row], topicStart, topicSize)) return i + 1 | TOPIC_KNOWN
  }
  return 0
}

function aliasOutAdd(row: number, topicStart: Offset, topicSize: number): boolean {
  const start = poolAllocate(topicSize, POOL_BLOCKS_RESERVED)
  if (start < 0) return false
  portCopy(start, topicStart, topicSize)
  outStart[row] = start
  outSize[row] = topicSize
  rowPending = row
  return true
}

/** The packet of the last aliasOut has been sent: its new alias is known from now on. */
export function aliasOutIsKnown(): void {
  rowPending = -1
}

/** Takes back an alias whose packet was never sent. */
function pendingForget(): void {
  if (rowPending < 0) return
  poolFree(outStart[rowPending], outSize[rowPending])
  outStart[rowPending] = 0
  rowPending = -1
}

/** Forgets a connection's aliases. [MQTT-3.3.2-10] [MQTT-3.3.2-11] */
export function aliasesRelease(slot: Slot): void {
  pendingForget()
  const first = slot * TOPIC_ALIAS_MAX
  if (first >= inStart.length) return
  for (let row = first; row < first + TOPIC_ALIAS_MAX; row++) {
    if (inStart[row]) poolFree(inStart[row], inSize[row])
    if (outStart[row]) poolFree(outStart[row], outSize[row])
    inStart[row] = outStart[row] = 0
  }
}

/** On a computer, the columns follow the connection table. */
function aliasesReserve(row: number): void {
  if (!TABLES_GROW || row < inStart.length) return
  const grown = Math.max(inStart.length * 2, (Math.floor(row / TOPIC_ALIAS_MAX) + 1) * TOPIC_ALIAS_MAX)
  inStart = columnGrow(inStart, grown)
  inSize = columnGrow(inSize, grown)
  outStart = columnGrow(outStart, grown)
  outSize = columnGrow(outSize, grown)
}
