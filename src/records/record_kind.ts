// What kinds of records there are, and what they hold: numbers with the highest byte first, as in MQTT. `owner` is the
// number of the session that the record belongs to (sessionOwner); a record whose owner is not there is gone.

/** owner 4, Session Expiry Interval 4, flags 1, bytes of the Client Identifier 2; Client Identifier, User Name. */
export const RECORD_SESSION = 1
/** owner 4, Subscription Identifier 4, options 1; Topic Filter. */
export const RECORD_SUBSCRIPTION = 2
/** See message_record.ts. */
export const RECORD_MESSAGE = 3
/** The same of a retained message. */
export const RECORD_RETAINED = 4
/**
 * owner 4, the message's sequence number 6, Subscription Identifier 4, or where there are none of these the seconds at
 * which it was queued, Packet Identifier 2, flags 1.
 */
export const RECORD_QUEUED = 5
/** owner 4, Packet Identifier 2. An incoming message of QoS 2. */
export const RECORD_INBOUND = 6
/** owner 4, Will Delay Interval that is left 4; the message. */
export const RECORD_WILL = 7
/**
 * With RECORDS_MAPPED, subscriptions of one session that came together: at every place of the record, from the one
 * behind its head on, [0..2] 0xFF, [3] its own state, as a record's, [4..7] owner, lowest first, [8..9] bytes of the
 * Topic Filter, the filter, options 1, to the end of a place. The place is what its row names.
 */
export const RECORD_FILTERS = 8
/** The tables of a board as they stand in memory: records/tables.ts. */
export const RECORD_TABLES = 9
/** Where the filter begins, from such a place on; in front of it is its size, as in SUBSCRIBE. */
export const FILTER_AT = 10
/** What such a place takes besides the filter. */
export const FILTER_ROOM = FILTER_AT + 1
/** The state of one that is there, without marks. */
export const FILTER_STATE = 0xcf
/** The highest state of one that is gone. */
export const FILTER_GONE = 0xbf

// Marks, bits.
/** Of a retained message: its topic has another, or none; it is still on its way to somebody. */
export const MARK_REPLACED = 1
/** Of a subscription: its retained messages had to wait. */
export const MARK_WAITING = 1
/** Of a filter of RECORD_FILTERS: it is plain, as portFilterHash says. */
export const MARK_PLAIN = 4
/** It has them now. */
export const MARK_SERVED = 2
/** Of a queued message: it was sent. */
export const MARK_SENT = 1
/** PUBREC has come for it. */
export const MARK_RELEASED = 2
