// Payloads that are too large for memory, from every kind of publisher to every kind of subscriber.
import { type IPublishPacket, generate } from 'mqtt-packet'
import { afterEach, describe, expect, it } from 'vitest'
import { certificatesMake } from '../certificates'
import { brokerListen, brokersEnd, until } from '../library'
import { HeldStream } from './held_stream'
import { LARGE, LARGE_HASH, LARGE_SIZE, clientMake, clientsEnd, publishOf, rawClient } from './household'

afterEach(async () => {
  await clientsEnd()
  await brokersEnd()
})

const VERSIONS = [4, 5] as const

describe.each(['mqtt', 'mqtts', 'ws'] as const)('over %s', (scheme) => {
  it.each(VERSIONS)('at every QoS and to both versions, from MQTT version %i', async (protocolVersion) => {
    const { broker } = await brokerListen()
    const path = scheme === 'mqtts' ? certificatesMake() : (): string => ''
    const port = await broker.listen({
      port: 0, protocol: scheme === 'ws' ? 'websockets' : 'mqtt',
      tls: scheme === 'mqtts' ? { certfile: path('server.crt'), keyfile: path('server.key') } : undefined,
    })
    const url = `${scheme}://127.0.0.1:${port}`
    const readers = await Promise.all(VERSIONS.map((version) => clientMake(url, { protocolVersion: version })))
    for (const { client } of readers) await client.subscribeAsync('a/#', { qos: 2 })
    const { client } = await clientMake(url, { protocolVersion })
    for (const qos of [0, 1, 2] as const) await client.publishAsync(`a/${qos}`, LARGE, { qos })
    await client.publishAsync('a/small', 'small', { qos: 2 })
    for (const { got } of readers) {
      await until(() => got.length === 4)
      expect(got.slice(0, 3)).toEqual([0, 1, 2].map((qos) =>
        ({ topic: `a/${qos}`, hash: LARGE_HASH, qos, retain: false })))
      expect(got[3].topic).toBe('a/small')
    }
  })
})

it('retained, for who subscribes later, until another one takes its place', async () => {
  const { url } = await brokerListen({ spool: { sizeMax: LARGE_SIZE * 1.5 } })
  const { client } = await clientMake(url, { protocolVersion: 5 })
  // Two are more than there is room for: the first goes before the third comes.
  for (const topic of ['kept', 'other', 'other']) {
    await client.publishAsync(topic, LARGE, { qos: 1, retain: true })
    const { client: reader, got } = await clientMake(url)
    await reader.subscribeAsync(topic, { qos: 1 })
    await until(() => got.length === 1)
    expect(got).toEqual([{ topic, hash: LARGE_HASH, qos: 1, retain: true }])
    await reader.endAsync()
    await client.publishAsync(topic, '', { qos: 1, retain: true })
  }
})

it('a reader that does not read holds up nobody else, and has it whole in the end', async () => {
  const { url, port } = await brokerListen()
  const slow = await rawClient(port, 5, 'slow')
  slow.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 1 }, { topic: 'b', qos: 0 }] })
  await until(() => slow.packets.length === 2)
  slow.socket.pause()
  const fast = await clientMake(url)
  await fast.client.subscribeAsync('a', { qos: 1 })
  const { client } = await clientMake(url)
  for (let round = 0; round < 4; round++) await client.publishAsync('a', LARGE, { qos: 1 })
  await client.publishAsync('b', 'behind', { qos: 1 })
  await until(() => fast.got.length === 4)
  slow.socket.resume()
  const acknowledge = (): void => {
    for (const packet of slow.packets.splice(0)) {
      if (packet.cmd !== 'publish') continue
      seen.push(packet.topic === 'a' ? String(LARGE.equals(packet.payload as Buffer)) : packet.topic)
      if (packet.qos) slow.send({ cmd: 'puback', messageId: packet.messageId })
    }
  }
  const seen: string[] = []
  await until(() => {
    acknowledge()
    return seen.length === 5
  })
  expect(seen.sort()).toEqual(['b', 'true', 'true', 'true', 'true'])
})

