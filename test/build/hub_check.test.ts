// The check of hub.js: what it says, and that it says it of nothing that works.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkHub, hubFaultLines } from '../../scripts/build/gate/hub_check.mjs'
import { bundleFor } from '../../scripts/build/edition.mjs'
import { boardNames, loadBoard } from '../../scripts/lib/board.mjs'
import { ROOT } from '../../scripts/lib/root.mjs'
import * as api from '../../src/simulator/engine_api'
import { ESPRUINO, runEspruino } from './espruino'

const linesOf = (code: string | Uint8Array): string[] =>
  hubFaultLines('hub.js', checkHub(typeof code === 'string' ? new TextEncoder().encode(code) : code, api))

const BROKERS = (name: string): string =>
  `${name} is not declared, and as a global it is one of the broker's own names: write "var ${name}"`
const FOREIGN = 'may stand in texts and comments only: the engine knows names of a to z'
const RETURN = 'return without a semicolon (return): the engine takes what comes next, in the next line too, for its '
  + 'value: write return;'

const MAY_NEED = 'is the engine\'s own, and the broker may need it: take another name, or declare it with var'

const REFUSED: [code: string, ...said: string[]][] = [
  ['var a = 1\nfunction f () {\n  if (a) return\n  a = 2\n}', `3: ${RETURN}`],
  ['function f (a) { for (;;) if (a) return }', `1: ${RETURN}`],
  ['t = 1', `1: ${BROKERS('t')}`],
  ['var u\nfor (t of [1]) u = t', `2: ${BROKERS('t')}`, `2: ${BROKERS('t')}`],
  ['print(\n  aB)', `2: ${BROKERS('aB')}`],
  ['global.t = 1', `1: ${BROKERS('t')}`],
  ['this.t = 1', `1: ${BROKERS('t')}`],
  ['counter = 1', '1: counter is not declared: write "var counter"'],
  ['counter++', '1: counter is not declared: write "var counter"'],
  ['new Map()', '1: Map is not declared, and the engine has no such global'],
  ['\nprint = 1', `2: print ${MAY_NEED}`],
  ['midge = 1', `1: midge ${MAY_NEED}`],
  ['var a = 1\n\nvar b = a\n++b',
    '4: ++ or -- behind a line without a semicolon (++b): the engine takes it for the end of the line before: '
    + 'write x++, or a semicolon in front'],
  ['f()\nfunction f () {}', '1: f is used before it is declared: declare it first'],
  ['var f = []\nfor (let i = 0; i < 3; i++) f.push(() => i)',
    '2: let or const (let i = 0): functions that a loop makes share one of it in the engine: make them in a function '
    + 'that the loop calls'],
  ['var o = {}\nprint(o?.a)', '2: optional chaining (o?.a): the engine has no ?. : test the value first'],
  ['function f (a = 1) {}',
    '1: default parameter (a = 1): the engine has no default parameters: let the caller pass the value'],
  ['print("\\u20ac")',
    '1: character above 255 ("\\u20ac"): the engine keeps one byte of it: write the character itself'],
  ['var grün = 1', `1: "ü" ${FOREIGN}`],
  ['\ufeffprint(1)', '1: the file starts with a mark (BOM) that the engine does not know: save it without'],
  ['print(1)\nprint(\u00a02)', `2: "\u00a0" ${FOREIGN}`],
  ['if (', '1: no program: Unexpected token'],
  ['var a\n}', '2: no program: Unexpected token'],
]

const ACCEPTED = [
  'var t = 1, text = "Küche 21 °C" // grün\nprint(`${t}€`)',
  'function f (a) { if (a) { return }\n  print(1) }',
  'const a = 1; let b = 2; for (let i of [1]) print(i, a, b)',
  'for (var i = 0; i < 3; i++) [1].forEach(v => { let own = v; print(own) })',
  'global.counter = 1; print(counter)',
  'if (typeof Graphics3 !== "undefined") Graphics3.x()',
  'print("\\\\u20ac \\x80", /a\\x41/)',
  'var a = 1; if (a) { a = 2 }\n++a',
  'setWatch(function () {}, D0); Serial2.setup(9600); var i2 = I2C1',
]

describe('the check of hub.js', () => {
  it.each(REFUSED)('of %j says where and what', (code, ...said) => {
    expect(linesOf(code)).toEqual(said.map(line => `hub.js:${line}`))
  })

  it('says of bytes that are no UTF-8 what they are', () => {
    expect(linesOf(Uint8Array.of(0x22, 0xfc, 0x22))).toEqual(['hub.js:1: it is not UTF-8: save it as that'])
  })

  it.each(ACCEPTED)('has nothing against %j', code => {
    expect(linesOf(code)).toEqual([])
  })

  it.each(readdirSync(join(ROOT, 'boards', 'hub')))('has nothing against %s', name => {
    expect(linesOf(readFileSync(join(ROOT, 'boards', 'hub', name)))).toEqual([])
  })

  it('knows the form of every name that a bundle gives to a global', async () => {
    for (const board of boardNames()) {
      const { RUNTIME } = await loadBoard(board)
      if (RUNTIME !== 'espruino') continue
      const { names } = await bundleFor(board)
      expect(Object.values(names!).filter(name => !/^[\w$]{1,2}$/.test(name))).toEqual([])
    }
  })
})

describe.skipIf(!ESPRUINO)('the engine behind it', () => {
  const harmless = ACCEPTED.filter(code => !/setWatch/.test(code))
  it.each(harmless)('runs %j', async code => {
    expect((await runEspruino(`new Function(${JSON.stringify(code)})()`)).join('\n')).not.toMatch(/rror|Uncaught/)
  })
})
