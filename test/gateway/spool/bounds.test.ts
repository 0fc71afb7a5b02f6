// What becomes of payloads that are too large for memory where there is no room, or something against them.
import type { MqttClient } from 'mqtt'
import { afterEach, describe, expect, it } from 'vitest'
import type { AccessRequest } from '../../../src/port/node/library/api'
import { brokerListen, brokersEnd, folderMake, until } from '../library'
import { JSON_SCHEMA } from '../payload_schemas'
import { LARGE, LARGE_HASH, LARGE_SIZE, clientMake, clientsEnd, publishOf, rawClient } from './household'

afterEach(async () => {
  await clientsEnd()
  await brokersEnd()
})

describe('beyond the bytes that a spool may have', () => {
  const full = async (): Promise<{ port: number, url: string, client: MqttClient }> => {
    const made = await brokerListen({ spool: { sizeMax: LARGE_SIZE * 1.5 } })
    const { client } = await clientMake(made.url, { protocolVersion: 5 })
    await client.publishAsync('kept', LARGE, { qos: 1, retain: true })
    return { ...made, client }
  }

  it.each([[1, 'puback'], [2, 'pubrec']] as const)('5.0 is told 0x97 at QoS %i', async (qos, cmd) => {
    const { port } = await full()
    const peer = await rawClient(port, 5, 'peer')
    peer.send(publishOf('more', qos))
    await until(() => peer.packets.length > 1)
    expect(peer.packets[1]).toMatchObject({ cmd, messageId: 7, reasonCode: 0x97 })
    peer.send({ cmd: 'pingreq' })
    await until(() => peer.packets.length > 2)
  })

  it.each([4, 5] as const)('QoS 0 is dropped, and its client stays (version %i)', async (version) => {
    const { port, url } = await full()
    const { client, got } = await clientMake(url)
    await client.subscribeAsync('more', { qos: 1 })
    const peer = await rawClient(port, version, 'peer')
    peer.send(publishOf('more', 0))
    peer.send(publishOf('more', 1, Buffer.from('small')))
    await until(() => got.length > 0)
    expect(peer.packets.map(({ cmd }) => cmd)).toEqual(['connack', 'puback'])
    expect(got[0].hash).not.toBe(LARGE_HASH)
  })

  it('3.1.1 waits for room', async () => {
    const { port, url, client } = await full()
    const { client: reader, got } = await clientMake(url)
    await reader.subscribeAsync('more', { qos: 1 })
    const peer = await rawClient(port, 4, 'peer')
    peer.send(publishOf('more', 1))
    await client.publishAsync('small', 'small', { qos: 1 })
    expect(peer.packets.length).toBe(1)
    await client.publishAsync('kept', '', { qos: 1, retain: true })
    await until(() => peer.packets.length > 1 && got.length > 0)
    expect([peer.packets[1].cmd, got[0].hash]).toEqual(['puback', LARGE_HASH])
  })
})

it.each([[{ packetSize: LARGE_SIZE }, {}], [{}, { sizeMax: LARGE_SIZE }]] as const)(
  'a packet over Maximum Packet Size ends its connection with 0x95 (%o, %o)', async (limits, spool) => {
    const { port } = await brokerListen({ limits, spool })
    const peer = await rawClient(port, 5, 'peer')
    expect(peer.packets[0]).toMatchObject({ properties: { maximumPacketSize: LARGE_SIZE } })
    peer.send(publishOf('a', 1))
    await until(() => peer.packets.length > 1)
    expect(peer.packets[1]).toMatchObject({ cmd: 'disconnect', reasonCode: 0x95 })
  })

it('without a spool no packet has more than 4 MiB', async () => {
  const { port } = await brokerListen({ spool: { sizeMax: 0 } })
  const peer = await rawClient(port, 5, 'peer')
  expect(peer.packets[0]).toMatchObject({ properties: { maximumPacketSize: 4_194_304 } })
})

it('Maximum Packet Size is not said where it is the standard\'s own', async () => {
  const { port } = await brokerListen()
  const peer = await rawClient(port, 5, 'peer')
  expect(peer.packets[0]).not.toHaveProperty('properties.maximumPacketSize')
})

it.each([4, 5] as const)('a packet that is no PUBLISH has 4 MiB at the most (version %i)', async (version) => {
  const { port } = await brokerListen()
  const peer = await rawClient(port, version, 'peer')
  peer.socket.write(Buffer.from([0x82, 0xff, 0xff, 0xff, 0x7f, 0, 1]))
  await until(() => peer.socket.destroyed)
  if (version === 5) expect(peer.packets[1]).toMatchObject({ cmd: 'disconnect', reasonCode: 0x95 })
})

it('message_size_limit refuses it', async () => {
  const { port } = await brokerListen({ limits: { payloadSize: 1_000 } })
  const peer = await rawClient(port, 5, 'peer')
  peer.send(publishOf('a', 1))
  await until(() => peer.packets.length > 1)
  expect(peer.packets[1]).toMatchObject({ cmd: 'puback', reasonCode: 0x83 })
})

