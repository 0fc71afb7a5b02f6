// The bundles that the tests of boards run: as they are shipped, and with constants set over their board's.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as esp32Board from '../../boards/esp32'
import * as esp32c3Board from '../../boards/esp32c3'
import * as smallestBoard from '../../boards/smallest'
import * as testBoard from '../../boards/test'
import type { Board } from './world'

interface Bundle { board: string, overrides: Record<string, unknown> }

const bundle = (board: string, overrides: Record<string, unknown> = {}): Bundle => ({ board, overrides })

// The boards' port knows no method to challenge a client with.
const TINY = { FEATURE_ENHANCED_AUTHENTICATION: false }
const TINY_WITHOUT_LANE = {
  ...TINY, FEATURE_INDEX: false, FEATURE_SHARED_SUBSCRIPTION: false, FEATURE_SUBSCRIPTION_IDENTIFIER: false,
  FEATURE_TOPIC_ALIAS: false, FEATURE_LANE: false,
}

// A board of somebody's own: it has services, and no room for what keeps records, nor a bridge.
const WITHOUT_STORE = {
  FEATURE_RECORDS: false, RECORDS_MAPPED: false, TABLES_FIT: false, FEATURE_BRIDGE_LEVEL: false, FEATURE_BRIDGE: false,
  CONNECTIONS_MAX: 7, RX_RING_SIZE: 256, SESSIONS_MAX: 12, SUBSCRIPTIONS_MAX: 80, ROUTE_TARGETS_MAX: 80,
  RETAINED_MAX: 32, POOL_BLOCKS_MAX: 592, POOL_BLOCKS_RESERVED: 64, MESSAGES_MAX: 104, QUEUE_MAX: 64,
  QUEUE_ROWS_MAX: 80, ACCESS_RULES_MAX: 16, PACKET_SIZE_MAX: 65_535,
}

export const BUNDLES = {
  esp32: bundle('esp32'),
  'esp32-without-lane': bundle('esp32', { FEATURE_LANE: false }),
  esp32c3: bundle('esp32c3'),
  'esp32-without-store': bundle('esp32', WITHOUT_STORE),
  smallest: bundle('smallest'),
  // Limits so small that the cases reach them.
  test: bundle('test', TINY),
  'tiny-lane': bundle('test', { ...TINY_WITHOUT_LANE, FEATURE_LANE: true }),
  'tiny-without-lane': bundle('test', TINY_WITHOUT_LANE),
}

export type BundleName = keyof typeof BUNDLES

const BOARDS: Record<string, Board> = {
  esp32: esp32Board, esp32c3: esp32c3Board, smallest: smallestBoard, test: testBoard,
}

/** The constants that a bundle was built with. */
export const boardOf = (name: BundleName): Board => ({ ...BOARDS[BUNDLES[name].board], ...BUNDLES[name].overrides })

/** Where a bundle stands. */
export const bundleFile = (name: BundleName): string =>
  fileURLToPath(new URL(`../../.cache/board/${name}.js`, import.meta.url))

export const bundleText = (name: BundleName): string => readFileSync(bundleFile(name), 'latin1')
