// Network Connections by slot: the number that the runtime and the core have in common for one.
//
// Memory of a row on a board: state 1, version 1, flags 1, reason 1, session 1, Keep Alive 4, deadline 8, transmit 6,
// receive ring 4, limits 4 + 2 + 2, packets that wait 4, next 2 = 41 bytes, and RX_RING_SIZE in memory.
import {
  FEATURE_ACCESS, FEATURE_INDEX, FEATURE_LISTENER_TERMS, FEATURE_MQTT5, FEATURE_SPOOL, FEATURE_STREAM,
  FEATURE_TOPIC_ALIAS, FEATURE_WAIT, FEATURE_WILL, HAS_LARGE, LARGE_AT_ONCE, NONE, RECORDS_MAPPED, RX_AT, RX_ONE,
  RX_RING_SIZE, RX_SHARED, SLOTS_MAX, TABLES_GROW, newOffsets, newRows, rowsAtStart,
} from '../limits'
import { poolFree } from './byte_pool'
import { columnGrow, newFreeList, newFreeRows, newLinks, newShortLinks } from './columns'
import type { Column, Offset, Session, Slot } from '../kinds'

// States.
export const FREE = 0
/** Nothing is read any more; what is left to do is done when the packet in hand is. */
export const CLOSING = 1
// From here on the connection is open.
/** The network is there, CONNECT is not. */
export const ACCEPTED = 2
/** CONNECT has come, and the port or an AUTH exchange decides. */
export const AUTHENTICATING = 3
export const CONNECTED = 4

// Flags.
/** The client wants Reason Strings and User Properties on failures. [MQTT-3.1.2-29] */
export const PROBLEM_INFORMATION = 1
/** The first packet in the receive ring waits for room. */
export const PAUSED = 2
/** The connection ends without its Will: DISCONNECT has come. [MQTT-3.14.4-3] */
export const WILL_DISCARDED = 4
/** A re-authentication is under way. */
export const REAUTHENTICATING = 8
/** What follows in the receive ring waits for an answer of the port. */
export const PENDING = 16

/** Another broker's bridge. */
export const BRIDGE = 32
/** The first packet in the receive ring has a reference in the place of its payload: src/feature/spool.ts. */
export const SPOOLED = 64

/** The reason of a connection that ends because its network has gone. */
export const NETWORK_LOST = 1

const ROWS = rowsAtStart(SLOTS_MAX)
const HAS_FLAGS = FEATURE_MQTT5 || FEATURE_WILL || FEATURE_WAIT || FEATURE_ACCESS

export let connectionState: Column<Slot> = new Uint8Array(ROWS)
/** 3, 4 or 5. */
export let connectionVersion: Column<Slot> = new Uint8Array(FEATURE_MQTT5 ? ROWS : 0)
export let connectionFlags: Column<Slot> = new Uint8Array(HAS_FLAGS ? ROWS : 0)
/**
 * Of a connection that is CLOSING: the Reason Code that a 5.0 client is told (0x80 and above), 0: it ends without a
 * word, NETWORK_LOST.
 */
export let connectionReason: Column<Slot> = new Uint8Array(ROWS)
/** NONE until the connection is CONNECTED. */
export let connectionSession: Column<Slot, Session> = newShortLinks(ROWS)
/** Milliseconds without a byte after which the client is taken for dead, Keep Alive x 1.5; 0: never. */
export let connectionSilenceMs: Column<Slot> = new Uint32Array(ROWS)
/**
 * When the last bytes came, milliseconds; before CONNECT: when the connection was made; of one that waits for room:
 * when what waits came.
 */
