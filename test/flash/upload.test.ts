// `npm run upload` and `npm run monitor`: a board that runs gets other files, and shows what it prints.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { distFresh } from '../../scripts/lib/dist.mjs'
import { BoardConsole, FORGETFUL } from '../../src/flash'
import type { WebSerialPort } from '../../src/flash'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import { ESPRUINO } from '../build/espruino'
import { runScript } from './command_run'
import { HAS_PSEUDO_TERMINAL, PseudoPort } from './pseudo_port'
import { StandInConsole } from './stand_in_console'

const folder = mkdtempSync(join(tmpdir(), 'midge-upload-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const HUB = file('hub.js', 'print("the new hub")')
const CONFIGURATION = file('midge.json', '{"port": 1884}')

describe.skipIf(!HAS_PSEUDO_TERMINAL)('a board that runs (python3)', () => {
  let bundle: Uint8Array
  let port: PseudoPort
  let driver: VirtualDriver
  let board: StandInConsole

  beforeAll(async () => { bundle = new Uint8Array(readFileSync(await distFresh('esp32'))) })
  afterEach(async () => port.close())

  async function plugIn (broker: string | Uint8Array = bundle): Promise<void> {
    driver = new VirtualDriver({ files: { '.bootcde': broker, 'hub.js': 'print("the old hub")' } })
    driver.start()
    port = await PseudoPort.open(bytes => board.receive(bytes))
    board = new StandInConsole(driver, bytes => port.send(bytes))
  }

  it('gets a hub, a configuration and a broker, and starts anew with them', async () => {
    await plugIn()
    const { code, output } = await runScript('upload',
      ['--port', port.path, '--hub', HUB, '--config', CONFIGURATION, '--bundle'])
    expect(output).toMatch(new RegExp(`\\.bootcde: ${bundle.length} bytes\n[^]*done: the board starts with it`))
    expect(output).not.toContain(FORGETFUL)
    expect(code).toBe(0)
    expect(Math.max(...board.packets)).toBe(1_024)
    driver.advance(1_000)
    expect(driver.board.output.slice(driver.board.output.indexOf('restart: reboot'))).toContain('the new hub')
    expect(driver.connect(1_883)).toBeNull()
    expect(driver.connect(1_884)).not.toBeNull()
  })

  it('is told that its broker keeps nothing where its flash has no room made for that', async () => {
    await plugIn('print("an old broker")')
    const { code, output } = await runScript('upload', ['--port', port.path, '--bundle'])
    expect([code, output]).toEqual([0, expect.stringContaining(FORGETFUL)])
  })

  it.each([
    [2, [], /what shall be replaced\?/],
    [2, ['--hub', join(folder, 'absent.js')], /absent\.js cannot be read: there is none/],
    [2, ['--hub', file('wrong.js', 'print(1)\nt = 1')], /wrong\.js:2: t is not declared/],
    [2, ['--config', HUB], /hub\.js is no JSON/],
    [2, ['--config', file('open.json', '{"wifi_ssid": "home"}')], /has no "wifi_password" beside it, which is "" for/],
  ])('ends with %i before the board is touched: %j', async (expected, options, sentence) => {
    await plugIn()
    const { code, output } = await runScript('upload', ['--port', port.path, ...options])
    expect([code, output]).toEqual([expected, expect.stringMatching(sentence)])
    expect(board.packets).toEqual([])
  })

  it('says that the board refused', async () => {
    await plugIn()
    board.refusals = 1
    const { code, output } = await runScript('upload', ['--port', port.path, '--hub', HUB])
    expect([code, output]).toEqual([12, expect.stringMatching(/the board refused that/)])
  })

  it('shows what it prints, until Ctrl-C', async () => {
    await plugIn()
    const lines = 'client: "thermo"\r\nconnected: 1 5\r\n\x1b[J>closed: 1 141\r\nhub says: 1 0\r\n'
    let isSent = false
    const { output } = await runScript('monitor', ['--port', port.path], (text, interrupt) => {
      if (text.includes('hub says')) interrupt()
      else if (text.includes('until Ctrl-C') && !isSent) {
        // What it prints may come in pieces, and be heard of more than once.
        isSent = true
        port.send(Buffer.from(lines))
      }
    })
    expect(output.split('\n').slice(1)).toEqual([
      'thermo connected, MQTT 5.0', 'thermo was disconnected: Keep Alive timeout', 'hub says: 1 0', '',
    ])
  })
})

describe.skipIf(!ESPRUINO)('the real interpreter\'s console (ESPRUINO)', () => {
  it('takes a file into its Storage, and answers', async () => {
    const child = spawn(ESPRUINO, [], { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] })
    const port = {
      readable: Readable.toWeb(child.stdout), writable: Writable.toWeb(child.stdin),
      open: async () => undefined, close: async () => undefined, setSignals: async () => undefined, getInfo: () => ({}),
    } as unknown as WebSerialPort
    const lines: string[] = []
    const board = await BoardConsole.open(port, line => lines.push(line))
    try {
      expect(await board.evaluate('process.env.BOARD')).toBe('LINUX')
      const text = 'print("hub")\n'.repeat(200)
      const told: number[] = []
      await board.write({ name: 'hub.js', data: new TextEncoder().encode(text) }, fraction => told.push(fraction))
      expect(told.at(-1)).toBe(1)
      expect(await board.evaluate('require("Storage").read("hub.js")')).toBe(text)
      await expect(board.evaluate('nonsense(')).rejects.toThrow('the board refused that')
      expect(lines.join()).toContain('espruino.com')
    } finally {
      child.kill('SIGKILL')
    }
  })
})
