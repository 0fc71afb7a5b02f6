// Which message a row of a queue has; queue_table.ts has what else it knows. Apart, so that messages know who names
// them.
//
// Memory of a row: 2, or 4 where messages are places (messages/mapped) or tables grow.
import { NONE, QUEUE_ROWS_MAX, newMessages, rowsAtStart } from '../limits'
import { columnGrow } from './columns'
import type { Column, Message, QueueRow } from '../kinds'

/** The message, or NONE once it is released. */
export let queueMessage: Column<QueueRow, Message> = newMessages(rowsAtStart(QUEUE_ROWS_MAX))

export function queueRowsGrow(grown: number): void {
  queueMessage = columnGrow(queueMessage, grown).fill(NONE, queueMessage.length)
}
