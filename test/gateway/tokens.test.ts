// Tokens in the place of passwords and by AUTH: which are good, what they let a client do, and when they end.
import { sign } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import type { BrokerOptions, TokenOptions } from '../../src/port/node/library/api'
import { type Client, clientsEnd, connect } from '../interop/mqttjs_client'
import { brokerListen, brokerMake, brokersEnd, until } from './library'
import { fileOf, pairFor, pemOf, soon, tokenMake, withKey, withToken } from './token_makers'

afterEach(async () => {
  await clientsEnd()
  await brokersEnd()
})

const SECRET = 'a secret of thirty-two bytes or more'.padEnd(64, '.')
const es = pairFor('ES256')

async function listen(tokens: TokenOptions, more: BrokerOptions = {}): ReturnType<typeof brokerListen> {
  return brokerListen({ tokens, ...more })
}

describe('a token is a password', () => {
  it.each([
    'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA',
  ])('signed by %s', async (algorithm) => {
    const pair = pairFor(algorithm)
    const { broker, url } = await listen(withKey(pair))
    await connect(url, 5, withToken(await tokenMake(pair.privateKey, algorithm)))
    await connect(url, 4, withToken(await tokenMake(pair.privateKey, algorithm, { sub: 'otto' })))
    expect(broker.clients().map(({ userName }) => userName)).toEqual(['anna', 'otto'])
    const stranger = pairFor(algorithm)
    await expect(connect(url, 5, withToken(await tokenMake(stranger.privateKey, algorithm))))
      .rejects.toMatchObject({ code: 0x86 })
  })

  it.each(['HS256', 'HS384', 'HS512'])('signed by %s, with a key that both sides have', async (algorithm) => {
    const { url } = await listen({ secretFiles: [fileOf(`${SECRET}\n`)] })
    await connect(url, 5, withToken(await tokenMake(Buffer.from(SECRET), algorithm)))
    await expect(connect(url, 5, withToken(await tokenMake(Buffer.from(`${SECRET}!`), algorithm))))
      .rejects.toMatchObject({ code: 0x86 })
  })

  it('beside users, and a name alone proves nothing', async () => {
    const { url } = await listen(withKey(es), { users: { otto: 'right' } })
    await connect(url, 5, { username: 'otto', password: Buffer.from('right') })
    await connect(url, 5, withToken(await tokenMake(es.privateKey, 'ES256')))
    const alone = await listen(withKey(es), { allowAnonymous: true })
    await connect(alone.url, 5)
    for (const options of [{ username: 'anna' }, { username: 'anna', password: Buffer.from('x') }]) {
      await expect(connect(alone.url, 5, options)).rejects.toMatchObject({ code: 0x86 })
    }
    const safe = await listen(withKey(es))
    await expect(connect(safe.url, 5)).rejects.toMatchObject({ code: 0x87 })
  })
})

