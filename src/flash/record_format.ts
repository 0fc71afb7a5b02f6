// Numbers of the format in which a board's broker keeps records in its file: who writes it is
// src/port/espruino/records, where record.ts and sectors.ts have the layout; kept_records.ts reads a copy.

// In front of a sector: 'MG', the version of the format, and what it is for.
/** Small records. */
export const SECTOR_SMALL = 0x0103_474d
/** A large record: its head, the numbers of its other sectors from TABLE_AT on, a byte each, and FIRST_SIZE bytes. */
export const SECTOR_LARGE = 0x4003_474d
/** What follows of one, MORE_SIZE bytes. */
export const SECTOR_MORE = 0x4103_474d

export const TABLE_AT = 16
/** The other sectors that a large record can have. */
export const TABLE_SIZE = 64
/** The unit of a large record's head, in its first sector. */
export const LARGE_UNIT = (TABLE_AT + TABLE_SIZE) / 16
/** Bytes of a body that lie behind its head, to the end of the sector where it is large; what has no more is small. */
export const FIRST_SIZE = 4_000
export const MORE_SIZE = 4_080
/** Where the sector would be whose number a table does not have yet. */
export const NOWHERE = 255 * 4_096
/** A kind in each byte. */
export const KIND_UNIT = 0x101_0101

// Bits of a record's state, which become 0.
/** Both are 1 until it is gone. */
export const GONE = 0xc0
export const NOT_WHOLE = 0x10
export const NOT_LAST = 0x08
