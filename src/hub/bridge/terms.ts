// What midge.json says of a bridge, in the words of mosquitto.conf: one other broker, and which topics go there and
// come from there under which names. read.ts reads it, bridge.ts does it.
//
// Memory: a variable for each ten characters or so, as texts; a field of an object would be a variable more.
import { levelsMatch } from '../topic_levels'

export const OUT = 4
export const IN = 8
/** What of a line's ways is its QoS. */
export const QOS = 3
/** Whether its filter has `+`, and whether it ends with `#`, which its text leaves out. */
export const PLUS = 16
export const REST = 32

/** Words of `bridge_queue_policy`, in the order of src/broker/session/queue_words.ts. */
export const POLICIES = 'newest oldest latest'

/** Between the parts of a text: no text of MQTT has it. [MQTT-1.5.4-2] */
export const BETWEEN = '\0'

/**
 * The lines `topic`, each a text of four parts: its ways, a number; the filter without its prefixes; what stands in
 * front of it here, and there.
 */
export const bridgeTopics: string[] = []

/** The lines of other words. */
let lines = ''

/** Keeps such a line. */
export function termTake(line: string): void {
  lines += BETWEEN + line
}

/** What a line other than `topic` says, the last of those with that word; '': there is none. */
export function term(word: string): string {
  let value = ''
  for (const line of lines.split(BETWEEN)) if (line.startsWith(word + ' ')) value = line.substr(word.length + 1)
  return value
}

/** What the bridge is called there. */
export function remoteIdentifier(): string {
  return term('remote_clientid') || configuration.hostname as string || 'midge'
}

/** The Topic Filter of a line that goes there, or comes from there; '': it does not. */
export function filterOf(line: string, isOut: boolean): string {
  const parts = line.split(BETWEEN)
  const ways = +parts[0]
  return ways & (isOut ? OUT : IN) ? parts[isOut ? 2 : 3] + parts[1] + (ways & REST ? '#' : '') : ''
}

/** What a topic is called on the other side, by the first line that it fits; '': it does not go there. */
export function otherName(topic: string, isOut: boolean): string {
  let name = ''
  for (const line of bridgeTopics) {
    const parts = line.split(BETWEEN)
    const ways = +parts[0]
    if (!(ways & (isOut ? OUT : IN))) continue
    const from = parts[isOut ? 2 : 3]
    const stem = from + parts[1]
    // [MQTT-4.7.1-1] [MQTT-4.7.2-1]
    if (ways & PLUS ? levelsMatch(filterOf(line, isOut).split('/'), topic.split('/'))
      : !(ways & REST) ? topic === stem
        : stem ? topic.startsWith(stem) || topic + '/' === stem : topic[0] !== '$') {
      name = parts[isOut ? 3 : 2] + topic.substr(from.length)
      break
    }
  }
  return name
}
