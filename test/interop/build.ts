// Before the tests with real clients: the gateway as it is shipped, built beside the tests and not into dist/.
import { fileURLToPath } from 'node:url'
import { bundleCompanions, bundleFor } from '../../scripts/build/edition.mjs'
import { buildFresh, replaceFile } from '../../scripts/lib/fresh.mjs'

const fileOf = (name: string): string => fileURLToPath(new URL(`../../.cache/interop/${name}`, import.meta.url))

/** The gateway's library. */
export const LIBRARY = fileOf('index.js')

/** The gateway's command line. It imports the library beside it. */
export const COMMAND_LINE = fileOf('cli.js')

async function build(): Promise<void> {
  const files = [{ file: 'midge.js', ...await bundleFor('host') }, ...await bundleCompanions('host')]
  for (const { file, code } of files) await replaceFile(fileOf(file), Buffer.from(code as string))
}

/** Vitest's global setup. */
export default async function setup(): Promise<void> {
  await buildFresh(fileOf('midge.js'), build)
}
