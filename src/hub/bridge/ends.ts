// What a bridge has to do with: the two ends, and the ways between them.

/** What a connection of the firmware's is to a bridge. */
export interface Remote extends BoardSocket {
  '#onconnect': (this: BoardSocket) => void
}

/** The client here, whose socket leads to the other broker. */
export interface Local extends BoardSocket {
  /** The handler of its data. The broker's own fields have names of its own: ours do not begin with an underscore. */
  hear(packet: string): void
}

/** What is under way in one direction. */
export interface Way {
  _isOut: boolean
  /** The beginning of a packet of which the head is not all there. */
  _begun: string
  /** Bytes of a PUBLISH that are still to come. */
  _left: number
  /** Whether they go on. */
  _isCarried: boolean
}
