// The program's own client: handlers that know nothing of each other, and calls that are wrong.
import { Duplex, PassThrough } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { brokerListen, brokerMake, brokersEnd, until } from './library'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import type { Broker, Message, QoS } from '../../src/port/node/library/api'

afterEach(async () => {
  await clientsEnd()
  await brokersEnd()
})

/** Subscribes; answers what the handler is given, as text. */
async function listen(
  broker: Broker, filter: string, qos: QoS,
): Promise<{ heard: string[], end: () => Promise<void> }> {
  const heard: string[] = []
  const end = await broker.subscribe(filter, (message: Message) => {
    const { topic, payload, qos: at, retain } = message
    heard.push(`${topic} ${Buffer.from(payload).toString()} ${at}${retain ? ' retained' : ''}`)
  }, { qos })
  return { heard, end }
}

describe('handlers', () => {
  it.each([['a/b', 'a/b'], ['a/#', 'a/b'], ['a/b', 'a/+']])('on %s and %s are subscriptions of their own',
    async (first, second) => {
      const broker = await brokerMake()
      await broker.publish('a/b', 'kept', { qos: 2, retain: true })
      const one = await listen(broker, first, 2)
      await until(() => one.heard.length === 1)
      const other = await listen(broker, second, 0)
      const third = await listen(broker, second, 1)
      await until(() => other.heard.length + third.heard.length === 2)
      await broker.publish('a/b', 'live', { qos: 2 })
      await until(() => one.heard.length === 2 && other.heard.length === 2 && third.heard.length === 2)
      expect(one.heard).toEqual(['a/b kept 2 retained', 'a/b live 2'])
      expect(other.heard).toEqual(['a/b kept 0 retained', 'a/b live 0'])
      expect(third.heard).toEqual(['a/b kept 1 retained', 'a/b live 1'])
      await other.end()
      await other.end()
      await broker.publish('a/b', 'later', { qos: 2 })
      await until(() => one.heard.length === 3 && third.heard.length === 3)
      expect(one.heard.at(-1)).toBe('a/b later 2')
      expect(other.heard).toHaveLength(2)
    })

  it('that begin at once are each given all that is retained, once', async () => {
    const broker = await brokerMake()
    for (let i = 0; i < 50; i++) await broker.publish(`r/${i}`, 'x', { qos: 1, retain: true })
    const all = await Promise.all(Array.from({ length: 4 }, () => listen(broker, 'r/#', 1)))
    await until(() => all.every(({ heard }) => heard.length >= 50))
    await broker.publish('r/live', 'x', { qos: 1 })
    await until(() => all.every(({ heard }) => heard.at(-1) === 'r/live x 1'))
    for (const { heard } of all) expect([heard.length, new Set(heard).size]).toEqual([51, 51])
  })

  it('of a group share its messages, and have those of their own subscriptions besides', async () => {
    const broker = await brokerMake()
    const members = [await listen(broker, '$share/g/a', 1), await listen(broker, '$share/g/a', 1)]
    const own = await listen(broker, 'a', 1)
    for (let i = 0; i < 10; i++) await broker.publish('a', `${i}`, { qos: 1 })
    await until(() => own.heard.length === 10 && members[0].heard.length + members[1].heard.length === 10)
    expect(members.every(({ heard }) => heard.length > 0)).toBe(true)
    await broker.publish('a', 'end', { qos: 1 })
    await until(() => own.heard.length === 11)
    expect(members[0].heard.length + members[1].heard.length).toBe(11)
  })

  it('take the place of one client together, and leave nothing behind', async () => {
    const { broker, url } = await brokerListen({ limits: { connections: 2 } })
    const before = broker.statistics()
    const all = await Promise.all(Array.from({ length: 1_000 }, () => listen(broker, 'a', 2)))
    await broker.publish('a', 'x', { qos: 2 })
    await until(() => all.every(({ heard }) => heard.length > 0))
    expect(all.every(({ heard }) => heard.length === 1)).toBe(true)
    await connect(url, 5)
    await expect(connect(url, 5)).rejects.toThrow()
    await Promise.all(all.map(({ end }) => end()))
    await until(() => broker.statistics()['clients/connected'] === before['clients/connected'] + 2)
  })

  it('of a thousand filters are each given their own', async () => {
    const broker = await brokerMake()
    const all = await Promise.all(Array.from({ length: 1_000 }, (_, i) => listen(broker, `a/${i}`, 1)))
    for (let i = 0; i < 1_000; i++) await broker.publish(`a/${i}`, `${i}`, { qos: 1 })
    await until(() => all.every(({ heard }) => heard.length > 0))
    expect(all.map(({ heard }) => heard)).toEqual(all.map((_, i) => [`a/${i} ${i} 1`]))
    // A filter that has ended and begins again is a subscription like any other.
    await all[7].end()
    const again = await listen(broker, 'a/7', 0)
    await broker.publish('a/7', 'again', { qos: 1 })
    await until(() => again.heard.length === 1)
    expect(all[7].heard).toHaveLength(1)
  })

  it('more than a copy can name are each told', async () => {
    const broker = await brokerMake()
    const filters = Array.from({ length: 40 }, (_, i) =>
      Array.from({ length: 6 }, (_each, level) => i >> level & 1 ? '+' : 'x').join('/'))
    const all = await Promise.all(filters.map((filter) => listen(broker, filter, 1)))
    await broker.publish('x/x/x/x/x/x', 'y', { qos: 1 })
    await until(() => all.every(({ heard }) => heard.length === 1))
  })

  it('hear nothing of what was published before they were there', async () => {
    const { broker, url } = await brokerListen({ limits: { keepAlive: 1 } })
    const client = await connect(url, 5)
    const one = await listen(broker, 'a', 1)
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    // Nor are they closed for their silence where the broker shortens the Keep Alive.
    await client.publish('a', 'x', { qos: 1 })
    await until(() => one.heard.length === 1)
  })
})

