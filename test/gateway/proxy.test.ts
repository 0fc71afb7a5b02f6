// Listeners behind a proxy that says by the PROXY protocol where its clients are.
import { readFileSync } from 'node:fs'
import { type Socket, connect as connectSocket } from 'node:net'
import { type TLSSocket, connect as connectTls } from 'node:tls'
import { generate, parser } from 'mqtt-packet'
import { afterEach, describe, expect, it } from 'vitest'
import type { AuditEvent, BrokerOptions, ListenerOptions } from '../../src/port/node/library/api'
import { proxyHeaderRead } from '../../src/port/node/proxy_header'
import { clientsEnd } from '../interop/mqttjs_client'
import { certificatesMake, hasOpenssl } from './certificates'
import { load } from './configuration_lines'
import { brokerMake, brokersEnd } from './library'

afterEach(async () => {
  await clientsEnd()
  await brokersEnd()
})

const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n'

/** A header of version 2: what is behind its head, by the family and the command. */
function header2(family: number, rest: number[], command = 0x21): Buffer {
  const size = [rest.length >> 8, rest.length & 255]
  return Buffer.from([...Buffer.from(SIGNATURE, 'latin1'), command, family, ...size, ...rest])
}

const V4 = [192, 0, 2, 7, 127, 0, 0, 1, 0x30, 0x39, 7, 0x5b]
const V6 = [0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 5, ...Array<number>(16).fill(0), 0, 1, 0, 2]
const LINE = Buffer.from('PROXY TCP4 192.0.2.7 127.0.0.1 12345 1883\r\n')

/** What a proxy tells of TLS: the bits, whether the certificate was good, and its Common Name. */
function ssl(bits: number, verify: number, name: string): number[] {
  const value = [bits, 0, 0, 0, verify, 0x22, 0, name.length, ...Buffer.from(name)]
  return [0x20, 0, value.length, ...value]
}

describe('a header', () => {
  it.each<[string, 1 | 2, Buffer, object]>([
    ['TCP4', 1, LINE, { address: '192.0.2.7' }],
    ['TCP6', 1, Buffer.from('PROXY TCP6 2001:db8::5 ::1 1 2\r\n'), { address: '2001:db8::5' }],
    ['UNKNOWN', 1, Buffer.from('PROXY UNKNOWN whatever it is\r\n'), {}],
    ['IPv4', 2, header2(0x11, V4), { address: '192.0.2.7' }],
    ['IPv6', 2, header2(0x21, V6), { address: '2001:db8:0:0:0:0:0:5' }],
    ['IPv4 as IPv6', 2, header2(0x21, [...Array<number>(10).fill(0), 255, 255, ...V4.slice(0, 4), ...V6.slice(16)]),
      { address: '192.0.2.7' }],
    ['a Unix socket', 2, header2(0x31, [...Buffer.from('/a'), ...Array<number>(214).fill(0)]), { address: '/a' }],
    ['LOCAL', 2, header2(0, [], 0x20), {}],
    ['TLS', 2, header2(0x11, [...V4, 3, 0, 1, 9, ...ssl(7, 0, 'anna')]), { isTls: true, commonName: 'anna' }],
    ['TLS without a certificate', 2, header2(0x11, [...V4, ...ssl(1, 0, '')]), { isTls: true }],
    ['a bad certificate', 2, header2(0x11, [...V4, ...ssl(7, 1, 'anna')]), { isTls: true }],
  ])('of %s is read, however it comes', (_what, version, bytes, expected) => {
    for (let size = 1; size < bytes.length; size++) {
      expect(proxyHeaderRead(bytes.subarray(0, size), version)).toBe('more')
    }
    const read = proxyHeaderRead(Buffer.concat([bytes, Buffer.from('more')]), version)
    expect(read).toMatchObject({ size: bytes.length, ...expected })
    if (!('commonName' in expected)) expect(read).not.toHaveProperty('commonName')
  })

  it.each<[string, 1 | 2, Buffer]>([
    ['another word', 1, Buffer.from('GET / HTTP/1.1\r\n')], ['no address', 1, Buffer.from('PROXY TCP4 a b 1 2\r\n')],
    ['an address of IPv6', 1, Buffer.from('PROXY TCP4 ::1 ::1 1 2\r\n')],
    ['no port', 1, Buffer.from('PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n')],
    ['no end', 1, Buffer.from(`PROXY UNKNOWN ${'x'.repeat(200)}`)], ['version 2', 1, header2(0x11, V4)],
    ['version 1', 2, LINE], ['no command', 2, header2(0x11, V4, 0x22)], ['no family', 2, header2(0x51, V4)],
    ['too little', 2, header2(0x11, V4.slice(1))], ['too much', 2, header2(0x11, Array<number>(5_000).fill(0))],
    ['a part that is cut', 2, header2(0x11, [...V4, 3, 0, 5, 1])],
    ['TLS that is cut', 2, header2(0x11, [...V4, 0x20, 0, 2, 1, 0])],
  ])('with %s is none', (_what, version, bytes) => {
    expect(proxyHeaderRead(bytes, version)).toBe('bad')
  })
})

const CONNECT = generate({
  cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clean: true, clientId: 'c', keepalive: 0,
})

