// What midge.json says of a bridge, in the words of mosquitto.conf: one other broker, and which topics go there and
// come from there under which names. read.ts reads it, bridge.ts does it.
import { levelsMatch } from '../topic_levels'

export const OUT = 4
export const IN = 8
/** What of a line's `_ways` is its QoS. */
export const QOS = 3

/** Words of `bridge_queue_policy`, in the order of src/broker/session/queue_words.ts. */
export const POLICIES = 'newest oldest latest'.split(' ')

/** A line `topic`. */
export interface BridgeTopic {
  /** The filter without its prefixes, by its levels. */
  _pattern: string
  /** OUT where it goes out, IN where it comes in, and its QoS: one number takes no variable of its own. */
  _ways: number
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
  /** `mqttv50` or `mqttv311`: the other one is not tried. */
  bridge_protocol_version?: string
  /** What goes where too much waits. */
  bridge_queue_policy?: string
  /** `true`: by TLS, and whoever answers is taken for the other broker. */
  bridge_insecure?: string
  [word: string]: string | undefined
}

export const bridgeTerms: BridgeTerms = {}
export const bridgeTopics: BridgeTopic[] = []

/** What a topic is called on the other side, by the first line that it fits; '': it does not go there. */
export function otherName(topic: string, isOut: boolean): string {
  const levels = topic.split('/')
  for (const line of bridgeTopics) {
    const from = isOut ? line._local : line._remote
    if (line._ways & (isOut ? OUT : IN) && levelsMatch((from + line._pattern).split('/'), levels)) {
      return (isOut ? line._remote : line._local) + topic.substr(from.length)
    }
  }
  return ''
}
