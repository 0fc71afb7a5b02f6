// When tokens end, how they are renewed, and where their keys come from while a broker runs.
import { afterEach, describe, expect, it } from 'vitest'
import type { BrokerOptions, TokenOptions } from '../../src/port/node/library/api'
import { RemoteKeys } from '../../src/port/node/tokens/remote_keys'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { brokerListen, brokersEnd, until } from './library'
import { KeysServer, type Pair, keysServersEnd, pairFor, soon, tokenMake, withKey, withToken } from './token_makers'
import { Wire } from './wire'

afterEach(async () => {
  await clientsEnd()
  await brokersEnd()
  keysServersEnd()
})

const es = pairFor('ES256')

async function listen(tokens: TokenOptions, more: BrokerOptions = {}): ReturnType<typeof brokerListen> {
  return brokerListen({ tokens, ...more })
}

describe('keys by URL', () => {
  const terms = { issuers: ['i'], audiences: ['a'] }
  const made = (pair: Pair, kid: string): Promise<string> =>
    tokenMake(pair.privateKey, 'ES256', { iss: 'i', aud: 'a' }, { kid })

  it('are fetched once, and anew when a token names another, as after a rotation', async () => {
    const [old, fresh] = [pairFor('ES256'), pairFor('ES256')]
    const server = new KeysServer()
    server.keys = { old }
    const { url } = await listen({ keysUrl: await server.url(), ...terms })
    for (let i = 0; i < 3; i++) await connect(url, 5, withToken(await made(old, 'old')))
    expect(server.asked).toBe(1)
    server.keys = { fresh }
    await connect(url, 5, withToken(await made(fresh, 'fresh')))
    expect(server.asked).toBe(2)
    await expect(connect(url, 5, withToken(await made(old, 'old')))).rejects.toMatchObject({ code: 0x86 })
    // A token with a name of nothing does not have them fetched without end.
    for (let i = 0; i < 5; i++) {
      await expect(connect(url, 5, withToken(await made(old, `x${i}`)))).rejects.toMatchObject({ code: 0x86 })
    }
    expect(server.asked).toBe(3)
  })

  it('are those that there were while their server is away; without any nobody knows', async () => {
    const pair = pairFor('ES256')
    const server = new KeysServer()
    server.keys = { one: pair }
    const options = { keysUrl: await server.url(), keysMaxAge: 1, ...terms }
    const { url } = await listen(options)
    await connect(url, 5, withToken(await made(pair, 'one')))
    server.isAway = true
    await connect(url, 5, withToken(await made(pair, 'one')))
    await expect(connect(url, 5, withToken(await made(pair, 'two')))).rejects.toMatchObject({ code: 0x88 })
    const other = await listen(options)
    await expect(connect(other.url, 5, withToken(await made(pair, 'one')))).rejects.toMatchObject({ code: 0x88 })
    await expect(connect(other.url, 4, withToken(await made(pair, 'one')))).rejects.toMatchObject({ code: 3 })
  })

  it('end after an hour without their server', async () => {
    const server = new KeysServer()
    server.keys = { one: pairFor('ES256') }
    let now = 0
    const keys = new RemoteKeys(new URL(await server.url()), undefined, 600_000, () => now)
    const find = async (): Promise<number | undefined> => (await keys.find(() => true))?.length
    expect(await find()).toBe(1)
    server.isAway = true
    const times = [[9, 1, 1], [11, 1, 2], [12, 1, 3], [69, 1, 4], [71, undefined, 5]] as const
    for (const [minutes, found, asked] of times) {
      now = minutes * 60_000
      expect([minutes, await find(), server.asked]).toEqual([minutes, found, asked])
    }
    server.isAway = false
    now += 60_000
    expect(await find()).toBe(1)
  })
})

describe('the end of a token', () => {
  it.each([4, 5] as const)('ends the connection with its Will, MQTT version %s', async (version) => {
    const { url, broker } = await listen(withKey(es), { users: { reader: 'x' } })
    const wills: string[] = []
    await broker.subscribe('will', ({ payload }) => wills.push(Buffer.from(payload).toString()))
    const token = await tokenMake(es.privateKey, 'ES256', { exp: soon(2) })
    const client = await connect(url, version, withToken(token, { will: { topic: 'will', payload: 'gone' } }))
    const codes: (number | undefined)[] = []
    client.mqtt.on('disconnect', ({ reasonCode }) => codes.push(reasonCode))
    await new Promise((resolve) => client.mqtt.once('close', () => resolve(null)))
    expect(codes).toEqual(version === 5 ? [0xa0] : [])
    await until(() => wills.length > 0)
    await expect(connect(url, version, withToken(token))).rejects.toThrow()
  })
})

