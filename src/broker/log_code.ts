// What the core reports through portLog(code, a, b); the port has the words. In each, a is a slot unless said
// otherwise.
export const LOG_ACCEPTED = 0
/** b: protocol version. */
export const LOG_CONNECTED = 1
/** b: Reason Code, NO_REASON when the network is gone. */
export const LOG_CLOSED = 2
/** CONNECT refused; b: Reason Code. */
export const LOG_REFUSED = 3
/** There is no slot for a connection; a: NONE, b: the counter of counters.ts. */
export const LOG_FULL = 4
/** A message of the client was refused; b: Reason Code. */
export const LOG_PUBLISH_REFUSED = 5
/**
 * From this one on a is where in memory a Client Identifier lies, for as long as the call lasts, and b its size in
 * bytes.
 */
export const LOG_OF_SESSIONS = 6
/** The time of a session was over. */
export const LOG_SESSION_EXPIRED = 6
/** A client's Will was published. */
export const LOG_WILL = 7
/** A session ended to make room for another. */
export const LOG_SESSION_REPLACED = 8
/** Whose the next LOG_CONNECTED is: a board's port can ask the core for no name. */
export const LOG_CLIENT = 9
