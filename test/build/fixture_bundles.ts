// The bundles of fixture/ that bundle.test.ts looks at.
import { bundleBoard } from '../../scripts/build/bundle.mjs'
import type { BundleOptions } from '../../scripts/build/types'

const RUNTIME = 'scripts/lib/idle_port.mjs'

type Request = [board: string, options: BundleOptions]

const small = (
  board: string, format: BundleOptions['format'], minify: boolean, overrides: Record<string, unknown> = {},
): Request => [board, { entry: 'test/build/fixture/small.ts', runtime: RUNTIME, format, minify, overrides }]

const core = (board: string): Request =>
  [board, { entry: 'test/build/fixture/core.ts', runtime: RUNTIME, format: 'script', minify: true }]

export const FIXTURES = {
  'minified module': small('smallest', 'module', true),
  'minified module with a feature': small('smallest', 'module', true, { FEATURE_MQTT5: true }),
  'script': small('smallest', 'script', false),
  'module': small('smallest', 'module', false),
  'module for a computer': small('host', 'module', false),
  'factory': small('smallest', 'factory', false),
  'minified factory': small('smallest', 'factory', true),
  'factory for a computer': small('host', 'factory', false),
  'core of smallest': core('smallest'),
  'core of test': core('test'),
}

export const fixture = async (name: keyof typeof FIXTURES): Promise<string> =>
  (await bundleBoard(...FIXTURES[name])).code

/** Boards whose tables are held to their budget: the largest on a chip, and the two with budgets of their own. */
export const TABLES = ['esp32', 'esp32c3', 'smallest']

/** An extension of boards, which test/board runs. */
export const FIXTURE_EXTENSION: BundleOptions =
  { entry: 'test/build/fixture/extension.ts', format: 'extension', minify: true }
