// The gateway as it is shipped, built beside the tests and not into dist/.
import { fileURLToPath } from 'node:url'
import { bundleCompanions, bundleFor } from '../../scripts/build/edition.mjs'
import { replaceFile } from '../../scripts/lib/fresh.mjs'

const fileOf = (name: string): string => fileURLToPath(new URL(`../../.cache/interop/${name}`, import.meta.url))

/** The gateway's library. */
export const LIBRARY = fileOf('index.js')

/** The gateway's command line. It imports the library beside it. */
export const COMMAND_LINE = fileOf('cli.js')

export async function writeGateway(): Promise<void> {
  const files = [{ file: 'midge.js', ...await bundleFor('host') }, ...await bundleCompanions('host')]
  for (const { file, code } of files) await replaceFile(fileOf(file), Buffer.from(code))
}
