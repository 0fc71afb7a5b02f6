// Before any test runs: bundles the core with the memory port, once per board that tests use.
import { bundleBoard } from '../../scripts/build/bundle.mjs'
import { replaceFile } from '../../scripts/lib/fresh.mjs'
import { coreFile, type BoardName } from './core_instance'

const BOARDS: BoardName[] = ['host', 'test', 'esp32', 'smallest']

/**
 * The core of a board with the memory port; as it is shipped (moved, shortened and minified) where `isMinified`.
 * `sources` are texts that stand in for files.
 */
export async function coreBundle(
  board: string, isMinified: boolean, sources: Record<string, string> = {},
): Promise<Buffer> {
  const { code } = await bundleBoard(board, {
    entry: 'test/support/memory_port/core.ts', runtime: 'test/support/memory_port/index.ts', format: 'factory',
    minify: isMinified, overrides: { ASSERTIONS: true }, sources,
  }) as { code: string }
  return Buffer.from(code)
}

/** Vitest's global setup. */
export default async function setup(): Promise<void> {
  for (const name of BOARDS) await replaceFile(coreFile(name), await coreBundle(name, name !== 'host'))
}
