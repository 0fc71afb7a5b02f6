// Writes the fields of one packet in order, at packAt, into a lane of the pack area. Nothing here checks for room: a
// lane (PACK_SIZE) holds the largest head that any encoder writes.
import { portCopy, portCopyIn } from 'runtime'
import { PACK_AT, PACK_LANES, PACK_SIZE } from '../limits'
import { memory } from '../memory'
import type { Offset } from '../kinds'

/** Where the next byte goes. Life: a packet, at most to the end of the call into the core (packOver). */
export let packAt: Offset = 0

/** Starts a packet in a lane (0 to 2), and answers its offset. */
export function packBegin(lane: number): number {
  return packAt = PACK_LANES > 1 ? PACK_AT + lane * PACK_SIZE : PACK_AT
}

/** Writes on from an offset that is in no lane. */
export function packFrom(start: Offset): void {
  packAt = start
}

/** Goes on writing `size` bytes further on. */
export function packSkip(size: number): void {
  packAt += size
}

export function writeByte(value: number): void {
  memory[packAt++] = value
}

export function writeTwoByteInteger(value: number): void {
  memory[packAt++] = value >> 8
  memory[packAt++] = value
}

export function writeFourByteInteger(value: number): void {
  writeTwoByteInteger(value >>> 16)
  writeTwoByteInteger(value & 0xffff)
}

export function writeVariableByteInteger(value: number): void {
  while (value > 127) {
    memory[packAt++] = value & 127 | 128
    value >>= 7
  }
  memory[packAt++] = value
}

/** Bytes that a Variable Byte Integer takes. */
export function variableByteIntegerSize(value: number): number {
  return value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4
}

/** Copies a range of memory. */
export function writeRange(start: Offset, size: number): void {
  portCopy(packAt, start, size)
  packAt += size
}

/** A two byte length and a range of memory: a UTF-8 Encoded String, or Binary Data. */
export function writeField(start: Offset, size: number): void {
  writeTwoByteInteger(size)
  writeRange(start, size)
}

/** An ASCII text of the program's own. */
export function writeText(text: string): void {
  portCopyIn(text, 0, packAt, text.length)
  packAt += text.length
}

/** Starts a block of properties, whose length is written by blockEnd. Answers the block's start. */
export function blockBegin(): number {
  return ++packAt
}

/** Writes the length in front of the block that starts at `start`; a block of 128 bytes and more moves up for it. */
export function blockEnd(start: Offset): void {
  const size = packAt - start
  memory[start - 1] = size & 127
  if (size < 128) return
  portCopy(start + 1, start, size)
  packAt++
  memory[start - 1] |= 128
  memory[start] = size >> 7
}

/** Bytes that openBegin leaves for the fixed header in front of a body. */
const HEADER_ROOM = 5

/** Starts a packet whose Remaining Length shows when it is written. Answers the start of its body. */
export function openBegin(lane: number): number {
  return packAt = packBegin(lane) + HEADER_ROOM
}

/** Puts the fixed header in front of a body, and answers the packet's start; it ends at packAt. */
export function openEnd(first: number, body: number): number {
  const size = packAt - body
  const end = packAt
  packAt = body - variableByteIntegerSize(size) - 1
  const start = packAt
  writeByte(first)
  writeVariableByteInteger(size)
  packAt = end
  return start
}

/** For the port of tests: what stands in the registers is over. */
export function packOver(over: never): void {
  packAt = over
}
