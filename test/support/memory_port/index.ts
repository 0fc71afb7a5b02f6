// The port that tests build the core with: plain and slow, strict about its contract, and as lazy as the laziest real
// one. Node's keeps a range of memory until it is written, where a board's port must copy the lanes that many get; a
// board's window on the others is read when it is written. What is over is poisoned at once, so that whoever reads it
// later fails in the first test that passes there. It knows no network; what the core asks of it goes to
// `portControls`.

import { LOG_OF_SESSIONS } from '../../../src/broker/log_code'
import { type Chunk, type MappedRecords, type Packed, PORT_GO_ON, type Port } from '../../../src/port/port'
import { FLASH_AT, PACK_AT, PACK_LANES, PACK_SIZE, RX_AT, RX_ONE, RX_RING_SIZE, RX_SHARED } from '../../../src/limits'
import { memory } from '../../../src/memory'
import { portControls } from './controls'
import {
  bytesOf, portByte, portFilterGather, portFilterLeave, portFilterOwner, portFiltersGone, portRecordAdd,
  portRecordAge, portRecordAt, portRecordCommit, portRecordFill, portRecordIsCommitted, portRecordKind,
  portRecordMark, portRecordMarks, portRecordRead, portRecordRemove, portRecordReserve, portRecordRoom,
  portRecordSequence, portRecordSize,
  portRecordsOpen, portRecordLost, portRecordStands, portRecordWord, portRecordsSequence, portRecordsWear,
  portRecordsWrite, portTablesNever,
} from './records'
import {
  portEqual, portFilterHash, portFilterLook, portHash, portHasText, portIndexOf, portIndexOfWildcard, portIsPlainText,
} from './search'

export * from './records'
export * from './search'

const LANES = 6
/** Lanes from this one on are written once and at once: no port copies them. */
const LANE_SINGLE = 2
/** Added to a lane: what stands behind its head. */
const LANE_TAIL = 3
/** What bytes that are over are overwritten with: ill-formed as UTF-8, a packet type that is none, a large length. */
const POISON = 0xf5
const packedStart: number[] = []
const packedEnd: number[] = []
/** Where a port must copy. */
const packedCopy: (Uint8Array | null)[] = []
/** The number given out for each lane's latest pack: an older one must not be written any more. */
const laneTicket: number[] = []
let tickets = 0
/** Where the bytes end that were received since the last poisoning. */
let received = RX_AT + RX_RING_SIZE

const inMemory = (start: number, size: number): void => {
  if (!(start >= 0 && size >= 0 && start + size <= memory.length)) {
    throw new Error(`range outside memory: ${start}, ${size}`)
  }
}

const copy = (start: number, size: number): Uint8Array => bytesOf(start, size).slice()

const optional = (start: number, size: number): Uint8Array | undefined => size < 0 ? undefined : copy(start, size)

const text = (start: number, size: number): string => new TextDecoder('utf-8', { ignoreBOM: true })
  .decode(copy(start, size))

export function portChunkSize(chunk: Chunk): number {
  return chunk.length
}

export function portCopyIn(chunk: Chunk, from: number, target: number, size: number): void {
  inMemory(target, size)
  if (target >= RX_AT && target < RX_AT + RX_RING_SIZE) received = Math.max(received, target + size)
  if (from < 0 || from + size > chunk.length) throw new Error(`range outside the chunk: ${from}, ${size}`)
  for (let index = 0; index < size; index++) {
    memory[target + index] = typeof chunk === 'string' ? chunk.charCodeAt(from + index) : chunk[from + index]
  }
}

export function portCopy(target: number, source: number, size: number): void {
  inMemory(target, size)
  memory.set(copy(source, size), target)
}

export function portFindRun(map: Uint8Array, count: number, hint: number): number {
  for (const [from, end] of [[hint, map.length], [0, map.length]] as const) {
    let run = 0
    for (let index = from; index < end; index++) {
      run = map[index] === 0 ? run + 1 : 0
      if (run === count) return index - count + 1
    }
  }
  return -1
}

export function portPack(start: number, end: number, lane: number): Packed {
  if (!(lane >= 0 && lane < LANES)) throw new Error(`no lane ${lane}`)
  // What does not lie side by side is packed, and is not written.
  bytesOf(start, start < FLASH_AT ? end - start : 1)
  packedStart[lane] = start
  packedEnd[lane] = end
  packedCopy[lane] = null
  if (PACK_LANES === 1 && lane < LANE_SINGLE) {
    packedCopy[lane] = copy(start, end - start)
    poisonPacked(start, end)
  }
  laneTicket[lane] = tickets += LANES
  return laneTicket[lane] + lane
}