/** Bytes of a payload that no packet of the standard has room for. */
const GREATEST = 268_435_460

const circular: { self?: unknown } = { __proto__: null } as object
circular.self = circular
const large = new Array(1_000_000).fill('a large payload')

const wrong: [string, (broker: Broker) => Promise<unknown>, RegExp][] = [
  ['a payload over the limit at QoS 0', (broker) => broker.publish('a', Buffer.alloc(GREATEST)), /at most 268435460/],
  ['a payload over the limit', (broker) => broker.publish('a', Buffer.alloc(GREATEST), { qos: 1 }), /at most 26843/],
  ['a payload that is none', (broker) => broker.publish('a', 5 as never), /The payload is number/],
  ['a payload that is an object', (broker) => broker.publish('a', circular as never), /The payload is object/],
  ['a payload that is a large list', (broker) => broker.publish('a', large as never, { qos: 2 }), /payload is object/],
  ['no payload', (broker) => broker.publish('a', undefined as never), /The payload is undefined/],
  ['a topic that is none', (broker) => broker.publish(7 as never, 'x'), /7 is no Topic Name/],
  ['a topic that is an object', (broker) => broker.publish(circular as never, 'x'), /^an object is no Topic Name/],
  ['a topic that is a large list', (broker) => broker.publish(large as never, 'x'), /^an object is no Topic Name/],
  ['a topic with U+0000', (broker) => broker.publish('a\0', 'x'), /is no Topic Name/],
  ['a topic with a wildcard', (broker) => broker.publish('a/+', 'x'), /is no Topic Name/],
  ['a topic with half a character', (broker) => broker.publish('a\ud800', 'x'), /is no Topic Name/],
  ['a topic that is too long', (broker) => broker.publish('a'.repeat(65_536), 'x'), /is no Topic Name/],
  ['QoS 3', (broker) => broker.publish('a', 'x', { qos: 3 as never }), /qos is 3; say 0, 1 or 2/],
  ['a QoS in words', (broker) => broker.publish('a', 'x', { qos: '1' as never }), /qos is "1"/],
  ['retain in words', (broker) => broker.publish('a', 'x', { retain: 'no' as never }), /retain is "no"/],
  ['a filter with U+0000', (broker) => broker.subscribe('a\0b', () => undefined), /is no Topic Filter/],
  ['a filter that is none', (broker) => broker.subscribe({} as never, () => undefined), /an object is no Topic Filter/],
  ['a subscription at QoS 3', (broker) => broker.subscribe('a', () => undefined, { qos: 3 as never }), /qos is 3/],
  ['options that are none', (broker) => broker.publish('a', 'x', null as never), /The options are null; give an obj/],
  ['options that are a number', (broker) => broker.subscribe('a', () => undefined, 1 as never), /The options are 1/],
  ['no handler', (broker) => broker.subscribe('a', undefined as never), /The handler is undefined/],
  ...['$share', '$share/', '$share/g', '$share/g/', '$share//a', '$share/+/a', '$share/g/a#'].map((filter) =>
    [`the group ${filter}`, (broker: Broker) => broker.subscribe(filter, () => undefined), /is no Topic F/] as never),
]

