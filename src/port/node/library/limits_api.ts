// The library's types of limits; the build ships them in one file with those of api.ts.

export interface Limits {
  /** Network Connections at a time, of all listeners together. */
  connections?: number
  /** Sessions at a time, of clients that are here and that are away; further ones are refused with 0x89. */
  sessions?: number
  /** QoS 1 and 2 messages on their way to one client, 256 unless told, at most 65,535. */
  inflightMessages?: number
  /** What a client of 5.0 is told that it may have on its way to the broker; 256 at most, and unless told. */
  receiveMaximum?: number
  /** QoS 1 and 2 messages kept for one session, 1,000 unless told; 0: no limit. */
  queuedMessages?: number
  /** Bytes of the largest packet that is accepted. */
  packetSize?: number
  /** Bytes of the largest payload that is published, others are refused with 0x83, a Will with 0x95; 0: no limit. */
  payloadSize?: number
  /** What is retained is sent to new subscribers only while its publisher may still write it. */
  retainSource?: boolean
  /** Seconds; 0: no limit. */
  keepAlive?: number
  /** Seconds that a session outlives its connection at most. */
  sessionExpiry?: number
  /** Topic Aliases that a client may give, and that the broker gives a client; 16 at most, and unless told. */
  topicAliases?: number
  topicAliasesGiven?: number
  /** Seconds between two publications of $SYS; 0: never. */
  sysInterval?: number
  /** Whether a client may leave its Client Identifier to the broker. */
  emptyClientIdentifier?: boolean
  /** Whether messages may be retained. */
  retain?: boolean
  /** Whether messages at QoS 0 are queued too for sessions whose clients are away, up to the limits of queues. */
  queueQos0?: boolean
  /** The same in bytes of payload, before the last message; 0: no limit. */
  queuedBytes?: number
  inflightBytes?: number
  /** A copy for each subscription that matches, and not one for each client. */
  duplicates?: boolean
  /** Bytes that sessions, subscriptions and messages may take together; some 4 MB are there at the start. */
  memory?: number
}
