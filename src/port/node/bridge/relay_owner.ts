// What a relay has of its bridge, which outlives it, and of the socket that it writes to.
import type { Duplex } from 'node:stream'
import type { TopicMap } from '../../../client/topic_map'
import type { BridgeEvent } from '../library/bridge_api'
import type { BridgeTerms } from './bridge_terms'
import type { Counts } from './carriage'
import type { ExchangeSweep } from './exchange_sweep'
import type { LoopDetector } from './loop_detector'
import type { Offence } from './offence'
import type { Suspicion } from './suspicion'
import type { Window } from './window'

export interface RelayOwner {
  readonly terms: BridgeTerms
  readonly map: TopicMap
  readonly counts: Counts
  readonly loops: LoopDetector | null
  readonly suspicion: Suspicion
  readonly window: Window
  readonly outSweep: ExchangeSweep
  readonly inSweep: ExchangeSweep
  readonly offence: Offence
  readonly brokerName: string
  attach(stream: Duplex): boolean
  /** What its session here was not subscribed to before the program started. */
  readonly newFilters: Set<string>
  /** What is retained there has been taken here before. */
  readonly hasRetained: boolean
  /** Whether its session here has begun with the program; only the first time. */
  takeNewHere(): boolean
  /** The User Name that the bridge has here. */
  readonly localUserName: string
  /** This broker can keep nothing more. */
  isFull(): boolean
  /** The socket takes no more for now. */
  isBlocked(): boolean
  /** Whether the other broker is read. */
  readPause(isPaused: boolean): void
  tell(level: BridgeEvent['level'], message: string): void
  /** All is ready: messages go both ways. */
  ready(): void
  /** The connection must be closed. */
  give(level: BridgeEvent['level'], message: string): void
}
