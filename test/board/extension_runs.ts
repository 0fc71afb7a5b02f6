// Boards with files of Storage, in the simulated board and in the real interpreter, which ESPRUINO names.
import { storageWrite } from '../../scripts/lib/espruino.mjs'
import { freePort } from '../../scripts/lib/free_port.mjs'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import { ESPRUINO, startEspruino } from '../build/espruino'
import { bundleText } from '../support/board_bundle'
import { PATIENCE_MS } from '../support/patience'

const saidIn = (lines: string[]): string[] => lines.map((line) => line.replace(/^[>\s]+/, ''))
  .filter((line) => /^(SAYS|midge\.json|rules)|error/.test(line)).map((line) => line.replace(/^SAYS /, ''))

/** Runs a board with these files of Storage for some seconds. */
export function simulated(files: Record<string, string>): Promise<string[]> {
  const driver = new VirtualDriver({ files: { '.bootcde': bundleText('esp32'), ...files } })
  driver.start()
  driver.advance(10_000)
  return Promise.resolve(saidIn(driver.board.output))
}

/** The same, until it says `end`. */
async function real(files: Record<string, string>): Promise<string[]> {
  const port = await freePort()
  const settings = { port, ...JSON.parse(files['midge.json']) as object }
  const all = { ...files, 'midge.json': JSON.stringify(settings) }
  const writes = Object.entries(all).map(([name, data]) => storageWrite(name, data)).join('')
  const run = startEspruino(writes + bundleText('esp32'))
  const endMs = performance.now() + PATIENCE_MS
  while (!/SAYS end[^]*\n/.test(run.output()) && performance.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  run.child.kill('SIGKILL')
  run.remove()
  return saidIn(run.output().split(/\r?\n/))
}

/** Where a test of extensions runs: it answers what was said by `print("SAYS …")`, and what went wrong. */
export const PLACES: [string, typeof simulated][] = [['the simulated board', simulated]]
if (ESPRUINO) PLACES.push(['a real Espruino, which ESPRUINO names', real])
