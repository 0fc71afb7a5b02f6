// The record store of a gateway that keeps what it acknowledges; without one it forgets everything when it ends.
import { memory } from '../../memory'
import type { Offset, RecordName } from '../../kinds'
import type { OnRecord } from '../port'

/** A store that goes on with what it had; see src/port/port.ts for what each of these promises. */
export interface RecordStore {
  room(count: number, size: number): boolean
  /** Its bytes are two ranges of memory, one behind the other. */
  add(kind: number, headStart: Offset, headSize: number, bodyStart: Offset, bodySize: number): RecordName
  mark(record: RecordName, mark: number): void
  remove(record: RecordName): void
  /** The one behind another, which may have been removed, in the order of their numbers; 0: the first, or no more. */
  next(record: RecordName): RecordName
  kind(record: RecordName): number
  marks(record: RecordName): number
  size(record: RecordName): number
  sequence(record: RecordName): number
  /** The record's bytes, which are not changed; like its kind and its age only while the broker starts. */
  bytes(record: RecordName): Uint8Array
  /** Seconds. */
  age(record: RecordName): number
}

let store: RecordStore | null = null

/** Has the broker keep its records there; call it before the broker starts. */
export function recordsKeepIn(given: RecordStore): void {
  store = given
}

export function portRecordsOpen(onRecord: OnRecord): boolean {
  if (!store) return false
  for (let record = store.next(0); record; record = store.next(record)) onRecord(record, store.kind(record))
  return true
}

export function portRecordRoom(count: number, size: number): boolean {
  return store!.room(count, size)
}

export function portRecordAdd(
  kind: number, headStart: Offset, headSize: number, bodyStart: Offset, bodySize: number,
): RecordName {
  return store!.add(kind, headStart, headSize, bodyStart, bodySize)
}

export function portRecordsWrite(): boolean {
  return true
}

export function portRecordMark(record: RecordName, mark: number): void {
  store!.mark(record, mark)
}

export function portRecordRemove(record: RecordName): void {
  store!.remove(record)
}

export function portRecordKind(record: RecordName): number {
  return store!.kind(record)
}

export function portRecordMarks(record: RecordName): number {
  return store!.marks(record)
}

export function portRecordSize(record: RecordName): number {
  return store!.size(record)
}

export function portRecordSequence(record: RecordName): number {
  return store!.sequence(record)
}

export function portRecordAge(record: RecordName): number {
  return store!.age(record)
}

export function portRecordRead(record: RecordName, from: number, target: Offset, size: number): void {
  memory.set(store!.bytes(record).subarray(from, from + size), target)
}

// Only boards whose flash is their memory ask.
export function portRecordAt(): number {
  return 0
}

export function portRecordWord(): number {
  return 0
}

export function portRecordStands(): number {
  return 0
}

export function portRecordLost(): void {}

export function portTablesNever(): void {}

export function portRecordsSequence(): number {
  return 0
}

export function portFilterLeave(): void {}

export function portFilterGather(): number {
  return 0
}

export function portFilterOwner(): number {
  return 0
}

export function portFiltersGone(): void {}

export function portRecordsWear(): number {
  return 0
}
