// Loads the cores that test/support/builds.ts bundled. Each call of a factory is a broker with state of its own.

import { fileURLToPath, pathToFileURL } from 'node:url'
import * as esp32Board from '../../boards/esp32'
import * as hostBoard from '../../boards/host'
import * as smallestBoard from '../../boards/smallest'
import * as testBoard from '../../boards/test'
import type { PortControls } from './memory_port/controls'
import type { Board } from './world'

/**
 * `forgetful` is an ESP32 without records, with the limits that fit then: as an ESP32-C3 is. `single` is a gateway that
 * takes packets one by one.
 */
export type BoardName = 'host' | 'test' | 'esp32' | 'smallest' | 'forgetful' | 'single'

export const FORGETFUL = {
  FEATURE_RECORDS: false, RECORDS_MAPPED: false, TABLES_FIT: false, QUEUE_MAX: 64, QUEUE_ROWS_MAX: 128,
  SUBSCRIPTIONS_MAX: 200, ROUTE_TARGETS_MAX: 200, RETAINED_MAX: 64,
  POOL_BLOCKS_MAX: 896, POOL_BLOCKS_RESERVED: 80, PACKET_SIZE_MAX: 65_535,
}

export const SINGLE = { FEATURE_RUNS: false }

export const boards: Record<BoardName, Board> = {
  host: hostBoard, test: testBoard, esp32: esp32Board, smallest: smallestBoard,
  forgetful: { ...esp32Board, ...FORGETFUL },
  single: { ...hostBoard, ...SINGLE },
}

/** What src/main.ts exports, and the controls of the memory port. */
export interface CoreInstance {
  readonly memory: Uint8Array
  readonly portControls: PortControls
  /** Whether the broker has more to do than the steps between two ticks allow. */
  retainedIsBehind(): boolean
  settingSet(setting: number, value: number): void
  brokerStart(): void
  brokerAccept(): number
  brokerReceive(slot: number, chunk: Uint8Array | string): void
  brokerWritable(slot: number, creditSize: number): void
  brokerClosed(slot: number): void
  brokerTick(nowMs: number): void
  brokerAuthenticated(slot: number, reasonCode: number): void
  brokerStop(reasonCode: number): void
  accessRuleAdd(kind: number, name: string, access: number, filter: string): boolean
  authDataSet(bytes: Uint8Array): void
  /** Topics of which the last value of so many seconds is kept. */
  persistRuleAdd(filter: string, seconds: number): boolean
  /** A record has another name. */
  recordMoved(from: number, to: number): void
  /** What a counter of counters.ts has come to. */
  counterOf(counter: number): number
  persistStretchSet(stretch: number): void
  /** What a program says and asks of a session's queue, and has the broker retain: what bridges need. */
  sessionQueueLook(client: Uint8Array, what: number): number
  sessionQueueBound(client: Uint8Array, messages: number, bytes: number, policy: number): void
  sessionWindowSet(client: Uint8Array, size: number): void
  sessionIsSubscribed(client: Uint8Array, filter: Uint8Array): boolean
  brokerRetain(topic: Uint8Array, payload: Uint8Array): boolean
  userNameSet(bytes: Uint8Array): boolean
  /** Overwrites what no longer belongs to anybody once a call is over. */
  portPoison(): void
}

/** Where the bundle of a board's core stands. */
export const coreFile = (name: BoardName): string =>
  fileURLToPath(new URL(`../../.cache/test/${name}.mjs`, import.meta.url))

const factories = new Map<BoardName, () => CoreInstance>()

export async function coreCreate(name: BoardName): Promise<CoreInstance> {
  let factory = factories.get(name)
  if (!factory) {
    const loaded = await import(/* @vite-ignore */ pathToFileURL(coreFile(name)).href) as { createCore(): CoreInstance }
    factory = loaded.createCore
    factories.set(name, factory)
  }
  return factory()
}
