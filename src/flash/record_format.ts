// Numbers of the format in which a board's broker keeps records in its file: who writes it is
// src/port/espruino/records, where record.ts and sectors.ts have the layout; kept_records.ts reads a copy.

/** In front of a sector: 'MG' and the version of the format. */
export const SECTOR_MAGIC = 0x02_474d
/** A kind in each byte. */
export const KIND_UNIT = 0x101_0101

// Bits of a record's state, which become 0.
/** Both are 1 until it is gone. */
export const GONE = 0xc0
export const NOT_WHOLE = 0x10
export const NOT_LAST = 0x08
