// Reads the fields of one packet in order. The first field that does not fit sets readError, and every field after
// it reads as 0 and empty: a decoder reads all that it needs and asks once.
import { NONE } from '../limits'
import { memory } from '../memory'
import { MALFORMED_PACKET } from './reason_code'
import { utf8IsValid } from './utf8'
import type { Offset } from '../kinds'

// Life: until the next readBegin, of a field until the next field, at most to the end of the call into the core
// (readOver).
export let readAt: Offset = 0
/** Where the packet, or what there is of it, ends. */
export let readLimit: Offset = 0
/** 0, or the Reason Code of the first thing that was wrong. */
export let readError = 0
/** Where the last binary or string field lies, without its length. */
export let fieldStart: Offset = 0
export let fieldSize = 0

export function readBegin(start: Offset, end: Offset): void {
  readAt = start
  readLimit = end
  readError = 0
}

/** Makes `reasonCode`, or Malformed Packet, the error unless there is one; answers 0, as a bad field then reads. */
export function readFail(reasonCode?: number): number {
  if (!readError) readError = reasonCode || MALFORMED_PACKET
  readAt = readLimit
  return 0
}

/** Bytes not read yet. */
export function readRest(): number {
  return readLimit - readAt
}

/** Goes on reading at `start`, e.g. behind a block of properties. */
export function readSkipTo(start: Offset): void {
  readAt = start
}

export function readByte(): number {
  return readAt < readLimit ? memory[readAt++] : readFail()
}

export function readTwoByteInteger(): number {
  if (readLimit - readAt < 2) return readFail()
  readAt += 2
  return memory[readAt - 2] << 8 | memory[readAt - 1]
}

export function readFourByteInteger(): number {
  const high = readTwoByteInteger()
  return high * 65_536 + readTwoByteInteger()
}

/** At most four bytes, and the shortest form. [MQTT-1.5.5-1] */
export function readVariableByteInteger(): number {
  let value = 0
  let shift = 0
  let digit
  do {
    if (shift > 21) return readFail()
    digit = readByte()
    value |= (digit & 127) << shift
    shift += 7
  } while (digit > 127)
  if (shift > 7 && !digit) readFail()
  return value
}

/** Reads a two byte length and that many bytes: fieldStart and fieldSize. */
export function readBinary(): void {
  fieldSize = readTwoByteInteger()
  if (readLimit - readAt < fieldSize) readFail()
  if (readError) fieldSize = 0
  fieldStart = readAt
  readAt += fieldSize
}

/** A UTF-8 Encoded String. [MQTT-1.5.4-1] [MQTT-1.5.4-2] */
export function readString(): void {
  readBinary()
  if (!utf8IsValid(fieldStart, fieldStart + fieldSize)) readFail()
}

/** No field: what an absent optional field leaves behind. */
export function readAbsent(): void {
  fieldStart = 0
  fieldSize = NONE
}

/** For the port of tests: what stands in the registers is over; not fieldSize, which numbers among properties note. */
export function readOver(over: never): void {
  readAt = readLimit = readError = fieldStart = over
}
