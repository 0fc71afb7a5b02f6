// Flags of a queue's row: queue_table.ts. The QoS and RETAIN bits are those of the fixed header.

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
