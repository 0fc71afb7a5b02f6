// The bundles that the tests of boards run: as they are shipped, and with constants set over their board's.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as esp32Board from '../../boards/esp32'
import * as smallestBoard from '../../boards/smallest'
import * as testBoard from '../../boards/test'
import type { Board } from './world'

interface Bundle { board: string, overrides: Partial<Board> }

const bundle = (board: string, overrides: Partial<Board> = {}): Bundle => ({ board, overrides })

export const BUNDLES = {
  esp32: bundle('esp32'),
  smallest: bundle('smallest'),
  // Limits so small that the cases reach them. The boards' port knows no method to challenge a client with.
  test: bundle('test', { FEATURE_ENHANCED_AUTHENTICATION: false }),
}

export type BundleName = keyof typeof BUNDLES

const BOARDS: Record<string, Board> = { esp32: esp32Board, smallest: smallestBoard, test: testBoard }

/** The constants that a bundle was built with. */
export const boardOf = (name: BundleName): Board => ({ ...BOARDS[BUNDLES[name].board]!, ...BUNDLES[name].overrides })

/** Where a bundle stands. */
export const bundleFile = (name: BundleName): string =>
  fileURLToPath(new URL(`../../.cache/board/${name}.js`, import.meta.url))

export const bundleText = (name: BundleName): string => readFileSync(bundleFile(name), 'latin1')
