// The record store alone, as a board's bundle has it: what tests run in the real interpreter.

import {
  recordAdd, recordCommit, recordFill, recordMarks, recordKind, recordMark, recordNext, recordRemove, recordReserve,
  recordSequence, recordSize, recordsClean, recordsOpen, recordBytesWritten, recordErases, recordErasesEver,
  recordUnitsLive, recordsDamaged, recordBody,
} from '../../../src/port/espruino/records'
import { memory } from '../../../src/memory'
import { bytesAt } from '../../../src/port/espruino/address'

Object.assign(globalThis, {
  records: {
    memory, open: recordsOpen, add: recordAdd, reserve: recordReserve, fill: recordFill, commit: recordCommit,
    mark: recordMark, remove: recordRemove, next: recordNext, kind: recordKind, marks: recordMarks,
    size: recordSize, sequence: recordSequence, clean: recordsClean, body: recordBody, bytesAt,
    counters: () => [recordBytesWritten, recordErases, recordErasesEver, recordUnitsLive(), recordsDamaged],
  },
})
