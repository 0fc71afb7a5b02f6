// The contract of the alias `messages`, which the build binds to one folder: columns/ has a row for each message and
// its bytes in the pool, and is for computers and boards without a store of records; mapped/ has no table, for boards
// whose port can read records where they lie (RECORDS_MAPPED): there a message is a place, in the pool or in a record,
// and says of itself what it is. Both folders have a module of each name below.
import type { Message, Offset, RecordName, RetainedRow, Table } from '../kinds'

/** `messages/message_table`: Application Messages that are kept: retained, queued for sessions, Wills. */
export interface MessageTable {
  /** Messages stored, and their bytes: topics, properties and payloads; of mapped/ those in the pool. */
  messageCount: number
  messageBytes: number
  /** Where the topic begins; properties and payload follow. Good as long as the message, between two ticks. */
  messageStart(message: Message): Offset
  /** Bytes. */
  messageTopicSize(message: Message): number
  messageTailStart(message: Message): Offset
  messagePayloadStart(message: Message): Offset
  /** Behind the payload. */
  messageEnd(message: Message): Offset
  /** Bytes of memory that it takes from messageStart on, or of a record. */
  messageRoom(message: Message): number
  /** QoS in bits 1 and 2, RETAIN in bit 0: as in the fixed header. */
  messageFlags(message: Message): number
  /**
   * When it expires, milliseconds of the port's clock; 0: never. A Will's interval in milliseconds until it is
   * published; NONE: it has none.
   */
  messageExpiresAt(message: Message): number
  messageExpirySet(message: Message, expiresAt: number): void
  /**
   * Room for a message of these sizes, with one reference, which is the caller's; nothing is copied. `reserve` blocks
   * of the pool are left free. NONE: there is none.
   */
  messageReserve(
    topicSize: number, propertiesSize: number, payloadSize: number, flags: number, expiresAt: number, reserve: number,
  ): Message
  /**
   * Stores the message of the registers of codec/publish.ts, which is in memory, up to `end`: what is behind that is
   * still to come. One reference, as above.
   */
  messageStore(end: Offset, expiresAt: number, reserve: number): Message
  /** Copies `size` bytes of memory into a message, to an address of it that has none yet. */
  messageFill(message: Message, target: Offset, start: Offset, size: number): void
  /** Whether the last messageFill or messageStore has failed in a record: the message must be released. */
  messageIsSpoiled: boolean
  /**
   * The message that the publication has, NONE: it has none any more. Of a message that somebody releases meanwhile it
   * is a holder.
   */
  messageHold(message: Message): void
  /** One more holder. */
  messageRetain(message: Message): void
  /** One holder less; the last one frees the message. NONE is no message. */
  messageRelease(message: Message): void
  /**
   * Its topic has another retained message, or none: somebody may still get it. It is going to be released; of mapped/
   * only a record is meant, which ends with this if it is nobody's.
   */
  messageRetainEnd(message: Message): void
  /** Its record; 0: it has none. */
  messageRecordName(message: Message): RecordName
}

/** `messages/message_record`: messages that are kept. */
export interface MessageRecords {
  /**
   * Keeps a message, if it is not kept yet. Answers it: of mapped/ it may be another one, of which the caller is a
   * holder beside the former; NONE: there is no room.
   */
  messageKeep(message: Message, kind: number): Message
  /** The message of a record of a kind; NONE: there is no room for it. */
  messageRestore(record: RecordName, kind: number): Message
  /** The message that was restored last, a retained one for which there is no row, stays in its record. */
  messageLeave(message: Message): void
  /** The restored message whose record has a sequence number, or NONE. */
  messageFind(sequence: number): Message
  /** Of mapped/: a row that was kept (records/tables.ts) has it no more. */
  messageAgain(message: Message): void
  /** A message's record has another name: record_moved.ts. */
  messageMoved(from: RecordName, to: RecordName): void
  /** All is restored: what nobody holds was about to end when the power went. */
  messagesSettle(): void
}

/** `messages/retained_waiting`: retained messages that get their records later than they are retained. */
export interface RetainedWaiting {
  /**
   * Whether a message that is going to be retained can wait so many turns for its record (records/persist_policy.ts).
   * False: it must be kept before retainedSet.
   */
  retainedMayWait(message: Message, turns: number): boolean
  /** A second has passed: writes some that have waited for long enough. */
  waitingTick(): void
}

/** `messages/retained_again`: what is retained comes again, with another payload and nothing else that is new. */
export interface RetainedAgain {
  /** The record of a row's message, where nobody is to be sent it; 0: there is none, or somebody is. */
  retainedRecordAlone(row: RetainedRow): RecordName
  /** The row has a message in a record, which was written in the place of its own. */
  retainedReplace(row: RetainedRow, message: Message): void
}

/** `messages/retained_table`: one message for each topic. */
export interface RetainedTable {
  retainedCount: number
  /** Rows from this one on were never used. */
  retainedRowsUsed: number
  /** Of mapped/: the row set last, where its message is in a record and it had one before; else NONE. */
  retainedRowAgain: RetainedRow
  /** The message of a row, or NONE. */
  retainedOf(row: RetainedRow): Message
  /** The row of a topic, or NONE. */
  retainedFind(topicStart: Offset, topicSize: number): RetainedRow
  /** Whether a message for the topic in `row` (retainedFind) could be kept. */
  retainedHasRoom(row: RetainedRow): boolean
  /**
   * Keeps a message for its topic, in the place of the one in `row`, which retainedFind answered last. Ask
   * retainedHasRoom first.
   */
  retainedSet(row: RetainedRow, message: Message): void
  /** Forgets a row's message. */
  retainedRemove(row: RetainedRow): void
  /** Of mapped/: the columns, and what is left of those that were kept (records/tables.ts). */
  retainedTables(): Table[]
  retainedKept(): void
}