describe('what is refused', () => {
  const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const rs = pairFor('RS256')
  const terms = { issuers: ['https://issuer'], audiences: ['mqtt'] }
  const good = { iss: 'https://issuer', aud: 'mqtt' }

  it.each<[string, () => string | Promise<string>]>([
    ['has expired', () => tokenMake(es.privateKey, 'ES256', { ...good, exp: soon(-1) })],
    ['is not good yet', () => tokenMake(es.privateKey, 'ES256', { ...good, nbf: soon(30) })],
    ['has no end', () => tokenMake(es.privateKey, 'ES256', { ...good, exp: undefined })],
    ['is for somebody else', () => tokenMake(es.privateKey, 'ES256', { ...good, aud: 'others' })],
    ['is for nobody', () => tokenMake(es.privateKey, 'ES256', { iss: good.iss })],
    ['is of another issuer', () => tokenMake(es.privateKey, 'ES256', { ...good, iss: 'https://other' })],
    ['has no user', () => tokenMake(es.privateKey, 'ES256', { ...good, sub: undefined })],
    ['has a user that MQTT has not', () => tokenMake(es.privateKey, 'ES256', { ...good, sub: 'a\0b' })],
    ['has an algorithm that is not taken', () => tokenMake(rs.privateKey, 'PS256', good)],
    ['has a public key for a secret', () => tokenMake(Buffer.from(pemOf(rs)), 'HS256', good)],
    ['has the bytes of a public key for a secret', () =>
      tokenMake(rs.publicKey.export({ type: 'spki', format: 'der' }), 'HS256', good)],
    ['is not signed', () => `${base64({ alg: 'none' })}.${base64({ sub: 'anna', ...good, exp: soon(60) })}.`],
    ['is changed', async () => {
      const [head, , signature] = (await tokenMake(es.privateKey, 'ES256', good)).split('.')
      return `${head}.${base64({ ...good, sub: 'admin', exp: soon(60) })}.${signature}`
    }],
    ['wants what nobody knows', () => {
      const signed = `${base64({ alg: 'ES256', crit: ['x'], x: 1 })}.${base64({ sub: 'anna', ...good, exp: soon(60) })}`
      const key = { key: es.privateKey, dsaEncoding: 'ieee-p1363' } as const
      return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`
    }],
    ['is no token', () => 'eyJhbGciOiJFUzI1NiJ9.x.y'],
    ['is too large', () => tokenMake(es.privateKey, 'ES256', { ...good, more: 'x'.repeat(20_000) })],
  ])('a token that %s', async (_why, make) => {
    const { url } = await listen(
      { keyFiles: [fileOf(pemOf(es)), fileOf(pemOf(rs))], algorithms: ['ES256', 'RS256', 'HS256'], ...terms })
    await connect(url, 5, withToken(await tokenMake(es.privateKey, 'ES256', good)))
    await connect(url, 5, withToken(await tokenMake(rs.privateKey, 'RS256', { ...good, aud: ['x', 'mqtt'] })))
    await expect(connect(url, 5, withToken(await make()))).rejects.toMatchObject({ code: 0x86 })
    await expect(connect(url, 4, withToken(await make()))).rejects.toMatchObject({ code: 4 })
  })

  it('a token of another type, where one is wanted: access tokens of OAuth 2.0', async () => {
    const { url } = await listen(withKey(es, { type: 'at+jwt' }))
    await connect(url, 5, withToken(await tokenMake(es.privateKey, 'ES256', {}, { typ: 'at+jwt' })))
    const other = await tokenMake(es.privateKey, 'ES256', {}, { typ: 'JWT' })
    await expect(connect(url, 5, withToken(other))).rejects.toMatchObject({ code: 0x86 })
  })

  it.each<[string, () => TokenOptions, RegExp]>([
    ['no keys', () => ({}), /have no keys/],
    ['a URL without issuer and audience', () => ({ keysUrl: 'https://a/keys' }), /needs issuers and audiences/],
    ['a URL that anybody could answer', () =>
      ({ keysUrl: 'http://a.example/keys', issuers: ['x'], audiences: ['y'] }), /is no URL of https/],
    ['a private key', () => ({ keyFiles: [fileOf(pairFor('ES256').privateKey
      .export({ type: 'pkcs8', format: 'pem' }).toString())] }), /has a private key/],
    ['a file of nothing', () => ({ keyFiles: [fileOf('x')] }), /neither PEM nor a JWKS/],
    ['a short secret', () => ({ secretFiles: [fileOf('short\n')] }), /has 5 bytes/],
    ['PEM for a secret', () => ({ secretFiles: [fileOf(pemOf(es))] }), /is PEM/],
    ['a secret among public keys', () =>
      ({ keyFiles: [fileOf(JSON.stringify({ keys: [{ kty: 'oct', k: 'eA' }] }))] }), /both sides have/],
    ['an algorithm that is none', () => ({ secretFiles: [fileOf(SECRET)], algorithms: ['none'] }), /no algorithm/],
    ['a file that is not there', () => ({ keyFiles: ['/nowhere'] }), /cannot be read \(ENOENT\)/],
  ])('%s as options', async (_what, options, sentence) => {
    await expect(brokerMake({ tokens: options() })).rejects.toThrow(sentence)
  })
})

describe('what a token lets its client do', () => {
  const publish = async (client: Client, topic: string): Promise<number> =>
    client.publish(topic, 'x', { qos: 1 }).then(() => 0, ({ code }: { code: number }) => code)

  it('is what its claims say, and goes with nobody else', async () => {
    const { broker, url } = await listen(withKey(es, {
      publishClaim: 'acl.pub', subscribeClaim: 'https://example/sub', topicsClaim: 'topics', userClaim: 'name',
      scopes: [{ scope: 'status:write', access: 'write', filter: 'status/%u' }],
    }))
    const client = await connect(url, 5, withToken(await tokenMake(es.privateKey, 'ES256', {
      'name': 'anna', 'acl': { pub: ['up/%c/#', 7, 'not/#/valid'] }, 'https://example/sub': 'down/#',
      'topics': ['own/%u/+'], 'scope': 'x status:write',
    }), { clientId: 'c1' }))
    for (const topic of ['up/c1/a', 'own/anna/a', 'status/anna']) {
      expect([topic, await publish(client, topic)]).toEqual([topic, 0])
    }
    for (const topic of ['up/c2/a', 'own/otto/a', 'own/anna/a/b', 'down/a', 'status/otto', '$SYS/x']) {
      expect([topic, await publish(client, topic)]).toEqual([topic, 0x87])
    }
    expect(await client.subscribe(['down/+', 'own/anna/a'], { qos: 1 })).toEqual([1, 1])
    for (const filter of ['#', 'up/c1/#', '+/a', '$SYS/#']) {
      await expect(client.subscribe(filter, { qos: 1 })).rejects.toThrow()
    }
    await broker.publish('down/x', 'for her', { qos: 1 })
    await client.received(1)
    const none = await connect(url, 5, withToken(await tokenMake(es.privateKey, 'ES256', { name: 'otto' })))
    expect(await publish(none, 'own/otto/a')).toBe(0x87)
    // Other rules change nothing for who came by a token.
    broker.accessRulesSet([{ access: 'readwrite', filter: '#' }])
    expect(await publish(client, 'up/c2/a')).toBe(0x87)
    expect(await publish(client, 'up/c1/a')).toBe(0)
  })

  it('is what the rules for its user say where no claim does', async () => {
    const { url } = await listen(withKey(es), { accessRules: [{ access: 'write', filter: '%u/#' }] })
    const client = await connect(url, 5, withToken(await tokenMake(es.privateKey, 'ES256')))
    expect(await publish(client, 'anna/x')).toBe(0)
    expect(await publish(client, 'otto/x')).toBe(0x87)
  })

  it('is another token\'s when the client comes again: what was queued is sent only to who may read it', async () => {
    const { broker, url } = await listen(withKey(es, { topicsClaim: 'topics' }))
    const token = (topics: string[]): Promise<string> => tokenMake(es.privateKey, 'ES256', { topics })
    const session = { clientId: 'kept', clean: false, properties: { sessionExpiryInterval: 100 } }
    const first = await connect(url, 5, withToken(await token(['a/#', 'b/#']), session))
    await first.subscribe(['a/#', 'b/#'], { qos: 1 })
    await first.end()
    await until(() => broker.clients().length === 0)
    for (const topic of ['a/1', 'b/1', 'a/2']) await broker.publish(topic, topic, { qos: 1 })
    const second = await connect(url, 5, withToken(await token(['a/#']), session))
    expect(second.connack.sessionPresent).toBe(true)
    await second.received(2)
    await broker.publish('b/2', 'b/2', { qos: 1 })
    await broker.publish('a/3', 'a/3', { qos: 1 })
    await second.received(3)
    expect(second.texts).toEqual(['a/1', 'a/2', 'a/3'])
  })

  it('holds for a Will, and for a client that the broker names', async () => {
    const { url } = await listen(withKey(es, { topicsClaim: 'topics' }))
    const options = async (topic: string): Promise<object> => withToken(
      await tokenMake(es.privateKey, 'ES256', { topics: ['a/#'] }), { clientId: '', will: { topic, payload: 'x' } })
    await expect(connect(url, 5, await options('b/will'))).rejects.toMatchObject({ code: 0x87 })
    const client = await connect(url, 5, await options('a/will'))
    expect(await publish(client, 'a/x')).toBe(0)
    expect(await publish(client, 'b/x')).toBe(0x87)
  })
})