it('goes from its file also where a buffer that waits has room for all of it', async () => {
  const { broker } = await brokerListen()
  const stream = new HeldStream()
  broker.attach(stream, '127.0.0.1')
  stream.bring({
    cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clientId: 'reader', clean: true, keepalive: 0,
  })
  stream.bring({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '#', qos: 0 }] })
  await until(() => stream.packets.length === 2)
  // A write is under way, behind which the next buffer grows: twice what it has each time.
  stream.isHeld = true
  await broker.publish('first', 'x')
  await until(() => stream.isWriting)
  const sizes = [4_190_000, ...new Array<number>(700).fill(1_000), 3_500_000, 7_900_000]
  const payloads = sizes.map((size, i) => Buffer.alloc(size, `${i} `))
  for (const payload of payloads) await broker.publish('next', payload, { qos: 1 })
  stream.letGo()
  await until(() => stream.packets.length === 3 + payloads.length)
  const heard = stream.packets.slice(3).map((packet) => (packet as IPublishPacket).payload as Buffer)
  expect(heard.map((payload, i) => payload.equals(payloads[i]))).toEqual(payloads.map(() => true))
})

it('of a publisher that goes in the middle nobody is sent anything, and its room is free again', async () => {
  const { url, port } = await brokerListen({ spool: { sizeMax: LARGE_SIZE * 1.5 } })
  const { client, got } = await clientMake(url)
  await client.subscribeAsync('#', { qos: 2 })
  for (const qos of [0, 1, 2] as const) {
    const dying = await rawClient(port, 5, `dying ${qos}`)
    dying.socket.end(generate(publishOf('half', qos), { protocolVersion: 5 }).subarray(0, LARGE_SIZE - 1_000))
    await new Promise((resolve) => dying.socket.once('close', resolve))
    await client.publishAsync(`whole ${qos}`, LARGE, { qos: 1 })
  }
  await until(() => got.length === 3)
  expect(got.map(({ topic, hash }) => [topic, hash])).toEqual([0, 1, 2].map((qos) => [`whole ${qos}`, LARGE_HASH]))
})

it('a publisher that falls silent in the middle is ended by its Keep Alive', async () => {
  const { port } = await brokerListen({ limits: { keepAlive: 1 } })
  const peer = await rawClient(port, 5, 'peer')
  peer.socket.write(generate(publishOf('a', 1), { protocolVersion: 5 }).subarray(0, 1_000_000))
  await until(() => peer.packets.length > 1)
  expect(peer.packets[1]).toMatchObject({ cmd: 'disconnect', reasonCode: 0x8d })
})

it('a client is sent none that is larger than it takes, and goes on', async () => {
  const { url } = await brokerListen()
  const { client, got } = await clientMake(url, { protocolVersion: 5, properties: { maximumPacketSize: 1_000_000 } })
  await client.subscribeAsync('#', { qos: 1 })
  const sender = await clientMake(url)
  await sender.client.publishAsync('large', LARGE, { qos: 1 })
  await sender.client.publishAsync('small', 'small', { qos: 1 })
  await until(() => got.length > 0)
  expect(got.map(({ topic }) => topic)).toEqual(['small'])
})

it('the program publishes one, and is given one', async () => {
  const { broker, url } = await brokerListen()
  const { client, got } = await clientMake(url)
  await client.subscribeAsync('from/program', { qos: 1 })
  const given: number[] = []
  await broker.subscribe('from/client', ({ payload }) => given.push(Buffer.compare(payload, LARGE)), { qos: 1 })
  await broker.publish('from/program', LARGE, { qos: 1 })
  await client.publishAsync('from/client', LARGE, { qos: 1 })
  await until(() => got.length === 1 && given.length === 1)
  expect([got[0].hash, given]).toEqual([LARGE_HASH, [0]])
})
