// The board's constants, and what follows from them. Everything in the core that has a size gets it here.
//
// Rows and slots are signed, so that NONE is -1 in every table: 8 or 16 bits hold a board's rows and keep its tables
// small, 32 bits hold a computer's.
import { variablesFree } from 'room'
import {
  CONNECTIONS_MAX, FEATURE_HASH, FEATURE_INDEX, FEATURE_LATE_ANSWER, FEATURE_MQTT5, FEATURE_RECORDS, FEATURE_SPOOL,
  FEATURE_STREAM, FEATURE_SUBSCRIPTION_IDENTIFIER, FILTERS_PER_PACKET_MAX, PACKET_SIZE_MAX, POOL_BLOCKS_MAX,
  POOL_BLOCKS_LEAST, POOL_BLOCK_SIZE, QUEUE_MAX, QUEUE_ROWS_LEAST, QUEUE_ROWS_MAX, RECEIVE_MAX, RECORDS_MAPPED,
  RETAINED_LEAST, RETAINED_MAX, ROUTE_TOPICS_SIZE, RX_ONE, RX_RING_SIZE, RX_SHARED, SESSION_EXPIRY_MAX,
  SUBSCRIPTIONS_LEAST, SUBSCRIPTIONS_MAX, TABLES_FIT, TABLES_GROW, TABLES_GROW_DIVISOR, TOPIC_BYTES_MAX,
  TX_CREDIT_SIZE, VARIABLES_LEAST, VARIABLES_MOST,
} from 'board'

export * from 'board'

/** No row, no slot, no offset, absent field. */
export const NONE = -1

export type Rows = Int8Array | Uint8Array | Int16Array | Int32Array
export type Offsets = Uint16Array | Int32Array

/** How much a board's tables have of what lies between the least and the limits, 0 to 1. */
const share = TABLES_FIT
  ? Math.min(1, Math.max(0, (variablesFree() - VARIABLES_LEAST) / (VARIABLES_MOST - VARIABLES_LEAST)))
  : 1

/** A number between the least and the most that goes with that. */
export function fitted(least: number, most: number): number {
  return least + (most - least) * share | 0
}

// The limits that hold, where tables have the size that there is room for.
export const SUBSCRIPTIONS_ROOM = TABLES_FIT ? fitted(SUBSCRIPTIONS_LEAST, SUBSCRIPTIONS_MAX) : SUBSCRIPTIONS_MAX
export const RETAINED_ROOM = TABLES_FIT ? fitted(RETAINED_LEAST, RETAINED_MAX) : RETAINED_MAX
export const QUEUE_ROWS_ROOM = TABLES_FIT ? fitted(QUEUE_ROWS_LEAST, QUEUE_ROWS_MAX) : QUEUE_ROWS_MAX
/** Of one session: half of the rows, so that one that is slow leaves room for others. */
export const QUEUE_ROOM = TABLES_FIT ? QUEUE_ROWS_ROOM >> 1 : QUEUE_MAX

/** Our Receive Maximum: as many exchanges of QoS 2 have room. */
export const RECEIVE_ROOM = TABLES_FIT ? Math.min(RECEIVE_MAX, QUEUE_ROOM) : RECEIVE_MAX

/** Whether rows of the queues have more than 8 bits. */
export const QUEUE_ROWS_LARGE = QUEUE_ROWS_MAX > 128

/** Rows of a table at start: all of them, or a part where tables grow. */
export function rowsAtStart(rowsMax: number): number {
  return TABLES_GROW ? Math.ceil(rowsMax / TABLES_GROW_DIVISOR) : rowsMax
}

/** A column of row numbers, slots or counts below 32,768 (board) or 2^31 (computer). */
export function newRows(count: number): Rows {
  return TABLES_GROW ? new Int32Array(count) : new Int16Array(count)
}

/** A column of rows of a small table, slots or counts: below 128 (board) or 2^31 (computer). */
export function newShortRows(count: number): Rows {
  return TABLES_GROW ? new Int32Array(count) : new Int8Array(count)
}

