// What a bridge has to do with: the two ends, and what is under way from each to the other.

/**
 * An end, with what is under way from it. Of a connection of the firmware's these are fields beside the engine's, of
 * the client here beside the broker's, which has names of its own: so ours do not begin with an underscore. Names of
 * four characters take one variable.
 */
interface End extends BoardSocket {
  /** The beginning of a packet of which the head is not all there. */
  part?: string
  /** Bytes of a PUBLISH that are still to come. */
  left?: number
  /** Whether they go on: 0; 1, at QoS 0; above, at a higher one. */
  goes?: number
}

/** The connection to the other broker. */
export interface Remote extends End {
  '#onconnect'?: (this: Remote) => void
  '#ondata'?: (this: Remote, data: string) => unknown
  '#onerror'?: (this: Remote) => unknown
  /** What the engine was asked to connect to. */
  opt?: object
}

/** The client here, whose socket leads to the other broker. */
export interface Local extends End {
  /** The function of carry.ts, which is all handlers of both ends. */
  write(data?: unknown): boolean
  /** The handler of its data. */
  hear(packet: string): void
}
