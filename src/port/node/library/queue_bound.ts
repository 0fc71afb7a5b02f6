// How many messages of QoS 1 and 2 a session's queue takes, or bytes of them: what is said for every session, and for a
// bridge's alone.

/** The most messages that may be said: mosquitto's numbers have 31 bits. */
export const QUEUED_MESSAGES_MAX = 2_147_483_647

/** What the core is told; 0 is no limit, as in mosquitto. */
export const queueBound = (most: number): number => most || Infinity
