// The contract between the core and a runtime. The build binds the alias `runtime` to one folder
// of src/port (or to the tests' own port), whose index.ts exports exactly these names; the core calls them
// statically. The tests' own port (test/support/memory_port) says `satisfies Port`, and is strict about the contract.
//
// The core keeps every byte in one Uint8Array, `memory` (src/memory.ts), and speaks of bytes as
// offsets into it: an argument named `start` is such an offset. On the board one native window over that array
// then serves every bulk operation; on Node `copyWithin` does, without an allocation.
//
// None of these may throw, block or call back into the core before it returns.
import type { Offset, RecordName, Slot, Table } from '../kinds'

export type { MappedRecords } from './mapped_records'

/** What a runtime hands over for received bytes: a string on Espruino, a Uint8Array on Node. */
export type Chunk = string | Uint8Array

/** Packed bytes ready to be written, to one connection or to many: a string on Espruino, a range's number on Node. */
export type Packed = string | number

/** What a port looks at Topic Filters with. */
export type FilterLook = ((text: string) => boolean) | null

/** Told of a record and its kind. */
export type OnRecord = (record: RecordName, kind: number) => void

export interface Port {
  /** Bytes in a received chunk. */
  portChunkSize(chunk: Chunk): number
  /**
   * Copies `size` bytes of a received chunk or of a text of Latin-1, from its byte `from` on, to memory at `target`.
   */
  portCopyIn(chunk: Chunk, from: number, target: Offset, size: number): void
  /** memmove within memory: the ranges may overlap. */
  portCopy(target: Offset, source: Offset, size: number): void
  /** Whether two ranges of memory hold the same bytes. */
  portEqual(a: Offset, b: Offset, size: number): boolean
  /** Whether memory from `start` on holds the bytes of a text of Latin-1. */
  portHasText(start: Offset, text: string): boolean
  /** A hash of a range of memory: an integer within 32 bits, the same for the same bytes while the broker runs. */
  portHash(start: Offset, size: number): number
  /** Offset of the first byte `value` in [start, end), or -1. */
  portIndexOf(value: number, start: Offset, end: Offset): Offset
  /** Offset of the first `+` or `#` in [start, end), or -1. */
  portIndexOfWildcard(start: Offset, end: Offset): number
  /** Whether [start, end) is all printable ASCII (0x20 to 0x7E): the quick yes of UTF-8 validation. */
  portIsPlainText(start: Offset, end: Offset): boolean
  /** With FILTERS_LOOKED_AT: what portFilterHash looks at filters with. */
  portFilterLook(): FilterLook
  /** 15 bits of portHash of a Topic Filter that looks plain, printable ASCII without wildcards or `$`; else NONE. */
  portFilterHash(look: FilterLook, start: Offset, size: number): number
  /** Index of the first run of `count` zero bytes in `map`, or -1; `hint` is where to look first. */
  portFindRun(map: Uint8Array, count: number, hint: number): number

  /**
   * Makes the range [start, end) of memory ready to be written. The answer is good until the next call with the
   * same `lane` (0 to 5): packed bytes of different lanes stand side by side, for the copies of one message.
   * A port of a board whose PACK_LANES is 1 must take a copy: there the range is used again at once.
   */
  portPack(start: Offset, end: Offset, lane: number): Packed
  /**
   * Bytes handed over for a connection that have not left yet, asked when they near its credit. Where the answer is not
   * 0 the port calls brokerWritable once they have left.
   */
  portUnsent(slot: Slot): number
  /** Hands packed bytes to a connection, all or nothing; they leave together, in order, when the core returns. */
  portWrite(slot: Slot, packed: Packed): void
  /** Ends a connection, which the core has forgotten, after all that was written has been handed to the network. */
  portClose(slot: Slot): void
  /** Asks the runtime to stop (true) or go on (false) reading from a connection. Advice: bytes may still come. */
  portPause(slot: Slot, paused: boolean): void

  /** Milliseconds from any fixed point, never going back. */
  portNowMs(): number
  /** Bytes of memory that the program has in use. Only asked where the board has FEATURE_SYS_LOADS. */
  portHeap(): number
  /** An integer from 0 to 0xFFFFFFFF. */
  portRandom(): number
  /** Reports an event: a code of src/broker/log_code.ts and two numbers. */
  portLog(code: number, a: number, b: number): void

