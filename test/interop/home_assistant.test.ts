// A board that announces itself to Home Assistant, as a client sees it that subscribes as Home Assistant does: `npm
// start` with a midge.json and a hub.js, in the simulator and, where ESPRUINO names one, in the real interpreter.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ESPRUINO } from '../build/espruino'
import { StartRun } from '../simulator/start_run'
import { discoveryFaults } from '../support/home_assistant_discovery'
import { PATIENCE_MS } from '../support/patience'

const ENGINES = [
  { engine: 'the simulator', options: [] as string[] },
  { engine: 'the real interpreter (ESPRUINO)', options: ['--engine', 'espruino', '--board', 'espruino_linux'] },
].filter(({ options }) => options.length === 0 || ESPRUINO)

const folder = mkdtempSync(join(tmpdir(), 'midge-home-assistant-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const SETTINGS = { homeassistant: true, hostname: 'attic', sys_interval: 1, bridge: ['address 127.0.0.1:9'] }

describe.each(ENGINES)('a board in $engine that announces itself', ({ options }) => {
  let run: StartRun
  let assistant: MqttClient
  const kept = new Map<string, string>()
  const messages: [topic: string, payload: string][] = []

  beforeAll(async () => {
    run = new StartRun('--port', '0', '--plain', '--fresh', '--flash', join(folder, `${options.length}.flash`),
      '--config', file('midge.json', JSON.stringify(SETTINGS)), '--hub', 'boards/hub/hall.js', ...options)
    assistant = await connectAsync({ port: await run.port, host: '127.0.0.1', protocolVersion: 5, reconnectPeriod: 0 })
    assistant.on('message', (topic, payload, { retain }) => {
      if (retain) kept.set(topic, payload.toString())
      else messages.push([topic, payload.toString()])
    })
    await assistant.subscribeAsync(['homeassistant/+/+/config', 'homeassistant/+/+/+/config'])
  })
  afterAll(async () => {
    await assistant?.endAsync()
    await run.end()
  })

  it('is a device by Home Assistant\'s own rules, and so is that of hub.js', async () => {
    await expect.poll(() => kept.size, { timeout: PATIENCE_MS }).toBe(2)
    expect([...kept].flatMap(([topic, payload]) => discoveryFaults(topic, payload))).toEqual([])
    expect([...kept.keys()].sort()).toEqual([
      'homeassistant/device/midge_hall/config', expect.stringMatching(/^homeassistant\/device\/midge_\w+\/config$/),
    ].sort())
  })

  it('says how it is when Home Assistant starts, in every value that it has announced', async () => {
    const [topic] = [...kept.keys()].filter((name) => !name.includes('hall'))
    const told = JSON.parse(kept.get(topic)!) as { dev: { name: string }, stat_t: string, avty_t: string,
      cmps: Record<string, { p: string }> }
    expect(told.dev.name).toBe('attic')
    await assistant.subscribeAsync([told.stat_t, told.avty_t])
    await expect.poll(() => kept.get(told.avty_t), { timeout: PATIENCE_MS }).toBe('online')
    const state = (): Record<string, unknown> =>
      JSON.parse(messages.filter(([name]) => name === told.stat_t).at(-1)?.[1] ?? '{}') as Record<string, unknown>
    // $SYS has told all of it once a second has passed.
    await expect.poll(async () => {
      await assistant.publishAsync('homeassistant/status', 'online')
      return state().uptime
    }, { timeout: PATIENCE_MS, interval: 500 }).toBeGreaterThan(0)
    const values = Object.keys(told.cmps).filter((name) => told.cmps[name].p !== 'button')
    expect(Object.fromEntries(values.map((name) => [name, typeof state()[name]]))).toEqual({
      clients: 'number', rate: 'number', dropped: 'number', queued: 'number', retained: 'number', memory: 'number',
      uptime: 'number', flash: 'number', bridge: 'string',
    })
    expect(state()).toMatchObject({ clients: 2, bridge: 'OFF', dropped: 0 })
  })

  it('switches what hub.js has announced, and says so', async () => {
    await assistant.subscribeAsync('midge/hall/light/state')
    await assistant.publishAsync('midge/hall/light/set', 'ON', { qos: 1 })
    await expect.poll(() => messages, { timeout: PATIENCE_MS }).toContainEqual(['midge/hall/light/state', 'ON'])
  })

  it('starts anew at the press of its button, and says that it goes', async () => {
    const [topic] = [...kept.keys()].filter((name) => /device\/(?!midge_hall)/.test(name))
    const { cmps, avty_t: availability } = JSON.parse(kept.get(topic)!) as
      { cmps: Record<string, { cmd_t: string }>, avty_t: string }
    await assistant.publishAsync(cmps.restart.cmd_t, 'anything')
    await assistant.publishAsync(cmps.restart.cmd_t, 'PRESS')
    await expect.poll(() => messages, { timeout: PATIENCE_MS }).toContainEqual([availability, 'offline'])
  })
})

describe('what Home Assistant would refuse', () => {
  const TOPIC = 'homeassistant/device/a/config'
  const good = { dev: { ids: ['a'] }, o: { name: 'a' }, cmps: { b: { p: 'sensor', uniq_id: 'c', stat_t: 'd' } } }
  it.each([
    ['a topic without an id', 'homeassistant/device/config', good],
    ['no origin', TOPIC, { ...good, o: undefined }],
    ['a device without identifiers', TOPIC, { ...good, dev: { name: 'a' } }],
    ['no unique id', TOPIC, { ...good, cmps: { b: { p: 'sensor', stat_t: 'd' } } }],
    ['a sensor without its topic', TOPIC, { ...good, cmps: { b: { p: 'sensor', uniq_id: 'c' } } }],
    ['an unknown key', TOPIC, { ...good, nonsense: 1 }],
    ['a name that is there twice', TOPIC, { ...good, cmps: { b: good.cmps.b, e: good.cmps.b } }],
  ])('%s', (_, topic, payload) => {
    expect(discoveryFaults(TOPIC, JSON.stringify(good))).toEqual([])
    expect(discoveryFaults(topic, JSON.stringify(payload))).toHaveLength(1)
  })
})
