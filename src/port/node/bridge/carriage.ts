// What both directions of a bridge have in common while it is connected.
import type { ClientConnection } from '../../../client/client_connection'
import type { Publish } from '../../../client/publish_packet'
import type { TopicMap } from '../../../client/topic_map'
import type { BridgeEvent, BridgeStatistics } from '../library/bridge_api'
import type { BridgeTerms } from './bridge_terms'
import type { LocalEnd } from './local_end'
import type { LoopDetector } from './loop_detector'

/** Bridges that a message comes through at the most: each counts one, in 5.0. */
const HOPS_MAX = 16

export type Counts = Omit<BridgeStatistics, 'name' | 'isConnected' | 'queued'>

export interface Carriage {
  readonly terms: BridgeTerms
  readonly map: TopicMap
  readonly server: ClientConnection
  readonly local: LocalEnd
  readonly counts: Counts
  /** null: no message can come back. */
  readonly loops: LoopDetector | null
  /** Tells the owner; of what has the same `key` once a connection. */
  readonly tell: (level: BridgeEvent['level'], key: string, message: string) => void
  /** Ends the connection, to try again later. */
  readonly give: (level: BridgeEvent['level'], message: string) => void
}


/** Whether a message that goes on, under a topic of this side, has come round in a circle. */
export function isLooping(
  { loops, counts, tell }: Carriage, direction: 'out' | 'in', topic: string, { payload, hops }: Publish,
): boolean {
  const passage = loops?.passes(direction, topic, payload, performance.now()) ?? 'goes'
  if (hops < HOPS_MAX && passage === 'goes') return false
  counts.looped++
  const why = hops < HOPS_MAX ? 'goes out and comes in again and again' : `has come through ${hops} bridges`
  if (hops >= HOPS_MAX || passage === 'first') {
    tell('error', 'loop', `a message on ${JSON.stringify(topic)} ${why}: it is not carried on; look at the topics`)
  }
  return true
}