/** A column of offsets into memory, or of sizes in bytes: below 65,536 on a board. */
export function newOffsets(count: number): Offsets {
  return TABLES_GROW ? new Int32Array(count) : new Uint16Array(count)
}

/** The heads of a hash index: the power of two at or above the number of rows, so that `hash & mask` picks one. */
export function headsFor(rowCount: number): number {
  let heads = 1
  while (heads < rowCount) heads *= 2
  return heads
}

/** Subscription Identifiers that one copy of a message carries at the most. */
export const IDENTIFIERS_MAX = FEATURE_SUBSCRIPTION_IDENTIFIER ? 16 : 0

/** The greatest Remaining Length, bytes. [MQTT 5.0 section 2.1.4] */
export const REMAINING_LENGTH_MAX = 268_435_455
/** The greatest packet, bytes: its first byte, four that say its Remaining Length, and that. */
export const PACKET_SIZE_GREATEST = REMAINING_LENGTH_MAX + 5

/** Bytes that stand in memory for a payload that the port has elsewhere: src/feature/spool.ts. */
export const REFERENCE_SIZE = 16

/** Whether a payload of so many bytes is not in memory, but a reference in its place. */
export function isSpooled(payloadSize: number): boolean {
  return FEATURE_SPOOL && payloadSize > PACKET_SIZE_MAX
}

/** Bytes of memory that a payload of so many bytes takes. */
export function payloadRoom(payloadSize: number): number {
  return isSpooled(payloadSize) ? REFERENCE_SIZE : payloadSize
}

/** The longest Topic Name, bytes: with it in front the head of a PUBLISH that leaves fits PACK_SIZE. */
export const TOPIC_SIZE_MAX = RX_SHARED ? 65_535 : TOPIC_BYTES_MAX || RX_RING_SIZE
/** Scratch for one packet's head: everything before the properties and payload that are forwarded as they are. */
export const PACK_SIZE = (RX_SHARED ? 66_048 : TOPIC_SIZE_MAX) + IDENTIFIERS_MAX * 5 + 32
/** Whether a PUBLISH can come whose Topic Name is longer: else it fits no ring. */
export const TOPICS_CAN_BE_LONG = FEATURE_STREAM && !RX_SHARED
/** Whether every packet that can go out fits one lane. */
export const PACKET_FITS_PACK = !FEATURE_STREAM && !RX_SHARED
/** Whether a packet can be larger than a connection's credit. */
export const HAS_LARGE = PACKET_SIZE_MAX > TX_CREDIT_SIZE
/** Whether such a packet is handed over as a whole, else in pieces: src/feature/transfer.ts. */
export const LARGE_AT_ONCE = HAS_LARGE && !RECORDS_MAPPED
/** Copies of one message that stand side by side: 3.1.1, 5.0, and one that is made for a single client. */
export const PACK_LANES = RX_SHARED ? 3 : 1

/**
 * Where the Reason Codes of a SUBSCRIBE that is taken as it comes start in the range of the pool that they are put
 * aside in (src/feature/stream.ts): behind their number (2 bytes), the bytes of a filter that are still to be skipped
 * (2), and room for what stands before them in the answer.
 */
export const CODES_AT = 8
export const CODES_SIZE = FEATURE_STREAM ? CODES_AT + FILTERS_PER_PACKET_MAX : 0
/**
 * Blocks of the pool that sessions, subscriptions and aliases leave to the packets that are not complete yet: what has
 * come of one, and such codes.
 */
export const POOL_BLOCKS_RX = RX_ONE ? Math.ceil((RX_RING_SIZE + CODES_SIZE) / POOL_BLOCK_SIZE) : 0

/** Bytes of a Will's topic, properties and payload that each client can have, with records: messages/mapped. */
const WILL_SIZE = 48
/** Bytes in front of them. */
const WILL_HEAD_SIZE = 32
/**
 * Blocks of the pool that messages and Topic Filters leave, which may lie in records instead, to what may not: Wills,
 * and what sessions leave too.
 */
