// What a program may say of a session's queue, and ask: numbers for the functions of session_look.ts.

// What it does when it is full.
/** It refuses what is new. */
export const QUEUE_NEWEST = 0
/** The oldest goes. */
export const QUEUE_OLDEST = 1
/** A message takes the place of the one that waits on its topic; else the oldest goes. */
export const QUEUE_LATEST = 2

// What there is to know of it.
/** Messages of QoS 1 and 2 that wait for the client or are on their way to it. */
export const QUEUED = 0
/** Bytes of their payloads. */
export const QUEUED_BYTES = 1
/** Milliseconds that the oldest has been there, as far back as the start of the program. */
export const QUEUED_MS = 2
/** Messages that were not kept, or not any more, by sessionQueueBound. */
export const QUEUE_DROPPED = 3
