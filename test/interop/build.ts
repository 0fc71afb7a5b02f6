// Before the tests with real clients: the gateway as it is shipped, built beside the tests and not into dist/.
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { bundleCompanions, bundleFor } from '../../scripts/lib/edition.mjs'

const FOLDER = new URL('../../.cache/interop/', import.meta.url)

/** The gateway's library. */
export const LIBRARY = fileURLToPath(new URL('index.js', FOLDER))

/** The gateway's command line. It imports the library beside it. */
export const COMMAND_LINE = fileURLToPath(new URL('cli.js', FOLDER))

async function replace(name: string, code: string): Promise<void> {
  const file = fileURLToPath(new URL(name, FOLDER))
  // Several runs may stand side by side: nobody may read half a file.
  const draft = `${file}.${process.pid}`
  await writeFile(draft, code)
  await rename(draft, file)
}

/** Vitest's global setup. */
export default async function setup(): Promise<void> {
  await mkdir(FOLDER, { recursive: true })
  await replace('midge.js', (await bundleFor('host') as { code: string }).code)
  for (const { file, code } of await bundleCompanions('host')) await replace(file, code)
}
