// What both directions of a bridge have in common while it is connected.
import type { ClientConnection } from '../../../client/client_connection'
import type { Publish } from '../../../client/publish_packet'
import type { TopicMap } from '../../../client/topic_map'
import type { BridgeEvent, BridgeStatistics } from '../library/bridge_api'
import type { BridgeTerms } from './bridge_terms'
import type { LocalEnd } from '../local_end'
import type { LoopDetector } from './loop_detector'

/** Bridges that a message comes through at the most: each counts one, in 5.0. */
const HOPS_MAX = 16

type Looked = 'name' | 'isConnected' | 'queued' | 'queuedBytes' | 'queuedSeconds' | 'queueDropped'

/** What is counted as it happens. */
export type Counts = Omit<BridgeStatistics, Looked>

export interface Carriage {
  readonly terms: BridgeTerms
  readonly map: TopicMap
  readonly server: ClientConnection
  readonly local: LocalEnd
  readonly counts: Counts
  /** null: no message can come back. */
  readonly loops: LoopDetector | null
  /** What this broker is called in the path of a message. */
  readonly brokerName: string
  /** Tells the owner; of what has the same `key` once a connection. */
  readonly tell: (level: BridgeEvent['level'], key: string, message: string) => void
  /** Ends the connection, to try again later. */
  readonly give: (level: BridgeEvent['level'], message: string) => void
}

/** Whether a message that goes on, under a topic of this side, has come round in a circle. */
export function isLooping(carriage: Carriage, direction: 'out' | 'in', topic: string, publish: Publish): boolean {
  const { counts, tell } = carriage
  const why = circleOf(carriage, direction, topic, publish)
  if (why === undefined) return false
  counts.looped++
  if (why) {
    tell('error', `loop ${why}`, `a message on ${JSON.stringify(topic)} ${why}: it is not carried on; look at the `
      + 'topics')
  }
  return true
}

/** How a message has come round; '': that was said; undefined: it has not. */
function circleOf(
  { loops, brokerName, server }: Carriage, direction: 'out' | 'in', topic: string, { payload, hops, path }: Publish,
): string | undefined {
  if (direction === 'out' && path.includes(server.connack!.brokerName)) return 'has been there before'
  // What this broker has taken from one side may go to another one.
  if ((direction === 'in' ? path : path.slice(0, -1)).includes(brokerName)) return 'has come back by another way'
  const passage = loops?.passes(direction, topic, payload, performance.now()) ?? 'goes'
  if (hops >= HOPS_MAX) return `has come through ${hops} bridges`
  if (passage === 'goes') return undefined
  return passage === 'first' ? 'goes round again and again' : ''
}

/** The count and the path of a message that goes on: the brokers that have it, as far as they have names. */
export function onwards(
  { brokerName, server }: Carriage, direction: 'out' | 'in', { hops, path }: Publish,
): Pick<Publish, 'hops' | 'path'> {
  const known = direction === 'out' ? [brokerName] : [server.connack!.brokerName, brokerName]
  return { hops: hops + 1, path: [...path, ...known.filter((name) => name && !path.includes(name))] }
}
