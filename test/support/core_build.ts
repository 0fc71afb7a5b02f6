// The core with the memory port, once per board that tests use.
import { bundleBoard } from '../../scripts/build/bundle.mjs'
import type { BundleOptions } from '../../scripts/build/types'
import { replaceFile } from '../../scripts/lib/fresh.mjs'
import { ACCESS_PRELUDE, accessText } from '../../src/simulator/element_access'
import { coreFile, FORGETFUL, SINGLE, type BoardName } from './core_instance'

/** Boards whose core tests load by `coreCreate`. */
export const CORES: BoardName[] = ['host', 'test', 'esp32', 'smallest', 'forgetful', 'single']

/**
 * The core of a board with the memory port; as it is shipped (moved, shortened and minified) where `isMinified`.
 * `sources` are texts that stand in for files.
 */
export const coreOptions = (isMinified: boolean, sources: Record<string, string> = {}): BundleOptions => ({
  entry: 'test/support/memory_port/core.ts', runtime: 'test/support/memory_port/index.ts', format: 'factory',
  minify: isMinified, overrides: { ASSERTIONS: true }, sources,
})

export const isMinified = (name: BoardName): boolean => name !== 'host' && name !== 'single'

/** The bundle that `coreCreate` loads. */
export const coreRequest = (name: BoardName): [board: string, options: BundleOptions] => {
  const options = coreOptions(isMinified(name))
  if (name === 'forgetful') return ['esp32', { ...options, overrides: { ...options.overrides, ...FORGETFUL } }]
  if (name === 'single') return ['host', { ...options, overrides: { ...options.overrides, ...SINGLE } }]
  return [name, options]
}

export async function coreBundle(
  board: string, isMinified: boolean, sources: Record<string, string> = {},
): Promise<Buffer> {
  return Buffer.from((await bundleBoard(board, coreOptions(isMinified, sources))).code)
}

/**
 * Writes the file that `coreCreate` loads. A board's looks at its keys as in the simulated board, where an element that
 * there cannot be is an error.
 */
export async function writeCore(name: BoardName): Promise<void> {
  const { code } = await bundleBoard(...coreRequest(name))
  const text = isMinified(name) ? ACCESS_PRELUDE + accessText(code, 'module').text : code
  await replaceFile(coreFile(name), Buffer.from(text))
}