  /**
   * Judges a CONNECT: 0, a Reason Code of 0x80 and above, or PORT_PENDING; then the port calls
   * brokerAuthenticated(slot, reasonCode) later. A length of -1 says that the field is absent.
   */
  portAuthenticate(
    slot: Slot,
    clientStart: Offset, clientSize: number,
    userStart: Offset, userSize: number,
    passwordStart: Offset, passwordSize: number,
  ): number
  /**
   * Whether a client may publish to a topic or subscribe to a filter; `access` is ACCESS_WRITE or ACCESS_SUBSCRIBE of
   * src/broker/access/access_kind.ts. Only asked where the board has FEATURE_AUTHORIZE and SETTING_AUTHORIZE is 1.
   */
  portAuthorize(slot: Slot, access: number, start: Offset, size: number): boolean
  /**
   * What the port has against the payload of the PUBLISH in hand, which its client may publish: 0, or a Reason Code
   * that PUBACK has. Only asked where the board has FEATURE_MORE_SETTINGS and SETTING_PAYLOADS is 1.
   */
  portPayloadRefusal(slot: Slot): number
  /**
   * Judges in the place of an access list, one that accessListJudge has named: whether a session whose Client
   * Identifier and User Name (size -1: it has none) lie there may do what `access` says with a topic or a filter.
   * Only asked where the board has FEATURE_LISTENER_TERMS. Answers for reading are remembered with routes.
   */
  portAccess(
    list: number, clientStart: Offset, clientSize: number, userStart: Offset, userSize: number,
    access: number, start: Offset, size: number,
  ): boolean
  /**
   * A client that may do so has published to a topic that begins with $CONTROL/, while SETTING_CONTROL is 1. Answers
   * whether the port has taken it; then nobody else gets it, and it is not retained.
   */
  portControl(slot: Slot, topicStart: Offset, topicSize: number, payloadStart: Offset, payloadEnd: Offset): boolean
  /**
   * A client has subscribed to a filter, or ended that, with this Reason Code. Only called where the board has
   * FEATURE_LISTENER_TERMS.
   */
  portFilter(slot: Slot, isSubscribe: boolean, reasonCode: number, start: Offset, size: number): void
  /**
   * A topic has a new retained message, of a client with these names and this access list; a list of -1: of the broker
   * itself. Only called where the board has FEATURE_LISTENER_TERMS and SETTING_RETAIN_SOURCE is 1.
   */
  portRetained(
    slot: Slot, list: number, clientStart: Offset, clientSize: number, userStart: Offset, userSize: number,
    start: Offset, size: number,
  ): void
  /** Whether who has published what a topic retains may still do so; asked where portRetained is called. */
  portRetainedAllows(start: Offset, size: number): boolean
  /**
   * A message is about to be published, while brokersAreOne is true: a session's (clientSize -1: nobody's), with the
   * Packet Identifier of its PUBLISH, 0: none, as of a Will, the QoS and RETAIN of the fixed header, the topic, the
   * properties right in front of the payload, and when it expires in milliseconds of the port's clock, 0: never.
   * Answers PORT_GO_ON, and it is published here, else what became of it. Only asked where the board has
   * FEATURE_CLUSTERED, as the next two are.
   */
  portPublish(
    clientStart: Offset, clientSize: number, packetIdentifier: number, flags: number,
    topicStart: Offset, topicSize: number, propertiesStart: Offset, payloadStart: Offset, payloadEnd: Offset,
    expiresAt: number,
  ): number
  /** Somebody has a subscription to a Topic Filter, `$share/name/` in front of it included, or nobody any more. */
  portWanted(start: Offset, size: number, isWanted: boolean): void
  /** Whether the members that a shared subscription's filter has here are to get the message in hand. */
  portShares(filterStart: Offset, filterSize: number): boolean
  /**
   * One step of an enhanced authentication: `first` for CONNECT and for the start of a re-authentication.
   * Answers 0 (success), 0x18 (continue), a Reason Code of 0x80 and above, or PORT_PENDING; the port puts data for the
   * client into memory by authDataSet first. Method and data are UTF-8 and binary; dataSize -1: absent.
   */
  portAuthExchange(
    slot: Slot, first: boolean,
    methodStart: Offset, methodSize: number,
    dataStart: Offset, dataSize: number,
  ): number

