// The record store as the core sees it: a record's name is its place, the number of its unit behind FLASH_AT.
import { RECORD_BODY_AT } from '../../limits'
import { bytesAt, words } from './address'
import {
  FIRST, GONE, filterForget, recordAdd, recordBody, recordChange, recordCommit, recordFill, recordIsLive, recordKind,
  recordMarks, recordReserve, recordSequence, recordSequenceMax, recordSize, recordsHaveRoom, recordsOpen,
  unitsForget,
} from './records'
import { put } from './window'
import type { Offset, RecordName } from '../../kinds'

export {
  recordAt as portRecordAt, recordLost as portRecordLost, recordStands as portRecordStands,
  tablesNever as portTablesNever,
} from './records'

/** The name of a unit, 0 for none. */
function nameOf(unit: number): RecordName {
  return unit < 0 ? 0 : unit + FIRST
}

export const portRecordsOpen = recordsOpen

export const portRecordRoom = recordsHaveRoom

export function portRecordAdd(
  kind: number, headStart: Offset, headSize: number, bodyStart: Offset, bodySize: number,
): RecordName {
  return nameOf(recordAdd(kind, headStart, headSize, bodyStart, bodySize))
}

export function portFilterLeave(place: RecordName): void {
  filterForget(place - FIRST)
}

export function portFiltersGone(record: RecordName, places: number): void {
  unitsForget(record - FIRST, places)
}

export function portRecordReserve(kind: number, size: number): RecordName {
  return nameOf(recordReserve(kind, size))
}

export function portRecordFill(record: RecordName, at: number, start: Offset, size: number): boolean {
  return recordFill(record - FIRST, at, bytesAt(start, size), size)
}

export function portRecordCommit(record: RecordName): boolean {
  return recordCommit(record - FIRST)
}

export function portRecordIsCommitted(record: RecordName): boolean {
  return recordIsLive(record - FIRST)
}

export function portRecordMark(record: RecordName, mark: number): void {
  recordChange(record - FIRST, mark)
}

export function portRecordRemove(record: RecordName): void {
  recordChange(record - FIRST, GONE)
}

export function portRecordKind(record: RecordName): number {
  return recordKind(record - FIRST)
}

export function portRecordMarks(record: RecordName): number {
  return recordMarks(record - FIRST)
}

export function portRecordSize(record: RecordName): number {
  return recordSize(record - FIRST)
}

export function portRecordSequence(record: RecordName): number {
  return recordSequence(record - FIRST)
}

export function portRecordWord(record: RecordName, at: number): number {
  return words[(record - FIRST) * 4 + RECORD_BODY_AT / 4 + at]
}

/** A filter's owner stands where a record's number does. */
export const portFilterOwner = portRecordSequence

export function portRecordsSequence(): number {
  return recordSequenceMax
}

/** A board has no clock that goes on without power. */
export function portRecordAge(): number {
  return 0
}

export function portRecordRead(record: RecordName, from: number, target: Offset, size: number): void {
  put(bytesAt(recordBody(record - FIRST) + from, size) + '', target)
}
