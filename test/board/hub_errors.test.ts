// What the board's console says of an error in hub.js: in the simulated board and in the real interpreter alike.

import { describe, expect, it } from 'vitest'
import { storageWrite } from '../../scripts/lib/espruino.mjs'
import { freePort } from '../../scripts/lib/free_port.mjs'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import { ESPRUINO, startEspruino } from '../build/espruino'
import { bundleText } from '../support/board_bundle'
import { HUB_EXTENSION } from '../support/extensions'
import { PATIENCE_MS } from '../support/patience'

/** A line that is longer than the engine quotes. */
const LONG = `var text = "${'x'.repeat(90)}"; missing.field = text + "${'y'.repeat(90)}"`

const CASES: [what: string, hub: string, said: RegExp][] = [
  ['at its start', '// one\n\nmidge.nothing()\n', /^error: \w*Error: .*, in line 3 of hub\.js: midge\.nothing\(\)$/],
  ['in a callback', 'midge.subscribe("a", function (topic, payload) {\n  var n = 1\n  n.x.y = payload\n})\n'
    + 'midge.publish("a", 1)', /^error: \w*Error: .*, in line 3 of hub\.js: n\.x\.y = payload$/],
  ['in a timer', 'var a = 1\nsetTimeout(function () {\n  a.b.c = 2\n}, 10)', /, in line 3 of hub\.js: a\.b\.c = 2$/],
  ['in a function of its own',
    'function add (o) {\n  o.x.y = 1\n}\n\nadd({})', /, in line 2 of hub\.js: o\.x\.y = 1$/],
  ['in a long line', `\n${LONG}`, /, in line 2 of hub\.js: \S/],
  ['of its own',
    '\nthrow new Error("first")', /^error: Error: first, in line 2 of hub\.js: throw new Error\("first"\)$/],
  ['at an element that there cannot be', 'var bytes = new Uint8Array(2), at = "ab".indexOf("c")\n  bytes[at] = 1',
    /^error: Error: Field or method "-1" .* Uint8Array, in line 2 of hub\.js: bytes\[at\] = 1$/],
  ['that is no Error', 'throw "words"', /^error: words$/],
]

const errorsOf = (lines: string[]): string[] =>
  lines.map((line) => line.replace(/^[>\s]+/, '')).filter((line) => line.startsWith('error'))

async function real(hub: string): Promise<string[]> {
  const files = { 'hub.js': hub, ...HUB_EXTENSION, 'midge.json': JSON.stringify({ port: await freePort() }) }
  const writes = Object.entries(files).map(([name, data]) => storageWrite(name, data)).join('')
  const run = startEspruino(`${writes}${bundleText('esp32')}\nsetTimeout(function () { print("the end") }, 300)`)
  const endMs = performance.now() + PATIENCE_MS
  while (!run.output().includes('the end') && performance.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  run.child.kill('SIGKILL')
  run.remove()
  return errorsOf(run.output().split(/\r?\n/))
}

describe.each(CASES)('an error %s', (_, hub, said) => {
  const expected = [expect.stringMatching(said)]

  it('is told with its line in the simulated board', () => {
    const driver = new VirtualDriver({ files: { '.bootcde': bundleText('esp32'), 'hub.js': hub, ...HUB_EXTENSION } })
    driver.start()
    driver.advance(1_000)
    expect(errorsOf(driver.board.output)).toEqual(expected)
  })

  it.skipIf(!ESPRUINO)('is told alike by a real Espruino, which ESPRUINO names', async () => {
    expect(await real(hub)).toEqual(expected)
  })
})