it('publishes a payload that goes through a file, and hears it', async () => {
  const broker = await brokerMake()
  const payload = Buffer.alloc(5_000_000, 'large ')
  const sizes: number[] = []
  await broker.subscribe('large', ({ payload: heard }) => { sizes.push(payload.equals(heard) ? heard.length : -1) })
  await broker.publish('large', payload, { qos: 1 })
  await until(() => sizes.length === 1)
  expect(sizes).toEqual([5_000_000])
})

describe('a wrong call', () => {
  it.each(wrong)('rejects and changes nothing: %s', async (_name, call, message) => {
    const broker = await brokerMake()
    const { heard } = await listen(broker, '#', 1)
    await expect(call(broker)).rejects.toThrow(message)
    await broker.publish('b', 'still here', { qos: 1 })
    await until(() => heard.length === 1)
    expect(heard).toEqual(['b still here 1'])
    expect(broker.statistics()['subscriptions/count']).toBe(1)
  })

  it('is none: messages at once wait their turn, in order', async () => {
    const broker = await brokerMake()
    const { heard } = await listen(broker, '#', 2)
    await Promise.all(Array.from({ length: 2_000 }, (_, i) => broker.publish('a', `${i}`, { qos: 2 })))
    await until(() => heard.length === 2_000)
    expect(heard).toEqual(Array.from({ length: 2_000 }, (_, i) => `a ${i} 2`))
  })

  it('of many is the only one that rejects; and a buffer may be used again at once', async () => {
    const broker = await brokerMake({ limits: { packetSize: 1_000 } })
    const { heard } = await listen(broker, '#', 1)
    const bytes = Buffer.alloc(1)
    const calls = Array.from({ length: 600 }, (_, i) => {
      bytes[0] = 48 + i % 10
      return broker.publish('a', i === 300 ? Buffer.alloc(2_000) : bytes, { qos: 1 })
    })
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    await until(() => heard.length === 599)
    expect(heard.slice(0, 12)).toEqual([...'012345678901'].map((digit) => `a ${digit} 1`))
  })
})

describe('after close', () => {
  it('listen, attach, publish and subscribe reject, and a stream is let go', async () => {
    const broker = await brokerMake()
    const ended = broker.close()
    await expect(broker.listen({ port: 0 })).rejects.toThrow('closed')
    await ended
    await broker.close()
    await expect(broker.listen({ port: 0 })).rejects.toThrow('closed')
    await expect(broker.publish('a', 'x')).rejects.toThrow('closed')
    await expect(broker.subscribe('a', () => undefined)).rejects.toThrow('closed')
    const stream: Duplex = new PassThrough()
    expect(broker.attach(stream)).toBe(false)
    expect(stream.destroyed).toBe(true)
  })

  it('nobody listens who was about to', async () => {
    const broker = await brokerMake()
    const listening = broker.listen({ port: 0 })
    await broker.close()
    await expect(listening).rejects.toThrow('closed')
  })

  it('a stream that has ended takes no place', async () => {
    const broker = await brokerMake()
    const stream: Duplex = new PassThrough()
    stream.destroy()
    expect(broker.attach(stream)).toBe(false)
    expect(broker.statistics()['clients/connected']).toBe(0)
  })
})