export let connectionHeardAt: Column<Slot> = new Float64Array(ROWS)
/** Bytes handed to the runtime that have not left. */
export let connectionTransmit: Column<Slot> = newOffsets(ROWS)
/** Of them, at the most: packets larger than TX_CREDIT_SIZE; see src/broker/connection/send.ts. */
export let connectionLarge: Column<Slot> = newOffsets(LARGE_AT_ONCE ? ROWS : 0)
/** Of them, and of what is held behind a message in pieces, at the most: answers to what the client asked. */
export let connectionControl: Column<Slot> = newOffsets(HAS_LARGE ? ROWS : 0)
/** Where reading is slow but steady: answers since a mark among the bytes, and how many bytes before it are unsent. */
export let connectionControlNew: Column<Slot> = newOffsets(HAS_LARGE && TABLES_GROW ? ROWS : 0)
export let connectionMark: Column<Slot> = newOffsets(HAS_LARGE && TABLES_GROW ? ROWS : 0)
/** The bytes that have arrived and are not handled. */
export let rxStart: Column<Slot, Offset> = newOffsets(ROWS)
export let rxEnd: Column<Slot, Offset> = newOffsets(ROWS)
/** Bytes of the connection's own range of the pool, 0: it has none. Only where the receive area is shared. */
export let rxCapacity: Column<Slot> = newOffsets(RX_SHARED ? ROWS : 0)
/** Where that range starts. */
export let rxBase: Column<Slot, Offset> = newOffsets(RX_SHARED ? ROWS : 0)
/** The client's Maximum Packet Size, bytes. */
export let connectionPacketMax: Column<Slot> = new Uint32Array(FEATURE_MQTT5 ? ROWS : 0)
/** The client's Receive Maximum. */
export let connectionReceiveMax: Column<Slot> = new Uint16Array(FEATURE_MQTT5 ? ROWS : 0)
/** The client's Topic Alias Maximum. */
export let connectionAliasMax: Column<Slot> = new Uint16Array(FEATURE_TOPIC_ALIAS ? ROWS : 0)
/** The listener's terms: its access list, and the highest QoS that its clients may use. */
export let connectionAccessList: Column<Slot> = newRows(FEATURE_LISTENER_TERMS ? ROWS : 0)
export let connectionQosMax: Column<Slot> = new Uint8Array(FEATURE_LISTENER_TERMS ? ROWS : 0)
/** A packet kept in the pool while it waits: CONNECT during an authentication. NONE: there is none. */
export let connectionHeld: Column<Slot, Offset> = newLinks(FEATURE_ACCESS || FEATURE_STREAM ? ROWS : 0)
export let connectionHeldSize: Column<Slot> = newOffsets(FEATURE_ACCESS || FEATURE_STREAM ? ROWS : 0)
/** Bytes still to come of a packet that is consumed as it arrives; 0: none is. */
export const streamLeft: Column<Slot> = RECORDS_MAPPED
  ? new Uint32Array(FEATURE_STREAM ? ROWS : 0)
  : newOffsets(FEATURE_STREAM ? ROWS : 0)
/** Bytes still to come of a payload that is the port's; 0: none are. */
export let spoolLeft: Column<Slot> = newOffsets(FEATURE_SPOOL ? ROWS : 0)
/** The next free slot, or the next that is closing. */
let next = newFreeRows(FEATURE_INDEX ? ROWS : 0)
let free = 0
let closing = NONE

export let connectionCount = 0
/** Slots from this one on were never used: a walk over all connections ends here. */
export let connectionRowsUsed = FEATURE_INDEX ? 0 : SLOTS_MAX

/** A slot for a new Network Connection, or NONE when all are taken. */
export function connectionAdd(nowMs: number): Slot {
  if (FEATURE_INDEX && free < 0 && !(TABLES_GROW && connectionsGrow())) return NONE
  const slot = FEATURE_INDEX ? free : connectionState.indexOf(FREE)
  if (slot < 0) return NONE
  if (FEATURE_INDEX) free = next[slot]
  connectionState[slot] = ACCEPTED
  connectionTransmit[slot] = 0
  if (LARGE_AT_ONCE) connectionLarge[slot] = connectionControl[slot] = 0
  else if (HAS_LARGE) connectionControl[slot] = 0
  if (HAS_LARGE && TABLES_GROW) connectionControlNew[slot] = connectionMark[slot] = 0
  if (FEATURE_MQTT5) connectionVersion[slot] = 0
  if (HAS_FLAGS) connectionFlags[slot] = 0
  connectionSession[slot] = NONE
  if (FEATURE_LISTENER_TERMS) connectionTermsSet(slot, 0, 2)
  if (FEATURE_ACCESS || FEATURE_STREAM) connectionHeld[slot] = NONE
  connectionHeardAt[slot] = nowMs
  connectionSilenceMs[slot] = 0
  rxStart[slot] = rxEnd[slot] = RX_SHARED || RX_ONE ? RX_AT : slot * RX_RING_SIZE
  if (FEATURE_STREAM) streamLeft[slot] = 0
  if (FEATURE_SPOOL) spoolLeft[slot] = 0
  if (FEATURE_INDEX && slot >= connectionRowsUsed) connectionRowsUsed = slot + 1
  connectionCount++
  return slot
}

