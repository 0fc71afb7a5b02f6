// Kinds of numbers. Nearly every value of the core is a number, and most say which row of which table: a slot in the
// place of a session is a bug that no test sees until both are large. So the compiler tells them apart: a Session is no
// Slot, and a column of sessions is looked up by sessions alone. A plain number is of any kind, so that a loop counts
// and a sum of offsets is an offset; nothing of it is there when the program runs.

declare const kind: unique symbol

type Kind<Name extends string> = number & { readonly [kind]?: Name }

/** A connection's index: store/connection_table.ts. */
export type Slot = Kind<'slot'>
/** A row of store/session_table.ts. */
export type Session = Kind<'session'>
/** A row of messages/columns/message_table.ts, or a place of messages/mapped. */
export type Message = Kind<'message'>
/** A row of store/queue_table.ts: a message in a queue, or a Packet Identifier of QoS 2 that is open towards us. */
export type QueueRow = Kind<'queue row'>
/** A row of messages/retained_table. */
export type RetainedRow = Kind<'retained row'>
/** A row of subscriptions/rows.ts. */
export type Subscription = Kind<'subscription'>
/** A row of subscriptions/indexed/filter_table.ts. */
export type Filter = Kind<'filter'>
/** A node of subscriptions/indexed/retained_index.ts. */
export type TopicNode = Kind<'topic node'>
/** A record of the port's store; 0: none. See src/port/port.ts. */
export type RecordName = Kind<'record'>
/** Where bytes lie in memory. */
export type Offset = Kind<'offset'>

interface Cells<Of extends number, Value extends number> {
  readonly length: number
  fill(value: Value, from?: number, to?: number): this
  indexOf(value: Value, from?: number): Of
}

/** A column, for what takes its bytes alone. */
export interface Table { readonly buffer: ArrayBufferLike }
/** A column of a table: what each row of a kind has. */
export type Column<Of extends number, Value extends number = number> = { [row in Of]: Value } & Cells<Of, Value>
