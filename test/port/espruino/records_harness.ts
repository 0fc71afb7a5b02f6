// The record store alone as a bundle for the real interpreter.

import type { BundleOptions } from '../../../scripts/build/types'

export const RECORDS_BOARD = 'espruino_linux'
export const RECORDS_BUNDLE: BundleOptions =
  { entry: 'test/port/espruino/records_bundle.ts', format: 'script', minify: true, tokens: true }
