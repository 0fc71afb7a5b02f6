// Before any test runs: bundles the core with the memory port, once per board that tests use.
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleBoard } from '../../scripts/lib/bundle.mjs'

const BOARDS = ['host', 'test', 'esp32', 'smallest']

async function buildCore(name: string): Promise<void> {
  const { code } = await bundleBoard(name, {
    entry: 'test/support/memory_port/core.ts',
    runtime: 'test/support/memory_port/index.ts',
    format: 'factory',
    // The boards' cores as they are shipped: moved, shortened and minified.
    minify: name !== 'host',
    overrides: { ASSERTIONS: true },
  }) as { code: string }
  const file = fileURLToPath(new URL(`../../.cache/test/${name}.mjs`, import.meta.url))
  await mkdir(dirname(file), { recursive: true })
  // Several runs may stand side by side: nobody may read half a file.
  const draft = `${file}.${process.pid}`
  await writeFile(draft, code)
  await rename(draft, file)
}

/** Vitest's global setup. */
export default async function setup(): Promise<void> {
  for (const name of BOARDS) await buildCore(name)
}
