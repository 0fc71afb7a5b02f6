// MQTT.js against the gateway: many clients, groups of clients, and what only 5.0 has.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Gateway, gatewayStart, gatewayStop } from './gateway'
import { type Client, VERSIONS, clientsEnd, connect } from './mqttjs_client'
import { programsEnd } from './program'
import { PATIENCE_MS } from '../support/patience'

let gateway: Gateway
beforeAll(async () => {
  gateway = await gatewayStart()
})
afterEach(clientsEnd)
afterAll(async () => {
  await gatewayStop(gateway)
  await programsEnd()
})

describe('200 clients', () => {
  const COUNT = 200

  it('of all versions each get every broadcast once, and what is for them alone', async () => {
    const clients = await Promise.all(Array.from({ length: COUNT }, (_, index) =>
      connect(gateway.url, VERSIONS[index % 3].version, { clientId: `many-${index}` })))
    await Promise.all(clients.map((client, index) => client.subscribe(['many/all', `many/${index}`], { qos: 1 })))
    await Promise.all(clients.map((client, index) =>
      client.publish(`many/${(index + 1) % COUNT}`, `from ${index}`, { qos: 1 })))
    for (let round = 0; round < 10; round++) await clients[round].publish('many/all', `all ${round}`, { qos: 1 })
    await Promise.all(clients.map((client) => client.received(11)))
    const rounds = Array.from({ length: 10 }, (_, round) => `all ${round}`)
    for (const [index, client] of clients.entries()) {
      const own = `from ${(index + COUNT - 1) % COUNT}`
      expect(client.texts.filter((text) => text === own)).toHaveLength(1)
      expect(client.texts.filter((text) => text !== own)).toEqual(rounds)
    }
  })
})

describe.each(VERSIONS)('a shared subscription of $name clients', ({ version }) => {
  it('gives each message to one member, in fair shares', async () => {
    const members = await Promise.all([0, 1, 2].map(() => connect(gateway.url, version)))
    for (const member of members) await member.subscribe(`$share/workers/jobs/${version}/#`, { qos: 1 })
    const publisher = await connect(gateway.url, version)
    const jobs = Array.from({ length: 90 }, (_, index) => `job ${index}`)
    for (const job of jobs) await publisher.publish(`jobs/${version}/a`, job, { qos: 1 })
    await until(() => members.reduce((sum, { messages }) => sum + messages.length, 0) >= jobs.length)
    expect(members.flatMap(({ texts }) => texts).sort()).toEqual([...jobs].sort())
    expect(members.map(({ messages }) => messages.length)).toEqual([30, 30, 30])
  })

  it('goes on with the members that are left', async () => {
    const [stays, goes] = await Promise.all([0, 1].map(() => connect(gateway.url, version)))
    for (const member of [stays, goes]) await member.subscribe(`$share/rest/left/${version}`, { qos: 1 })
    await goes.cut()
    const publisher = await connect(gateway.url, version)
    const jobs = Array.from({ length: 20 }, (_, index) => `job ${index}`)
    for (const job of jobs) await publisher.publish(`left/${version}`, job, { qos: 1 })
    await stays.received(jobs.length)
    expect(stays.texts).toEqual(jobs)
  })
})

async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: PATIENCE_MS, interval: 20 }).toBe(true)
}

describe('a 5.0 client', () => {
  const pair = async (): Promise<[Client, Client]> => [await connect(gateway.url, 5), await connect(gateway.url, 5)]

  it('gets the properties that the publisher gave', async () => {
    const [subscriber, publisher] = await pair()
    await subscriber.subscribe('properties', { qos: 1, properties: { subscriptionIdentifier: 77 } })
    await publisher.publish('properties', 'text', {
      qos: 1,
      properties: {
        payloadFormatIndicator: true, messageExpiryInterval: 60, contentType: 'text/plain', responseTopic: 'answers',
        correlationData: Buffer.from([0, 1, 255]), userProperties: { room: ['attic', 'cellar'], unit: '°C' },
      },
    })
    await subscriber.received(1)
    const { properties } = subscriber.messages[0].packet
    expect(properties).toMatchObject({
      payloadFormatIndicator: true, contentType: 'text/plain', responseTopic: 'answers', subscriptionIdentifier: 77,
      correlationData: Buffer.from([0, 1, 255]), userProperties: { room: ['attic', 'cellar'], unit: '°C' },
    })
    expect(properties!.messageExpiryInterval).toBeGreaterThan(58)
    expect(properties!.messageExpiryInterval).toBeLessThanOrEqual(60)
  })

  it('answers a request at the response topic that the server gave it', async () => {
    const responder = await connect(gateway.url, 5)
    await responder.subscribe('requests', { qos: 1 })
    responder.mqtt.on('message', (_topic, payload, { properties }) => {
      void responder.publish(properties!.responseTopic!, `${payload} yes`, {
        properties: { correlationData: properties!.correlationData! },
      })
    })
    const requester = await connect(gateway.url, 5)
    await requester.subscribe('response/mine', { qos: 0 })
    await requester.publish('requests', 'there?', {
      qos: 1, properties: { responseTopic: 'response/mine', correlationData: Buffer.from('7') },
    })
    await requester.received(1)
    expect(requester.texts).toEqual(['there? yes'])
    expect(requester.messages[0].packet.properties!.correlationData!.toString()).toBe('7')
  })

  it('sends and gets topics by alias', async () => {
    const subscriber = await connect(gateway.url, 5, { properties: { topicAliasMaximum: 5 } })
    const publisher = await connect(gateway.url, 5, { autoAssignTopicAlias: true })
    await subscriber.subscribe('alias/#', { qos: 1 })
    const topics = Array.from({ length: 40 }, (_, index) => `alias/${index % 8}`)
    for (const topic of topics) await publisher.publish(topic, topic, { qos: 1 })
    await subscriber.received(topics.length)
    expect(subscriber.messages.map(({ topic }) => topic)).toEqual(topics)
    expect(subscriber.messages.some(({ packet }) => packet.properties?.topicAlias)).toBe(true)
  })

  it('does not hear itself with No Local, and asks for retained messages once', async () => {
    const [subscriber, publisher] = await pair()
    await publisher.publish('local', 'retained', { qos: 1, retain: true })
    await subscriber.subscribe('local', { qos: 1, nl: true, rh: 1 })
    await subscriber.received(1)
    await subscriber.subscribe('local', { qos: 1, nl: true, rh: 1 })
    await subscriber.publish('local', 'own', { qos: 1 })
    await publisher.publish('local', 'other', { qos: 1 })
    await subscriber.received(2)
    expect(subscriber.texts).toEqual(['retained', 'other'])
    await publisher.publish('local', '', { retain: true })
  })

  it('is given an identifier, and is told when another connection takes its session over', async () => {
    const assigned = await connect(gateway.url, 5, { clientId: '' })
    expect(assigned.connack.properties!.assignedClientIdentifier).toMatch(/^midge-/)
    const first = await connect(gateway.url, 5, { clientId: 'twice' })
    const told = new Promise((resolve) => first.mqtt.once('disconnect', ({ reasonCode }) => resolve(reasonCode)))
    await connect(gateway.url, 5, { clientId: 'twice' })
    expect(await told).toBe(0x8e)
  })
})
