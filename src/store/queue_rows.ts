// Which message a row of a queue has; queue_table.ts has what else it knows. Apart, so that messages know who names
// them.
//
// Memory of a row: 2, or 4 where messages are places (messages/mapped) or tables grow.
import { QUEUE_ROWS_ROOM, RECORDS_MAPPED, newRows, rowsAtStart } from '../limits'
import { columnGrow, newPlaces } from './columns'
import type { Column, Message, QueueRow } from '../kinds'

// Flags. The QoS and RETAIN bits are those of the fixed header.
export const QUEUE_RETAIN = 1
/** Sent, and not acknowledged: goes out again with DUP after a reconnect. */
export const QUEUE_SENT = 8
/** PUBREC has come, PUBREL was sent: the message itself is gone. */
export const QUEUE_RELEASED = 16
/** The member of a shared subscription that was chosen for the message. */
export const QUEUE_SHARED = 32
/** More than one Subscription Identifier: they are looked up when it is sent. */
export const QUEUE_IDENTIFIERS = 64
/** Of an incoming Packet Identifier: its PUBLISH came on the connection that is there now. */
export const INBOUND_HERE = 1
/** PUBREL was sent again when the session was resumed: it stands outside the in-flight window of the connection. */
export const QUEUE_RESUMED = 128

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

/** At a start whose tables were kept. */
export function queueRowsFreeSet(count: number): void {
  queueRowsFree = count
}

export function queueRowsGrow(grown: number): void {
  queueMessage = columnGrow(queueMessage, grown)
}
