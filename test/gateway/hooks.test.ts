// The program's own judgement of clients and of what they do.
import { afterEach, describe, expect, it } from 'vitest'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { brokerListen, brokersEnd } from './library'
import type { AccessRequest, BrokerOptions, ClientClaim } from '../../src/port/node/library/api'

afterEach(async () => {
  await clientsEnd()
  await brokersEnd()
})

const later = <Value>(value: Value): Promise<Value> => new Promise((resolve) => setTimeout(resolve, 20, value))

describe('authenticate', () => {
  it.each<[string, (isGood: boolean) => boolean | Promise<boolean>]>([
    ['at once', (isGood) => isGood], ['later', later],
  ])('judges %s by what the client says of itself', async (_name, answer) => {
    const claims: ClientClaim[] = []
    const { url } = await brokerListen({
      authenticate: (claim) => {
        claims.push(claim)
        return answer(Buffer.from(claim.password ?? []).toString() === 'good')
      },
    })
    await connect(url, 5, { clientId: 'c', username: 'u', password: Buffer.from('good') })
    await expect(connect(url, 5, { username: 'u', password: Buffer.from('bad') })).rejects.toThrow(/user ?name/i)
    await expect(connect(url, 4)).rejects.toThrow()
    expect(claims[0]).toEqual({
      clientIdentifier: 'c', userName: 'u', password: new Uint8Array(Buffer.from('good')), address: '127.0.0.1',
    })
    expect(claims[2]).toMatchObject({ userName: undefined, password: undefined })
  })

  it('answers the Reason Code that the program gives, and refuses when it throws', async () => {
    const { url } = await brokerListen({
      authenticate: ({ userName }) => {
        if (userName === 'fail') throw new Error('the data base is away')
        return 0x88
      },
    })
    await expect(connect(url, 5, { username: 'x' })).rejects.toMatchObject({ code: 0x88 })
    await expect(connect(url, 5, { username: 'fail' })).rejects.toMatchObject({ code: 0x80 })
  })
})

describe('what is no answer lets nobody in', () => {
  it.each<[unknown, number]>([
    [NaN, 0x80], [1, 0x80], [24, 0x80], [256, 0x80], [0x8b, 0x80], [-128, 0x80], [135.5, 0x80], ['yes', 0x80],
    [{}, 0x80], [[], 0x80], [undefined, 0x80], [null, 0x80], [0n, 0x80], [false, 0x86], [0x9f, 0x9f],
  ])('authenticate: %s', async (answer, code) => {
    const { broker, url } = await brokerListen({ authenticate: () => answer as never })
    await expect(connect(url, 5)).rejects.toMatchObject({ code })
    await expect(connect(url, 4)).rejects.toThrow()
    expect(broker.statistics()['clients/connected']).toBe(0)
  })

  it.each([1, 'yes', {}, [true], undefined, NaN])('authorize: %s', async (answer) => {
    const { url } = await brokerListen({ authorize: () => answer as never })
    const client = await connect(url, 5)
    await expect(client.publish('a', 'x', { qos: 1 })).rejects.toThrow('Not authorized')
  })
})

const requests: AccessRequest[] = []
const authorizations: [string, NonNullable<BrokerOptions['authorize']>][] = [
  ['at once', (request) => {
    requests.push(request)
    return !request.topic.startsWith('secret')
  }],
  ['later', (request) => {
    requests.push(request)
    return later(!request.topic.startsWith('secret'))
  }],
]

describe.each(authorizations)('authorize %s', (_name, authorize) => {
  it('judges publications and subscriptions, in the order they came', async () => {
    requests.length = 0
    const { broker, url } = await brokerListen({ authorize })
    const client = await connect(url, 5, { clientId: 'c', username: 'u' })
    await client.mqtt.subscribeAsync('open/#')
    await expect(client.mqtt.subscribeAsync('secret/#')).rejects.toThrow()
    for (let i = 0; i < 10; i++) client.mqtt.publish('open/a', String(i))
    await expect(client.publish('secret/a', 'x', { qos: 1 })).rejects.toThrow('Not authorized')
    await client.publish('open/a', 'last', { qos: 1 })
    await client.received(11)
    expect(client.texts).toEqual([...Array.from({ length: 10 }, (_, i) => String(i)), 'last'])
    expect(requests[0])
      .toEqual({ clientIdentifier: 'c', userName: 'u', action: 'subscribe', topic: 'open/#', qos: 0 })
    // The program itself is not asked.
    await broker.publish('secret/a', 'x', { qos: 1 })
    expect(requests).toHaveLength(14)
  })

  it('sees through a Topic Alias', async () => {
    const { url } = await brokerListen({ authorize })
    const client = await connect(url, 5)
    await client.mqtt.subscribeAsync('#')
    await client.publish('open/a', '1', { qos: 1, properties: { topicAlias: 3, userProperties: { a: 'b' } } })
    await client.publish('', '2', { qos: 1, properties: { messageExpiryInterval: 9, topicAlias: 3 } })
    await client.received(2)
    expect(client.messages.map(({ topic }) => topic)).toEqual(['open/a', 'open/a'])
    await expect(client.publish('secret/b', '3', { qos: 1, properties: { topicAlias: 3 } })).rejects.toThrow()
    await expect(client.publish('', '4', { qos: 1, properties: { topicAlias: 3 } })).rejects.toThrow()
  })

  it('judges the topic of a Will', async () => {
    const { url } = await brokerListen({ authorize })
    const will = (topic: string) => ({ will: { topic, payload: Buffer.from('gone'), qos: 0 as const, retain: false } })
    const watcher = await connect(url, 5)
    await watcher.mqtt.subscribeAsync('#')
    const allowed = await connect(url, 5, will('open/will'))
    allowed.mqtt.stream.destroy()
    await watcher.received(1)
    expect(watcher.messages[0].topic).toBe('open/will')
    await expect(connect(url, 5, will('secret/will'))).rejects.toThrow()
  })
})

it('an authorisation that throws is none', async () => {
  const { url } = await brokerListen({
    authorize: () => {
      throw new Error('the data base is away')
    },
  })
  const client = await connect(url, 5)
  await expect(client.publish('a', 'x', { qos: 1 })).rejects.toThrow('Not authorized')
})
