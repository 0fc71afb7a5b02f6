// What a store has, by the number with which the bytes of each record begin.
import { ok } from 'node:assert'
import * as store from '../../../src/port/espruino/records'
import { SECTOR_SIZE } from '../../../src/limits'
import { bytesAt } from '../../../src/port/espruino/address'
import { recordNext } from './record_next'

/** `order`: its sequence number, or, of what a store has acknowledged, the number that it was given. */
export interface Kept { kind: number, bytes: Buffer, isMarked: boolean, unit: number, order: number }

export function recordsWalk (): Map<number, Kept> {
  const found = new Map<number, Kept>()
  for (let unit = recordNext(0), last = 0; unit >= 0; last = unit, unit = recordNext(unit)) {
    ok(unit > last, 'records come in order of address')
    const bytes = recordBytes(unit)
    const id = bytes.length < 4 ? -1 : bytes.readUInt32LE()
    ok(!found.has(id), `${id} is there twice`)
    const isMarked = store.recordMarks(unit) === 1
    found.set(id, { kind: store.recordKind(unit), bytes, isMarked, unit, order: store.recordSequence(unit) })
  }
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