describe('OAUTH2-JWT', () => {
  const METHOD = 'OAUTH2-JWT'
  const auth = (reasonCode: number, token?: string): object => ({
    cmd: 'auth', reasonCode, properties: {
      authenticationMethod: METHOD, ...token === undefined ? {} : { authenticationData: Buffer.from(token) },
    },
  })
  const open = (wire: Wire, token?: string): void => wire.send({
    ...auth(0, token), cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clean: true, clientId: 'w', keepalive: 0,
  })
  const token = (claims: object): Promise<string> => tokenMake(es.privateKey, 'ES256', { ...claims })
  const puback = async (wire: Wire, topic: string): Promise<number | undefined> => {
    wire.send({ cmd: 'publish', topic, payload: 'x', qos: 1, messageId: 1 })
    return (await wire.next()).reasonCode
  }

  it('lets in, and goes on past the end of a token that another one takes the place of', async () => {
    const { port } = await listen(withKey(es, { topicsClaim: 'topics' }))
    const wire = new Wire(port)
    open(wire, await token({ topics: ['a'], exp: soon(2) }))
    expect(await wire.next()).toMatchObject({ cmd: 'connack', reasonCode: 0 })
    expect([await puback(wire, 'a'), await puback(wire, 'b')]).toEqual([0x10, 0x87])
    wire.send(auth(0x19, await token({ topics: ['b'], exp: soon(4) })))
    expect(await wire.next()).toMatchObject({ cmd: 'auth', reasonCode: 0 })
    // Its rights are the new token's at once.
    expect([await puback(wire, 'a'), await puback(wire, 'b')]).toEqual([0x87, 0x10])
    const start = Date.now()
    expect(await wire.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0xa0 })
    expect(Date.now() - start).toBeGreaterThan(2_000)
  })

  it('asks for the token where CONNECT has none', async () => {
    const { port } = await listen(withKey(es))
    const wire = new Wire(port)
    open(wire)
    expect(await wire.next()).toMatchObject({ cmd: 'auth', reasonCode: 0x18 })
    wire.send(auth(0x18, await token({})))
    expect(await wire.next()).toMatchObject({ cmd: 'connack', reasonCode: 0 })
    const other = new Wire(port)
    open(other)
    await other.next()
    other.send(auth(0x18))
    expect(await other.next()).toMatchObject({ cmd: 'connack', reasonCode: 0x87 })
  })

  it('has a client that the broker names keep its own name, whoever comes in the midst of it', async () => {
    const { port, url, broker } = await listen(withKey(es, { topicsClaim: 'topics' }), { users: { otto: 'x' } })
    const wire = new Wire(port)
    wire.send({
      ...auth(0), cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clean: true, clientId: '', keepalive: 0,
    })
    expect(await wire.next()).toMatchObject({ cmd: 'auth', reasonCode: 0x18 })
    await connect(url, 5, { clientId: 'otto', username: 'otto', password: Buffer.from('x') })
    wire.send(auth(0x18, await token({ topics: ['%c/x', 'a'] })))
    expect(await wire.next()).toMatchObject({ cmd: 'connack', reasonCode: 0 })
    expect([await puback(wire, 'otto/x'), await puback(wire, 'a')]).toEqual([0x87, 0x10])
    const names = broker.clients().map(({ clientIdentifier }) => clientIdentifier.slice(0, 5))
    expect(names.sort()).toEqual(['midge', 'otto'])
  })

  it.each<[string, () => Promise<string>]>([
    ['that is not good', () => tokenMake(pairFor('ES256').privateKey, 'ES256')],
    ['of another user', () => token({ sub: 'otto' })],
    ['that has expired', () => token({ exp: soon(-1) })],
  ])('ends who renews by a token %s', async (_what, renewal) => {
    const { port } = await listen(withKey(es, { topicsClaim: 'topics' }))
    const wire = new Wire(port)
    open(wire, await token({ topics: ['a'] }))
    expect(await wire.next()).toMatchObject({ cmd: 'connack', reasonCode: 0 })
    wire.send(auth(0x19, await renewal()))
    expect(await wire.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x87 })
  })

  it('is no method where there are no tokens', async () => {
    const { port } = await brokerListen({ users: { anna: 'x' } })
    const wire = new Wire(port)
    open(wire, await token({}))
    expect(await wire.next()).toMatchObject({ cmd: 'connack', reasonCode: 0x8c })
  })
})