/** The answer to a CONNECT behind what a proxy sends; undefined: the connection is closed. */
async function answerTo(socket: Socket, ...parts: Buffer[]): Promise<number | undefined> {
  const parse = parser({ protocolVersion: 5 })
  socket.on('data', (chunk) => parse.parse(chunk)).on('error', () => undefined)
  for (const part of parts) {
    socket.write(part)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return new Promise((resolve) => {
    parse.once('packet', (packet) => resolve((packet as { reasonCode?: number }).reasonCode))
    socket.once('close', () => resolve(undefined))
  })
}

async function listen(
  listener: ListenerOptions, options: BrokerOptions = {},
): Promise<{ port: number, audit: AuditEvent[], broker: Awaited<ReturnType<typeof brokerMake>> }> {
  const broker = await brokerMake({ allowAnonymous: true, ...options })
  const audit: AuditEvent[] = []
  broker.on('audit', (event) => audit.push(event))
  return { port: await broker.listen({ port: 0, ...listener }), audit, broker }
}

describe('a listener behind a proxy', () => {
  it.each([[1, LINE], [2, header2(0x11, V4)]] as const)('knows its clients by version %s', async (version, header) => {
    const { port, broker } = await listen({ proxyProtocol: { version } })
    expect(await answerTo(connectSocket(port), Buffer.concat([header, CONNECT]))).toBe(0)
    expect(await answerTo(connectSocket(port), ...[...header].map((byte) => Buffer.from([byte])), CONNECT)).toBe(0)
    expect(broker.clients().map(({ address }) => address)).toContain('192.0.2.7')
    // Bans and rates are of the clients, and not of the proxy.
    broker.ban('192.0.2.7', 60)
    expect(await answerTo(connectSocket(port), header, CONNECT)).toBe(0x8a)
    const other = Buffer.from(header.toString('latin1').replace('192.0.2.7', '192.0.2.8'), 'latin1')
    if (version === 1) expect(await answerTo(connectSocket(port), other, CONNECT)).toBe(0)
  })

  it('closes whom no proxy brings, and lets nobody in as of this computer', async () => {
    const { port } = await listen({ proxyProtocol: { version: 1 } }, { allowAnonymous: undefined })
    expect(await answerTo(connectSocket(port), CONNECT)).toBeUndefined()
    expect(await answerTo(connectSocket(port), LINE, CONNECT)).toBe(0x87)
  })

  it('has TLS and WebSockets behind the header', async () => {
    const { port, audit } = await listen({ proxyProtocol: { version: 1 }, protocol: 'websockets' })
    const socket = connectSocket(port)
    socket.write(Buffer.concat([LINE, Buffer.from(
      'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
      + 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n')]))
    const first = await new Promise<Buffer>((resolve) => socket.once('data', resolve))
    expect(first.toString()).toMatch(/^HTTP\/1.1 101 /)
    socket.write(Buffer.concat([Buffer.from([0x82, 0x80 | CONNECT.length, 0, 0, 0, 0]), CONNECT]))
    const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve))
    expect([answer[2] >> 4, answer[5]]).toEqual([2, 0])
    expect(audit).toMatchObject([{ event: 'admitted', address: '192.0.2.7' }])
    socket.destroy()
  })

  it.skipIf(!hasOpenssl)('has TLS of its own behind the header', async () => {
    const path = certificatesMake()
    const tls = { certfile: path('server.crt'), keyfile: path('server.key') }
    const { port, audit } = await listen({ proxyProtocol: { version: 2 }, tls })
    const socket = connectSocket(port)
    socket.write(header2(0x11, V4))
    const secure: TLSSocket = connectTls({ socket, servername: 'localhost', ca: readFileSync(path('ca.crt')) })
    await new Promise((resolve) => secure.once('secureConnect', () => resolve(null)))
    expect(await answerTo(secure, CONNECT)).toBe(0)
    expect(audit).toMatchObject([{ event: 'admitted', address: '192.0.2.7' }])
  })

  it('asks the proxy for TLS and certificates, whose name is the client\'s', async () => {
    const proxyProtocol = { version: 2, requireTls: true, requireCertificate: true } as const
    const { port, broker } = await listen({ proxyProtocol, identityAsUserName: true })
    const come = (...tls: number[]): Promise<number | undefined> =>
      answerTo(connectSocket(port), header2(0x11, [...V4, ...tls]), CONNECT)
    for (const tls of [[], ssl(0, 0, 'anna'), ssl(1, 0, 'anna'), ssl(7, 1, 'anna')]) {
      expect(await come(...tls)).toBeUndefined()
    }
    // Of these the proxy says nothing, and they could be anybody's.
    for (const header of [header2(0, [], 0x20), header2(0, [])]) {
      expect(await answerTo(connectSocket(port), header, CONNECT)).toBeUndefined()
    }
    expect(await come(...ssl(7, 0, 'anna'))).toBe(0)
    expect(broker.clients()).toMatchObject([{ userName: 'anna' }])
    expect(await come(...ssl(7, 0, ''))).toBe(0x86)
  })
})

describe('enable_proxy_protocol', () => {
  it('is read, with what the proxy must say', () => {
    expect(load('listener 1\nenable_proxy_protocol 1\nlistener 2\nproxy_protocol_version 2\nrequire_certificate true\n'
      + 'proxy_protocol_v2_require_tls true').listeners).toMatchObject([
      { proxyProtocol: { version: 1 } }, { proxyProtocol: { version: 2, requireTls: true, requireCertificate: true } },
    ])
  })

  it.each([
    ['enable_proxy_protocol 3', 'enable_proxy_protocol is 3; say a number from 1 to 2.'],
    ['proxy_protocol_v2_require_tls true', 'm.conf:2: proxy_protocol_v2_require_tls needs enable_proxy_protocol 2'],
    ['enable_proxy_protocol 1\nrequire_certificate true', 'only enable_proxy_protocol 2 tells of certificates'],
    ['enable_proxy_protocol 2\nuse_subject_as_username true', 'has keys of TLS but no certfile'],
  ])('is refused: %s', (lines, sentence) => {
    expect(() => load(`listener 1\n${lines}`)).toThrow(sentence)
  })
})
