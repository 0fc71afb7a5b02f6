// Who has come to the page's port: a connection of the engine, which becomes one of the broker's where it asks for that
// (frames.ts). The same object then: the engine's own fields of it are what the broker reads.

/** What a request has said so far: request_head.ts. */
export interface RequestHead {
  /** Bytes so far, and the line that has begun. */
  _size: number
  _line: string
  /** Method, path and version; empty before the first line. */
  _words: string[]
  /** Of the fields that are wanted, in their order. */
  _values: string[]
}

/** A WebSocket's frames: frames.ts. */
export interface Frames {
  /** The beginning of a frame's head that came in pieces. */
  _begun: string
  /** Bytes of the frame that are to come; below 0: a head is. */
  _left: number
  _opcode: number
  /** A whole number of 32 bits, its first byte the lowest, for the next byte that comes. */
  _mask: number
  /** A message of several frames has begun. */
  _isOpen: boolean
  /** What a ping or a close carries. */
  _control: string
  /** It has been ended. */
  _isOver: boolean
}

/** No field of ours on it begins with an underscore: such are the broker's. */
export interface Visitor {
  sckt?: number
  dSnd?: string
  write(bytes: string): boolean
  end(): void
  on(event: 'data', handler: (this: Visitor, data: string) => void): unknown
  removeListener(event: 'data', handler: (this: Visitor, data: string) => void): void
  '#onerror'?: () => void
  '#ondrain'?: (this: Visitor) => void
  /** Seconds until it is ended; 0: it may stay. */
  left: number
  head?: RequestHead
  frames?: Frames
  /** Bytes of the page that have been handed over. */
  sent: number
  /** What the engine has under `write` and `end`. */
  put(bytes: string): boolean
  leave(): void
  /** The broker's handler of data. */
  take(data: string): void
  /** Bytes that came in while a page was open. */
  received?: number
}

/** Seconds for a request, for the next piece of an answer to leave, and for what was ended to be gone. */
export const PATIENCE_S = 6

/** Ends it, whatever is still to be sent. */
export function drop(visitor: Visitor): void {
  visitor.dSnd = ''
  if (visitor.frames) visitor.leave()
  else visitor.end()
}
