// What a row of the retained messages holds; retained_table.ts finds rows by their topic, retained_index.ts by filters.
//
// Memory of a row: message 2, on a computer 4, and its node 4 there.
import { FEATURE_INDEX, NONE, RETAINED_MAX, newRows, rowsAtStart } from '../../limits'
import { columnGrow, newLinks } from '../../store/columns'
import type { Column, Message, RetainedRow, TopicNode } from '../../kinds'

/** Rows at the start. */
export const RETAINED_ROWS = rowsAtStart(RETAINED_MAX)

/** The message, or NONE where the row is free. */
export let retainedMessage: Column<RetainedRow, Message> = newLinks(RETAINED_ROWS)
/** The node of its topic. */
export let retainedNode: Column<RetainedRow, TopicNode> = newRows(FEATURE_INDEX ? RETAINED_ROWS : 0)

export function retainedRowsGrow(rows: number, grown: number): void {
  retainedMessage = columnGrow(retainedMessage, grown).fill(NONE, rows)
  retainedNode = columnGrow(retainedNode, grown)
}