  // The spool: payloads that are too large for memory. Only called where the board has FEATURE_SPOOL, and is told to
  // take packets larger than PACKET_SIZE_MAX. A payload's reference is REFERENCE_SIZE bytes that say which one is
  // meant; memory that is packed or copied has it in the payload's place, and the end of what is packed is as far
  // behind it as the payload is large: portWrite then sends the payload itself.

  /**
   * A connection begins to bring a payload of `size` bytes, of which `here` are in memory at `start`. The port takes
   * them, puts the payload's reference there in their place, and calls brokerSpooled when the rest has come by
   * portSpoolTake; where it is to last, when all of it outlives what records do. False: no room yet, where it may wait.
   */
  portSpoolBegin(slot: Slot, size: number, start: Offset, here: number, isToLast: boolean, mayWait: boolean): boolean
  /** `size` bytes of a chunk, from its byte `from` on, are the next of the connection's payload. */
  portSpoolTake(slot: Slot, chunk: Chunk, from: number, size: number): void
  /** The connection's payload was published, or refused: whoever wants it holds it. */
  portSpoolEnd(slot: Slot): void
  /** One more holder of the payload whose reference is at an address. */
  portSpoolHold(start: Offset): void
  /** One less; behind the last one it is gone, where records have named it once their end is done for good. */
  portSpoolRelease(start: Offset): void
  /** As portSpoolHold, of a reference that a record had when the broker starts. False: there is no such payload. */
  portSpoolRestore(start: Offset, size: number): boolean

  // The record store: what outlives the power. Only called where the board has FEATURE_RECORDS. A record is a kind
  // (src/records/record_kind.ts) and bytes that never change; it may get marks, and it ends. What is added in one call
  // into the core is there as a whole or not at all, and before any mark or removal of that call, but for what does not
  // fit into a store's list of these, and a record that was reserved. No acknowledgement that is written to a
  // connection, and nothing of QoS 2, may leave before all that was done to records until then is done for good: when
  // the power goes, a store has all of which anybody was told. A PUBLISH at QoS 0 or 1 may: it is sent again then.

  /**
   * Whether there is a store; called once, when the broker starts, and tells `onRecord` of each record that is there,
   * which may mark and remove it. Where tables grow they come in the order of their sequence numbers. Where it has kept
   * `tables` (RECORDS_MAPPED) these come first, and what is newer alone behind them.
   */
  portRecordsOpen(onRecord: OnRecord, tables: Table[], onTables: () => void): boolean
  /** Whether so many records of so many bytes together can be added for sure in this call into the core. */
  portRecordRoom(count: number, size: number): boolean
  /** Adds a record whose bytes are two ranges of memory, one behind the other. Its name; 0: there is no room. */
  portRecordAdd(kind: number, headStart: Offset, headSize: number, bodyStart: Offset, bodySize: number): RecordName
  /**
   * Writes what was gathered; it is written at the end of the call into the core in any case. False: it failed, and the
   * records are not there.
   */
  portRecordsWrite(): boolean
  /** Sets one of the record's marks, 1, 2 or 4. */
  portRecordMark(record: RecordName, mark: number): void
  /** The record is gone. */
  portRecordRemove(record: RecordName): void
  portRecordKind(record: RecordName): number
  /** The sum of its marks. */
  portRecordMarks(record: RecordName): number
  /** Bytes. */
  portRecordSize(record: RecordName): number
  /** A number that grows with each record that is added, an integer below 2^48. */
  portRecordSequence(record: RecordName): number
  /** Seconds since the record was added, the time without power among them; 0 where the port does not know. */
  portRecordAge(record: RecordName): number
  /** Copies `size` of its bytes, from its byte `from` on, to memory at `target`. */
  portRecordRead(record: RecordName, from: number, target: Offset, size: number): void
}

// What portRecordsWear is asked for: bytes that were written, erases of sectors, years.
export const WEAR_BYTES = 0
export const WEAR_ERASES = 1
export const WEAR_YEARS = 2
/** How many there are of these. */
export const WEAR_COUNT = 3

/** The answer of portAuthenticate and portAuthExchange that is not known yet. */
export const PORT_PENDING = -1
/** The answer of portPublish that leaves the message to the broker. */
export const PORT_GO_ON = -1

/** Of a message of the cluster that comes back: it is for those groups alone that portShares says yes of. */
export const CLUSTER_GROUP = -1
