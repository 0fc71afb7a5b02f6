// A record: a head of one unit, and its body behind it, to the end of a unit.
//
//   [0..3] body's size (24 bits) and kind (1 to 15)   [4..7] sequence number   [8..11] check sum of these and the body
//   [12] committed, [14] gone: 0xFF until they are 0   [13] its marks, bits that are 0   [15] check sum of [0..7], so
//   that the next record is found behind one whose body is wrong
//
// Its name is the number of its unit; that of a sector's head, 0, is nobody's.
import { FLASH_AT } from '../../../limits'
import { recordWindow, words } from '../address'
import { characters, crc } from '../window'
import { flashIsErased, stateClear } from './flash'

/** Of a body that lies within one sector. */
export const BODY_SIZE_MAX = 4_064

export const GONE = '\xff\xff\0\xff'
export const GONE_MASK = 0xff_0000

/** Bytes of a record's body. */
export function recordSize(unit: number): number {
  return words[unit * 4] & 0xff_ffff
}

/** 1 to 15. */
export function recordKind(unit: number): number {
  return words[unit * 4] >>> 24
}

/** A number that grows from record to record, and stays when a record is moved. */
export function recordSequence(unit: number): number {
  return words[unit * 4 + 1]
}

/** The sum of a record's marks. */
export function recordMarks(unit: number): number {
  return ~words[unit * 4 + 3] >> 8 & 255
}

/** The address of a record's body, for bytesAt. */
export function recordBody(unit: number): number {
  return FLASH_AT + unit * 16 + 16
}

/** Sets marks of a record, for good; false: flash did not take them. */
export function recordMark(unit: number, marks: number): boolean {
  return stateClear(unit, '\xff' + characters(255 & ~marks) + '\xff\xff', marks << 8)
}

/** Committed and not gone. Once the records are open this is all there is to ask. */
export function recordIsLive(unit: number): boolean {
  return (words[unit * 4 + 3] & 0xff_00ff) === 0xff_0000
}

/** Units of a record. */
export function recordUnits(unit: number): number {
  return recordSize(unit) + 31 >> 4
}

/** Sectors of a record whose body is larger than BODY_SIZE_MAX. */
export function runOf(size: number): number {
  return size + 4_127 >> 12
}

/** Whether the size and kind of a record can be believed. */
export function headIsRight(unit: number): boolean {
  return !((crc(recordWindow(unit * 16, 8)) ^ words[unit * 4 + 3] >>> 24) & 255)
}

/** What a record's check sum must be. */
export function recordCheck(unit: number): number {
  return crc(recordWindow(unit * 16, 8)) ^ crc(recordWindow(unit * 16 + 16, words[unit * 4] & 0xff_ffff))
}

/**
 * The unit behind a record, or the first one of the next sector. Where a head is wrong the next unit may be one: what
 * stands there must be right to count.
 */
export function recordAfter(unit: number): number {
  let next = unit + 1
  if (recordIsLive(unit)) next = unit + recordUnits(unit)
  else if (words[unit * 4] === -1) next = isErasedFrom(unit) ? -1 : next
  else if (headIsRight(unit)) next = unit + recordUnits(unit)
  return next >> 8 === unit >> 8 ? next : (unit | 255) + 2
}

/** Whether a sector is erased from a unit on. */
export function isErasedFrom(unit: number): boolean {
  return flashIsErased(unit * 16, (256 - (unit & 255)) * 16)
}
