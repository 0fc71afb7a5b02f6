// Bridges between the gateway and mosquitto, each with its own bridge to the other, and both killed in the midst of it.
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../../scripts/lib/free_port.mjs'
import { BrokerProgram, brokerProgramsEnd, scratch } from './broker_program'
import { type Client, clientsEnd, connect } from './mqttjs_client'
import { MOSQUITTO, describeInstalled } from './optional'

afterEach(async () => {
  await clientsEnd()
  await brokerProgramsEnd()
})

const bridgeLines = (port: number, ...more: string[]): string[] =>
  ['connection up', `address 127.0.0.1:${port}`, 'topic # both 2', 'restart_timeout 1', ...more]

/** A client that keeps its session, and hears everything. */
async function listener(url: string, clientId: string): Promise<Client> {
  const client = await connect(url, 4, { clientId, clean: false })
  await client.subscribe('#', { qos: 2 })
  return client
}

const heard = (client: Client, topic: string): string[] =>
  client.messages.filter(message => message.topic === topic).map(({ payload }) => payload.toString())

async function until(condition: () => boolean): Promise<void> {
  const limit = Date.now() + 60_000
  while (!condition()) {
    if (Date.now() > limit) throw new Error('it never came true')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/** Publishes the numbers in their order, as many at a time as the broker said that it takes. */
async function publishAll(writer: Client, numbers: number[], qosOf: (number: number) => 1 | 2): Promise<void> {
  const rest = [...numbers]
  const work = async (): Promise<void> => {
    for (let number = rest.shift(); number !== undefined; number = rest.shift()) {
      await writer.publish('count', String(number), { qos: qosOf(number) })
    }
  }
  // MQTT.js itself sends any number of them. [MQTT-3.3.4-7]
  await Promise.all(Array.from({ length: writer.connack.properties!.receiveMaximum! }, work))
}

const VERSIONS = [['in 5.0', []], ['in 3.1.1', ['bridge_protocol_version mqttv311']],
  ['in 3.1', ['bridge_protocol_version mqttv31']]] as const

describeInstalled('bridges with mosquitto', MOSQUITTO !== undefined, 'mosquitto', () => {
  describe.each([['midge', 'mosquitto'], ['mosquitto', 'midge']] as const)('from %s to %s', (from, to) => {
    it.each(VERSIONS)('carry both ways %s, at every QoS and retained, once, with their state', async (_v, words) => {
      const upper = new BrokerProgram(to, await freePort(), [])
      const lower = new BrokerProgram(from, await freePort(), bridgeLines(upper.port, ...words))
      await upper.start()
      await lower.start()
      const state = await connect(upper.url, 4)
      await state.subscribe('$SYS/broker/connection/#', { qos: 1 })
      await until(() => state.texts.at(-1) === '1')
      const [above, below] = [await listener(upper.url, 'above'), await listener(lower.url, 'below')]
      for (const qos of [0, 1, 2] as const) {
        await above.publish(`down/${qos}`, 'd', { qos, retain: qos === 1 })
        await below.publish(`up/${qos}`, 'u', { qos, retain: qos === 1 })
      }
      await above.received(6)
      await below.received(6)
      await new Promise(resolve => setTimeout(resolve, 300))
      for (const client of [above, below]) {
        const seen = client.messages.map(({ topic, packet }) => `${topic} ${packet.qos}`)
        expect(seen.sort()).toEqual(['down/0 0', 'down/1 1', 'down/2 2', 'up/0 0', 'up/1 1', 'up/2 2'])
      }
      for (const { url } of [upper, lower]) {
        const late = await connect(url, 4)
        await late.subscribe('#', { qos: 1 })
        await late.received(2)
        expect(late.messages.map(({ topic, packet }) => [topic, packet.retain]).sort())
          .toEqual([['down/1', true], ['up/1', true]])
      }
      await lower.kill()
      await until(() => state.texts.at(-1) === '0')
    })
  })

  it.each(VERSIONS.slice(0, 2))('and of mosquitto to this one with the same topics: no message goes round for long, %s',
    async (_v, words) => {
      const ports = [await freePort(), await freePort()]
      const version = words[0] ?? 'bridge_protocol_version mqttv50'
      const upper = new BrokerProgram('mosquitto', ports[0], bridgeLines(ports[1], version))
      const lower = new BrokerProgram('midge', ports[1], bridgeLines(upper.port))
      await upper.start()
      await lower.start()
      await lower.line(/bridge up: connected/)
      const state = await connect(lower.url, 4)
      await state.subscribe('$SYS/broker/connection/#', { qos: 1 })
      await until(() => state.texts.filter(text => text === '1').length >= 2)
      const below = await listener(lower.url, 'below')
      await below.publish('round', 'x', { qos: 1 })
      await lower.line(/: it is not carried on/)
      await new Promise(resolve => setTimeout(resolve, 500))
      const { length } = heard(below, 'round')
      expect(length).toBeLessThan(2_000)
      await below.publish('other', 'x', { qos: 0 })
      await new Promise(resolve => setTimeout(resolve, 500))
      expect(heard(below, 'round')).toHaveLength(length)
    })

  it.each([['midge', 'mosquitto'], ['mosquitto', 'midge'], ['midge', 'midge']] as const)(
    'from %s to %s prove a key that both have, and without it nobody is let in', async (from, to) => {
      const folder = scratch()
      // mosquitto lets go of root's rights before it reads keys.
      chmodSync(folder, 0o755)
      const keys = join(folder, 'keys')
      writeFileSync(keys, 'site:0123456789abcdef\n')
      const plain = await freePort()
      const upper = new BrokerProgram(
        to, await freePort(), [`psk_file ${keys}`, 'psk_hint house', `listener ${plain} 127.0.0.1`])
      const lines = [...bridgeLines(upper.port), 'bridge_identity site']
      const lower = new BrokerProgram(from, await freePort(), [...lines, 'bridge_psk 0123456789abcdef'])
      const wrong = new BrokerProgram(
        from, await freePort(), [...lines, 'remote_clientid wrong', 'bridge_psk 0123456789abcdee'])
      await upper.start()
      await lower.start()
      await wrong.start()
      const above = await listener(`mqtt://127.0.0.1:${plain}`, 'above')
      const below = await connect(lower.url, 5)
      await below.publish('a', 'x', { qos: 1 })
      await until(() => heard(above, 'a').length === 1)
      const other = await connect(wrong.url, 5)
      await other.subscribe('$SYS/broker/connection/+/state', { qos: 1 })
      await other.publish('b', 'x', { qos: 1 })
      await new Promise(resolve => setTimeout(resolve, 1_000))
      // mosquitto says so again at every attempt.
      expect([...new Set(other.texts)]).toEqual(['0'])
      expect(heard(above, 'b')).toEqual([])
    })

  it('lose nothing and have QoS 2 once, in order, while the gateway is killed again and again', async () => {
    const upper = new BrokerProgram('mosquitto', await freePort(), ['autosave_interval 1'])
    const lower = new BrokerProgram('midge', await freePort(), bridgeLines(upper.port, 'restart_timeout 1'))
    await upper.start()
    const above = await listener(upper.url, 'above')
    let next = 0
    for (let round = 0; round < 6; round++) {
      await lower.start()
      const writer = await connect(lower.url, 5, { clientId: 'writer' })
      const batch = Array.from({ length: 60 }, () => next++)
      await publishAll(writer, batch, () => 2)
      // Somewhere before, in or after the messages go out.
      await new Promise(resolve => setTimeout(resolve, Math.random() * 60))
      await lower.kill()
      await clientsEndOf(writer)
    }
    await lower.start()
    await until(() => heard(above, 'count').length >= next)
    await new Promise(resolve => setTimeout(resolve, 300))
    expect(heard(above, 'count').map(Number)).toEqual(Array.from({ length: next }, (_, i) => i))
  })

  it('drain what has waited when mosquitto was killed, in order', async () => {
    const upper = new BrokerProgram('mosquitto', await freePort(), ['autosave_interval 1'])
    const lower = new BrokerProgram('midge', await freePort(), bridgeLines(upper.port))
    await upper.start()
    await lower.start()
    await lower.line(/bridge up: connected/)
    const writer = await connect(lower.url, 5)
    await upper.kill()
    const all = Array.from({ length: 300 }, (_, i) => i)
    await publishAll(writer, all, number => number % 2 ? 2 : 1)
    await upper.start()
    const above = await connect(upper.url, 4)
    await above.subscribe('count', { qos: 2 })
    await until(() => heard(above, 'count').includes('299'))
    await until(() => heard(above, 'count').includes('298'))
    // Order is one of the messages of a QoS. [MQTT-4.6.0-5]
    for (const rest of [0, 1]) {
      const numbers = heard(above, 'count').map(Number).filter(number => number % 2 === rest)
      // Whoever subscribes after the bridge is there has missed the first of them.
      expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => 300 - 2 * (numbers.length - i) + rest))
    }
  })
})

/** Its broker is gone. */
const clientsEndOf = async (client: Client): Promise<void> => {
  await client.mqtt.endAsync(true)
}
