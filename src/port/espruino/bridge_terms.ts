// What midge.json says of a bridge, in the words of mosquitto.conf: one other broker, and which topics go there and
// come from there under which names. bridge_read.ts reads it, bridge.ts does it.

/** A line `topic`. */
export interface BridgeTopic {
  /** The filter without its prefixes, by its levels. */
  _pattern: string
  /** Whether it goes out, and comes in. */
  _isOut: boolean
  _isIn: boolean
  _qos: number
  /** What stands in front of it here, and there. */
  _local: string
  _remote: string
}

export interface BridgeTerms {
  /** Host, and port behind a colon. */
  address?: string
  remote_clientid?: string
  remote_username?: string
  remote_password?: string
  /** Seconds, as a text. */
  keepalive_interval?: string
  /** `false`: the other broker forgets the bridge when the connection ends. */
  cleansession?: string
  notifications?: string
  [word: string]: string | undefined
}

export const bridgeTerms: BridgeTerms = {}
export const bridgeTopics: BridgeTopic[] = []

/** In the place of the firmware's number of a connection. */
export const BRIDGE_SOCKET = -2
/** Who it is here: nobody else may come under this name (judge.ts). */
export const BRIDGE_IDENTIFIER = 'midge-bridge'
