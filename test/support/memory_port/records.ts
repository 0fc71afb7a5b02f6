// The record store of the tests' own port; a test puts one into `portControls`, or none.

import {
  FLASH_AT, PLACE_SIZE, RECORDS_HAVE_AGE, RECORDS_MAPPED, RECORD_HEAD_AT, SECTOR_SIZE,
} from '../../../src/limits'
import { WEAR_BYTES, WEAR_YEARS, type OnRecord } from '../../../src/port/port'
import { memory } from '../../../src/memory'
import { RECORD_FILTERS } from '../../../src/records/record_kind'
import type { MemoryRecords } from '../memory_records'
import { portControls } from './controls'

/** Of a place: what is beyond can only be read where portRecordAt says that it is. */
const FIRST_SIZE = PLACE_SIZE + 4_000
/** That is behind all places. */
const ELSEWHERE = 2 ** 28

const records = (): MemoryRecords => portControls.records ?? unkept()

const unkept = (): never => {
  throw new Error('nothing is kept')
}

/** Bytes of memory, or of a record where records can be read. */
export function bytesOf(start: number, size: number): Uint8Array {
  if (RECORDS_MAPPED && start >= FLASH_AT) {
    const isElsewhere = start >= ELSEWHERE
    const { record, from } = records().at(isElsewhere ? start - ELSEWHERE : start)
    const end = isElsewhere ? from + SECTOR_SIZE - start % SECTOR_SIZE : FIRST_SIZE
    if (from + size > end) throw new Error(`not side by side: ${from}, ${size}`)
    const place = new Uint8Array(PLACE_SIZE + record.bytes.length)
    place[0] = record.bytes.length
    place[1] = record.bytes.length >> 8
    place[2] = record.bytes.length >> 16
    place.set(record.bytes, PLACE_SIZE)
    if (record.kind === RECORD_FILTERS) place[PLACE_SIZE + 3] &= ~record.marks
    if (from + size > place.length) throw new Error(`range outside the record: ${from}, ${size}`)
    return place.subarray(from, from + size)
  }
  if (!(start >= 0 && size >= 0 && start + size <= memory.length)) {
    throw new Error(`range outside memory: ${start}, ${size}`)
  }
  return memory.subarray(start, start + size)
}

export function portByte(address: number): number {
  return bytesOf(address, 1)[0]
}

export function portRecordsOpen(onRecord: OnRecord): boolean {
  if (!portControls.records) return false
  if (RECORDS_MAPPED) portControls.records.firstName = FLASH_AT / PLACE_SIZE
  for (const { name, kind } of portControls.records.all().sort((a, b) => a.name - b.name)) onRecord(name, kind)
  return true
}

export function portRecordAt(record: number, address: number): number {
  return record * PLACE_SIZE < FLASH_AT ? address : address + ELSEWHERE
}

export function portRecordWord(record: number, at: number): number {
  return Buffer.from(records().of(record).bytes).readInt32LE(at * 4)
}

/** No tables are kept here. */
export function portRecordStands(): never {
  throw new Error('nobody has kept tables')
}

export const portRecordLost = portRecordStands

export function portTablesNever(): void {
  // None are.
}

export function portRecordsSequence(): number {
  return records().all().reduce((last, { sequence }) => Math.max(last, sequence), 0)
}

export function portRecordRoom(count: number, size: number): boolean {
  if (!(count > 0)) throw new Error('room for nothing')
  return records().hasRoom(size)
}

export function portRecordAdd(
  kind: number, headStart: number, headSize: number, bodyStart: number, bodySize: number,
): number {
  const bytes = new Uint8Array(headSize + bodySize)
  bytes.set(bytesOf(headStart, headSize))
  bytes.set(bytesOf(bodyStart, bodySize), headSize)
  return records().add(kind, bytes)
}

/** Each filter has a record of its own here, the place behind whose name is its own. */
export function portFilterGather(start: number, size: number): number {
  const name = portRecordAdd(RECORD_FILTERS, RECORD_HEAD_AT, 8, start, size + 3)
  if (name) records().gather(name)
  return name && name + 1
}

/** The name of a record, or of the record of a filter. */
const named = (name: number): number =>
  RECORDS_MAPPED && records().has(name - 1) && records().of(name - 1).kind === RECORD_FILTERS ? name - 1 : name

export function portFilterLeave(place: number): void {
  if (records().of(place - 1).kind !== RECORD_FILTERS) throw new Error('no filter')
  records().leave(place - 1)
}

export function portFilterOwner(place: number): number {
  return Buffer.from(records().of(place - 1).bytes).readInt32LE(4)
}

export function portFiltersGone(_record: number, _places: number): void {
  // Nothing is cleaned.
}

export function portRecordsWrite(): boolean {
  portControls.records?.write()
  return true
}

export function portRecordReserve(kind: number, size: number): number {
  return records().reserve(kind, size)
}

export function portRecordFill(record: number, at: number, start: number, size: number): boolean {
  records().fill(record, at, bytesOf(start, size).slice())
  return true
}

export function portRecordCommit(record: number): boolean {
  records().commit(record)
  return true
}

/** This store wears nothing out. */
export function portRecordsWear(what: number): number {
  return what === WEAR_YEARS ? 999 : what === WEAR_BYTES ? portControls.records?.changes ?? 0 : 0
}

export function portRecordIsCommitted(record: number): boolean {
  return records().of(record).isCommitted
}

export function portRecordMark(record: number, mark: number): void {
  records().mark(named(record), mark)
}

export function portRecordRemove(record: number): void {
  records().remove(named(record))
}

export function portRecordKind(record: number): number {
  return records().of(record).kind
}

export function portRecordMarks(record: number): number {
  return records().of(named(record)).marks
}

export function portRecordSize(record: number): number {
  return records().of(record).bytes.length
}

export function portRecordSequence(record: number): number {
  return records().of(record).sequence
}

export function portRecordAge(record: number): number {
  return RECORDS_HAVE_AGE ? records().age(record) : 0
}

export function portRecordRead(record: number, from: number, target: number, size: number): void {
  const { bytes } = records().of(record)
  if (from < 0 || from + size > bytes.length) throw new Error(`range outside the record: ${from}, ${size}`)
  bytesOf(target, size).set(bytes.subarray(from, from + size))
}
