// Which topics a bridge carries, and what they are called on the other side: mosquitto.conf's `topic` lines.
import { filterMatches } from './filter_matches'

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

/** Puts one prefix in the place of another; null: nothing would be left. */
function renamed(topic: string, from: string, to: string): string | null {
  if (topic.startsWith(from)) return to + topic.slice(from.length) || null
  // `a/#` has matched `a`, which stands without the last slash of `a/`. [MQTT-4.7.1-2]
  return to.replace(/\/$/, '') || null
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

  /** What a topic is called there, by the first line that matches; null: it does not go out. */
  toRemote(topic: string): string | null {
    const line = this.outgoing.find(({ localFilter }) => filterMatches(localFilter, topic))
    return line ? renamed(topic, line.localPrefix, line.remotePrefix) : null
  }

  /** What a topic of there is called here; null: it does not come in. */
  toLocal(topic: string): string | null {
    const line = this.incoming.find(({ remoteFilter }) => filterMatches(remoteFilter, topic))
    return line ? renamed(topic, line.remotePrefix, line.localPrefix) : null
  }
}
