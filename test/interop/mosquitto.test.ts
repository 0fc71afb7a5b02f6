// mosquitto_pub and mosquitto_sub against the gateway.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Gateway, gatewayStart, gatewayStop } from './gateway'
import { VERSIONS, clientsEnd, connect } from './mqttjs_client'
import { HAS_MOSQUITTO, describeInstalled } from './optional'
import { Program, programsEnd, run } from './program'

const QOS = [0, 1, 2] as const
const ARGUMENT = { 3: 'mqttv31', 4: 'mqttv311', 5: 'mqttv5' } as const
/** How mosquitto_sub prints a message here: told from its debug lines by the first word. */
const FORMAT = 'message %t q%q r%r %p'

let gateway: Gateway

/** mosquitto_sub, with its debug lines and its messages as they come. */
function subscriber(...parameters: string[]): Program {
  const all = ['-oL', 'mosquitto_sub', '-p', String(gateway.port), '-d', '-F', FORMAT, '-W', '30', ...parameters]
  return new Program('stdbuf', all)
}

const publish = (...parameters: string[]): Promise<string[]> =>
  run('mosquitto_pub', '-p', String(gateway.port), ...parameters)

const messagesOf = (lines: string[]): string[] => lines.filter((line) => line.startsWith('message '))

/** Waits for mosquitto_sub to leave by itself; answers its messages. */
async function finish(program: Program): Promise<string[]> {
  const { code, lines, errors } = await program.end()
  expect({ code, errors }).toEqual({ code: 0, errors: [] })
  return messagesOf(lines)
}

describeInstalled('mosquitto\'s clients', HAS_MOSQUITTO, 'mosquitto-clients', () => {
  beforeAll(async () => {
    gateway = await gatewayStart()
  })
  afterEach(clientsEnd)
  afterAll(async () => {
    await gatewayStop(gateway)
    await programsEnd()
  })

  describe.each(VERSIONS)('as $name clients', ({ version }) => {
    const V = ['-V', ARGUMENT[version]]

    it.each(QOS)('publish and subscribe at QoS %i', async (qos) => {
      const topic = `mosquitto/${version}/${qos}`
      const program = subscriber(...V, '-q', String(qos), '-t', `mosquitto/${version}/+`, '-C', '3')
      await program.line(/^Subscribed/)
      for (const text of ['one', 'two', 'three']) await publish(...V, '-q', String(qos), '-t', topic, '-m', text)
      const expected = ['one', 'two', 'three'].map((text) => `message ${topic} q${qos} r0 ${text}`)
      expect(await finish(program)).toEqual(expected)
    })

    it('send one message fifty times, and MQTT.js gets each of them', async () => {
      const client = await connect(gateway.url, version)
      await client.subscribe('mosquitto/repeated', { qos: 2 })
      await publish(...V, '-q', '2', '-t', 'mosquitto/repeated', '-m', 'repeated', '--repeat', '50')
      await client.received(50)
      expect(new Set(client.texts)).toEqual(new Set(['repeated']))
    })

    it('get what is retained, and clear it', async () => {
      const topic = `mosquitto/retained/${version}`
      await publish(...V, '-q', '1', '-r', '-t', topic, '-m', 'kept')
      const kept = subscriber(...V, '-q', '1', '-t', topic, '-C', '1')
      expect(await finish(kept)).toEqual([`message ${topic} q1 r1 kept`])
      await publish(...V, '-q', '1', '-r', '-n', '-t', topic)
      const live = subscriber(...V, '-q', '1', '-t', topic, '-C', '1')
      await live.line(/^Subscribed/)
      await publish(...V, '-q', '1', '-t', topic, '-m', 'live')
      expect(await finish(live)).toEqual([`message ${topic} q1 r0 live`])
    })

    it('get with -c what was queued while they were away, in order', async () => {
      const topic = `mosquitto/queued/${version}`
      const persistent = [...V, '-c', '-i', `queued-${version}`, '-q', '2', '-t', topic]
      await finish(subscriber(...persistent, '-E'))
      const texts = Array.from({ length: 12 }, (_, index) => `queued ${index}`)
      for (const text of texts) await publish(...V, '-q', '2', '-t', topic, '-m', text)
      const back = subscriber(...persistent, '-C', String(texts.length))
      expect(await finish(back)).toEqual(texts.map((text) => `message ${topic} q2 r0 ${text}`))
    })

    it('have their Will published when they are killed, and not when they leave', async () => {
      const topic = `mosquitto/will/${version}`
      const watcher = await connect(gateway.url, version)
      await watcher.subscribe(topic, { qos: 1 })
      const client = (payload: string, ...rest: string[]): Program => subscriber(
        ...V, '-t', 'nothing', '--will-topic', topic, '--will-payload', payload, '--will-qos', '1', ...rest)
      await finish(client('left', '-E'))
      const killed = client('was killed')
      await killed.line(/^Subscribed/)
      killed.signal('SIGKILL')
      await watcher.received(1)
      expect(watcher.texts).toEqual(['was killed'])
    })

    it('share a subscription', async () => {
      const filter = `$share/pair/mosquitto/shared/${version}`
      const members = [0, 1].map(() => subscriber(...V, '-q', '1', '-t', filter, '-C', '2'))
      for (const member of members) await member.line(/^Subscribed/)
      const texts = ['a', 'b', 'c', 'd']
      for (const text of texts) await publish(...V, '-q', '1', '-t', `mosquitto/shared/${version}`, '-m', text)
      const got = (await Promise.all(members.map(finish))).flat().map((line) => line.at(-1)!)
      expect(got.sort()).toEqual(texts)
    })
  })

  it('read $SYS under mosquitto\'s names', async () => {
    const topics = ['version', 'uptime', 'clients/connected', 'clients/total', 'messages/received', 'bytes/sent',
      'retained messages/count', 'subscriptions/count', 'publish/messages/dropped', 'store/messages/count']
    const filters = topics.flatMap((topic) => ['-t', `$SYS/broker/${topic}`])
    const lines = await finish(subscriber(...filters, '-C', String(topics.length)))
    const pattern = /^message \$SYS\/broker\/(.*) q0 r1 (.*)$/
    const values = new Map(lines.map((line) => pattern.exec(line)!.slice(1) as [string, string]))
    expect([...values.keys()].sort()).toEqual([...topics].sort())
    expect(values.get('version')).toMatch(/^midge \d+\.\d+\.\d+$/)
    expect(values.get('uptime')).toMatch(/^\d+ seconds$/)
    expect(Number(values.get('clients/connected'))).toBeGreaterThanOrEqual(1)
    expect(Number(values.get('bytes/sent'))).toBeGreaterThan(0)
  })

  it('carry 5.0\'s properties', async () => {
    const property = ['-D', 'publish']
    const format = ['-F', 'message %R %D %C %P']
    const program = subscriber('-V', 'mqttv5', '-q', '1', '-t', 'mosquitto/properties', '-C', '1', ...format)
    await program.line(/^Subscribed/)
    await publish('-V', 'mqttv5', '-q', '1', '-t', 'mosquitto/properties', '-m', 'x',
      ...property, 'response-topic', 'answers', ...property, 'correlation-data', '42',
      ...property, 'content-type', 'text/plain', ...property, 'user-property', 'room', 'attic')
    expect(await finish(program)).toEqual(['message answers 42 text/plain room:attic'])
  })
})
