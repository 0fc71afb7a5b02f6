// What each board's finished bundle may weigh.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { boardNames, loadBoard } from '../../scripts/lib/board.mjs'
import { bundleFor } from '../../scripts/build/edition.mjs'

const SCRIPTS: string[] = []
for (const name of boardNames()) if ((await loadBoard(name)).RUNTIME === 'espruino') SCRIPTS.push(name)

it.each(SCRIPTS)('the bundle of %s is within its budget', async (name) => {
  const { code } = await bundleFor(name)
  expect(code.length).toBeLessThanOrEqual((await loadBoard(name)).BUNDLE_SIZE_MAX)
})

it('the README says what that of an ESP32 is', async () => {
  const [, size] = /One bundle of (\d+) KB/.exec(readFileSync('README.md', 'utf8'))!
  expect((await loadBoard('esp32')).BUNDLE_SIZE_MAX).toBe(Number(size) * 1_024)
})
