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

export const BUNDLES = {
  esp32: bundle('esp32'),
  'esp32-without-lane': bundle('esp32', { FEATURE_LANE: false }),
  esp32c3: bundle('esp32c3'),
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
