// The record store of a board whose flash is its memory: port.ts has what every store has.
import type { Offset, RecordName } from '../kinds'

/**
 * What a port has beside it where the board has RECORDS_MAPPED: records can be read where they lie, as memory can. All
 * bulk functions above take addresses of records for what they read. The address of a record is its name times
 * PLACE_SIZE, FLASH_AT at the least; its own bytes are sixteen further on, those behind the first 4,000 where
 * portRecordAt says, and the first three of the sixteen are their number, lowest first.
 */
export interface MappedRecords {
  /** The byte at an address of a record. */
  portByte(address: Offset): number
  /** Where the byte is that would be at an address if all lay side by side, as they do to a multiple of SECTOR_SIZE. */
  portRecordAt(record: RecordName, address: Offset): Offset
  /** Four bytes of a record, from its byte four times `at` on, as one number, in the port's own order. */
  portRecordWord(record: RecordName, at: number): number
  /** From `onTables` on: a record's or filter's state, below 0, if it is where it was when they were kept; else 0. */
  portRecordStands(place: RecordName): number
  /** Until the next start no tables are kept. */
  portTablesNever(): void
  /** Of one that is not, once; `isFilter` is 1 of a filter. */
  portRecordLost(place: RecordName, isFilter: number): void
  /** A filter of a packet in a record of RECORD_FILTERS; nobody asks for it before portRecordsWrite. 0: no room. */
  portFilterGather(start: Offset, size: number): RecordName
  /** Its session is over, whose number nobody will have again: it counts no more, without a mark. */
  portFilterLeave(place: RecordName): void
  /** Whose it is. */
  portFilterOwner(place: RecordName): number
  /** At the start: so many places of such a record are of filters that do not count. */
  portFiltersGone(record: RecordName, places: number): void
  /** The highest sequence number at the start. */
  portRecordsSequence(): number
  /** A record of so many bytes that are still to come, which ends with the power until it is committed. 0: no room. */
  portRecordReserve(kind: number, size: number): RecordName
  /** Copies `size` bytes of memory to it, from its byte `at` on, where nothing was copied before. False: it failed. */
  portRecordFill(record: RecordName, at: number, start: Offset, size: number): boolean
  /** All bytes are there: it is a record like others. False: it failed, and must be removed. */
  portRecordCommit(record: RecordName): boolean
  /** Whether it was committed. */
  portRecordIsCommitted(record: RecordName): boolean
  /** Since the start: WEAR_BYTES that were written, WEAR_ERASES of sectors, and WEAR_YEARS that flash lasts by it. */
  portRecordsWear(what: number): number
}
