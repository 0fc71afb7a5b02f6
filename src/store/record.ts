// What a row of a table knows of its record: the bytes that the port keeps where no power is needed (a file, a flash),
// so that the row is there again when the broker starts anew. What a record holds is written by src/records; here is
// only its name, and its end, which comes with the row's.
//
// Memory of a row: a name, 2 bytes on a board, 8 on a computer.
import { portRecordMark, portRecordMarks, portRecordRemove, portRecordsSequence } from 'runtime'
import { FEATURE_RECORDS, RECORDS_MAPPED, TABLES_GROW } from '../limits'
import type { Column, RecordName } from '../kinds'

/** Such a column of any table. */
type Names = Record<number, RecordName>

/** The row has no record. */
export const NO_RECORD = 0

/** Whether what is acknowledged is to be kept: the port has a store, and what was in it has been restored. */
export let recordsAreKept = false

/**
 * Whether this broker is one with others, which its sessions may go to: only where the board has FEATURE_CLUSTERED.
 * What was sent is noted then, so that another broker knows it too.
 */
export let brokersAreOne = false

/** From now on it is. */
export function brokersUnite(): void {
  brokersAreOne = true
}

/** When the broker started, milliseconds of the port's clock, and the highest number of a record of before. */
export let startedMs = 0
export let sequenceAtStart = 0

/** Everything is restored: from now on it is kept. */
export function recordsKeep(nowMs: number): void {
  recordsAreKept = true
  startedMs = nowMs
  if (RECORDS_MAPPED) sequenceAtStart = portRecordsSequence()
}

/** A column of names of records; empty without FEATURE_RECORDS. */
export function newRecordNames<Of extends number>(count: number): Column<Of, RecordName> {
  const rows = FEATURE_RECORDS ? count : 0
  return (TABLES_GROW ? new Float64Array(rows) : new Uint16Array(rows)) as unknown as Column<Of, RecordName>
}

/** The row ends, or is another one: its record is gone, if it has one. */
export function recordForget(column: Names, row: number): void {
  if (!column[row]) return
  portRecordRemove(column[row])
  column[row] = NO_RECORD
}

/** Sets a mark of the row's record, if it has one: see src/records/record_kind.ts. */
export function recordMark(column: Names, row: number, mark: number): void {
  if (column[row]) portRecordMark(column[row], mark)
}

/** A record has another name, in whichever of these columns it stands. */
export function recordRename(columns: Column<number>[], from: RecordName, to: RecordName): void {
  columns.forEach(column => {
    let row
    while ((row = column.indexOf(from)) >= 0) column[row] = to
  })
}

/** Whether the row's record has a mark. */
export function recordHasMark(column: Names, row: number, mark: number): boolean {
  return column[row] > 0 && (portRecordMarks(column[row]) & mark) > 0
}
