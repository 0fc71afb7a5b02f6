// `npm start`: a virtual board that MQTT.js talks to, in the simulator and, where ESPRUINO names one, in the real
// interpreter.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { connectAsync } from 'mqtt'
import { afterEach, describe, expect, it } from 'vitest'
import { ESPRUINO } from '../build/espruino'

const START = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url))

let child: ChildProcess | undefined
let said = ''

/** Starts a board; answers when it listens, with its port, or when it has ended, with 0. */
async function start(...options: string[]): Promise<number> {
  said = ''
  const started = child = spawn(process.execPath, [START, ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
  const take = (data: Buffer): void => { said += data.toString() }
  started.stderr.on('data', take)
  return new Promise((resolve) => {
    started.stdout.on('data', (data: Buffer) => {
      take(data)
      const [, port] = /listens on \S+, port (\d+)/.exec(said) ?? []
      if (port) resolve(Number(port))
    })
    started.once('close', () => resolve(0))
  })
}

async function carriesMessage(port: number): Promise<void> {
  const client = await connectAsync({ port, host: '127.0.0.1', reconnectPeriod: 0 })
  await client.subscribeAsync('home/+')
  const arrived = new Promise((resolve) => {
    client.once('message', (topic, payload) => resolve([topic, payload.toString()]))
  })
  await client.publishAsync('home/hall', '21.5', { qos: 1 })
  expect(await arrived).toEqual(['home/hall', '21.5'])
  await client.endAsync()
}

afterEach(async () => {
  if (!child || child.exitCode !== null) return
  child.kill('SIGINT')
  await once(child, 'close')
})

describe('npm start', () => {
  it('runs a simulated board, and ends at SIGINT', async () => {
    await carriesMessage(await start('--port', '0', '--plain'))
    expect(said).toMatch(/^midge: a virtual esp32 starts\n/)
    child!.kill('SIGINT')
    expect(await once(child!, 'close')).toEqual([0, null])
    expect(said).toContain('the board is switched off')
  })

  it('says what to do when its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    expect(await start('--port', String(port))).toBe(0)
    server.close()
    expect(said).toContain(`port ${port} of 127.0.0.1 is in use`)
    expect(child!.exitCode).toBe(1)
  })

  it('names the boards when it is asked for another', async () => {
    expect(await start('--board', 'host')).toBe(0)
    expect(said).toMatch(/there is no board host; the boards are esp32, esp32c3/)
  })

  it.skipIf(!ESPRUINO)('runs the bundle in the real interpreter', async () => {
    await carriesMessage(await start('--board', 'espruino_linux', '--engine', 'espruino', '--port', '0', '--plain'))
  })
})
