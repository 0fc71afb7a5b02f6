// A runtime that creates nothing: what allocates under it is the core. It keeps no bytes of what is written, only how
// many there were for each slot, and the Packet Identifier of the last PUBLISH, which the test acknowledges.
import { memory } from '../../../src/memory'
import { type Chunk, type FilterLook, type Packed, PORT_GO_ON, type Port } from '../../../src/port/port'

const SLOTS = 16
const LANES = 6

/** Bytes written to each slot, until the test gives the credit back. */
export const writtenSize = new Int32Array(SLOTS)
/** PUBLISH packets written to each slot, ever. */
export const publishCount = new Int32Array(SLOTS)
/** The Packet Identifier of the last PUBLISH written to each slot, until the test has acknowledged it. */
export const publishIdentifier = new Int32Array(SLOTS)
/** The time, milliseconds: the test counts it on. */
export const clock = new Int32Array(1)

// What was packed, by lane.
const packedSize = new Int32Array(LANES)
/** -1: no PUBLISH. */
const packedIdentifier = new Int32Array(LANES)

export function portChunkSize(chunk: Chunk): number {
  return chunk.length
}

export function portCopyIn(chunk: Chunk, from: number, target: number, size: number): void {
  for (let i = 0; i < size; i++) {
    memory[target + i] = typeof chunk === 'string' ? chunk.charCodeAt(from + i) : chunk[from + i]
  }
}

export function portCopy(target: number, source: number, size: number): void {
  memory.copyWithin(target, source, source + size)
}

export function portEqual(a: number, b: number, size: number): boolean {
  for (let i = 0; i < size; i++) if (memory[a + i] !== memory[b + i]) return false
  return true
}

export function portHasText(start: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (memory[start + i] !== text.charCodeAt(i)) return false
  return true
}

export function portHash(start: number, size: number): number {
  let hash = 0
  for (let i = start; i < start + size; i++) hash = Math.imul(hash ^ memory[i], 0x0100_0193)
  return hash
}

export function portIndexOf(value: number, start: number, end: number): number {
  for (let i = start; i < end; i++) if (memory[i] === value) return i
  return -1
}

export function portIndexOfWildcard(start: number, end: number): number {
  for (let i = start; i < end; i++) if (memory[i] === 0x2b || memory[i] === 0x23) return i
  return -1
}

export function portIsPlainText(start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (memory[i] < 0x20 || memory[i] > 0x7e) return false
  return true
}

export function portFilterLook(): null {
  return null
}

/** Printable ASCII without wildcards, and no `$` in front. */
export function portFilterHash(_look: FilterLook, start: number, size: number): number {
  const isOne = portIsPlainText(start, start + size) && portIndexOfWildcard(start, start + size) < 0
  return isOne && !portHasText(start, '$') ? portHash(start, size) & 0x7fff_ffff : -1
}

export function portFindRun(map: Uint8Array, count: number): number {
  let run = 0
  for (let i = 0; i < map.length; i++) {
    run = map[i] ? 0 : run + 1
    if (run === count) return i - count + 1
  }
  return -1
}

export function portPack(start: number, end: number, lane: number): Packed {
  packedSize[lane] = end - start
  packedIdentifier[lane] = memory[start] >> 4 === 3 ? identifierAt(start) : -1
  return lane
}

/** The Packet Identifier of a PUBLISH with a Remaining Length of one byte; 0 at QoS 0. */
function identifierAt(start: number): number {
  if (!(memory[start] & 6)) return 0
  const at = start + 4 + (memory[start + 2] << 8 | memory[start + 3])
  return memory[at] << 8 | memory[at + 1]
}

export function portWrite(slot: number, packed: Packed): void {
  const lane = packed as number
  writtenSize[slot] += packedSize[lane]
  if (packedIdentifier[lane] < 0) return
  publishCount[slot]++
  publishIdentifier[slot] = packedIdentifier[lane]
}

export function portUnsent(slot: number): number {
  return writtenSize[slot]
}

export function portNowMs(): number {
  return clock[0]
}

export function portRandom(): number {
  return 1
}

export function portClose(slot: number): void {
  throw new Error(`the core closed slot ${slot}`)
}

export function portPause(slot: number, paused: boolean): void {
  if (paused) throw new Error(`the core paused slot ${slot}`)
}

export function portLog(): void {}

export function portAuthenticate(): number {
  return 0
}

export function portAuthorize(): boolean {
  return true
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

export function portHeap(): number {
  return 1_000
}

export function portAuthExchange(): number {
  return 0
}

function nothingIsKept(): never {
  throw new Error('nothing is kept')
}

export const portRecordRoom = nothingIsKept
export const portRecordAdd = nothingIsKept
export const portFilterGather = nothingIsKept
export const portFilterLeave = nothingIsKept
export const portFilterOwner = nothingIsKept
export const portFiltersGone = nothingIsKept
export const portRecordMark = nothingIsKept
export const portRecordRemove = nothingIsKept
export const portRecordKind = nothingIsKept
export const portRecordMarks = nothingIsKept
export const portRecordSize = nothingIsKept
export const portRecordSequence = nothingIsKept
export const portRecordAge = nothingIsKept
export const portRecordRead = nothingIsKept
export const portRecordReserve = nothingIsKept
export const portRecordFill = nothingIsKept
export const portRecordCommit = nothingIsKept
export const portRecordIsCommitted = nothingIsKept
export const portRecordsWear = nothingIsKept
export const portSpoolBegin = nothingIsKept
export const portSpoolTake = nothingIsKept
export const portSpoolEnd = nothingIsKept
export const portSpoolHold = nothingIsKept
export const portSpoolRelease = nothingIsKept
export const portSpoolRestore = nothingIsKept

export const portRecordsWrite = (): boolean => true

export function portRecordsOpen(): boolean {
  return false
}

export const portRecordAt = nothingIsKept
export const portRecordWord = nothingIsKept
export const portRecordStands = nothingIsKept
export const portRecordLost = nothingIsKept
export const portTablesNever = nothingIsKept
export const portRecordsSequence = nothingIsKept

export function portByte(address: number): number {
  return memory[address]
}

({
  portChunkSize, portCopyIn, portCopy, portEqual, portHasText, portHash, portIndexOf, portIndexOfWildcard,
  portIsPlainText, portFilterHash, portFilterLook, portFindRun,
  portPack,
  portWrite, portClose, portPause, portUnsent, portNowMs, portRandom, portLog, portAuthenticate,
  portAuthorize, portPayloadRefusal, portAccess, portControl, portFilter, portRetained, portRetainedAllows, portPublish,
  portWanted, portShares, portHeap, portAuthExchange,
  portRecordsOpen, portRecordsWrite, portRecordRoom, portRecordAdd, portRecordMark, portRecordRemove,
  portRecordKind, portRecordMarks, portRecordSize, portRecordSequence, portRecordAge, portRecordRead,
  portSpoolBegin, portSpoolTake, portSpoolEnd, portSpoolHold, portSpoolRelease, portSpoolRestore,
}) satisfies Port
