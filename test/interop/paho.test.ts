// Eclipse Paho's clients against the gateway: Python's, which Home Assistant uses, and C's.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Gateway, gatewayStart, gatewayStop } from './gateway'
import { VERSIONS, clientsEnd, connect } from './mqttjs_client'
import { describeInstalled, PYTHON } from './optional'
import { homeAssistantRun, python } from './paho_python'
import { Program, isInstalled, programsEnd, run } from './program'

const IS_C_INSTALLED = isInstalled(1, 'paho_c_sub') && isInstalled(1, 'paho_c_pub')
const QOS = [0, 1, 2] as const
const C_ARGUMENT = { 3: '31', 4: '311', 5: '5' } as const

let gateway: Gateway
beforeAll(async () => {
  gateway = await gatewayStart()
})
afterEach(clientsEnd)
afterAll(async () => {
  await gatewayStop(gateway)
  await programsEnd()
})

describeInstalled('Paho\'s clients for Python', PYTHON !== undefined, 'python3-paho-mqtt', () => {
  it('as Home Assistant: discovers 1,200 devices, subscribes in batches of 500, and leaves its Will', async () => {
    const COUNT = 1_200
    const topics = Array.from({ length: COUNT }, (_, index) => `zigbee2mqtt/floor_${index % 7}/room/device_${index}`)
    const devices = await connect(gateway.url, 4)
    await Promise.all(topics.map((topic, index) => devices.publish(
      `homeassistant/sensor/node_${index}/${index % 2 ? 'temperature/' : ''}config`,
      JSON.stringify({ name: `Device ${index}`, unique_id: `id_${index}`, state_topic: topic }),
      { qos: 1, retain: true })))
    const status: string[] = []
    devices.mqtt.on('message', (_topic, payload) => {
      status.push(payload.toString())
      if (status.length > 1) return
      for (const topic of topics) void devices.publish(topic, topic.split('/').at(-1)!)
    })
    await devices.subscribe('homeassistant/status', { qos: 1 })

    await homeAssistantRun(gateway.port, COUNT)
    await devices.received(2)
    expect(status).toEqual(['online', 'offline'])
  })

  it.each(VERSIONS.flatMap(({ version, name }) => [1, 2].map((qos) => ({ version, name: `MQTT ${name}`, qos }))))(
    'gets back a session of $name with what waited at QoS $qos', async ({ version, qos }) => {
      const [answer] = await python('paho_session.py', gateway.port, String(version), String(qos))
      const queued = Array.from({ length: 60 }, (_, number) => `queued ${number}`)
      // 3.1 has no Session Present flag.
      expect(JSON.parse(answer)).toEqual({ present: [0, version > 3 ? 1 : 0], got: [...queued, 'live'] })
    })
})

describeInstalled('Paho\'s clients for C', IS_C_INSTALLED, 'paho.mqtt.c-examples', () => {
  const where = (): string[] => ['-h', '127.0.0.1', '-p', String(gateway.port)]
  const publish = (...parameters: string[]): Promise<string[]> => run('paho_c_pub', ...where(), ...parameters)

  /** paho_c_sub, subscribed. It runs until it is ended. */
  async function subscribed(...parameters: string[]): Promise<Program> {
    const program = new Program('paho_c_sub', [...where(), '--trace', 'protocol', ...parameters])
    await program.line(/<- SUBACK/)
    return program
  }

  describe.each(VERSIONS)('as $name clients', ({ version }) => {
    const V = ['-V', C_ARGUMENT[version]]

    it.each(QOS)('publish and subscribe at QoS %i', async (qos) => {
      const topic = `paho_c/${version}/${qos}`
      const program = await subscribed(...V, '-q', String(qos), '-i', `subscriber-${version}-${qos}`, '-t', topic)
      const texts = ['text one', 'text two', 'text three']
      for (const text of texts) await publish(...V, '-q', String(qos), '-t', topic, '-m', text)
      expect(await program.count(/^text /, texts.length)).toEqual(texts)
      const arrived = await program.count(/<- PUBLISH/, texts.length)
      expect(arrived.filter((line) => line.includes(`qos: ${qos}`))).toHaveLength(texts.length)
      program.signal('SIGINT')
      expect((await program.end()).code).toBe(0)
    })

    it('get what is retained, and a Will when one is killed', async () => {
      const topic = `paho_c/retained/${version}`
      await publish(...V, '-q', '1', '-r', '-t', topic, '-m', 'text kept')
      const program = await subscribed(...V, '-q', '1', '-i', `watcher-${version}`, '-t', `paho_c/+/${version}`)
      expect(await program.line(/<- PUBLISH/)).toMatch(/retained: 1 .* text kept$/)
      const killed = await subscribed(...V, '-i', `killed-${version}`, '-t', 'nothing', '--will-qos', '1',
        '--will-topic', `paho_c/will/${version}`, '--will-payload', 'text was killed')
      killed.signal('SIGKILL')
      expect((await program.count(/<- PUBLISH/, 2))[1]).toMatch(/retained: 0 .* text was killed$/)
    })
  })
})
