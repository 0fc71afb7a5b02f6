// Which topics a bridge carries, and what they are called on the other side: mosquitto.conf's `topic` lines.
import { filterMatches } from './topic_filter'

export interface TopicLine {
  /** A Topic Filter behind the prefixes; '': the prefixes are the topic itself, of one name here and there. */
  pattern: string
  direction: 'out' | 'in' | 'both'
  qos: number
  localPrefix: string
  remotePrefix: string
}

/** A line with its filters on both sides. */
interface Mapping extends TopicLine {
  localFilter: string
  remoteFilter: string
}

/** Filters by name, each with its highest QoS. */
type Filters = Map<string, number>

function collect(lines: Mapping[], filterOf: (line: Mapping) => string): Filters {
  const filters: Filters = new Map()
  for (const line of lines) {
    const filter = filterOf(line)
    filters.set(filter, Math.max(line.qos, filters.get(filter) ?? 0))
  }
  return filters
}

/** Puts one prefix in the place of another. */
function renamed(topic: string, from: string, to: string): string {
  if (topic.startsWith(from)) return to + topic.slice(from.length)
  // `a/#` has matched `a`, which stands without the last slash of `a/`. [MQTT-4.7.1-2]
  return to.replace(/\/$/, '')
}

/** Bytes of a text, and those that a character of it has at the most. [MQTT-1.5.4] */
const TEXT_SIZE_MAX = 65_535
const CHARACTER_SIZE_MAX = 3

/** Whether a topic is one that can be published. [MQTT-3.3.2-2] [MQTT-4.7.3-1] [MQTT-4.7.3-2] [MQTT-4.7.3-3] */
function isTopicName(topic: string): boolean {
  if (!topic || /[+#\0]/.test(topic)) return false
  return topic.length * CHARACTER_SIZE_MAX <= TEXT_SIZE_MAX || Buffer.byteLength(topic) <= TEXT_SIZE_MAX
}

function nameOf(topic: string, from: string, to: string): string | null {
  const name = renamed(topic, from, to)
  return isTopicName(name) ? name : null
}

/** The line that names a topic: the first that matches and has a prefix, else any that matches, as in mosquitto. */
function lineOf(lines: Mapping[], matches: (line: Mapping) => boolean): Mapping | undefined {
  const fit = lines.filter(matches)
  return fit.find(({ localPrefix, remotePrefix }) => localPrefix || remotePrefix) ?? fit[0]
}

export class TopicMap {
  private readonly outgoing: Mapping[]
  private readonly incoming: Mapping[]
  /** What is subscribed here. */
  readonly localFilters: Filters
  /** What is subscribed there. */
  readonly remoteFilters: Filters
  /** What goes out and does not come in: a subscription to it is one of another time. */
  readonly outgoingOnly: string[]

  constructor(lines: TopicLine[]) {
    const mappings = lines.map((line) => ({
      ...line, localFilter: line.localPrefix + line.pattern, remoteFilter: line.remotePrefix + line.pattern,
    }))
    this.outgoing = mappings.filter(({ direction }) => direction !== 'in')
    this.incoming = mappings.filter(({ direction }) => direction !== 'out')
    this.localFilters = collect(this.outgoing, ({ localFilter }) => localFilter)
    this.remoteFilters = collect(this.incoming, ({ remoteFilter }) => remoteFilter)
    const gone = new Set(this.outgoing.map(({ remoteFilter }) => remoteFilter))
    this.outgoingOnly = [...gone].filter((filter) => !this.remoteFilters.has(filter))
  }

  /** What a topic is called there; null: it does not go out, or has no name that could be published. */
  toRemote(topic: string): string | null {
    const line = lineOf(this.outgoing, ({ localFilter }) => filterMatches(localFilter, topic))
    return line ? nameOf(topic, line.localPrefix, line.remotePrefix) : null
  }

  /** What a topic of there is called here; null: it does not come in, or has no name. */
  toLocal(topic: string): string | null {
    const line = lineOf(this.incoming, ({ remoteFilter }) => filterMatches(remoteFilter, topic))
    return line ? nameOf(topic, line.remotePrefix, line.localPrefix) : null
  }
}
