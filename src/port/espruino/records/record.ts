// A record: a head of one unit, and its body behind it, to the end of a unit.
//
//   [0..2] body's size   [3] its state, bits that become 0   [4..7] sequence number   [8..11] the unit that it was
//   moved from, or 0   [12..15] the size, xor the number, xor the kind (1 to 15) in each byte: a head of which a bit
//   has turned is none
//
// State: 0xC0 both 1 until it is gone; 0x20 1 where the body comes in pieces, and then 0x10 until it is whole; 0x08
// until a group ends here, of which append.ts tells; 0x07 its marks.
//
// Its name is the number of its unit; that of a sector's head, 0, is nobody's.
//
// A large one has sectors of its own, which need not lie side by side: the first one has its head, a table of the
// others behind the sector's own (sectors.ts), and the first FIRST_SIZE bytes of its body.
import { FIRST_SIZE, KIND_UNIT, MORE_SIZE, TABLE_SIZE } from '../../../flash/record_format'
import { FLASH_AT, PLACE_SIZE, SECTOR_SIZE } from '../../../limits'
import { FILTER_ROOM } from '../../../records/record_kind'
import { recordByte, words } from '../address'
import type { Offset, RecordName } from '../../../kinds'

/** The name of the first unit is its place. */
export const FIRST = FLASH_AT / PLACE_SIZE
export { FIRST_SIZE, GONE, KIND_UNIT, LARGE_UNIT, NOT_LAST, NOT_WHOLE } from '../../../flash/record_format'

/** What a new record's first word is less than its size; of one that comes in pieces. */
export const NEW = 0x2100_0000
export const NEW_IN_PIECES = 0x100_0000
// What the two highest bits of a head's first word, or one more or two, are of a record that is there.
export const IS_THERE = -1
export const IS_LIVE = -2
/** The same of a filter's state, which no record has: of the bits of bodies in pieces both are 0. */
export const IS_FILTER = -4

/** Bytes of a record's body. */
export function recordSize(unit: number): number {
  return words[unit * 4] & 0xff_ffff
}

/** 1 to 15; of what is no record, nothing that is a whole number of them. */
export function recordKind(unit: number): number {
  const at = unit * 4
  return (words[at + 3] ^ words[at + 1] ^ words[at] & 0xff_ffff) / KIND_UNIT
}

/** A number that grows from record to record, and stays when a record is moved. */
export function recordSequence(unit: number): number {
  return words[unit * 4 + 1]
}

/** The sum of a record's marks. */
export function recordMarks(unit: number): number {
  return ~words[unit * 4] >> 24 & 7
}

/** The address of a record's body, for bytesAt. */
export function recordBody(unit: number): number {
  return FLASH_AT + unit * 16 + 16
}

/** Where the byte of a record lies, by its name, that would be at an address if all of its body lay side by side. */
export function recordAt(record: RecordName, address: Offset): Offset {
  const body = record * PLACE_SIZE + 16
  const at = address - body - FIRST_SIZE
  return at < 0 ? address
    : FLASH_AT + 16 + recordByte(body - 16 - TABLE_SIZE + at / MORE_SIZE) * SECTOR_SIZE + at % MORE_SIZE
}

/** A record that is whole and not gone. */
export function recordIsLive(unit: number): boolean {
  const first = words[unit * 4]
  return (first >> 29 === IS_LIVE || first >> 28 === IS_LIVE) && recordIsOne(unit)
}

/** Whether the head of a record stands at a unit, or zeros: a record of nothing that is gone. */
function recordIsOne(unit: number): boolean {
  const kind = recordKind(unit)
  return kind === (kind & 15)
}

/** Units of a filter that starts at a unit. */
export function filterUnits(unit: number): number {
  const size = words[unit * 4 + 2]
  return ((size & 255) << 8 | size >> 8 & 255) + FILTER_ROOM + 15 >> 4
}

/** Whether a filter counts. */
export function filterIsThere(unit: number): boolean {
  return words[unit * 4] >> 30 === IS_THERE
}

/** The unit behind a record. Behind what is none, the next unit: what stands there must be right to count. */
export function recordAfter(unit: number): number {
  return recordIsOne(unit) ? unit + (recordSize(unit) + 31 >> 4) : unit + 1
}
