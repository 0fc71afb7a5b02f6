// The record store alone, as a board's bundle has it: what tests run in the real interpreter.

import * as store from '../../../src/port/espruino/records'
import { memory } from '../../../src/memory'
import { bytesAt } from '../../../src/port/espruino/address'
import { recordNext } from './record_next'

function open(): number {
  let count = 0
  return store.recordsOpen(() => { count++ }, [], () => undefined) ? count : -1
}

Object.assign(globalThis, {
  records: {
    memory, open, add: store.recordAdd, reserve: store.recordReserve,
    fill: (unit: number, at: number, start: number, size: number) =>
      store.recordFill(unit, at, bytesAt(start, size), size),
    whole: store.recordCommit, change: store.recordChange, end: store.recordsCommit, next: recordNext,
    kind: store.recordKind, marks: store.recordMarks, size: store.recordSize, sequence: store.recordSequence,
    clean: store.recordsClean, body: store.recordBody, bytesAt, GONE: store.GONE,
  },
})
