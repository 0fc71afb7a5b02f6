// Modules that hub.js requires get onto the board with it, from where its owner says.

import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { distFresh } from '../../scripts/lib/dist.mjs'
import { modulesMissing } from '../../src/flash'
import { chipLayout } from '../../src/flash/layout'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import type { Ended } from './command_run'
import { runAtTerminal, runScript } from './command_run'
import { HAS_PSEUDO_TERMINAL, PseudoPort } from './pseudo_port'
import { releaseTgz } from './release'
import { StandInConsole } from './stand_in_console'

const folder = mkdtempSync(join(tmpdir(), 'midge-modules-'))
const file = (name: string, data: Uint8Array | string): string => {
  writeFileSync(join(folder, name), data)
  return join(folder, name)
}

const HUB = file('hub.js', 'print("it says " + require("Warm").read())')
const WARM = 'exports.read = function () { return require("Colder").degrees + 20 }'
const COLDER = 'exports.degrees = 1.5'
const RELEASE = file('esp32.tgz', releaseTgz(chipLayout('ESP32')!))

const served: Record<string, string> = { '/modules/Warm.min.js': WARM, '/modules/Colder.js': COLDER }
let server: Server
let site = ''

beforeAll(async () => {
  server = createServer(({ url }, response) => {
    const text = served[url!]
    // Some servers have a page for whatever is asked.
    if (text) response.end(text)
    else if (url!.startsWith('/pages/')) response.setHeader('content-type', 'text/html').end('<html>')
    else response.writeHead(404).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

const hub = (code: string): { name: string, data: Uint8Array } => ({ name: 'hub.js', data: Buffer.from(code) })

describe('what a file requires', () => {
  it.each<[string, string[]]>([
    ['var s = require("DHT22").connect(D4), t = require( \'BME280\' )', ['DHT22', 'BME280']],
    ['require("Storage").read("x"); require("Wifi"); require("net"); require("DHT22"); require("DHT22")', ['DHT22']],
    ['// require("A")\n/* require("B") */ print("require(\'C\')", \'\\\'require("D")\')', []],
    ['print("http://x"); require("A")', ['A']],
    ['var require2 = 1; prerequire("A"); require(name)', []],
  ])('%s', (code, names) => {
    expect(modulesMissing([hub(code)])).toEqual(names)
  })

  it('is looked for in modules too, and not where it is there already', () => {
    const module = { name: 'Warm', data: Buffer.from(WARM) }
    expect(modulesMissing([hub('require("Warm")'), module])).toEqual(['Colder'])
    expect(modulesMissing([hub('require("Warm")'), module], ['Colder'])).toEqual([])
  })
})

const dryRun = (...options: string[]): Promise<Ended> =>
  runScript('flash', ['--dry-run', '--firmware', RELEASE, '--ssid', 'home', '--open', '--hub', HUB, ...options])

/** What a board prints that starts from an image. */
function printed (image: string): string[] {
  const driver = new VirtualDriver({ flash: new Uint8Array(readFileSync(image)) })
  driver.start()
  driver.advance(1_000)
  return driver.board.output
}

describe('npm run flash', () => {
  it.each([
    ['an address', () => `${site}/modules`],
    ['an address with a slash', () => `${site}/modules/`],
    ['a folder', () => {
      file('Warm.js', WARM)
      file('Colder.min.js', COLDER)
      return folder
    }],
  ])('takes what hub.js requires from %s, and what that requires', async (_, place) => {
    const out = join(folder, 'image.bin')
    const { code, output } = await dryRun('--modules', place(), '--out', out)
    expect([code, output]).toEqual([0, expect.stringContaining('write it at address 0')])
    expect(printed(out)).toContain('it says 21.5')
  })

  it.each<[string, () => string[], RegExp]>([
    ['no place', () => [], /^hub\.js needs the module Warm: .* --modules .*, as https:.*espruino\.com\/modules\n$/],
    ['a place without it', () => ['--modules', `${site}/absent`],
      /has no module Warm: no file Warm\.min\.js or Warm\.js\n/],
    ['a place of pages', () => ['--modules', `${site}/pages`], /has no module Warm/],
    ['a way out of the folder', () => ['--modules', folder, '--hub', file('out.js', 'require("../../etc/passwd")')],
      /"\.\.\/\.\.\/etc\/passwd" cannot be a module's name/],
  ])('refuses %s before it touches a board', async (_, options, sentence) => {
    const { code, output } = await dryRun(...options())
    expect([code, output]).toEqual([2, expect.stringMatching(sentence)])
  })

  it.skipIf(!HAS_PSEUDO_TERMINAL)('asks at a terminal, and fetches nothing when told no (python3)', async () => {
    const { code, output } = await runAtTerminal('flash', [
      '--dry-run', '--firmware', RELEASE, '--ssid', 'home', '--password', 'hush-hush', '--no-user', '--hub', HUB,
    ], [['Fetch from', 'n\r']])
    expect(output).toContain('hub.js needs the module Warm. Fetch from https://www.espruino.com/modules?')
    expect(code).toBe(2)
  })
})

describe.skipIf(!HAS_PSEUDO_TERMINAL)('npm run upload (python3)', () => {
  it('brings what the board has not', async () => {
    const bundle = new Uint8Array(readFileSync(await distFresh('esp32')))
    const driver = new VirtualDriver({ files: { '.bootcde': bundle, Colder: 'exports.degrees = 3' } })
    driver.start()
    const port = await PseudoPort.open(bytes => board.receive(bytes))
    const board = new StandInConsole(driver, bytes => port.send(bytes))
    const upload = (...options: string[]): Promise<Ended> =>
      runScript('upload', ['--port', port.path, '--hub', HUB, ...options])
    const refused = await upload()
    expect([refused.code, refused.output]).toEqual([2, expect.stringContaining('hub.js needs the module Warm')])
    const { code, output } = await upload('--modules', `${site}/modules`)
    expect([code, output]).toEqual([0, expect.stringMatching(/hub\.js: \d+ bytes\n[^]*Warm: \d+ bytes\n/)])
    expect(output).not.toContain('Colder:')
    driver.advance(1_000)
    expect(driver.board.output).toContain('it says 23')
    await port.close()
  })
})
