// The properties of MQTT 5.0 on the way from and to the program, and what its hooks are told of a message.
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { brokerListen, brokerMake, brokersEnd, folderMake, until } from './library'
import type {
  AccessRequest, Broker, Message, MessageProperties, PublishRequest,
} from '../../src/port/node/library/api'

afterEach(async () => {
  await clientsEnd()
  await brokersEnd()
})

const all: MessageProperties = {
  payloadFormatIndicator: 1, messageExpiryInterval: 3_600, contentType: 'application/json', responseTopic: 'answers/ü',
  correlationData: new Uint8Array([0, 255, 1]), userProperties: [['a', '1'], ['b', ''], ['a', '2']],
}

/** As MQTT.js has them. */
const theirs = {
  payloadFormatIndicator: true, messageExpiryInterval: 3_600, contentType: 'application/json',
  responseTopic: 'answers/ü', correlationData: Buffer.from([0, 255, 1]), userProperties: { a: ['1', '2'], b: '' },
}

async function listen(broker: Broker, filter: string, options = {}): Promise<Message[]> {
  const messages: Message[] = []
  await broker.subscribe(filter, (message) => messages.push(message), { qos: 2, ...options })
  return messages
}

describe('properties', () => {
  it.each([0, 1, 2] as const)('go from the program to itself and to clients at QoS %i', async (qos) => {
    const { broker, url } = await brokerListen()
    const client = await connect(url, 5)
    await client.subscribe('a/#', { qos: 2 })
    const messages = await listen(broker, 'a/+')
    await broker.publish('a/b', '{}', { qos, properties: all })
    await client.received(1)
    await until(() => messages.length === 1)
    expect(client.messages[0].packet.properties).toMatchObject(theirs)
    const { payload, ...message } = messages[0]
    expect(Buffer.from(payload).toString()).toBe('{}')
    expect(message).toEqual({ topic: 'a/b', qos, retain: false, properties: all })
  })

  it('come from clients and from what is retained; of 3.1.1 there are none', async () => {
    const { broker, url } = await brokerListen()
    const messages = await listen(broker, '#')
    const client = await connect(url, 5)
    await client.publish('a', '{}', { qos: 1, retain: true, properties: { ...theirs, topicAlias: 3 } })
    await client.publish('', 'x', { qos: 1, properties: { topicAlias: 3 } })
    await (await connect(url, 4)).publish('a', 'y', { qos: 1 })
    await until(() => messages.length === 3)
    expect(messages.map(({ properties }) => properties && { ...properties, userProperties: null }))
      .toEqual([{ ...all, userProperties: null }, undefined, undefined])
    expect([...messages[0].properties!.userProperties!].sort()).toEqual([...all.userProperties!].sort())
    const later = await listen(broker, 'a')
    await until(() => later.length === 1)
    expect(later[0]).toMatchObject({ retain: true, properties: { contentType: 'application/json' } })
  })

  it('name the subscription where it has an identifier, and each handler has an object of its own', async () => {
    const broker = await brokerMake()
    const first = await listen(broker, '#', { subscriptionIdentifier: 268_435_455 })
    const second = await listen(broker, '#', { subscriptionIdentifier: 1 })
    const third = await listen(broker, 'a')
    await broker.publish('a', '', { properties: { contentType: 'x' } })
    await broker.publish('a', '')
    await until(() => third.length === 2 && first.length === 2 && second.length === 2)
    expect(first.map(({ properties }) => properties)).toEqual([
      { contentType: 'x', subscriptionIdentifiers: [268_435_455] }, { subscriptionIdentifiers: [268_435_455] },
    ])
    expect(second[0].properties).toEqual({ contentType: 'x', subscriptionIdentifiers: [1] })
    expect(third.map(({ properties }) => properties)).toEqual([{ contentType: 'x' }, undefined])
    expect(second[0].properties).not.toBe(first[0].properties)
  })

  it('and the payload are the program\'s again at once, also before the broker is there', async () => {
    const broker = await brokerMake({ persistence: { location: join(folderMake(), 'kept') } })
    const payload = Buffer.from('first')
    const properties = { contentType: 'x', correlationData: new Uint8Array([1]) }
    const published = broker.publish('a', payload, { retain: true, qos: 1, properties })
    payload.fill(0)
    properties.contentType = 'y'
    properties.correlationData.fill(0)
    await published
    const messages = await listen(broker, 'a')
    await until(() => messages.length === 1)
    expect(Buffer.from(messages[0].payload).toString()).toBe('first')
    expect(messages[0].properties).toEqual({ contentType: 'x', correlationData: new Uint8Array([1]) })
  })

  const wrong: [object, RegExp][] = [
    [{ contenttype: 'x' }, /^properties\.contenttype is no option .* closest is contentType\.$/],
    [{ payloadFormatIndicator: 2 }, /^properties\.payloadFormatIndicator is 2; say 0 or 1\.$/],
    [{ messageExpiryInterval: -1 }, /^properties\.messageExpiryInterval is -1; give a whole number/],
    [{ messageExpiryInterval: 2 ** 32 }, /^properties\.messageExpiryInterval is 4294967296/],
    [{ contentType: 'a\0' }, /^properties\.contentType is "a\\u0000"/],
    [{ contentType: 'a'.repeat(65_536) }, /give a string of at most 65,535 bytes\.$/],
    [{ responseTopic: 'a/#' }, /^properties\.responseTopic is "a\/#": no Topic Name\.$/],
    [{ responseTopic: '' }, /no Topic Name\.$/],
    [{ correlationData: 'x' }, /^properties\.correlationData is "x"; give a Uint8Array\.$/],
    [{ correlationData: new Uint8Array(65_536) }, /^properties\.correlationData has over 65535 bytes\.$/],
    [{ userProperties: { a: 'b' } }, /^properties\.userProperties is an object; give a list\.$/],
    [{ userProperties: [['a']] }, /^properties\.userProperties\[0\] is no pair/],
    [{ userProperties: [['a', 5]] }, /^properties\.userProperties\[0\]\[1\] is 5; give a string/],
    [{ topicAlias: 1 }, /^properties\.topicAlias is no option/],
    [{ payloadFormatIndicator: 1 }, /^payloadFormatIndicator is 1, and the payload is no UTF-8\.$/],
  ]

  it.each(wrong)('are judged at once, and the program\'s own client goes on: %#', async (properties, message) => {
    const broker = await brokerMake()
    const messages = await listen(broker, '#')
    await expect(broker.publish('a', new Uint8Array([0xff]), { qos: 0, properties })).rejects.toThrow(message)
    await broker.publish('b', 'x', { qos: 1 })
    await until(() => messages.length > 0)
    expect(messages.map(({ topic }) => topic)).toEqual(['b'])
    await expect(broker.subscribe('a', () => undefined, { subscriptionIdentifier: 0 })).rejects.toThrow(RangeError)
  })
})

