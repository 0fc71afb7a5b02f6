// `npm start`: a virtual board that MQTT.js talks to, in the simulator and, where ESPRUINO names one, in the real
// interpreter.

import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { ESPRUINO } from '../build/espruino'
import { PATIENCE_MS } from '../support/patience'
import { StartRun } from './start_run'

const folder = mkdtempSync(join(tmpdir(), 'midge-start-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

let run: StartRun | undefined

/** Starts a board with a flash of this test's; answers when it listens, with its port, or when it has ended, with 0. */
async function start(...options: string[]): Promise<number> {
  run = new StartRun('--flash', join(folder, 'board.flash'), ...options)
  return run.port
}

async function carriesMessage(port: number, user: { username?: string, password?: string } = {}): Promise<void> {
  const client = await connectAsync({ port, host: '127.0.0.1', reconnectPeriod: 0, ...user })
  await client.subscribeAsync('home/+')
  const arrived = new Promise((resolve) => {
    client.once('message', (topic, payload) => resolve([topic, payload.toString()]))
  })
  await client.publishAsync('home/hall', '21.5', { qos: 1 })
  expect(await arrived).toEqual(['home/hall', '21.5'])
  await client.endAsync()
}

afterEach(async () => run?.end())

describe('npm start', () => {
  it('runs a simulated board, and ends at SIGINT', async () => {
    await carriesMessage(await start('--port', '0', '--plain'))
    expect(run!.said).toMatch(/^midge: a virtual esp32 starts\n/)
    run!.child.kill('SIGINT')
    expect(await once(run!.child, 'close')).toEqual([0, null])
    expect(run!.said).toContain('the board is switched off')
  })

  it('goes on when nobody reads what it says any more', async () => {
    const port = await start('--port', '0', '--plain')
    const ended = once(run!.child, 'close')
    run!.child.stdout!.destroy()
    await carriesMessage(port)
    run!.child.kill('SIGINT')
    expect(await ended).toEqual([0, null])
    expect(run!.said).not.toContain('EPIPE')
  })

  it('tells of its clients in sentences', async () => {
    const port = await start('--port', '0', '--plain')
    const client = await connectAsync({ port, host: '127.0.0.1', protocolVersion: 5, clientId: 'Küche 1\n' })
    await client.publishAsync('$SYS/a', '', { qos: 1 }).catch(() => undefined)
    await client.endAsync()
    await expect.poll(() => run!.said, { timeout: PATIENCE_MS }).toContain(' disconnected\n')
    const lines = run!.said.split('\n').slice(6)
    expect(lines).toEqual([
      '"Küche 1\\n" connected, MQTT 5.0', 'a message of "Küche 1\\n" was refused: Not authorized',
      '"Küche 1\\n" disconnected', '',
    ])
  })

  it('says what to do when its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    expect(await start('--port', String(port))).toBe(0)
    server.close()
    expect(run!.said).toContain(`port ${port} of 127.0.0.1 is in use`)
    expect(run!.child.exitCode).toBe(1)
  })

  it('names the boards when it is asked for another', async () => {
    expect(await start('--board', 'host')).toBe(0)
    expect(run!.said).toMatch(/there is no board host; the boards are esp32, esp32c3/)
  })

  it('runs the docs\' own midge.json, whose network is there, and leaves its clients connected', async () => {
    const [example] = /\{ "wifi_ssid".*\}/.exec(readFileSync('docs/home.md', 'utf8'))!
    const port = await start('--port', '0', '--plain', '--config', file('midge.json', example))
    await expect.poll(() => run!.said, { timeout: PATIENCE_MS }).toContain('Wi-Fi connected')
    const { users } = JSON.parse(example) as { users: Record<string, string> }
    const [[username, password]] = Object.entries(users)
    await carriesMessage(port, { username, password })
    expect(run!.said).not.toContain('Wi-Fi lost')
    expect(run!.said).toContain(`try  mosquitto_sub -h 127.0.0.1 -p ${port} -t '#' -v -u '${username}' -P …\n`)
  })

  it('shows the access point where there is to be no Wi-Fi', async () => {
    const configuration = file('home.json', '{"wifi_ssid": "home", "wifi_password": "hush-hush", "port": 1884}')
    await carriesMessage(await start('--port', '0', '--plain', '--no-wifi', '--config', configuration))
    expect(run!.said).toMatch(/^access point midge-0002$/m)
  })

  it('refuses a wrong midge.json in one sentence that quotes nothing of it', async () => {
    const configuration = file('wrong.json', '{"wifi_password": "hush-6", "max_keepalive": -1, "prot": 1884}')
    expect(await start('--port', '0', '--config', configuration)).toBe(0)
    expect(run!.said.split('\n').slice(1)).toEqual([`midge: ${configuration}: "wifi_password" must be a text of 8 to `
      + '63 characters, or empty for an open network; "max_keepalive" must be a number from 0 to 65535; there is no '
      + 'setting "prot"', ''])
    expect(run!.child.exitCode).toBe(2)
  })

  it('follows the rules of its midge.json, the docs\' own', async () => {
    const [, example] = /```json\n(\{\n {2}"rules"[^]*?)```/.exec(readFileSync('docs/home.md', 'utf8'))!
    const port = await start('--port', '0', '--plain', '--config', file('midge.json', example))
    const client = await connectAsync({ port, host: '127.0.0.1', reconnectPeriod: 0 })
    await client.subscribeAsync('hall/light/set')
    const arrived = new Promise((resolve) => {
      client.once('message', (topic, payload) => resolve([topic, payload.toString()]))
    })
    await client.publishAsync('hall/stairs/motion', 'ON')
    expect(await arrived).toEqual(['hall/light/set', 'ON'])
    await client.endAsync()
  })

  it('has the time that it is told, and goes as fast as it is told', async () => {
    const settings = { time: { zone: 'Europe/Berlin', latitude: 52.52, longitude: 13.4 },
      rules: [{ at: 'mon sunset-15', then: { topic: 'blinds/set', payload: 'CLOSE' } }] }
    const hub = `midge.subscribe('blinds/set', function () { print(new Date().toString()) })`
    const configuration = file('midge.json', JSON.stringify(settings))
    const port = await start('--port', '0', '--plain', '--config', configuration, '--hub',
      // A flash of its own: where a board before has ended soon after its start, the next one leaves hub.js out.
      file('hub.js', hub), '--at', '2026-12-21T14:00', '--speed', '600', '--flash', join(folder, 'time.flash'))
    expect(port, run!.said).toBeGreaterThan(0)
    await vi.waitUntil(() => run!.said.includes('GMT+0100'), { timeout: PATIENCE_MS })
    expect(run!.said).toContain('midge: its time begins at 2026-12-21T14:00, and goes 600 times as fast')
    expect(run!.said).toMatch(/Mon Dec 21 2026 15:39:\d\d GMT\+0100/)
  })

  it.each([[['--at', 'noon']], [['--at', '2025-12-21']], [['--speed', '2']], [['--at', '2026-12-21', '--speed', '0']],
    [['--at', '2026-12-21', '--engine', 'espruino']]])('refuses %j', async (options) => {
    expect(await start('--port', '0', '--plain', ...options)).toBe(0)
    expect(run!.child.exitCode).not.toBe(0)
  })

  it('refuses a hub.js that the board would get wrong, and says where and how to mend it', async () => {
    const hub = file('wrong.js', 'var a = 1\nfunction f () {\n  if (a) return\n  print(1)\n}\nt = 2\n')
    expect(await start('--hub', hub, '--port', '0')).toBe(0)
    expect(run!.said).toContain(`${hub}:3: return without a semicolon`)
    expect(run!.said).toContain(`${hub}:6: t is not declared`)
    expect(run!.child.exitCode).toBe(2)
  })

  it.skipIf(!ESPRUINO)('runs the bundle in the real interpreter', async () => {
    await carriesMessage(await start('--board', 'espruino_linux', '--engine', 'espruino', '--port', '0', '--plain'))
    expect(run!.said)
      .toMatch(/\(espruino\) listens on all addresses of this computer, port (\d+)\n.* -h 127.0.0.1 -p \1 /)
  })
})
