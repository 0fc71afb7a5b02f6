// The head of a record that belongs to a session: its owner's number, and what stands behind it.
import { portRecordRead, portRecordSize } from 'runtime'
import { readBegin } from '../codec/reader'
import { RECORD_HEAD_AT, RECORD_HEAD_SIZE } from '../limits'
import type { RecordName } from '../kinds'

/** Bytes of the owner's number, which is what such a record begins with. */
export const OWNER_SIZE = 4

/** Has the reader read a record's head from its byte `at` on. */
export function ownedHeadRead(record: RecordName, at: number): void {
  const size = Math.min(portRecordSize(record), RECORD_HEAD_SIZE)
  portRecordRead(record, 0, RECORD_HEAD_AT, size)
  readBegin(RECORD_HEAD_AT + at, RECORD_HEAD_AT + size)
}
