// Passwords as mosquitto_passwd writes them, and SCRAM-SHA-256 through AUTH with re-authentication.
import { spawnSync } from 'node:child_process'
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { credentialOf, credentialParse, passwordHash } from '../../src/port/node/credential'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { brokerListen, brokersEnd, folderMake } from './library'
import { Wire } from './wire'

afterEach(async () => {
  await clientsEnd()
  await brokersEnd()
})

const bytes = (text: string): Buffer => Buffer.from(text)

describe('hashes', () => {
  it.each([['$7$', false], ['SCRAM-SHA-256$', true]])('%s is written and verified', async (prefix, isScram) => {
    const hash = passwordHash('pässword', isScram)
    expect(hash.startsWith(prefix)).toBe(true)
    expect(passwordHash('pässword', isScram)).not.toBe(hash)
    const credential = credentialParse(hash)!
    expect(await credential.verify(bytes('pässword'))).toBe(true)
    for (const wrong of ['', 'password', 'pässword ']) expect(await credential.verify(bytes(wrong))).toBe(false)
  })

  it('SCRAM takes a password whichever way it is typed, $7$ its bytes', async () => {
    for (const credential of [credentialOf('x²'), credentialParse(passwordHash('x²', true))!]) {
      expect(await credential.verify(bytes('x²'))).toBe(true)
      expect(await credential.verify(bytes('x2'))).toBe(true)
      expect(await credential.verify(Uint8Array.of(0x78, 0xb2))).toBe(false)
    }
    const credential = credentialParse(passwordHash('x²', false))!
    expect(await credential.verify(bytes('x²'))).toBe(true)
    expect(await credential.verify(bytes('x2'))).toBe(false)
  })

  it('$6$ of mosquitto 1 is verified', async () => {
    const salt = bytes('twelve bytes')
    const hash = createHash('sha512').update('secret').update(salt).digest('base64')
    const credential = credentialParse(`$6$${salt.toString('base64')}$${hash}`)!
    expect(await credential.verify(bytes('secret'))).toBe(true)
    expect(await credential.verify(bytes('secret1'))).toBe(false)
  })

  it('what is no hash is none', () => {
    for (const hash of ['', 'plain', '$5$a$b', '$7$0$YQ==$YQ==', '$7$99999999999$YQ==$YQ==', '$7$x$y']) {
      expect(credentialParse(hash)).toBeNull()
    }
  })

  const hasMosquitto = !spawnSync('mosquitto_passwd', ['--help']).error
  it.skipIf(!hasMosquitto)('mosquitto_passwd and we read each other', async () => {
    const path = join(folderMake({ pw: '' }), 'pw')
    expect(spawnSync('mosquitto_passwd', ['-b', path, 'anna', 'from mosquitto']).status).toBe(0)
    const hash = readFileSync(path, 'utf8').trim().slice('anna:'.length)
    expect(await credentialParse(hash)!.verify(bytes('from mosquitto'))).toBe(true)
  })

  it('$argon2id$ of mosquitto 2.1: the verifier is that of the reference implementation', async () => {
    const hash = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
    expect(await credentialParse(hash)!.verify(bytes('password'))).toBe(true)
    expect(await credentialParse(hash)!.verify(bytes('passwore'))).toBe(false)
    // Lines that somebody made to keep the broker busy are refused.
    expect(credentialParse(hash.replace('m=65536', 'm=65536000'))).toBeNull()
    const { url } = await brokerListen({ users: { anna: { hash } } })
    await connect(url, 5, { username: 'anna', password: bytes('password') })
    await expect(connect(url, 5, { username: 'anna', password: bytes('x') })).rejects.toMatchObject({ code: 0x86 })
  })

  it('a SCRAM verifier is the one of RFC 7677', () => {
    const { scram } = credentialOf('pencil')
    const salted = pbkdf2Sync('pencil', scram!.salt, scram!.iterations, 32, 'sha256')
    const clientKey = createHmac('sha256', salted).update('Client Key').digest()
    expect(scram!.storedKey).toEqual(createHash('sha256').update(clientKey).digest())
  })
})

it('a wrong password costs half a second, whether the user is there or not, and says the same', async () => {
  const { url } = await brokerListen({ users: { anna: 'right', hash: { hash: passwordHash('right', false) } } })
  for (const username of ['anna', 'hash']) await connect(url, 5, { username, password: bytes('right') })
  for (const username of ['anna', 'nobody', 'hash']) {
    const start = performance.now()
    await expect(connect(url, 5, { username, password: bytes('wrong') })).rejects.toMatchObject({ code: 0x86 })
    expect(performance.now() - start).toBeGreaterThan(450)
  }
  await expect(connect(url, 5)).rejects.toMatchObject({ code: 0x87 })
  await expect(connect(url, 5, { username: 'anna' })).rejects.toMatchObject({ code: 0x86 })
})

const METHOD = 'SCRAM-SHA-256'
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** The client's half of an exchange, as RFC 5802 has it. */
class ScramClient {
  private readonly nonce = 'fyko+d2lbbFgONRv9qkxdawL'
  private serverKey: Buffer = Buffer.alloc(0)
  private signed = ''

  constructor(private readonly user: string, private readonly password: string) {}

  first(): Buffer {
    return bytes(`n,,n=${this.user},r=${this.nonce}`)
  }

