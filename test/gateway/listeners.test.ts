// Listeners: TLS, client certificates, WebSocket, Unix sockets, and how many may come.
import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { connect as connectSocket } from 'node:net'
import { dirname, join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { certificateMake, certificatesMake, hasOpenssl } from './certificates'
import { brokerListen, brokersEnd, folderMake } from './library'

afterEach(async () => {
  await clientsEnd()
  await brokersEnd()
})

const CONNECT = Buffer.from('100f00044d5154540402000000036d6521', 'hex')
const ACCEPTED = [0x20, 2, 0, 0]

/** A message of each QoS there and back, and one of a megabyte. */
async function exercise(url: string, options: object = {}): Promise<void> {
  const client = await connect(url, 5, options)
  await client.mqtt.subscribeAsync('#', { qos: 2 })
  for (const qos of [0, 1, 2] as const) await client.publish('a', `QoS ${qos}`, { qos })
  await client.publish('large', Buffer.alloc(1_000_000, 7), { qos: 1 })
  await client.received(4)
  expect(client.texts.slice(0, 3)).toEqual(['QoS 0', 'QoS 1', 'QoS 2'])
  expect(client.messages[3].payload.equals(Buffer.alloc(1_000_000, 7))).toBe(true)
}

describe.skipIf(!hasOpenssl)('TLS', () => {
  const files = (path: (name: string) => string) => ({ certfile: path('server.crt'), keyfile: path('server.key') })

  it('carries MQTT in TLS 1.2 and 1.3, and refuses what is older', async () => {
    const path = certificatesMake()
    const { port } = await brokerListen({}, { tls: files(path) })
    const ca = readFileSync(path('ca.crt'))
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      await exercise(`mqtts://localhost:${port}`, { ca, minVersion: version, maxVersion: version })
    }
    const old = { ca, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }
    await expect(connect(`mqtts://localhost:${port}`, 5, old as object)).rejects.toThrow()
  })

  it('takes the name of a client certificate for the User Name, and nobody without one', async () => {
    const path = certificatesMake()
    const cafile = path('ca.crt')
    const { port } = await brokerListen(
      { accessRules: [{ userName: 'anna', access: 'readwrite', filter: 'anna/#' }] },
      { tls: { ...files(path), cafile, requireCertificate: true }, identityAsUserName: true },
    )
    const url = `mqtts://localhost:${port}`
    const ca = readFileSync(cafile)
    const identity = { cert: readFileSync(path('client.crt')), key: readFileSync(path('client.key')) }
    // Whatever the CONNECT says: the certificate goes before it.
    const anna = await connect(url, 5, { ca, ...identity, username: 'root' })
    await anna.publish('anna/a', 'x', { qos: 1 })
    await expect(anna.publish('root/a', 'x', { qos: 1 })).rejects.toThrow('Not authorized')
    await expect(connect(url, 5, { ca })).rejects.toThrow()
  })

  it('judges certificates by a folder of authorities, and reads Diffie-Hellman parameters', async () => {
    const path = certificatesMake()
    const folder = folderMake()
    copyFileSync(path('ca.crt'), join(folder, 'home.pem'))
    const dhparamfile = join(folder, 'dh.params')
    const terms = { tls: { ...files(path), capath: folder, dhparamfile, requireCertificate: true } }
    const parameters = ['-genparam', '-algorithm', 'DH', '-pkeyopt', 'group:ffdhe2048', '-out', dhparamfile]
    expect(spawnSync('openssl', ['genpkey', ...parameters]).status).toBe(0)
    const { port } = await brokerListen({}, terms)
    const url = `mqtts://localhost:${port}`
    const ca = readFileSync(path('ca.crt'))
    const identity = { cert: readFileSync(path('client.crt')), key: readFileSync(path('client.key')) }
    await connect(url, 5, { ca, ...identity })
    await expect(connect(url, 5, { ca })).rejects.toThrow()
  })

  it('takes the subject of a client certificate for the User Name, as openssl writes it', async () => {
    const path = certificatesMake()
    const subject = '/C=NL/O=A, "B" Ltd/OU=one/OU=two/CN=Jörg+UID=1 \\+ 1'
    certificateMake(dirname(path('client.crt')), 'subject', subject)
    const written = spawnSync('openssl', [
      'x509', '-noout', '-subject', '-nameopt', 'RFC2253', '-in', path('subject.crt'),
    ], { encoding: 'utf8' }).stdout.trim().replace('subject=', '')
    expect(written).toMatch(/OU=two,OU=one,O=A\\, \\"B\\" Ltd,C=NL$/)
    const { broker, port } = await brokerListen(
      {}, { tls: { ...files(path), cafile: path('ca.crt') }, subjectAsUserName: true },
    )
    const names: (string | undefined)[] = []
    broker.on('connect', ({ userName }) => names.push(userName))
    const identity = { cert: readFileSync(path('subject.crt')), key: readFileSync(path('subject.key')) }
    await connect(`mqtts://localhost:${port}`, 5, { ca: readFileSync(path('ca.crt')), ...identity })
    expect(names).toEqual([written])
  })

  it('reads certificates again, for new connections alone; a bad file changes nothing', async () => {
    const path = certificatesMake()
    const { broker, port } = await brokerListen({}, { tls: files(path) })
    const ca = readFileSync(path('ca.crt'))
    const client = await connect(`mqtts://localhost:${port}`, 5, { ca })
    const serial = (): Promise<string> => new Promise((resolve, reject) => {
      const socket = connectTls({ port, host: 'localhost', ca }, () => {
        resolve(socket.getPeerCertificate().serialNumber)
        socket.destroy()
      }).on('error', reject)
    })
    const before = await serial()
    certificateMake(join(path('server.crt'), '..'), 'next', 'localhost')
    copyFileSync(path('next.crt'), path('server.crt'))
    copyFileSync(path('next.key'), path('server.key'))
    broker.certificatesReload()
    const after = await serial()
    expect(after).not.toBe(before)
    writeFileSync(path('server.crt'), 'no certificate')
    expect(() => broker.certificatesReload()).toThrow()
    expect(await serial()).toBe(after)
    await client.publish('a', 'still here', { qos: 1 })
  })

  it('carries WebSocket too', async () => {
    const path = certificatesMake()
    const { port } = await brokerListen({}, { tls: files(path), protocol: 'websockets' })
    await exercise(`wss://localhost:${port}`, { ca: readFileSync(path('ca.crt')) })
  })
})