/** Gives a connection the terms of its listener. */
export function connectionTermsSet(slot: Slot, accessList: number, qosMax: number): void {
  connectionAccessList[slot] = accessList
  connectionQosMax[slot] = qosMax
}

/** Whether a connection takes part: neither free nor closing. */
export function connectionIsOpen(slot: Slot): boolean {
  return connectionState[slot] > CLOSING
}

/**
 * Ends a Network Connection: a mark, which the broker settles when the packet in hand is done (connectionsSettle), so
 * that nothing changes under a loop that is delivering. A connected 5.0 client is told a Reason Code of 0x80 and above;
 * NO_REASON: without a word; NETWORK_LOST: there is nobody to tell.
 */
export function connectionClose(slot: Slot, reasonCode: number): void {
  if (!connectionIsOpen(slot)) return
  connectionState[slot] = CLOSING
  connectionReason[slot] = reasonCode
  if (FEATURE_INDEX) {
    next[slot] = closing
    closing = slot
  }
}

/** The next slot that is closing, off the list; NONE: no more. */
export function connectionTakeClosing(): Slot {
  if (!FEATURE_INDEX) return connectionState.indexOf(CLOSING)
  const slot = closing
  if (slot >= 0) closing = next[slot]
  return slot
}

/** Frees a slot. */
export function connectionRemove(slot: Slot): void {
  connectionState[slot] = FREE
  if (FEATURE_INDEX) {
    next[slot] = free
    free = slot
  }
  connectionCount--
}

function connectionsGrow(): boolean {
  const rows = connectionState.length
  const grown = Math.min(rows * 2, SLOTS_MAX)
  if (grown === rows) return false
  connectionState = columnGrow(connectionState, grown)
  connectionVersion = columnGrow(connectionVersion, grown)
  connectionFlags = columnGrow(connectionFlags, grown)
  connectionReason = columnGrow(connectionReason, grown)
  connectionSession = columnGrow(connectionSession, grown)
  connectionSilenceMs = columnGrow(connectionSilenceMs, grown)
  connectionHeardAt = columnGrow(connectionHeardAt, grown)
  connectionTransmit = columnGrow(connectionTransmit, grown)
  connectionLarge = columnGrow(connectionLarge, grown)
  connectionControl = columnGrow(connectionControl, grown)
  connectionControlNew = columnGrow(connectionControlNew, grown)
  connectionMark = columnGrow(connectionMark, grown)
  rxStart = columnGrow(rxStart, grown)
  rxEnd = columnGrow(rxEnd, grown)
  rxCapacity = columnGrow(rxCapacity, grown)
  rxBase = columnGrow(rxBase, grown)
  connectionPacketMax = columnGrow(connectionPacketMax, grown)
  connectionReceiveMax = columnGrow(connectionReceiveMax, grown)
  connectionAliasMax = columnGrow(connectionAliasMax, grown)
  connectionAccessList = columnGrow(connectionAccessList, grown)
  connectionQosMax = columnGrow(connectionQosMax, grown)
  connectionHeld = columnGrow(connectionHeld, grown)
  connectionHeldSize = columnGrow(connectionHeldSize, grown)
  spoolLeft = columnGrow(spoolLeft, grown)
  next = newFreeList(columnGrow(next, grown), rows)
  free = rows
  return true
}

/** Frees the packet that was kept while it waited. */
export function heldRelease(slot: Slot): void {
  if (connectionHeld[slot] < 0) return
  poolFree(connectionHeld[slot], connectionHeldSize[slot])
  connectionHeld[slot] = NONE
}

/** The largest packet that a client of the port's own takes, bytes. Once it is connected. */
export function packetSizeLimit(slot: Slot, size: number): void {
  connectionPacketMax[slot] = size
}

/** What a port asks: when the last bytes came, milliseconds of its clock. */
export function connectionHeard(slot: Slot): number {
  return connectionHeardAt[slot]
}

/** What a port asks: 3, 4 or 5, as CONNECT said; 0 before it. */
export function protocolVersion(slot: Slot): number {
  return connectionVersion[slot]
}
