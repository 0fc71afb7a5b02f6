// Enhanced authentication: what a connection keeps of its method, and the steps that the port is asked for. When an
// AUTH may come is said by broker/connection/handle_auth.ts. [MQTT 5.0 section 4.12]
//
// The method's name is kept in the pool: every AUTH of a connection must name the same method.
// Memory: SLOTS_MAX x (2 start + 2 size) bytes on a board.
import { portAuthExchange, portCopy, portCopyIn, portEqual } from 'runtime'
import { AUTH } from '../codec/packet_type'
import { propertySize, propertyStart } from '../codec/property'
import { AUTHENTICATION_DATA, AUTHENTICATION_METHOD } from '../codec/property_identifier'
import { CONTINUE_AUTHENTICATION, QUOTA_EXCEEDED } from '../codec/reason_code'
import { blockBegin, blockEnd, openBegin, openEnd, writeByte, writeField } from '../codec/writer'
import { SLOTS_MAX, FEATURE_ENHANCED_AUTHENTICATION, NONE, TABLES_GROW, newOffsets, rowsAtStart } from '../limits'
import { LANE_SINGLE, sendControl } from '../broker/connection/send'
import { poolAllocate, poolFree } from '../store/byte_pool'
import { columnGrow } from '../store/columns'
import type { Column, Offset, Slot } from '../kinds'

const ROWS = FEATURE_ENHANCED_AUTHENTICATION ? rowsAtStart(SLOTS_MAX) : 0
/** Offset of the Authentication Method, 0: the connection has none. */
let methodStart: Column<Slot, Offset> = newOffsets(ROWS)
let methodSize: Column<Slot> = newOffsets(ROWS)

/** Where the port's data for the client lies, in the pool. */
let dataStart: Offset = 0
let dataSize = NONE

/** The port's data for the client in the step of an exchange that it answers next; at most 65,535 bytes. */
export function authDataSet(bytes: Uint8Array): void {
  dataForget()
  const start = poolAllocate(bytes.length, 0)
  if (start < 0) return
  portCopyIn(bytes, 0, start, bytes.length)
  dataStart = start
  dataSize = bytes.length
}

function dataForget(): void {
  if (dataSize >= 0) poolFree(dataStart, dataSize)
  dataSize = NONE
}

/** CONNECT names a method: the first step. Answers what portAuthExchange answers. */
export function authConnect(slot: Slot): number {
  const size = propertySize(AUTHENTICATION_METHOD)
  if (TABLES_GROW && slot >= methodStart.length) {
    methodStart = columnGrow(methodStart, slot * 2)
    methodSize = columnGrow(methodSize, slot * 2)
  }
  const start = poolAllocate(size, 0)
  if (start < 0) return QUOTA_EXCEEDED
  portCopy(start, propertyStart(AUTHENTICATION_METHOD), size)
  methodStart[slot] = start
  methodSize[slot] = size
  const answer = authExchange(slot, true)
  if (answer === CONTINUE_AUTHENTICATION) sendAuth(slot, CONTINUE_AUTHENTICATION)
  return answer
}

/** Asks the port about the step in hand, which names its method. Answers what portAuthExchange answers. */
export function authExchange(slot: Slot, isFirst: boolean): number {
  const size = propertySize(AUTHENTICATION_DATA)
  return portAuthExchange(
    slot, isFirst, methodStart[slot], methodSize[slot], size < 0 ? 0 : propertyStart(AUTHENTICATION_DATA), size,
  )
}

/** Whether the AUTH in hand names the method of the connection's CONNECT. [MQTT-4.12.0-5] */
export function authMethodIsTheSame(slot: Slot): boolean {
  if (!methodStart[slot]) return false
  const size = propertySize(AUTHENTICATION_METHOD)
  return size === methodSize[slot] && portEqual(propertyStart(AUTHENTICATION_METHOD), methodStart[slot], size)
}

/** AUTH with the Reason Code and the port's data. */
export function sendAuth(slot: Slot, reasonCode: number): void {
  const body = openBegin(LANE_SINGLE)
  writeByte(reasonCode)
  const block = blockBegin()
  writeAuthentication(slot)
  blockEnd(block)
  sendControl(slot, openEnd(AUTH << 4, body))
}

/** Writes the method and the port's data, where the connection has a method. [MQTT-4.12.0-5] */
export function writeAuthentication(slot: Slot): void {
  if (!methodStart[slot]) return
  writeByte(AUTHENTICATION_METHOD)
  writeField(methodStart[slot], methodSize[slot])
  if (dataSize < 0) return
  writeByte(AUTHENTICATION_DATA)
  writeField(dataStart, dataSize)
  dataForget()
}

/** Forgets a connection's method. */
export function authRelease(slot: Slot): void {
  if (!methodStart[slot]) return
  poolFree(methodStart[slot], methodSize[slot])
  methodStart[slot] = 0
}
