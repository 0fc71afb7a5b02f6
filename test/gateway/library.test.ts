// The gateway as a library: what a program does with a broker of its own.
import { EventEmitter } from 'node:events'
import { type Socket, connect as connectSocket, createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { brokerListen, brokerMake, brokersEnd, until } from './library'
import type { ClientEvent, Message } from '../../src/port/node/library/api'

afterEach(async () => {
  await clientsEnd()
  await brokersEnd()
})

describe('publish and subscribe in the process', () => {
  it.each([0, 1, 2] as const)('takes messages of QoS %i to itself and to clients', async (qos) => {
    const { broker, url } = await brokerListen()
    const client = await connect(url, 5)
    await client.mqtt.subscribeAsync('room/#', { qos })
    const messages: Message[] = []
    await broker.subscribe('room/+/light', (message) => messages.push(message), { qos })
    for (let i = 0; i < 20; i++) await broker.publish('room/1/light', `on ${i}`, { qos })
    await client.received(20)
    await until(() => messages.length === 20)
    const wanted = Array.from({ length: 20 }, (_, i) => `on ${i}`)
    expect(client.texts).toEqual(wanted)
    expect(messages.map(({ payload }) => Buffer.from(payload).toString())).toEqual(wanted)
    expect(new Set(messages.map((message) => message.qos))).toEqual(new Set([qos]))
  })

  it('keeps what is retained, and hands it to a later subscriber with the flag', async () => {
    const broker = await brokerMake()
    await broker.publish('kept', new Uint8Array([1, 0, 255]), { qos: 1, retain: true })
    const messages: Message[] = []
    await broker.subscribe('kept', (message) => messages.push(message))
    await until(() => messages.length === 1)
    expect({ ...messages[0], payload: [...messages[0].payload] })
      .toEqual({ topic: 'kept', payload: [1, 0, 255], qos: 0, retain: true })
  })

  it('ends a subscription, and only that one', async () => {
    const broker = await brokerMake()
    const heard: string[] = []
    const end = await broker.subscribe('a', () => heard.push('first'))
    await broker.subscribe('a', () => heard.push('second'))
    await end()
    await broker.publish('a', '', { qos: 1 })
    await until(() => heard.length > 0)
    expect(heard).toEqual(['second'])
  })

  it('refuses names and filters that are none', async () => {
    const broker = await brokerMake()
    for (const topic of ['', 'a/+', '#']) await expect(broker.publish(topic, 'x')).rejects.toThrow('is no Topic Name')
    for (const filter of ['', 'a#', '#/a', 'a/b+']) {
      await expect(broker.subscribe(filter, () => undefined)).rejects.toThrow('is no Topic Filter')
    }
  })

  it('does not stand under the access rules that it gives others', async () => {
    const { broker, url } = await brokerListen({ accessRules: [{ access: 'read', filter: 'open/#' }] })
    const client = await connect(url, 5)
    await client.mqtt.subscribeAsync('open/#')
    const messages: Message[] = []
    await broker.subscribe('#', (message) => messages.push(message), { qos: 1 })
    await broker.publish('open/a', 'from the program', { qos: 1 })
    await client.received(1)
    await until(() => messages.length === 1)
    await expect(client.publish('open/a', 'from a client', { qos: 1 })).rejects.toThrow('Not authorized')
    expect(messages).toHaveLength(1)
  })

  it('rejects after the end', async () => {
    const broker = await brokerMake()
    await broker.publish('a', 'b', { qos: 1 })
    await broker.close()
    await expect(broker.publish('a', 'b', { qos: 1 })).rejects.toThrow('closed')
  })
})

it('several brokers live in one process and know nothing of each other', async () => {
  const [one, two] = await Promise.all([brokerListen(), brokerListen()])
  const messages: string[] = []
  await one.broker.subscribe('#', () => messages.push('one'))
  await two.broker.subscribe('#', () => messages.push('two'))
  await two.broker.publish('a', 'b', { qos: 1 })
  await until(() => messages.length > 0)
  expect(messages).toEqual(['two'])
  expect(one.broker.statistics()['publish/messages/received']).toBe(0)
})

it('attaches any duplex stream', async () => {
  const broker = await brokerMake()
  // A listener of the program's own: what it does with the socket first is its affair.
  const server = createServer((socket) => broker.attach(socket, 'elsewhere'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const events: ClientEvent[] = []
  broker.on('refused', (event) => events.push(event))
  const socket: Socket = connectSocket((server.address() as { port: number }).port, '127.0.0.1')
  socket.write(Buffer.from('100f00044d5154540402000000036d6521', 'hex'))
  const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve))
  // The address is not this computer's: without a word on anonymous clients nobody is let in.
  expect([...answer]).toEqual([0x20, 2, 0, 5])
  await until(() => events.length === 1)
  expect(events[0]).toMatchObject({ address: 'elsewhere', clientIdentifier: 'me!', reasonCode: 0x87 })
  socket.destroy()
  await new Promise((resolve) => server.close(resolve))
})

it('tells of clients that come and go, after it has happened', async () => {
  const { broker, url } = await brokerListen()
  expect(broker).toBeInstanceOf(EventEmitter)
  const events: [string, ClientEvent][] = []
  broker.on('connect', (event) => {
    events.push(['connect', event])
    // A listener may use the broker.
    void broker.publish('greeting', 'hello', { retain: true, qos: 1 })
  })
  broker.on('disconnect', (event) => events.push(['disconnect', event]))
  const client = await connect(url, 5, { clientId: 'anna-1', username: 'anna' })
  await client.mqtt.subscribeAsync('greeting')
  await client.received(1)
  await client.end()
  await until(() => events.length === 2)
  expect(events[0]).toEqual(['connect', {
    address: '127.0.0.1', clientIdentifier: 'anna-1', userName: 'anna', version: '5.0',
  }])
  expect(events[1]).toMatchObject(['disconnect', { clientIdentifier: 'anna-1' }])
})

it('refuses limits above its own, by name', async () => {
  await expect(brokerMake({ limits: { packetSize: 1e9 } })).rejects.toThrow(/packetSize is 1000000000/)
  await expect(brokerMake({ limits: { inflightMessages: 0 } })).rejects.toThrow(/inflightMessages is 0/)
  const { url } = await brokerListen({ limits: { packetSize: 1_000, keepAlive: 30 } })
  const { connack } = await connect(url, 5)
  expect(connack.properties).toMatchObject({ maximumPacketSize: 1_000, serverKeepAlive: 30 })
})