export const POOL_BLOCKS_UNRECORDED = POOL_BLOCKS_RX
  + CONNECTIONS_MAX * Math.ceil((WILL_HEAD_SIZE + WILL_SIZE) / POOL_BLOCK_SIZE)

/** QoS 2 messages that one session may have open towards us, those of connections before among them. */
export const INBOUND_MAX = TABLES_GROW ? 4_096 : QUEUE_ROOM

/** Whether a port may give a client its User Name: from a certificate, by SCRAM. */
export const PORT_NAMES_CLIENTS = FEATURE_LATE_ANSWER

/** Whether a session can end while its client is away. */
export const SESSIONS_EXPIRE = FEATURE_MQTT5 || SESSION_EXPIRY_MAX < 0xffff_ffff

/** Slots: one more than clients, for telling a client that there is no room for it. */
export const SLOTS_MAX = CONNECTIONS_MAX + 1

/** Whether a Topic Filter is told by one hash when it is parsed, for subscriptions/walked. */
export const FILTERS_HASHED = FEATURE_HASH && !FEATURE_INDEX
/** Whether one look tells that it is plain, for boards that take hundreds in one SUBSCRIBE. */
export const FILTERS_LOOKED_AT = FILTERS_HASHED && RECORDS_MAPPED

/** The longest head of a record, what stands in front of its bytes of varying size: src/records. */
export const RECORD_HEAD_SIZE = FEATURE_RECORDS ? 32 : 0

/** Whether the port knows how old a record is that was written before the start: who has no clock does not. */
export const RECORDS_HAVE_AGE = FEATURE_RECORDS && TABLES_GROW

// The layout of memory, bytes: receive rings from 0 on, pack lanes, the route cache's topics, a record's head,
// the pool.
export const RX_AT = 0
export const PACK_AT = RX_AT + RX_RING_SIZE * (RX_SHARED || RX_ONE ? 1 : SLOTS_MAX)
export const ROUTE_TOPICS_AT = PACK_AT + PACK_SIZE * PACK_LANES
/** Bytes of a place: what a message is on a board with RECORDS_MAPPED. */
export const PLACE_SIZE = 16
/** Where a record's own bytes begin, from its address on. */
export const RECORD_BODY_AT = 16
const RECORD_FROM = ROUTE_TOPICS_AT + (FEATURE_INDEX ? ROUTE_TOPICS_SIZE : 0)
/** Where records can be read, what the port puts in front of a record stands in front of it, in words. */
export const RECORD_HEAD_AT = RECORDS_MAPPED ? (RECORD_FROM + 3 & -4) + RECORD_BODY_AT : RECORD_FROM
const POOL_FROM = RECORD_HEAD_AT + RECORD_HEAD_SIZE
export const POOL_AT = RECORDS_MAPPED ? POOL_FROM + PLACE_SIZE - 1 & -PLACE_SIZE : POOL_FROM
// The build computes with constants, not with functions: what follows is a number wherever it stands.
export const POOL_BLOCKS_START = TABLES_GROW ? rowsAtStart(POOL_BLOCKS_MAX)
  : TABLES_FIT ? fitted(POOL_BLOCKS_LEAST, POOL_BLOCKS_MAX) : POOL_BLOCKS_MAX
export const MEMORY_SIZE_START = POOL_AT + POOL_BLOCKS_START * POOL_BLOCK_SIZE
/** The same of a pool that has its limit. */
export const MEMORY_SIZE_MOST = POOL_AT + (TABLES_GROW ? POOL_BLOCKS_START : POOL_BLOCKS_MAX) * POOL_BLOCK_SIZE
/** What follows of a record lies side by side up to an address that is a multiple of this: portRecordAt. */
export const SECTOR_SIZE = 4_096
/** Addresses from here on are those of records, where the port shows them. A record's name is its place. */
export const FLASH_AT = MEMORY_SIZE_MOST + SECTOR_SIZE - 1 & -SECTOR_SIZE