describe('authorize is told', () => {
  it('payload, QoS, retain and properties of what is published, and the QoS that is asked for', async () => {
    const requests: AccessRequest[] = []
    const { url } = await brokerListen({
      authorize: (request) => {
        requests.push(request)
        if (request.action === 'publish') request.payload.fill(0)
        return true
      },
    })
    const client = await connect(url, 5, {
      clientId: 'c', username: 'u',
      will: {
        topic: 'will', payload: Buffer.from('gone'), qos: 2, retain: true,
        properties: { willDelayInterval: 5, contentType: 'text/plain' },
      },
    })
    await client.subscribe('a', { qos: 2 })
    await client.publish('a', 'x', { qos: 2, retain: true, properties: theirs })
    await client.received(1)
    await (await connect(url, 4, { clientId: 'd' })).publish('b', 'y', { qos: 0 })
    await until(() => requests.length === 4)
    const who = { clientIdentifier: 'c', userName: 'u' }
    const will = requests[0] as PublishRequest
    expect(will).toMatchObject({
      ...who, action: 'publish', topic: 'will', qos: 2, retain: true, properties: { contentType: 'text/plain' },
    })
    expect(will.properties).toEqual({ contentType: 'text/plain' })
    expect(will.payload).toHaveLength(4)
    expect(requests[1]).toEqual({ ...who, action: 'subscribe', topic: 'a', qos: 2 })
    expect(requests[2]).toMatchObject({
      ...who, action: 'publish', topic: 'a', qos: 2, retain: true,
      properties: { contentType: 'application/json', responseTopic: 'answers/ü', messageExpiryInterval: 3_600 },
    })
    expect(requests[3]).toEqual({
      clientIdentifier: 'd', userName: undefined, action: 'publish', topic: 'b', payload: new Uint8Array(1), qos: 0,
      retain: false, properties: undefined,
    })
    // What the hook does with the bytes is nobody else's.
    expect(client.texts).toEqual(['x'])
  })

  it('by what it refuses: a payload, a QoS', async () => {
    const { url } = await brokerListen({
      authorize: (request) => request.action === 'publish'
        ? Buffer.from(request.payload).toString() !== 'bad' && !request.retain
        : request.qos < 2,
    })
    const client = await connect(url, 5)
    await client.publish('a', 'good', { qos: 1 })
    await expect(client.publish('a', 'bad', { qos: 1 })).rejects.toThrow('Not authorized')
    await expect(client.publish('a', 'good', { qos: 2, retain: true })).rejects.toThrow('Not authorized')
    await client.subscribe('a', { qos: 1 })
    await expect(client.subscribe('b', { qos: 2 })).rejects.toThrow()
    // Both in one packet, by one filter: no is no.
    const granted = await new Promise<unknown>((resolve) => {
      client.mqtt.stream.on('data', (chunk: Buffer) => { if (chunk[0] === 0x90) resolve([...chunk.subarray(-2)]) })
      client.mqtt.stream.write(Buffer.from('820b0009000001630200016300', 'hex'))
    })
    expect(granted).toEqual([0x87, 0x87])
  })
})
