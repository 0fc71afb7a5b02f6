// The record of an Application Message, and what stands behind the head of a Will's record: bytes of the properties 4,
// of the topic 2, flags 1 (QoS and RETAIN as in the fixed header), 1 that is one port's (messages/mapped), seconds
// until it expires 4, 4 that are that port's too, or of a payload that is spooled (feature/spool.ts) its size; topic,
// properties, payload. The seconds are those that were left when it was
// written.

/** Bytes in front of the topic. */
export const MESSAGE_HEAD_SIZE = 16
/** Seconds that are never over; and the expiry of a Will without one. */
export const NEVER = 0xffff_ffff
