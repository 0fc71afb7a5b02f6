// The record store alone as a bundle for the real interpreter.

import type { BundleOptions } from '../../../scripts/build/types'

export const RECORDS_BOARD = 'espruino_linux'
export const RECORDS_BUNDLE: BundleOptions =
  { entry: 'test/port/espruino/records_bundle.ts', format: 'script', minify: true, tokens: true }

/** Makes the file where there is none, as the flasher does: it must be the first one. */
export const MAKE_FILE = `(function(){var s=require("Storage");
if(!s.read("midge.db")){s.eraseAll();s.write("midge.db","\\xff",0,655328)}})();\n`
