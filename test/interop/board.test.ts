// Clients that others wrote against a virtual board: `npm start`, the ESP32's bundle in the simulator and, where
// ESPRUINO names one, in the real interpreter.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { distFresh } from '../../scripts/lib/dist.mjs'
import { moduleFresh } from '../../scripts/lib/node_module.mjs'
import { SIMULATOR } from '../../scripts/start/simulator.mjs'
import { ESPRUINO } from '../build/espruino'
import { clientsEnd, connect } from './mqttjs_client'
import { HAS_MOSQUITTO, PYTHON } from './optional'
import { homeAssistantRun, python } from './paho_python'
import { Program, programsEnd, run } from './program'

const START = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url))
const VERSIONS = [{ version: 4, name: '3.1.1' }, { version: 5, name: '5.0' }] as const
const QOS = [0, 1, 2] as const
const ENGINES = [
  { engine: 'simulator', board: 'esp32', options: [] as string[] },
  { engine: 'espruino', board: 'espruino_linux', options: ['--engine', 'espruino', '--board', 'espruino_linux'] },
].filter(({ engine }) => engine === 'simulator' || ESPRUINO)

const folder = mkdtempSync(join(tmpdir(), 'midge-interop-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Numbered texts, as many as a session of a board keeps. */
const texts = (count: number): string[] => Array.from({ length: count }, (_, index) => `message ${index}`)

describe.each(ENGINES)('a virtual $board in the $engine', ({ board, options }) => {
  let program: Program
  let port: number
  const url = (): string => `mqtt://127.0.0.1:${port}`

  beforeAll(async () => {
    // What npm start would do, which takes longer than it has here.
    await distFresh(board)
    await moduleFresh(SIMULATOR)
    program = new Program(process.execPath, [START, '--port', '0', '--plain', '--flash',
      join(folder, `${board}.flash`), ...options])
    port = Number(/\d+$/.exec(await program.line(/ listens on .* port \d+$/))![0])
  })
  afterEach(clientsEnd)
  afterAll(async () => {
    program.signal('SIGTERM')
    await program.end()
    await programsEnd()
  })

  describe.each(VERSIONS)('and MQTT.js as a $name client', ({ version }) => {
    it.each(QOS)('publishes and receives at QoS %i, in order', async (qos) => {
      const subscriber = await connect(url(), version)
      const publisher = await connect(url(), version)
      expect(await subscriber.subscribe(`order/${version}/+`, { qos })).toEqual([qos])
      for (const text of texts(60)) await publisher.publish(`order/${version}/${qos}`, text, { qos })
      await subscriber.received(60)
      expect(subscriber.texts).toEqual(texts(60))
      expect(subscriber.messages.some(({ packet }) => packet.qos !== qos || packet.dup)).toBe(false)
    })

    it('gets what is retained, until an empty payload clears it', async () => {
      const publisher = await connect(url(), version)
      await publisher.publish(`kept/${version}`, 'kept', { qos: 1, retain: true })
      const first = await connect(url(), version)
      await first.subscribe(`kept/${version}`, { qos: 1 })
      await first.received(1)
      expect(first.messages[0].packet.retain).toBe(true)
      await publisher.publish(`kept/${version}`, '', { qos: 1, retain: true })
      const second = await connect(url(), version)
      await second.subscribe(`kept/${version}`, { qos: 1 })
      await publisher.publish(`kept/${version}`, 'now', { qos: 1 })
      await second.received(1)
      expect(second.texts).toEqual(['now'])
    })

    it('has its Will published when the socket is cut, and not after DISCONNECT', async () => {
      const will = (payload: string) =>
        ({ topic: `will/${version}`, payload: Buffer.from(payload), qos: 1, retain: false }) as const
      const watcher = await connect(url(), version)
      await watcher.subscribe(`will/${version}`, { qos: 1 })
      await (await connect(url(), version, { will: will('said goodbye') })).end()
      await (await connect(url(), version, { will: will('was cut off') })).cut()
      await watcher.received(1)
      expect(watcher.texts).toEqual(['was cut off'])
    })

    it('gets back its session with what waited, in order', async () => {
      const options = {
        clientId: `sleeper-${version}`, clean: false,
        ...version === 5 ? { properties: { sessionExpiryInterval: 600 } } : {},
      }
      const before = await connect(url(), version, options)
      await before.subscribe(`queued/${version}`, { qos: 1 })
      await before.cut()
      const publisher = await connect(url(), version)
      for (const text of texts(30)) await publisher.publish(`queued/${version}`, text, { qos: 1 })
      const after = await connect(url(), version, options)
      expect(after.connack.sessionPresent).toBe(true)
      await after.received(30)
      expect(after.texts).toEqual(texts(30))
      await after.end()
      await (await connect(url(), version, { clientId: options.clientId, clean: true })).end()
    })

    it('subscribes to 150 filters in one packet and gets from each', async () => {
      const topics = texts(150).map((text) => `homeassistant/sensor/${version}/${text}`)
      const client = await connect(url(), version)
      expect(await client.subscribe(topics, { qos: 1 })).toEqual(topics.map(() => 1))
      const publisher = await connect(url(), version)
      for (const topic of topics) await publisher.publish(topic, topic, { qos: 1 })
      await client.received(topics.length)
      expect(client.texts).toEqual(topics)
    })

    it('sends a message larger than the board, and nobody else notices', async () => {
      const other = await connect(url(), version)
      await other.subscribe('small', { qos: 1 })
      const sender = await connect(url(), version)
      sender.mqtt.on('error', () => {})
      // A 3.1.1 client is not answered; it waits, and is closed in the end.
      void sender.publish('large', Buffer.alloc(60_000), { qos: 1 }).catch(() => {})
      await other.publish('small', 'still there', { qos: 1 })
      await other.received(1)
      expect(other.texts).toEqual(['still there'])
    })

    it.skipIf(!HAS_MOSQUITTO)('serves mosquitto_sub and mosquitto_pub (mosquitto-clients)', async () => {
      const at = ['-p', String(port), '-V', version === 5 ? 'mqttv5' : 'mqttv311']
      for (const qos of QOS) {
        const topic = ['-t', `mosquitto/${version}/${qos}`, '-q', String(qos)]
        const reader = new Program('stdbuf', ['-oL', 'mosquitto_sub', ...at, ...topic, '-d', '-W', '20', '-C', '3'])
        await reader.line(/^Subscribed/)
        for (const text of ['text 1', 'text 2', 'text 3']) await run('mosquitto_pub', ...at, ...topic, '-m', text)
        const { code, lines } = await reader.end()
        expect({ code, texts: lines.filter((line) => line.startsWith('text')) })
          .toEqual({ code: 0, texts: ['text 1', 'text 2', 'text 3'] })
      }
    })

    it.skipIf(!PYTHON)('serves Paho\'s client for Python (python3-paho-mqtt)', async () => {
      for (const qos of [1, 2]) {
        const [answer] = await python('paho_session.py', port, String(version), String(qos), '20')
        const queued = Array.from({ length: 20 }, (_, number) => `queued ${number}`)
        expect(JSON.parse(answer)).toEqual({ present: [0, 1], got: [...queued, 'live'] })
      }
    })
  })

  it.skipIf(!PYTHON)('serves Home Assistant\'s way: discovery, batches, a Will (python3-paho-mqtt)', async () => {
    const COUNT = 50
    const topics = Array.from({ length: COUNT }, (_, index) => `zigbee2mqtt/floor_${index % 7}/device_${index}`)
    const devices = await connect(url(), 4)
    for (const [index, topic] of topics.entries()) {
      await devices.publish(`homeassistant/sensor/node_${index}/config`,
        JSON.stringify({ name: `Device ${index}`, unique_id: `id_${index}`, state_topic: topic }),
        { qos: 1, retain: true })
    }
    const status: string[] = []
    devices.mqtt.on('message', (_topic, payload) => {
      status.push(payload.toString())
      if (status.length > 1) return
      // At QoS 1: at QoS 0 a board may drop of a burst what its reader is too slow for.
      for (const topic of topics) void devices.publish(topic, topic.split('/').at(-1)!, { qos: 1 })
    })
    await devices.subscribe('homeassistant/status', { qos: 1 })
    await homeAssistantRun(port, COUNT)
    await devices.received(2)
    expect(status).toEqual(['online', 'offline'])
    for (const index of topics.keys()) {
      await devices.publish(`homeassistant/sensor/node_${index}/config`, '', { qos: 1, retain: true })
    }
  })
})
