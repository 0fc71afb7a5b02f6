// Limits that only a computer's broker has, as clients see them.
import { connect as connectSocket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type Client, clientsEnd, connect } from '../interop/mqttjs_client'
import { brokerListen, brokersEnd, until } from './library'

afterEach(async () => {
  await clientsEnd()
  await brokersEnd()
})

const keeps = { clientId: 'keeps', clean: false, properties: { sessionExpiryInterval: 1_000 } }

/** A client that has subscribed to everything and is away. */
async function away(url: string, qos: 0 | 1 | 2): Promise<void> {
  const client = await connect(url, 5, keeps)
  await client.subscribe('#', { qos })
  await client.end()
}

async function publishAll(client: Client, texts: string[], qos: 0 | 1): Promise<void> {
  for (const text of texts) await client.publish('a', text, { qos })
}

describe('queueQos0', () => {
  it('keeps what comes at QoS 0 for who is away, in order with the rest, and only where it is asked for', async () => {
    for (const queueQos0 of [true, false]) {
      const { url } = await brokerListen({ limits: { queueQos0 } })
      await away(url, 1)
      const sender = await connect(url, 5)
      await publishAll(sender, ['1'], 0)
      await publishAll(sender, ['2'], 1)
      await publishAll(sender, ['3', '4'], 0)
      await publishAll(sender, ['5'], 1)
      const back = await connect(url, 5, keeps)
      await back.received(queueQos0 ? 5 : 2)
      expect(back.texts).toEqual(queueQos0 ? ['1', '2', '3', '4', '5'] : ['2', '5'])
      expect(back.messages.map(({ packet }) => packet.qos)).toEqual(queueQos0 ? [0, 1, 0, 0, 1] : [1, 1])
      // Nothing is left in flight that nobody acknowledges.
      await publishAll(sender, ['6', '7'], 1)
      await back.received(queueQos0 ? 7 : 4)
    }
  })

  it('has the bound of the queue', async () => {
    const { broker, url } = await brokerListen({ limits: { queueQos0: true, queuedMessages: 2 } })
    await away(url, 0)
    await publishAll(await connect(url, 5), ['1', '2', '3'], 0)
    await until(() => broker.statistics()['full/queue'] === 1)
    const back = await connect(url, 5, keeps)
    await back.received(2)
    expect(back.texts).toEqual(['1', '2'])
  })
})

describe('queuedMessages', () => {
  it('is 1,000 unless told, and 0 is no limit', async () => {
    for (const [queuedMessages, kept] of [[undefined, 1_000], [1_500, 1_500], [0, 2_000]] as const) {
      const { url } = await brokerListen({ limits: { queuedMessages } })
      await away(url, 1)
      const sender = await connect(url, 5)
      const texts = Array.from({ length: 2_000 }, (_, i) => String(i))
      await Promise.allSettled(texts.map((text) => sender.publish('a', text, { qos: 1 })))
      const back = await connect(url, 5, keeps)
      await back.received(kept)
      expect(back.texts).toEqual(texts.slice(0, kept))
    }
    await brokerListen({ limits: { queuedMessages: 2_147_483_647 } })
    await expect(brokerListen({ limits: { queuedMessages: 2_147_483_648 } })).rejects.toThrow(RangeError)
  })
})

it('queuedBytes counts payload that waits, and takes the message that passes it', async () => {
  const { url } = await brokerListen({ limits: { queuedBytes: 10 } })
  await away(url, 1)
  const sender = await connect(url, 5)
  const outcomes = []
  for (const text of ['sixsix', 'sixsix', 'one']) {
    outcomes.push(await sender.publish('a', text, { qos: 1 }).then(() => 'kept', ({ code }: { code: number }) => code))
  }
  expect(outcomes).toEqual(['kept', 'kept', 0x97])
  const back = await connect(url, 5, keeps)
  await back.received(2)
  // What was acknowledged makes room.
  await publishAll(sender, ['again'], 1)
  await back.received(3)
})

it('inflightBytes holds back what is behind it until it is acknowledged', async () => {
  const { broker, url } = await brokerListen({ limits: { inflightBytes: 4 } })
  const acks: (() => void)[] = []
  const reader = await connect(url, 5, {
    customHandleAcks: (_topic, _message, _packet, done) => acks.push(() => done(0)),
  })
  const sent = (): number => broker.statistics()['publish/messages/sent']
  await reader.subscribe('a', { qos: 1 })
  const sender = await connect(url, 5)
  await publishAll(sender, ['12345', '6', '7'], 1)
  await until(() => acks.length === 1)
  expect(sent()).toBe(1)
  acks[0]()
  await until(() => sent() === 3)
})

it('retain false is told to 5.0, and refuses what is to be retained', async () => {
  const { url } = await brokerListen({ limits: { retain: false } })
  const client = await connect(url, 5)
  expect(client.connack.properties).toMatchObject({ retainAvailable: false })
  const ended = new Promise((resolve) => client.mqtt.once('disconnect', ({ reasonCode }) => resolve(reasonCode)))
  void client.publish('a', 'x', { retain: true }).catch(() => undefined)
  expect(await ended).toBe(0x9a)
  const will = { topic: 'w', payload: Buffer.from('x'), retain: true }
  await expect(connect(url, 5, { will })).rejects.toMatchObject({ code: 0x9a })
})