it('who may not publish is told so', async () => {
  const { port } = await brokerListen({ authorize: ({ topic }) => topic === 'mine' })
  const peer = await rawClient(port, 5, 'peer')
  peer.send(publishOf('a', 1))
  peer.send(publishOf('mine', 1))
  await until(() => peer.packets.length > 2)
  const codes = [0x87, 0x10]
  expect(peer.packets.slice(1)).toMatchObject(codes.map((reasonCode) => ({ cmd: 'puback', reasonCode })))
})

it('authorize is asked once, with its size and without its payload', async () => {
  const asked: AccessRequest[] = []
  const { port, url } = await brokerListen({ authorize: (request) => asked.push(request) > 0 })
  const { client, got } = await clientMake(url)
  await client.subscribeAsync('a', { qos: 1 })
  const peer = await rawClient(port, 5, 'peer')
  peer.send(publishOf('a', 1))
  peer.send(publishOf('a', 1, Buffer.from('small')))
  await until(() => got.length === 2)
  expect(got[0].hash).toBe(LARGE_HASH)
  const published = asked.filter(({ action }) => action === 'publish')
  expect(published.map((request) => [request.action === 'publish' && request.payload.length, request])).toMatchObject([
    [0, { payloadSize: LARGE_SIZE }], [5, { topic: 'a' }],
  ])
})

it('where a payload has rules it is refused, as nobody can judge it', async () => {
  const folder = folderMake({ 'schema.json': JSON_SCHEMA })
  const { broker, port } = await brokerListen({
    payloadRules: [{ filter: 'ruled/#', format: 'json', file: `${folder}/schema.json` }],
  })
  await broker.opened()
  const peer = await rawClient(port, 5, 'peer')
  peer.send(publishOf('ruled/a', 1))
  peer.send(publishOf('free', 1))
  await until(() => peer.packets.length > 2)
  expect(peer.packets.slice(1)).toMatchObject([{ reasonCode: 0x83 }, { reasonCode: 0x10 }])
})

it('below a mount point it passes too, and its topic is written anew', async () => {
  const { broker, url } = await brokerListen()
  const port = await broker.listen({ port: 0, mountPoint: 'below/' })
  const above = await clientMake(url)
  const below = await clientMake(`mqtt://127.0.0.1:${port}`)
  await above.client.subscribeAsync('#', { qos: 1 })
  await below.client.subscribeAsync('#', { qos: 1 })
  await below.client.publishAsync('a', LARGE, { qos: 1 })
  await below.client.publishAsync('b', 'small', { qos: 1 })
  await until(() => above.got.length === 2 && below.got.length === 2)
  expect(above.got.map(({ topic }) => topic)).toEqual(['below/a', 'below/b'])
  expect(below.got.map(({ topic }) => topic)).toEqual(['a', 'b'])
  expect([above.got[0].hash, below.got[0].hash]).toEqual([LARGE_HASH, LARGE_HASH])
})

it('what begins with $CONTROL/ and is so large is nobody\'s', async () => {
  const { broker, port } = await brokerListen()
  let count = 0
  broker.controlTo(() => count++)
  const peer = await rawClient(port, 5, 'peer')
  peer.send(publishOf('$CONTROL/a', 1))
  peer.send(publishOf('$CONTROL/a', 1, Buffer.from('small')))
  await until(() => peer.packets.length > 2 && count > 0)
  expect(count).toBe(1)
})

it.each([[4, 1], [5, 1], [5, 0]] as const)('where the files cannot be written it is refused (version %i, QoS %i)',
  async (version, qos) => {
    const folder = folderMake({ file: '' })
    const { port } = await brokerListen({ spool: { location: `${folder}/file/below` } })
    const peer = await rawClient(port, version, 'peer')
    peer.send(publishOf('a', qos))
    if (version === 4) return until(() => peer.socket.destroyed)
    peer.send({ cmd: 'pingreq' })
    await until(() => peer.packets.at(-1)?.cmd === 'pingresp')
    expect(peer.packets.slice(1, -1)).toMatchObject(qos ? [{ cmd: 'puback', reasonCode: 0x97 }] : [])
  })

it('a bridge carries packets of 8 MiB and none that is larger, both ways', async () => {
  const far = await brokerListen()
  const events: string[] = []
  const near = await brokerListen({
    bridges: [{
      name: 'far', addresses: [{ host: '127.0.0.1', port: far.port }], protocolVersion: 4,
      topics: [{ pattern: 'out/#', direction: 'out', qos: 1 }, { pattern: 'in/#', direction: 'in', qos: 1 }],
    }],
  })
  near.broker.on('bridge', (event) => events.push(JSON.stringify(event)))
  const larger = Buffer.alloc(9_000_000)
  for (const [from, to, topic] of [[near, far, 'out/a'], [far, near, 'in/a']] as const) {
    const reader = await clientMake(to.url)
    await reader.client.subscribeAsync(topic, { qos: 1 })
    const sender = await clientMake(from.url)
    await sender.client.publishAsync(topic, larger, { qos: 1 })
    await sender.client.publishAsync(topic, LARGE, { qos: 1 })
    await until(() => reader.got.length > 0)
    expect(reader.got.map(({ hash }) => hash)).toEqual([LARGE_HASH])
  }
  await until(() => events.some((event) => event.includes('was dropped')))
})