  final(challenge: string): Buffer {
    const [, nonce, salt, iterations] = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(challenge)!
    expect(nonce.startsWith(this.nonce)).toBe(true)
    const salted = pbkdf2Sync(this.password, Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256')
    const clientKey = hmac(salted, 'Client Key')
    this.serverKey = hmac(salted, 'Server Key')
    const withoutProof = `c=biws,r=${nonce}`
    this.signed = `n=${this.user},r=${this.nonce},${challenge},${withoutProof}`
    const signature = hmac(createHash('sha256').update(clientKey).digest(), this.signed)
    return bytes(`${withoutProof},p=${Buffer.from(clientKey.map((byte, i) => byte ^ signature[i])).toString('base64')}`)
  }

  serverProof(): string {
    return `v=${hmac(this.serverKey, this.signed).toString('base64')}`
  }
}

const auth = (reasonCode: number, data: Buffer): object => ({
  cmd: 'auth', reasonCode, properties: { authenticationMethod: METHOD, authenticationData: data },
})

/** CONNECT and the challenge's answer; gives what the broker says at the end. */
async function connectScram(wire: Wire, client: ScramClient): ReturnType<Wire['next']> {
  wire.send({
    cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clean: true, clientId: 'scram', keepalive: 0,
    properties: { authenticationMethod: METHOD, authenticationData: client.first() },
  })
  const challenge = await wire.next()
  expect(challenge).toMatchObject({ cmd: 'auth', reasonCode: 0x18 })
  wire.send(auth(0x18, client.final(challenge.properties!.authenticationData!.toString())))
  return wire.next()
}

describe(METHOD, () => {
  it('proves both sides, names the user to the access rules, and again in a re-authentication', async () => {
    const { port } = await brokerListen({
      users: { otto: 'pencil', anna: 'other' }, accessRules: [{ userName: 'otto', access: 'write', filter: 'otto/#' }],
    })
    const wire = new Wire(port)
    const otto = new ScramClient('otto', 'pencil')
    const connack = await connectScram(wire, otto)
    expect(connack).toMatchObject({ cmd: 'connack', reasonCode: 0 })
    expect(connack.properties!.authenticationData!.toString()).toBe(otto.serverProof())
    const publish = async (topic: string): Promise<number> => {
      wire.send({ cmd: 'publish', topic, payload: 'x', qos: 1, messageId: 1 })
      return (await wire.next()).reasonCode!
    }
    expect(await publish('otto/a')).toBe(0x10)
    expect(await publish('anna/a')).toBe(0x87)
    const again = new ScramClient('otto', 'pencil')
    wire.send(auth(0x19, again.first()))
    const challenge = await wire.next()
    wire.send(auth(0x18, again.final(challenge.properties!.authenticationData!.toString())))
    const answer = await wire.next()
    expect(answer).toMatchObject({ cmd: 'auth', reasonCode: 0 })
    expect(answer.properties!.authenticationData!.toString()).toBe(again.serverProof())
    expect(await publish('otto/a')).toBe(0x10)
    // Nobody becomes another, with whatever password.
    const anna = new ScramClient('anna', 'other')
    wire.send(auth(0x19, anna.first()))
    wire.send(auth(0x18, anna.final((await wire.next()).properties!.authenticationData!.toString())))
    expect(await wire.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x87 })
  })

  it('ends who proves nothing the second time with a Reason Code that DISCONNECT has', async () => {
    const { port } = await brokerListen({ users: { otto: 'pencil' } })
    const wire = new Wire(port)
    expect(await connectScram(wire, new ScramClient('otto', 'pencil'))).toMatchObject({ reasonCode: 0 })
    const again = new ScramClient('otto', 'wrong')
    wire.send(auth(0x19, again.first()))
    wire.send(auth(0x18, again.final((await wire.next()).properties!.authenticationData!.toString())))
    expect(await wire.next()).toMatchObject({ cmd: 'disconnect', reasonCode: 0x87 })
  })

  it.each([
    ['otto', 'wrong'], ['nobody', 'pencil'],
  ])('refuses %s with %s, and nobody after inherits a name', async (user, password) => {
    const { port, url } = await brokerListen({ users: { otto: 'pencil' }, allowAnonymous: true })
    const wire = new Wire(port)
    const answer = await connectScram(wire, new ScramClient(user, password))
    expect(answer).toMatchObject({ cmd: 'connack', reasonCode: 0x86 })
    await connect(url, 5)
  })

  it.each([
    ['that is a bridge\'s', { bridges: [{
      name: 'b', addresses: [{ host: '127.0.0.1', port: 1 }], local: { clientIdentifier: 'scram' },
      topics: [{ pattern: '#', direction: 'out' as const, qos: 1 as const, localPrefix: '', remotePrefix: '' }],
    }] }, {}, 0x85],
    ['without the listener\'s prefix', {}, { clientIdentifierPrefix: 'home-' }, 0x87],
  ])('lets nobody in by a Client Identifier %s', async (_whose, options, listener, reasonCode) => {
    const { port } = await brokerListen({ users: { otto: 'pencil' }, ...options }, listener)
    const wire = new Wire(port)
    const otto = new ScramClient('otto', 'pencil')
    wire.send({
      cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clean: true, clientId: 'scram', keepalive: 0,
      properties: { authenticationMethod: METHOD, authenticationData: otto.first() },
    })
    expect(await wire.next()).toMatchObject({ cmd: 'connack', reasonCode })
  })

  it('is not offered under another name', async () => {
    const { port } = await brokerListen({ users: { otto: 'pencil' } })
    const wire = new Wire(port)
    wire.send({
      cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clean: true, clientId: 'x', keepalive: 0,
      properties: { authenticationMethod: 'SCRAM-SHA-1', authenticationData: bytes('n,,n=otto,r=abc') },
    })
    expect(await wire.next()).toMatchObject({ cmd: 'connack', reasonCode: 0x8c })
  })
})