export function portWrite(slot: number, packed: Packed): void {
  const lane = (packed as number) % LANES
  if (laneTicket[lane] + lane !== packed) throw new Error('packed bytes written after their lane was packed again')
  portControls.write(slot, packedCopy[lane] ?? copy(packedStart[lane], packedEnd[lane] - packedStart[lane]))
  // A tail lies in a message, which many get: it is over with the head of the next.
  if (lane % LANE_TAIL < LANE_SINGLE) return
  poisonPacked(packedStart[lane], packedEnd[lane])
  laneTicket[lane] = NaN
}

/** Overwrites packed bytes that are over; a tail lies elsewhere, and is somebody's message. */
function poisonPacked(start: number, end: number): void {
  if (start >= PACK_AT && end <= PACK_AT + PACK_SIZE * PACK_LANES) memory.fill(POISON, start, end)
}

/**
 * A call into the core is over: the pack area, and what was received, but for a range that still is a connection's.
 */
export function memoryPoison(start: number, end: number): void {
  memory.fill(POISON, PACK_AT, PACK_AT + PACK_SIZE * PACK_LANES)
  if (RX_SHARED || RX_ONE) {
    memory.fill(POISON, RX_AT, start)
    memory.fill(POISON, end, Math.max(end, received))
  }
  received = RX_AT
}

export function portUnsent(slot: number): number {
  return portControls.unsent(slot)
}

export function portAuthorize(slot: number, access: number, start: number, size: number): boolean {
  return portControls.authorize(slot, access, text(start, size))
}

export function portPayloadRefusal(): number {
  return 0
}

export function portAccess(): boolean {
  return true
}

export function portControl(): boolean {
  return false
}

export function portRetained(): void {}

export function portRetainedAllows(): boolean {
  return true
}

export function portPublish(): number {
  return PORT_GO_ON
}

export function portFilter(): void {}

export function portWanted(): void {}

export function portShares(): boolean {
  return true
}

// No test of this port allows packets larger than PACKET_SIZE_MAX.
const portSpool = (): never => {
  throw new Error('this port has no spool')
}
export const portSpoolBegin = portSpool
export const portSpoolTake = portSpool
export const portSpoolEnd = portSpool
export const portSpoolHold = portSpool
export const portSpoolRelease = portSpool
export const portSpoolRestore = portSpool

export function portHeap(): number {
  return 1_000
}

export function portClose(slot: number): void {
  portControls.close(slot)
}

export function portPause(slot: number, paused: boolean): void {
  portControls.pause(slot, paused)
}

export function portNowMs(): number {
  return portControls.nowMs()
}

export function portRandom(): number {
  return portControls.random()
}

export function portLog(code: number, a: number, b: number): void {
  portControls.log(code, code >= LOG_OF_SESSIONS ? text(a, b) : '')
}

export function portAuthenticate(
  slot: number, clientStart: number, clientSize: number, userStart: number, userSize: number,
  passwordStart: number, passwordSize: number,
): number {
  const user = optional(userStart, userSize)
  return portControls.authenticate(
    slot, text(clientStart, clientSize), user && text(userStart, userSize), optional(passwordStart, passwordSize),
  )
}

export function portAuthExchange(
  slot: number, first: boolean, methodStart: number, methodSize: number, dataStart: number, dataSize: number,
): number {
  return portControls.authExchange(slot, first, text(methodStart, methodSize), optional(dataStart, dataSize))
}

({
  portChunkSize, portCopyIn, portCopy, portEqual, portHasText, portHash, portIndexOf, portIndexOfWildcard,
  portIsPlainText, portFilterHash, portFilterLook, portFindRun, portPack, portWrite, portClose, portPause, portUnsent,
  portAuthorize, portPayloadRefusal, portAccess, portControl, portFilter, portRetained, portRetainedAllows, portPublish,
  portWanted, portShares, portHeap, portNowMs, portRandom, portLog, portAuthenticate, portAuthExchange, portRecordsOpen,
  portFilterGather, portFilterLeave, portFilterOwner, portFiltersGone, portRecordLost, portRecordStands,
  portRecordWord, portTablesNever, portRecordsSequence, portRecordRoom,
  portRecordAdd, portRecordMark, portRecordRemove, portRecordKind, portRecordMarks, portRecordSize,
  portRecordSequence, portRecordAge, portRecordRead, portByte, portRecordAt, portRecordReserve, portRecordFill,
  portRecordCommit, portRecordIsCommitted, portRecordsWrite, portRecordsWear, portSpoolBegin,
  portSpoolTake, portSpoolEnd, portSpoolHold, portSpoolRelease, portSpoolRestore,
}) satisfies Port & MappedRecords
