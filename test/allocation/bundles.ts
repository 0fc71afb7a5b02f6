// What the tests of this folder run and read.
import type { BundleOptions } from '../../scripts/build/types'

const RUNTIME = 'test/allocation/steady_port/index.ts'

/** A core with a program that lets it work. */
export const STEADY: BundleOptions = {
  entry: 'test/allocation/steady_run.ts', runtime: RUNTIME, format: 'module', minify: false,
  overrides: { ECMA_VERSION: 2020 },
}

/** A core as its sources name things. */
export const READABLE: BundleOptions = { runtime: RUNTIME, format: 'module', minify: false }