describe('WebSocket', () => {
  it('carries MQTT, packets cut anywhere', async () => {
    const { port } = await brokerListen({}, { protocol: 'websockets' })
    await exercise(`ws://127.0.0.1:${port}`)
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, 'mqtt')
    await new Promise((resolve) => socket.once('open', resolve))
    for (const byte of CONNECT) socket.send(Buffer.from([byte]))
    const answer = await new Promise<Buffer>((resolve) => socket.once('message', resolve))
    expect([...answer]).toEqual(ACCEPTED)
    expect(socket.protocol).toBe('mqtt')
    socket.terminate()
  })

  it('refuses other subprotocols, text, and those who want no WebSocket', async () => {
    const { port } = await brokerListen({}, { protocol: 'websockets' })
    const other = new WebSocket(`ws://127.0.0.1:${port}`, 'chat')
    expect(await new Promise((resolve) => other.once('error', ({ message }) => resolve(message)))).toMatch(/400/)
    const text = new WebSocket(`ws://127.0.0.1:${port}`, 'mqtt')
    await new Promise((resolve) => text.once('open', resolve))
    text.send('not binary')
    await new Promise((resolve) => text.once('close', resolve))
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(426)
  })
})

it('a WebSocket of a browser comes from one of the origins, where some are named', async () => {
  const { port } = await brokerListen({}, { protocol: 'websockets', origins: ['https://home.example'] })
  const from = (origin?: string): Promise<string> => new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, 'mqtt', { origin })
    socket.once('open', () => {
      socket.terminate()
      resolve('in')
    }).once('error', ({ message }) => resolve(message))
  })
  expect(await from('https://home.example')).toBe('in')
  expect(await from('https://other.example')).toMatch(/403/)
  expect(await from()).toMatch(/403/)
})

describe('a Unix socket', () => {
  it('takes clients, and the place of one that was left behind', async () => {
    const path = join(folderMake(), 'midge.sock')
    for (let i = 0; i < 2; i++) {
      const { broker } = await brokerListen({}, { path })
      const socket = connectSocket({ path })
      socket.write(CONNECT)
      expect([...await new Promise<Buffer>((resolve) => socket.once('data', resolve))]).toEqual(ACCEPTED)
      socket.destroy()
      await broker.close()
    }
  })
})

it('a listener takes as many connections as it may, another its own', async () => {
  const { broker, port } = await brokerListen({}, { maxConnections: 2 })
  const free = await broker.listen({ port: 0 })
  const url = `mqtt://127.0.0.1:${port}`
  await connect(url, 5)
  const second = await connect(url, 5)
  await expect(connect(url, 5)).rejects.toThrow()
  await connect(`mqtt://127.0.0.1:${free}`, 5)
  await second.end()
  await connect(url, 5)
})

it('the broker takes as many connections as it may, of all listeners; its own client is not turned away', async () => {
  const { broker, url } = await brokerListen({ limits: { connections: 2 } })
  const other = `mqtt://127.0.0.1:${await broker.listen({ port: 0 })}`
  await connect(url, 5)
  const second = await connect(other, 5)
  await expect(connect(url, 5)).rejects.toThrow()
  await broker.publish('a', 'x', { qos: 1 })
  await second.end()
  await expect(connect(other, 5)).rejects.toThrow()
})

it('a listener speaks the versions that it is told, whatever a client proves', async () => {
  const { broker, url } = await brokerListen({ users: { anna: 'right' } }, { protocolVersions: [4] })
  const anna = { username: 'anna', password: Buffer.from('right') }
  await connect(url, 4, anna)
  await expect(connect(url, 5, anna)).rejects.toMatchObject({ code: 0x84 })
  const proof = { authenticationMethod: 'SCRAM-SHA-256', authenticationData: Buffer.from('n,,n=anna,r=x') }
  await expect(connect(url, 5, { properties: proof })).rejects.toMatchObject({ code: 0x84 })
  const newest = await broker.listen({ port: 0, protocolVersions: [5] })
  await expect(connect(`mqtt://127.0.0.1:${newest}`, 4, anna)).rejects.toMatchObject({ code: 1 })
})

it('a listener asks for a beginning of Client Identifiers', async () => {
  const { url } = await brokerListen({}, { clientIdentifierPrefix: 'home-' })
  await connect(url, 5, { clientId: 'home-lamp' })
  // As mosquitto answers.
  await expect(connect(url, 5, { clientId: 'lamp' })).rejects.toMatchObject({ code: 0x87 })
  await expect(connect(url, 4, { clientId: 'lamp' })).rejects.toMatchObject({ code: 5 })
})
