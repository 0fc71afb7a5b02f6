// What a store has, by the number with which the bytes of each record begin.
import { ok } from 'node:assert'
import * as store from '../../../src/port/espruino/records'
import { SECTOR_SIZE } from '../../../src/limits'
import { bytesAt } from '../../../src/port/espruino/address'
import { filterIsThere, filterUnits, recordAfter } from '../../../src/port/espruino/records/record'
import { FILTER_AT, RECORD_FILTERS } from '../../../src/records/record_kind'
import { recordNext } from './record_next'

/** `order`: its sequence number, or, of what a store has acknowledged, the number that it was given. */
export interface Kept { kind: number, bytes: Buffer, isMarked: boolean, unit: number, order: number }

/** Where the filters of a record begin, those that are gone among them. */
export function filterPlaces(record: number): number[] {
  const places: number[] = []
  for (let unit = record + 1; unit < recordAfter(record); unit += filterUnits(unit)) places.push(unit)
  return places
}

/** A filter's own bytes. */
export function filterBytes(place: number): Buffer {
  const at = store.recordBody(place - 1)
  const size = Buffer.from(bytesAt(at + FILTER_AT - 2, 2), 'latin1').readUInt16BE()
  return Buffer.from(bytesAt(at + FILTER_AT, size), 'latin1')
}

/**
 * What the broker does with each record of filters that it is told of at the start: one of which nothing counts ends,
 * and of another the store hears what does not. `left` are those of sessions that are over.
 */
export function filtersSettle(records: number[], left: Set<number>): void {
  for (const record of records.filter(unit => store.recordKind(unit) === RECORD_FILTERS)) {
    const gone = filterPlaces(record).filter(place => !filterIsThere(place) || left.has(idOf(filterBytes(place))))
    if (gone.length === filterPlaces(record).length) store.recordChange(record, store.GONE)
    else store.unitsForget(record, gone.reduce((sum, place) => sum + filterUnits(place), 0))
  }
}

/** The number with which bytes begin. */
const idOf = (bytes: Buffer): number => bytes.length < 4 ? -1 : bytes.readUInt32LE()

/** All records, in order of address. */
export function recordUnits(): number[] {
  const units: number[] = []
  for (let unit = recordNext(0); unit >= 0; unit = recordNext(unit)) {
    ok(unit > (units.at(-1) ?? 0), 'records come in order of address')
    units.push(unit)
  }
  return units
}

/** What counts, but `left`. */
export function recordsWalk (left: Set<number>): Map<number, Kept> {
  const found = new Map<number, Kept>()
  const take = (unit: number, bytes: Buffer, kind: number): void => {
    const id = idOf(bytes)
    ok(!found.has(id), `${id} is there twice`)
    const isMarked = store.recordMarks(unit) === 1
    found.set(id, { kind, bytes, isMarked, unit, order: store.recordSequence(unit) })
  }
  for (const unit of recordUnits()) {
    if (store.recordKind(unit) === RECORD_FILTERS) {
      for (const place of filterPlaces(unit)) if (filterIsThere(place)) take(place, filterBytes(place), RECORD_FILTERS)
      continue
    }
    take(unit, recordBytes(unit), store.recordKind(unit))
  }
  for (const id of left) found.delete(id)
  return found
}

/** All bytes of a record, piece by piece. */
function recordBytes (unit: number): Buffer {
  const [start, end] = [store.recordBody(unit), store.recordBody(unit) + store.recordSize(unit)]
  const pieces: Buffer[] = []
  for (let at = start, size; at < end; at += size) {
    const from = store.recordAt(unit + store.FIRST, at)
    size = Math.min(end - at, SECTOR_SIZE - from % SECTOR_SIZE)
    pieces.push(Buffer.from(bytesAt(from, size), 'latin1'))
  }
  return Buffer.concat(pieces)
}
