// MQTT.js against the gateway, over TCP: what one connection after the other can do.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Gateway, gatewayStart, gatewayStop } from './gateway'
import { VERSIONS, clientsEnd, connect } from './mqttjs_client'
import { programsEnd } from './program'

const QOS = [0, 1, 2] as const
const HUNDRED = Array.from({ length: 100 }, (_, index) => `message ${index}`)

let gateway: Gateway
beforeAll(async () => {
  gateway = await gatewayStart()
})
afterEach(clientsEnd)
afterAll(async () => {
  await gatewayStop(gateway)
  await programsEnd()
})

describe.each(VERSIONS)('MQTT.js as a $name client', ({ version }) => {
  it.each(QOS)('publishes and receives at QoS %i, in order', async (qos) => {
    const subscriber = await connect(gateway.url, version)
    const publisher = await connect(gateway.url, version)
    expect(await subscriber.subscribe(`order/${version}/+`, { qos })).toEqual([qos])
    await Promise.all(HUNDRED.map((text) => publisher.publish(`order/${version}/${qos}`, text, { qos })))
    await subscriber.received(HUNDRED.length)
    expect(subscriber.texts).toEqual(HUNDRED)
    expect(new Set(subscriber.messages.map(({ packet }) => packet.qos))).toEqual(new Set([qos]))
    expect(subscriber.messages.some(({ packet }) => packet.dup)).toBe(false)
  })

  it('gets the lower one of the QoS that is published and the QoS that is subscribed to', async () => {
    const subscriber = await connect(gateway.url, version)
    await subscriber.subscribe(`lower/${version}`, { qos: 1 })
    const publisher = await connect(gateway.url, version)
    for (const qos of QOS) await publisher.publish(`lower/${version}`, `at ${qos}`, { qos })
    await subscriber.received(QOS.length)
    expect(subscriber.messages.map(({ packet }) => packet.qos)).toEqual([0, 1, 1])
  })

  it('gets what is retained, until an empty payload clears it', async () => {
    const topic = `retained/${version}`
    const publisher = await connect(gateway.url, version)
    await publisher.publish(topic, 'old', { qos: 1, retain: true })
    await publisher.publish(topic, 'kept', { qos: 1, retain: true })
    const first = await connect(gateway.url, version)
    await first.subscribe(topic, { qos: 1 })
    await first.received(1)
    expect(first.texts).toEqual(['kept'])
    expect(first.messages[0].packet.retain).toBe(true)

    await publisher.publish(topic, '', { qos: 1, retain: true })
    const second = await connect(gateway.url, version)
    await second.subscribe(topic, { qos: 1 })
    await publisher.publish(topic, 'now', { qos: 1 })
    await second.received(1)
    expect(second.texts).toEqual(['now'])
    expect(second.messages[0].packet.retain).toBe(false)
  })

  it('has its Will published when the socket is cut, and not after DISCONNECT', async () => {
    const topic = `will/${version}`
    const will = (payload: string) => ({ topic, payload: Buffer.from(payload), qos: 1, retain: false }) as const
    const watcher = await connect(gateway.url, version)
    await watcher.subscribe(topic, { qos: 1 })
    const polite = await connect(gateway.url, version, { will: will('said goodbye') })
    await polite.end()
    const lost = await connect(gateway.url, version, { will: will('was cut off') })
    await lost.cut()
    await watcher.received(1)
    expect(watcher.texts).toEqual(['was cut off'])
  })

  // One QoS at a time: MQTT.js gives a QoS 2 message to the program when PUBREL comes, after later ones of QoS 1.
  it.each([1, 2] as const)('gets back its session with everything that waited at QoS %i, in order', async (qos) => {
    const options = {
      clientId: `sleeper-${version}-${qos}`, clean: false,
      ...(version === 5 ? { properties: { sessionExpiryInterval: 600 } } : {}),
    }
    const topic = `queued/${version}/${qos}`
    const before = await connect(gateway.url, version, options)
    expect(before.connack.sessionPresent).toBe(false)
    await before.subscribe(topic, { qos: 2 })
    await before.cut()
    const publisher = await connect(gateway.url, version)
    for (const text of HUNDRED) await publisher.publish(topic, text, { qos })

    const after = await connect(gateway.url, version, options)
    // 3.1 has no such flag.
    expect(after.connack.sessionPresent).toBe(version > 3)
    await after.received(HUNDRED.length)
    expect(after.texts).toEqual(HUNDRED)
    await publisher.publish(topic, 'live', { qos })
    await after.received(HUNDRED.length + 1)
    expect(after.texts.at(-1)).toBe('live')
  })

  it('subscribes to 500 filters in one packet and gets from each', async () => {
    const topics = Array.from({ length: 500 }, (_, index) => `homeassistant/sensor/device_${version}_${index}/state`)
    const client = await connect(gateway.url, version)
    expect(await client.subscribe(topics, { qos: 1 })).toEqual(topics.map(() => 1))
    const publisher = await connect(gateway.url, version)
    await Promise.all(topics.map((topic) => publisher.publish(topic, topic, { qos: 1 })))
    await client.received(topics.length)
    expect(client.texts).toEqual(topics)
    await client.mqtt.unsubscribeAsync(topics)
    await publisher.publish(topics[250], 'nobody listens', { qos: 1 })
    await client.subscribe(topics[250], { qos: 1 })
    await publisher.publish(topics[250], 'again', { qos: 1 })
    await client.received(topics.length + 1)
    expect(client.texts.at(-1)).toBe('again')
  })

  it.each(QOS)('carries a megabyte at QoS %i', async (qos) => {
    const payload = Buffer.alloc(1_048_576)
    for (let at = 0; at < payload.length; at += 4) payload.writeUInt32LE(Math.imul(at, 0x9e37_79b1) >>> 0, at)
    const subscriber = await connect(gateway.url, version)
    await subscriber.subscribe(`large/${version}`, { qos })
    const publisher = await connect(gateway.url, version)
    await publisher.publish(`large/${version}`, payload, { qos })
    await subscriber.received(1)
    expect(subscriber.messages[0].payload.equals(payload)).toBe(true)
  })
})
