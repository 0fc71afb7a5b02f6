// A cluster together with what else a gateway does: tokens, by password and by AUTH, rules for payloads, and rates.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { natsMissing } from '../../scripts/cluster/nats_servers.mjs'
import { NatsServers } from '../../scripts/cluster/nats_servers.mjs'
import type { AccessRule, BrokerOptions } from '../../src/port/node/library/api'
import { brokerListen, brokerMake, brokersEnd, folderMake } from '../gateway/library'
import { JSON_SCHEMA } from '../gateway/payload_schemas'
import { pairFor, tokenMake, withKey, withToken } from '../gateway/token_makers'
import { Wire } from '../gateway/wire'
import { KEPT, PATIENCE, User } from './user'

const servers = new NatsServers()
const users: User[] = []
let count = 0

/** Two gateways with the same options. */
async function gateways (options: BrokerOptions): Promise<number[]> {
  const cluster = { servers: servers.urls, name: `together-${process.pid}-${count++}` }
  const one = await brokerListen({ ...options, cluster })
  const other = await brokerListen({ ...options, cluster })
  return [one.port, other.port]
}

async function user (...given: Parameters<typeof User.connect>): Promise<User> {
  const made = await User.connect(...given)
  users.push(made)
  return made
}

describe.skipIf(natsMissing)(`a cluster together with ${natsMissing}`, () => {
  beforeAll(() => servers.start(1))
  afterEach(async () => {
    for (const one of users.splice(0)) one.cut()
    await brokersEnd()
  })
  afterAll(() => servers.stop())

  it('tokens, which a client has for its password here, and by AUTH there', async () => {
    const pair = pairFor('ES256')
    const [here, there] = await gateways({ tokens: withKey(pair, { topicsClaim: 'topics' }) })
    const token = await tokenMake(pair.privateKey, 'ES256', { topics: ['a'] })
    const first = await user(here, 'roamer', { ...KEPT, ...withToken(token) })
    await first.client.subscribeAsync('a', { qos: 1 })
    const wire = new Wire(there)
    const properties = { authenticationMethod: 'OAUTH2-JWT', sessionExpiryInterval: 60 }
    wire.send({
      cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clean: false, clientId: 'roamer', keepalive: 0,
      properties,
    })
    expect(await wire.next()).toMatchObject({ cmd: 'auth', reasonCode: 0x18 })
    wire.send({
      cmd: 'auth', reasonCode: 0x18,
      properties: { authenticationMethod: 'OAUTH2-JWT', authenticationData: Buffer.from(token) },
    })
    expect(await wire.next()).toMatchObject({ cmd: 'connack', reasonCode: 0, sessionPresent: true })
    await vi.waitFor(() => expect(first.disconnect?.reasonCode).toBe(0x8e), PATIENCE)
    const sender = await user(here, 'sender', withToken(token))
    await sender.client.publishAsync('a', 'x', { qos: 1 })
    expect(await wire.next()).toMatchObject({ cmd: 'publish', topic: 'a' })
    await expect(sender.client.publishAsync('b', 'x', { qos: 1 })).rejects.toMatchObject({ code: 0x87 })
    await expect(user(there, 'stranger', withToken('not one'))).rejects.toMatchObject({ code: 0x86 })
  })

  it('rules for payloads, of the gateway where a message comes in', async () => {
    const file = `${folderMake({ 'reading.json': JSON_SCHEMA })}/reading.json`
    const [here, there] = await gateways({ payloadRules: [{ filter: 'a/#', format: 'json', file }] })
    const reader = await user(there, 'reader')
    await reader.client.subscribeAsync('a/#', { qos: 1 })
    const sender = await user(here, 'sender')
    await expect(sender.client.publishAsync('a/x', '{}', { qos: 1 })).rejects.toMatchObject({ code: 0x99 })
    await sender.client.publishAsync('a/x', '{"t":1}', { qos: 1 })
    await vi.waitFor(() => expect(reader.payloads).toEqual(['{"t":1}']), PATIENCE)
  })

  it('check_retain_source, which is about who has published here', async () => {
    const cluster = { servers: servers.urls, name: `together-${process.pid}-${count++}` }
    const made = await Promise.all([0, 1].map(() => brokerMake({ cluster, limits: { retainSource: true } })))
    const rulesSet = (...rules: AccessRule[]): void => made.forEach(broker => broker.realmsSet({
      r: { allowAnonymous: true, accessRules: [{ access: 'read', filter: '#' }, ...rules] },
    }))
    rulesSet({ access: 'write', filter: '#' })
    const [here, there] = await Promise.all(made.map(broker => broker.listen({ port: 0, realm: 'r' })))
    const sender = await user(here, 'sender')
    await sender.client.publishAsync('a', 'x', { qos: 1, retain: true })
    rulesSet({ access: 'write', filter: 'end' })
    await sender.client.publishAsync('end', 'x', { qos: 1, retain: true })
    for (const [port, expected] of [[here, ['end']], [there, ['a', 'end']]] as const) {
      const reader = await user(port, `reader-${port}`)
      // Topics in this order: what is retained of the second comes last.
      for (const topic of ['a', 'end']) await reader.client.subscribeAsync(topic, { qos: 1 })
      await vi.waitFor(() => expect(reader.came.map(({ topic }) => topic)).toEqual(expected), PATIENCE)
    }
  })

  it('rates, by which nobody else is harmed', async () => {
    const [here, there] = await gateways({ guard: { client: { messages: 10 }, excess: 'disconnect' } })
    const reader = await user(there, 'reader')
    await reader.client.subscribeAsync('#', { qos: 1 })
    const [flood, calm] = [await user(here, 'flood'), await user(here, 'calm')]
    flood.client.on('error', () => undefined)
    for (let i = 0; i < 1_000; i++) flood.client.publish('flood', String(i), { qos: 1 }, () => undefined)
    await vi.waitFor(() => expect(flood.disconnect?.reasonCode).toBe(0x96), PATIENCE)
    await calm.client.publishAsync('calm', 'x', { qos: 1 })
    await vi.waitFor(() => expect(reader.came.some(({ topic }) => topic === 'calm')).toBe(true), PATIENCE)
  })
})
