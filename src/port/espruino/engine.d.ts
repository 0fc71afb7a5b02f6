// The part of Espruino's own API that the port uses, beside what Node's types already name.

/** Espruino's engine object. */
declare const E: {
  getAddressOf(value: Uint8Array, isFlatWanted: boolean): number
  memoryArea(address: number, size: number): string
  toString(bytes: Uint8Array | ArrayBufferLike): string | undefined
  toUint8Array(bytes: string): Uint8Array
  /** A view of a string's bytes. */
  toArrayBuffer(bytes: string): ArrayBuffer
  CRC32(bytes: string): number
  /** Whether a string is a Unicode one: never, on an engine without them. */
  isUTF8(text: string): boolean
  /** The bytes of a Unicode string. */
  fromUTF8(text: string): string
  /** Bytes of UTF-8 as a Unicode string; throws on an engine without them. */
  asUTF8(bytes: string): string
  hwRand(): number
  /** What went wrong since it was asked last: MEMORY, that there was no variable left. */
  getErrorFlags(): string[]
  reboot(): void
  on(event: string, handler: () => void): void
  /** Calls handlers once what runs has returned. */
  emit(event: string): void
  enableWatchdog(seconds: number, isAutomatic: boolean): void
  setFlags(flags: Record<string, boolean>): void
  /** Hours east of Greenwich, all year. */
  setTimeZone(hours: number): void
  /** A summer time, of twelve numbers: src/flash/posix_zone.ts. */
  setDST: { apply(engine: unknown, numbers: number[]): void }
}

/** Seconds; jumps when the time is set. */
declare function getTime(): number
declare function setTime(seconds: number): void

declare function print(text: string): void

/** A TCP socket; handlers are called with it as `this`. */
interface BoardSocket {
  write(data: string): boolean
  end(data?: string): void
  /** Of an extension's own: what it keeps elsewhere. The engine's answers nothing. */
  on(event: 'data', handler: (this: BoardSocket, data: string) => void): unknown
  // Where the engine keeps the handler of an event, or a list of them. Of errors none is told: each ends in 'close'.
  '#ondata'?: (this: BoardSocket, data: string) => void
  '#onclose': (this: BoardSocket) => void
  /** Only while somebody waits for the queue to become empty. */
  '#ondrain'?: (this: BoardSocket) => void
  /** The firmware's own number of an open connection; absent once it is closed. */
  sckt?: number
  /** What is written and not sent: the firmware's own field, absent or empty when nothing is. */
  dSnd?: string
  /** Ours: the connection's slot in the core; -1 when the core has let go of it. */
  _slot: number
  // Ours, for the express lane: lane.ts.
  /** write, or what drops and counts while the queue is too long. An own property is found at once. */
  _put: (data: string) => void
  /** The entries by the length of a chunk while the next chunk starts a packet. */
  _lane: Lane
  /** The same, always. */
  _kept: Lane
  /** What is under way at QoS 1, in the order in which it was sent, by the PUBACK that ends it. */
  _acknowledgements: Record<string, string>
  /** Acknowledgements since the broker was told last. */
  _heard: number
}

/** Copies of one kind. */
interface LaneGroup {
  /** Fixed header and topic; '': the packet as it came. */
  _head: string
  /** 1: the copy has a Packet Identifier behind the topic, and is acknowledged. */
  _qos: number
  /** What stands between there and the payload: the empty properties of 5.0. */
  _properties: string
  _targets: BoardSocket[]
}

/** A PUBLISH of one length to one topic from one client. */
interface LaneEntry {
  /** What the packet starts with: everything before the Packet Identifier or the payload. */
  _head: string
  _size: number
  /** Bytes before the payload. */
  _payloadAt: number
  /** Bytes before the Packet Identifier. */
  _identifierAt: number
  /** The publisher speaks 5.0. */
  _isNew: boolean
  _qos: number
  /** Who gets the packet as it came, at QoS 0. */
  _same: BoardSocket[]
  /** Copies that differ or have to be acknowledged, those at QoS 0 first. */
  _groups: LaneGroup[]
  /** What is done when _left is 0: whether the packet goes to _same. */
  _turn: (socket: BoardSocket, data: string) => boolean
  /** Packets that may still go out until somebody looks at the queues, of these each time; 0 where _groups are. */
  _left: number
  _share: number
  /** Packets taken since they were counted last, beside those that _left tells of. */
  _uses: number
  /** Who gets it at QoS 1. */
  _confirming: BoardSocket[]
  /** The period in which its subscribers were found to be free for any Packet Identifier. */
  _period: number
  /** Copies of each. */
  _copies: number
  /** Of a PUBLISH that is retained: the row of its topic. */
  _row?: number
}

/** By the length of the chunk. */
type Lane = Record<number, LaneEntry[]>
