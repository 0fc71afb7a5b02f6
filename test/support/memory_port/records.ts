// The record store of the tests' own port; a test puts one into `portControls`, or none.

import { RECORDS_HAVE_AGE } from '../../../src/limits'
import { memory } from '../../../src/memory'
import type { MemoryRecords } from '../memory_records'
import { portControls } from './controls'

const records = (): MemoryRecords => portControls.records ?? unkept()

function concat (headStart: number, headSize: number, bodyStart: number, bodySize: number): Uint8Array {
  const ends = [headStart + headSize, bodyStart + bodySize]
  if (ends.some(end => !(end <= memory.length))) throw new Error('range outside memory')
  const bytes = new Uint8Array(headSize + bodySize)
  bytes.set(memory.subarray(headStart, ends[0]))
  bytes.set(memory.subarray(bodyStart, ends[1]), headSize)
  return bytes
}

const unkept = (): never => {
  throw new Error('nothing is kept')
}

export function portRecordsOpen(): boolean {
  return portControls.records !== null
}

export function portRecordRoom(count: number, size: number): boolean {
  if (!(count > 0)) throw new Error('room for nothing')
  return records().hasRoom(size)
}

export function portRecordAdd(
  kind: number, headStart: number, headSize: number, bodyStart: number, bodySize: number,
): number {
  return records().add(kind, concat(headStart, headSize, bodyStart, bodySize))
}

export function portRecordMark(record: number, mark: number): void {
  records().mark(record, mark)
}

export function portRecordRemove(record: number): void {
  records().remove(record)
}

export function portRecordNext(record: number): number {
  return records().next(record)
}

export function portRecordKind(record: number): number {
  return records().of(record).kind
}

export function portRecordMarks(record: number): number {
  return records().of(record).marks
}

export function portRecordSize(record: number): number {
  return records().of(record).bytes.length
}

export function portRecordSequence(record: number): number {
  return records().of(record).name
}

export function portRecordAge(record: number): number {
  return RECORDS_HAVE_AGE ? records().age(record) : 0
}

export function portRecordRead(record: number, from: number, target: number, size: number): void {
  if (!(target >= 0 && size >= 0 && target + size <= memory.length)) throw new Error(`range outside memory: ${target}`)
  const { bytes } = records().of(record)
  if (from < 0 || from + size > bytes.length) throw new Error(`range outside the record: ${from}, ${size}`)
  memory.set(bytes.subarray(from, from + size), target)
}