it('qosMax of a listener is told to 5.0, refuses what is above it, and grants no more', async () => {
  const { url } = await brokerListen({}, { qosMax: 1 })
  const client = await connect(url, 5)
  expect(client.connack.properties).toMatchObject({ maximumQoS: 1 })
  expect(await client.subscribe(['a', 'b'], { qos: 2 })).toEqual([1, 1])
  const will = { topic: 'w', payload: Buffer.from('x'), qos: 2 as const }
  await expect(connect(url, 5, { will })).rejects.toMatchObject({ code: 0x9b })
  const old = await connect(url, 4)
  const closed = new Promise((resolve) => old.mqtt.once('close', () => resolve('closed')))
  void old.publish('a', 'x', { qos: 2 }).catch(() => undefined)
  expect(await closed).toBe('closed')
})

it('duplicates gives each subscription a copy of its own', async () => {
  for (const duplicates of [true, false]) {
    const { url } = await brokerListen({ limits: { duplicates } })
    const reader = await connect(url, 5)
    await reader.subscribe('a', { qos: 0, properties: { subscriptionIdentifier: 1 } })
    await reader.subscribe('+', { qos: 1, properties: { subscriptionIdentifier: 2 } })
    await reader.subscribe('#', { qos: 1 })
    await publishAll(await connect(url, 5), ['x'], 1)
    await reader.received(duplicates ? 3 : 1)
    const copies = reader.messages.map(({ packet }) =>
      [packet.qos, [packet.properties?.subscriptionIdentifier].flat().sort()])
    if (duplicates) expect(copies).toEqual(expect.arrayContaining([[0, [1]], [1, [2]], [1, [undefined]]]))
    else expect(copies).toEqual([[1, [1, 2]]])
  }
})

it('memory bounds what is stored, and refuses what is too much', async () => {
  const { broker, url } = await brokerListen({ limits: { memory: 4_000_000 } })
  const sender = await connect(url, 5)
  let refused: unknown
  for (let i = 0; i < 40 && refused === undefined; i++) {
    const options = { qos: 1 as const, retain: true }
    await sender.publish(`r/${i}`, Buffer.alloc(200_000), options).catch(({ code }: { code: number }) => refused = code)
  }
  expect(refused).toBe(0x97)
  expect(broker.statistics()['store/messages/bytes']).toBeLessThan(4_000_000)
})

it('payloadSize refuses what has more, and its publisher stays', async () => {
  const { url } = await brokerListen({ limits: { payloadSize: 2 } })
  const reader = await connect(url, 5)
  await reader.subscribe('#', { qos: 1 })
  const sender = await connect(url, 5)
  await sender.publish('a', 'abc', { qos: 0 })
  await expect(sender.publish('a', 'abc', { qos: 1 })).rejects.toMatchObject({ code: 0x83 })
  await (await connect(url, 4)).publish('a', 'abc', { qos: 2 })
  await sender.publish('a', 'ab', { qos: 1 })
  await reader.received(1)
  expect(reader.texts).toEqual(['ab'])
  const will = { topic: 'w', payload: Buffer.from('abc') }
  await expect(connect(url, 5, { will })).rejects.toMatchObject({ code: 0x95 })
  await expect(connect(url, 4, { will })).rejects.toMatchObject({ code: 5 })
})

it('receiveMaximum and both bounds of Topic Aliases: what 5.0 is told, takes and is given', async () => {
  const { url } = await brokerListen({ limits: { receiveMaximum: 20, topicAliases: 1, topicAliasesGiven: 0 } })
  const sender = await connect(url, 5)
  expect(sender.connack.properties).toMatchObject({ receiveMaximum: 20, topicAliasMaximum: 1 })
  const reader = await connect(url, 5, { properties: { topicAliasMaximum: 5 } })
  await reader.subscribe('#', { qos: 0 })
  await sender.publish('a', '1', { properties: { topicAlias: 1 } })
  await sender.publish('', '2', { properties: { topicAlias: 1 } })
  await reader.received(2)
  expect(reader.messages.map(({ packet }) => [packet.topic, packet.properties?.topicAlias])).toEqual(
    [['a', undefined], ['a', undefined]])
  const raw = connectSocket({ port: Number(new URL(url).port) })
  raw.write(Buffer.from([0x10, 14, 0, 4, 77, 81, 84, 84, 5, 2, 0, 0, 0, 0, 1, 97]))
  raw.write(Buffer.from([0x30, 7, 0, 1, 97, 3, 0x23, 0, 2]))
  const bytes: number[] = []
  raw.on('data', (data) => bytes.push(...data))
  await new Promise((resolve) => raw.once('close', resolve))
  const connackSize = bytes[1] + 2
  expect(bytes[connackSize]).toBe(0xe0)
  expect(bytes[connackSize + 2]).toBe(0x94)
})

it('keepAlive is told to 5.0, and others with a longer one are refused as by mosquitto', async () => {
  const { url } = await brokerListen({ limits: { keepAlive: 100 } })
  expect((await connect(url, 5, { keepalive: 101 })).connack.properties).toMatchObject({ serverKeepAlive: 100 })
  await connect(url, 4, { keepalive: 100 })
  await expect(connect(url, 4, { keepalive: 101 })).rejects.toMatchObject({ code: 2 })
  await expect(connect(url, 4, { keepalive: 0 })).rejects.toMatchObject({ code: 2 })
})
