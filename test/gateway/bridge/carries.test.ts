// A bridge between two brokers that are both there: what it carries, and under which name.
import { afterEach, describe, expect, it } from 'vitest'
import { clientsEnd, connect } from '../../interop/mqttjs_client'
import { brokerListen, until } from '../library'
import { bridgeTo, bridged, hear, householdEnd, isUp, wait } from './household'

afterEach(async () => {
  await clientsEnd()
  await householdEnd()
})

describe.each([[5, undefined], [5, 5], [4, 4], [3, 3]] as const)('in version %i', (version, protocolVersion) => {
  it('carries both ways, at every QoS, once, and nothing back', async () => {
    const upper = await brokerListen()
    const versions: (string | undefined)[] = []
    upper.broker.on('connect', ({ version: spoken }) => versions.push(spoken))
    const lower = await bridged([bridgeTo(upper.port, { protocolVersion })])
    await until(() => isUp(lower))
    expect(versions).toEqual([{ 5: '5.0', 4: '3.1.1', 3: '3.1' }[version]])
    const [above, below] = [await hear(upper.broker, '#'), await hear(lower.broker, '#')]
    for (const qos of [0, 1, 2] as const) {
      await lower.broker.publish(`up/${qos}`, 'u', { qos })
      await upper.broker.publish(`down/${qos}`, 'd', { qos })
    }
    await until(() => above.length >= 6 && below.length >= 6)
    await wait(100)
    const expected = [0, 1, 2].flatMap(qos => [
      { topic: `up/${qos}`, text: 'u', qos, retain: false }, { topic: `down/${qos}`, text: 'd', qos, retain: false }])
    const sorted = (list: typeof above): typeof above => [...list].sort((a, b) => a.topic < b.topic ? -1 : 1)
    expect(sorted(above)).toEqual(sorted(expected))
    expect(sorted(below)).toEqual(sorted(expected))
    expect(lower.broker.bridges()[0]).toMatchObject({ sent: 3, received: 3, dropped: 0, looped: 0, queued: 0 })
  })

  it('keeps what is retained retained, both ways, and clears it', async () => {
    const upper = await brokerListen()
    const lower = await bridged([bridgeTo(upper.port, { protocolVersion })])
    await until(() => isUp(lower))
    await lower.broker.publish('kept/up', 'u', { qos: 1, retain: true })
    await upper.broker.publish('kept/down', 'd', { qos: 1, retain: true })
    const both = (numbers: Record<string, number>): boolean => numbers['retained messages/count'] === 2
    await until(() => both(upper.broker.statistics()) && both(lower.broker.statistics()))
    await lower.broker.publish('kept/down', '', { qos: 1, retain: true })
    await upper.broker.publish('kept/up', '', { qos: 1, retain: true })
    const none = (numbers: Record<string, number>): boolean => numbers['retained messages/count'] === 0
    await until(() => none(upper.broker.statistics()) && none(lower.broker.statistics()))
  })
})

describe('topics', () => {
  it('have other prefixes on the other side, and the first line that matches names them', async () => {
    const upper = await brokerListen()
    const lower = await bridged([bridgeTo(upper.port, {
      topics: [
        { pattern: '', direction: 'both', qos: 1, localPrefix: 'one', remotePrefix: 'far/one' },
        { pattern: '#', direction: 'out', qos: 1, localPrefix: 'home/', remotePrefix: 'site/7/' },
        { pattern: '+/set', direction: 'in', qos: 1, localPrefix: 'home/', remotePrefix: 'site/7/' },
      ],
    })])
    await until(() => isUp(lower))
    const [above, below] = [await hear(upper.broker, '#'), await hear(lower.broker, '#')]
    for (const topic of ['one', 'home', 'home/lamp', 'other', 'homely']) {
      await lower.broker.publish(topic, 'u', { qos: 1 })
    }
    for (const topic of ['far/one', 'site/7/lamp/set', 'site/7/lamp', 'site/8/lamp/set']) {
      await upper.broker.publish(topic, 'd', { qos: 1 })
    }
    await until(() => above.length >= 7 && below.length >= 7)
    await wait(100)
    expect(above.filter(({ text }) => text === 'u').map(({ topic }) => topic).sort())
      .toEqual(['far/one', 'site/7', 'site/7/lamp'])
    expect(below.filter(({ text }) => text === 'd').map(({ topic }) => topic).sort()).toEqual(['home/lamp/set', 'one'])
  })

  it('keep what 5.0 says of a message, and have a count of bridges besides', async () => {
    const upper = await brokerListen()
    const lower = await bridged([bridgeTo(upper.port)])
    await until(() => isUp(lower))
    const reader = await connect(upper.url, 5)
    await reader.subscribe('#', { qos: 2 })
    const writer = await connect(lower.url, 5)
    await writer.publish('with/all', Buffer.from([0, 255, 128]), {
      qos: 2,
      properties: {
        payloadFormatIndicator: false, messageExpiryInterval: 1_000, responseTopic: 'answer', contentType: 'bytes',
        correlationData: Buffer.from([1, 2]), userProperties: { room: 'attic' },
      },
    })
    await reader.received(1)
    const [{ packet }] = reader.messages
    expect([...packet.payload as Buffer]).toEqual([0, 255, 128])
    expect(packet.properties).toMatchObject({
      responseTopic: 'answer', contentType: 'bytes', correlationData: Buffer.from([1, 2]),
      userProperties: { room: 'attic', 'bridge-hops': '1', 'bridge-path': expect.stringMatching(/^[\w-]{8}$/) },
    })
    expect(packet.properties?.messageExpiryInterval).toBeGreaterThan(990)
  })

  it('go out with a Topic Alias where the other broker takes some', async () => {
    const upper = await brokerListen()
    const lower = await bridged([bridgeTo(upper.port)])
    await until(() => isUp(lower))
    const above = await hear(upper.broker, '#')
    const topic = 'a/rather/long/topic/that/is/used/again/and/again'
    const sizes: number[] = []
    for (let i = 0; i < 3; i++) {
      const before = upper.broker.statistics()['bytes/received']
      await lower.broker.publish(topic, String(i), { qos: 1 })
      await until(() => above.length === i + 1 && lower.broker.bridges()[0].queued === 0)
      sizes.push(upper.broker.statistics()['bytes/received'] - before)
    }
    expect(above.map(({ topic, text }) => [topic, text])).toEqual([[topic, '0'], [topic, '1'], [topic, '2']])
    expect(sizes[0] - sizes[1]).toBe(topic.length)
    expect(sizes[2]).toBe(sizes[1])
  })
})
