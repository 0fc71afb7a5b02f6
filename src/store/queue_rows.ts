// Which message a row of a queue has; queue_table.ts has what else it knows. Apart, so that messages know who names
// them.
//
// Memory of a row: 2, or 4 where messages are places (messages/mapped) or tables grow.
import { QUEUE_ROWS_ROOM, RECORDS_MAPPED, newRows, rowsAtStart } from '../limits'
import { columnGrow, newPlaces } from './columns'
import type { Column, Message, QueueRow } from '../kinds'

/** Rows at the start. */
export const QUEUE_ROWS = rowsAtStart(QUEUE_ROWS_ROOM)

/** The message, or NONE once it is released. */
export let queueMessage: Column<QueueRow, Message> = RECORDS_MAPPED
  ? newPlaces(QUEUE_ROWS) : newRows(QUEUE_ROWS)

/** Rows that are nobody's. */
export let queueRowsFree = QUEUE_ROWS

export function queueRowsFreeAdd(count: number): void {
  queueRowsFree += count
}

export function queueRowsGrow(grown: number): void {
  queueMessage = columnGrow(queueMessage, grown)
}
