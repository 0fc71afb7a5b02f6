// What `npm start` keeps: a virtual board whose process ends, in whichever way, is a board whose power is cut.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt, { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { RECORDS_END } from '../../src/flash/records_file'
import { ESPRUINO } from '../build/espruino'
import { PATIENCE_MS } from '../support/patience'
import { StartRun } from './start_run'

const folder = mkdtempSync(join(tmpdir(), 'midge-flash-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const runs: StartRun[] = []
afterEach(async () => { for (const run of runs.splice(0)) await run.end() })

function start(...options: string[]): StartRun {
  const run = new StartRun('--port', '0', '--plain', ...options)
  runs.push(run)
  return run
}

const connect = async (run: StartRun, options: IClientOptions = {}): Promise<MqttClient> =>
  connectAsync({ port: await run.port, host: '127.0.0.1', reconnectPeriod: 0, ...options })

/** Topics and payloads that arrive at a client, in order. */
function arriving(client: MqttClient): string[] {
  const messages: string[] = []
  client.on('message', (topic, payload) => messages.push(`${topic} ${payload.toString()}`))
  return messages
}

/** What is retained under `home/`. */
async function retained(run: StartRun): Promise<string[]> {
  const client = await connect(run)
  const messages = arriving(client)
  await client.subscribeAsync('home/#', { qos: 1 })
  // What comes behind all that is retained.
  await client.publishAsync('home/end', '', { qos: 1 })
  await expect.poll(() => messages.at(-1), { timeout: PATIENCE_MS }).toBe('home/end ')
  await client.endAsync()
  return messages.slice(0, -1).sort()
}

const AWAY = { clientId: 'away', clean: false }

const ENGINES = [
  { engine: 'simulator', board: 'esp32', options: [] as string[] },
  { engine: 'espruino', board: 'espruino_linux', options: ['--engine', 'espruino', '--board', 'espruino_linux'] },
].filter(({ engine }) => engine === 'simulator' || ESPRUINO)

describe.each(ENGINES)('a virtual board in the $engine', ({ engine, options }) => {
  const flash = join(folder, `${engine}.flash`)
  const begin = (...further: string[]): StartRun => start('--flash', flash, ...options, ...further)

  it('has after a kill -9 what it acknowledged before: retained messages, sessions and their messages', async () => {
    const first = begin()
    const away = await connect(first, AWAY)
    await away.subscribeAsync('order/#', { qos: 2 })
    await away.endAsync()
    const publisher = await connect(first)
    await publisher.publishAsync('home/hall', '21.5', { qos: 1, retain: true })
    await publisher.publishAsync('home/attic', '17', { qos: 2, retain: true })
    for (const number of ['one', 'two', 'three']) await publisher.publishAsync('order/a', number, { qos: 2 })
    await first.end('SIGKILL')

    const second = begin()
    expect(await retained(second)).toEqual(['home/attic 17', 'home/hall 21.5'])
    // It subscribes to nothing: what comes is its session's.
    const client = mqtt.connect({ port: await second.port, host: '127.0.0.1', reconnectPeriod: 0, ...AWAY })
    const messages = arriving(client)
    await expect.poll(() => messages, { timeout: PATIENCE_MS }).toHaveLength(3)
    expect(messages).toEqual(['order/a one', 'order/a two', 'order/a three'])
    await client.endAsync()
    expect(second.said).toContain(`it keeps, in ${flash}`)
  })

  it.skipIf(process.platform !== 'linux')('takes a flash of a process that was killed, which its parent has not seen',
    async () => {
      const parent = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
      try {
        const [pid] = await once(parent.stdout, 'data') as [Buffer]
        const state = (): string => readFileSync(`/proc/${pid.toString().trim()}/stat`, 'latin1')
        await expect.poll(state, { timeout: PATIENCE_MS }).toMatch(/\) Z /)
        writeFileSync(`${flash}.lock`, pid)
        const run = begin()
        expect(await run.port).toBeGreaterThan(0)
      } finally {
        parent.kill()
      }
    })

  it('ends by Ctrl-C like that too, is told nothing of it by --fresh, and lets nobody else use its flash', async () => {
    const first = begin('--fresh')
    const publisher = await connect(first)
    await publisher.publishAsync('home/hall', 'warm', { qos: 1, retain: true })
    const other = begin()
    expect(await other.port).toBe(0)
    expect(other.said).toContain(`${flash} is the flash of a virtual board that runs: stop that, or name another file`)
    expect(other.child.exitCode).toBe(2)
    await first.end('SIGINT')
    expect(existsSync(`${flash}.lock`)).toBe(false)
    expect(await retained(begin())).toEqual(['home/hall warm'])
    await runs.at(-1)!.end()
    expect(await retained(begin('--fresh'))).toEqual([])
  })

  it('puts its files behind what is kept anew: settings of another start are not there', async () => {
    const hub = join(folder, 'hub.js')
    writeFileSync(hub, 'require("Storage").write("leftover", "of another start"); print("the hub runs")')
    const first = begin('--hub', hub)
    await first.port
    await expect.poll(() => first.said, { timeout: PATIENCE_MS }).toContain('the hub runs')
    await first.end('SIGKILL')
    const second = begin()
    await second.port
    await second.end()
    expect(second.said).not.toContain('the hub runs')
    const storage = readFileSync(flash)
    expect(storage.subarray(4, 12).toString()).toBe('midge.db')
    expect(storage.subarray(RECORDS_END).includes('leftover')).toBe(false)
    expect(statSync(flash).mode & 0o777).toBe(0o600)
  })
})

describe('npm start', () => {
  it.skipIf(!ESPRUINO)('goes on in the real interpreter with the flash of the simulated board', async () => {
    const file = join(folder, 'both.flash')
    const first = start('--flash', file)
    const publisher = await connect(first)
    await publisher.publishAsync('home/hall', 'from the simulator', { qos: 1, retain: true })
    await first.end('SIGKILL')
    const second = start('--flash', file, '--engine', 'espruino', '--board', 'espruino_linux')
    expect(await retained(second)).toEqual(['home/hall from the simulator'])
  })

  it('takes no other file for a flash', async () => {
    const file = join(folder, 'letter.txt')
    writeFileSync(file, 'Dear Anna')
    const run = start('--flash', file)
    expect(await run.port).toBe(0)
    expect(run.said).toContain('letter.txt is not the flash of a virtual board: name another file, or say --fresh')
    expect(readFileSync(file, 'utf8')).toBe('Dear Anna')
    copyFileSync(file, join(folder, 'fresh.flash'))
    await start('--flash', join(folder, 'fresh.flash'), '--fresh').port
    expect(readFileSync(join(folder, 'fresh.flash')).subarray(4, 12).toString()).toBe('midge.db')
  })

  it('says nothing of it for a board that keeps nothing, and refuses its options', async () => {
    const run = start('--board', 'smallest')
    await run.port
    expect(run.said).not.toContain('keeps')
    expect(run.said).not.toContain('.flash')
    const refused = start('--board', 'smallest', '--fresh')
    expect(await refused.port).toBe(0)
    expect(refused.said).toContain('smallest keeps nothing: --flash and --fresh are for boards that do')
  })
})
