// What is shipped for a board: the script that Espruino runs, or the library of the gateway.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadBoard } from './board.mjs'
import { bundleBoard, ROOT } from './bundle.mjs'
import { checkBundle, formatFindings } from './gate.mjs'

/** The file that a shipped bundle starts from: the port's own where it has one. */
function editionEntry (runtime) {
  const entry = `src/port/${runtime}/bundle.ts`
  return existsSync(join(ROOT, entry)) ? entry : 'src/main.ts'
}

/** The finished, minified bundle of a board; what Espruino would refuse is refused here. */
export async function bundleFor (boardName) {
  const { RUNTIME } = await loadBoard(boardName)
  const entry = editionEntry(RUNTIME)
  if (RUNTIME === 'node') {
    return bundleBoard(boardName, { entry, format: 'factory', factoryName: 'createBroker', minify: true })
  }
  const bundle = await bundleBoard(boardName, { entry, format: 'script', minify: true })
  const findings = checkBundle(bundle.code)
  if (findings.length > 0) throw new Error(`${boardName}: Espruino would not run this\n${formatFindings(findings)}`)
  return bundle
}

/** The gateway's command line; it imports the library beside it as './midge.js'. */
export async function bundleCommandLine (boardName) {
  const { RUNTIME } = await loadBoard(boardName)
  const entry = `src/port/${RUNTIME}/cli.ts`
  if (!existsSync(join(ROOT, entry))) return null
  return bundleBoard(boardName, { entry, format: 'module', minify: false, externals: { 'midge-mqtt': './midge.js' } })
}
