// What a bridge asks the other broker for first on each connection: to end subscriptions of another time, and to send
// what comes in. A few filters a packet, as no broker takes any number, and one packet after the other.
import type { ClientConnection } from '../../../client/client_connection'
import type { Connack } from '../../../client/connack'
import { NO_LOCAL, RETAINED_IF_NEW, RETAIN_AS_PUBLISHED } from '../../../client/packets'
import type { TopicMap } from '../../../client/topic_map'
import type { BridgeEvent } from '../library/bridge_api'
import type { BridgeTerms } from './bridge_terms'

/** The last one that a session gives to a message. */
const PACKET_IDENTIFIER = 65_535
/** AWS IoT takes no more in one packet. */
const FILTERS_MAX = 8
/** More than what stands around the filters, and beside each. */
const HEAD_SIZE = 16
const FILTER_HEAD_SIZE = 3
const REFUSED = 0x80
const WILDCARD = /[+#]/

interface Question {
  kind: 'subscribe' | 'unsubscribe'
  filters: string[]
}

export interface AskingOwner {
  readonly terms: BridgeTerms
  readonly map: TopicMap
  readonly server: ClientConnection
  readonly tell: (level: BridgeEvent['level'], key: string, message: string) => void
  /** Everything has been answered. */
  readonly answered: () => void
}

export class Asking {
  private readonly questions: Question[]

  constructor(private readonly owner: AskingOwner, private readonly connack: Connack) {
    const { terms, map } = owner
    this.questions = [
      ...this.portions('unsubscribe', terms.isUnsubscribing ? map.outgoingOnly : []),
      ...this.portions('subscribe', this.wanted()),
    ]
  }

  /** Whether there is anything to ask. */
  get isNeeded(): boolean {
    return this.questions.length > 0
  }

  private wanted(): string[] {
    const all = [...this.owner.map.remoteFilters.keys()]
    if (this.connack.hasWildcards) return all
    if (all.some((filter) => WILDCARD.test(filter))) {
      this.owner.tell(
        'warning', 'wildcards', 'the other broker has no subscriptions with wildcards: they are left out')
    }
    return all.filter((filter) => !WILDCARD.test(filter))
  }

  private portions(kind: Question['kind'], filters: string[]): Question[] {
    const { packetSizeMax } = this.owner.server
    const portions: Question[] = []
    let size = 0
    for (const filter of filters) {
      const filterSize = Buffer.byteLength(filter) + FILTER_HEAD_SIZE
      const last = portions.at(-1)
      size += filterSize
      if (last && last.filters.length < FILTERS_MAX && size <= packetSizeMax) last.filters.push(filter)
      else {
        portions.push({ kind, filters: [filter] })
        size = HEAD_SIZE + filterSize
      }
    }
    return portions
  }

  /** Asks what is next. */
  begin(): void {
    const { server } = this.owner
    const [next] = this.questions
    if (!next) return this.owner.answered()
    if (next.kind === 'unsubscribe') server.unsubscribe(PACKET_IDENTIFIER, next.filters)
    else {
      const wanted = next.filters.map((filter) => ({ filter, options: this.optionsOf(filter) }))
      server.subscribe(PACKET_IDENTIFIER, wanted)
    }
  }

  /**
   * A session that goes on has sent, or will, what was published since: what is retained there would be older than
   * what waits here. Messages of QoS 0 may have been missed. [MQTT-3.3.1-10]
   */
  private optionsOf(filter: string): number {
    const qos = Math.min(this.owner.map.remoteFilters.get(filter)!, this.connack.maximumQos)
    return qos | NO_LOCAL | RETAIN_AS_PUBLISHED | (qos ? RETAINED_IF_NEW : 0)
  }

  /** SUBACK or UNSUBACK. */
  take(packetIdentifier: number, reasonCodes: number[]): void {
    if (packetIdentifier !== PACKET_IDENTIFIER) return
    const asked = this.questions.shift()
    if (!asked) return
    if (asked.kind === 'subscribe') {
      for (const [i, filter] of asked.filters.entries()) {
        refusalTell(this.owner.tell, 'the other broker', filter, reasonCodes[i] ?? REFUSED)
      }
    }
    this.begin()
  }
}

/** Says so where a broker refuses a subscription. */
export function refusalTell(tell: AskingOwner['tell'], who: string, filter: string, reasonCode: number): void {
  if (reasonCode < REFUSED) return
  const code = `0x${reasonCode.toString(16)}`
  tell('warning', `${who} ${filter}`, `${who} refuses the subscription to ${filter} with Reason Code ${code}`)
}
