// What a bridge asks the other broker for first on each connection: to end subscriptions of another time, and to send
// what comes in. A few filters a packet, as no broker takes any number, and one packet after the other.
import type { ClientConnection } from '../../../client/client_connection'
import type { Connack } from '../../../client/connack'
import { filterMatches, filtersMeet } from '../../../client/topic_filter'
import { FAILURE } from '../../../codec/reason_code'
import { NO_LOCAL, RETAINED_IF_NEW, RETAIN_AS_PUBLISHED } from '../../../client/packets'
import type { Publish } from '../../../client/publish_packet'
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
const WILDCARD = /[+#]/

interface Question {
  kind: 'subscribe' | 'unsubscribe'
  filters: string[]
  /** The Subscription Identifier of one that must be told apart; 0: none. */
  identifier: number
}

export interface AskingOwner {
  readonly terms: BridgeTerms
  readonly map: TopicMap
  readonly server: ClientConnection
  /** What is retained there has been taken here before. */
  readonly hasRetained: boolean
  readonly tell: (level: BridgeEvent['level'], key: string, message: string) => void
  /** Everything has been answered. */
  readonly answered: () => void
}

export class Asking {
  private readonly questions: Question[]
  /** Subscriptions that the broker has granted, by their identifiers. */
  private readonly granted = new Map<number, { filter: string, qos: number }>()

  constructor(private readonly owner: AskingOwner, private readonly connack: Connack) {
    const { terms, map } = owner
    this.questions = [
      ...this.portions('unsubscribe', terms.isUnsubscribing ? map.outgoingOnly : []),
      ...this.subscriptions(),
    ]
  }

  /**
   * A broker may send a copy for each of several filters that match: of those each has an identifier, which is a
   * packet's. [MQTT-3.3.4-3] [MQTT-3.8.4-3]
   */
  private subscriptions(): Question[] {
    const wanted = this.wanted()
    const isMet = (filter: string): boolean => wanted.some((other) => other !== filter && filtersMeet(other, filter))
    const met = this.connack.hasSubscriptionIdentifiers ? wanted.filter(isMet) : []
    return [
      ...met.map((filter, i): Question => ({ kind: 'subscribe', filters: [filter], identifier: i + 1 })),
      ...this.portions('subscribe', wanted.filter((filter) => !met.includes(filter))),
    ]
  }

  /** Whether another copy of the message is the one to take: that of the filter with the highest QoS. */
  isSecond({ topic, subscriptions }: Publish): boolean {
    if (!subscriptions.length) return false
    let best = 0
    let bestQos = -1
    for (const [identifier, { filter, qos }] of this.granted) {
      if (qos <= bestQos || !filterMatches(filter, topic)) continue
      best = identifier
      bestQos = qos
    }
    return best > 0 && !subscriptions.includes(best)
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
        portions.push({ kind, filters: [filter], identifier: 0 })
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
      server.subscribe(PACKET_IDENTIFIER, wanted, next.identifier)
    }
  }

  /**
   * A session that goes on has sent, or will, what was published since: what is retained there would be older than
   * what waits here. Messages of QoS 0 may have been missed. [MQTT-3.3.1-10]
   */
  private optionsOf(filter: string): number {
    const qos = Math.min(this.owner.map.remoteFilters.get(filter)!, this.connack.maximumQos)
    return qos | NO_LOCAL | RETAIN_AS_PUBLISHED | (qos && this.owner.hasRetained ? RETAINED_IF_NEW : 0)
  }

  /** SUBACK or UNSUBACK. */
  take(packetIdentifier: number, reasonCodes: number[]): void {
    if (packetIdentifier !== PACKET_IDENTIFIER) return
    const asked = this.questions.shift()
    if (!asked) return
    if (asked.kind === 'subscribe') {
      for (const [i, filter] of asked.filters.entries()) {
        const reasonCode = reasonCodes[i] ?? FAILURE
        refusalTell(this.owner.tell, 'the other broker', filter, reasonCode)
        if (asked.identifier && reasonCode < FAILURE) this.granted.set(asked.identifier, { filter, qos: reasonCode })
      }
    }
    this.begin()
  }
}

/** Says so where a broker refuses a subscription. */
export function refusalTell(tell: AskingOwner['tell'], who: string, filter: string, reasonCode: number): void {
  if (reasonCode < FAILURE) return
  const code = `0x${reasonCode.toString(16)}`
  tell('warning', `${who} ${filter}`, `${who} refuses the subscription to ${filter} with Reason Code ${code}`)
}
