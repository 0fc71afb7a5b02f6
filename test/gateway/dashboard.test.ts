// The broker's page beside WebSockets: who gets it, from where, and what the broker tells of itself while one is open.
import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { request as requestTls } from 'node:https'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { COMMAND_LINE } from '../interop/gateway_build'
import { type Client, clientsEnd, connect } from '../interop/mqttjs_client'
import { Program, programsEnd } from '../interop/program'
import { certificatesMake, hasOpenssl } from './certificates'
import { load } from './configuration_lines'
import { brokerListen, brokerMake, brokersEnd, folderMake, until } from './library'

afterEach(async () => {
  await clientsEnd()
  await programsEnd()
  await brokersEnd()
})

const PAGE = { protocol: 'websockets', dashboard: true } as const

interface Answer { status: number, headers: Record<string, unknown>, body: Buffer }

function ask(port: number, options: { path?: string, method?: string, host?: string, isTls?: boolean } = {},
): Promise<Answer> {
  const { path = '/', method = 'GET', host, isTls } = options
  return new Promise((resolve, reject) => {
    const asked = (isTls ? requestTls : request)({
      port, path, method, host: '127.0.0.1', rejectUnauthorized: false, headers: host === undefined ? {} : { host },
    }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({
        status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks),
      }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

/** 'in', or why a WebSocket was turned away. */
const comeFrom = (port: number, origin?: string, host?: string): Promise<string> => new Promise((resolve) => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, 'mqtt', { origin, headers: host === undefined ? {} : { host } })
  socket.once('open', () => {
    socket.terminate()
    resolve('in')
  }).once('error', ({ message }) => resolve(message))
})

describe('the page', () => {
  it('comes compressed, to be shown by nobody else and kept by nobody', async () => {
    const { port } = await brokerListen({}, PAGE)
    const { status, headers, body } = await ask(port)
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8', 'content-encoding': 'gzip', 'cache-control': 'no-store',
      'content-security-policy': 'frame-ancestors \'none\'', 'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'content-length': String(body.length),
    })
    expect(gunzipSync(body).toString()).toMatch(/^<!doctype html>[^]*<\/html>\s*$/)
  })

  it('is all that there is: other paths and methods are refused', async () => {
    const { port } = await brokerListen({}, PAGE)
    const head = await ask(port, { method: 'HEAD' })
    expect([head.status, head.body.length]).toEqual([200, 0])
    expect((await ask(port, { method: 'POST' })).status).toBe(405)
    for (const path of ['/none', '/../package.json', '//']) expect((await ask(port, { path })).status, path).toBe(426)
    expect((await ask(port, { path: '/?from=bookmark' })).status).toBe(200)
  })

  it('does not answer to a name that somebody can have lead here', async () => {
    const { port } = await brokerListen({}, { ...PAGE, origins: ['https://hub.example.com'] })
    const statusFor = async (host: string): Promise<number> => (await ask(port, { host })).status
    for (const host of ['127.0.0.1', `localhost:${port}`, '[::1]:80', 'midge.local', 'midge', 'hub.example.com']) {
      expect(await statusFor(host), host).toBe(200)
    }
    for (const host of ['evil.example.com', 'hub.example.com.evil.net', 'local.evil.net:80']) {
      expect(await statusFor(host), host).toBe(403)
    }
  })

  it.skipIf(!hasOpenssl)('stands behind TLS too (openssl)', async () => {
    const file = certificatesMake()
    const { port } = await brokerListen({}, {
      ...PAGE, tls: { certfile: file('server.crt'), keyfile: file('server.key') },
    })
    expect((await ask(port, { isTls: true })).status).toBe(200)
    // Its certificate says whose the name is.
    expect((await ask(port, { isTls: true, host: 'hub.example.com' })).status).toBe(200)
  })
})

it('lets browsers connect from the page alone, and programs as before', async () => {
  const { port } = await brokerListen({}, { ...PAGE, origins: ['https://other.example'] })
  expect(await comeFrom(port, `http://127.0.0.1:${port}`)).toBe('in')
  expect(await comeFrom(port, 'https://other.example')).toBe('in')
  expect(await comeFrom(port)).toBe('in')
  expect(await comeFrom(port, 'http://evil.example.com')).toMatch(/403/)
  expect(await comeFrom(port, 'http://127.0.0.1:1')).toMatch(/403/)
  expect(await comeFrom(port, 'null')).toMatch(/403/)
  // By a name that was made to lead here, page and broker would be of one origin.
  expect(await comeFrom(port, 'http://evil.example.com', 'evil.example.com')).toMatch(/403/)
})

interface Report { total: number, clients: { id: string, received: number, will?: string }[], [name: string]: unknown }

/** What was told last on a topic under $SYS/broker/dashboard/; waits for it. */
async function told(client: Client, name: string): Promise<Report> {
  const find = () => client.messages.filter(({ topic }) => topic === `$SYS/broker/dashboard/${name}`).at(-1)
  await until(() => find() !== undefined)
  return JSON.parse(find()!.payload.toString()) as Report
}

describe('what the broker tells', () => {
  it('is its clients, numbers, limits and settings, to whoever is on the page', async () => {
    const broker = await brokerMake({ users: { anna: 'secret' }, limits: { connections: 50, keepAlive: 300 } })
    const [port, plain] = [await broker.listen({ ...PAGE, port: 0 }), await broker.listen({ port: 0 })]
    const user = { username: 'anna', password: 'secret' }
    const sensor = await connect(`mqtt://127.0.0.1:${plain}`, 4, {
      ...user, clientId: 'sensor', will: { topic: 'home/sensor/state', payload: Buffer.from('gone') },
    })
    await sensor.publish('home/sensor/temperature', '21.5', { qos: 1 })
    const page = await connect(`ws://127.0.0.1:${port}`, 5, { ...user, clientId: 'page' })
    await page.subscribe('$SYS/broker/dashboard/#', { qos: 0 })
    const { total, clients } = await told(page, 'clients')
    expect(total).toBe(2)
    expect(clients.find(({ id }) => id === 'sensor')).toMatchObject({
      user: 'anna', address: '127.0.0.1', version: 4, queued: 0, will: 'home/sensor/state', heard: expect.any(Number),
      since: expect.any(Number), received: expect.any(Number), sent: expect.any(Number),
    })
    const { received, will } = clients.find(({ id }) => id === 'page')!
    expect(received).toBeGreaterThan(20)
    expect(will).toBeUndefined()
    expect(await told(page, 'numbers'))
      .toMatchObject({ 'clients/connected': 2, 'subscriptions/count': 1, 'full/queue': 0 })
    expect(await told(page, 'limits')).toMatchObject({ connections: 50, retained: expect.any(Number) })
    const settings = await told(page, 'settings')
    expect(settings).toMatchObject({ 'keep alive': 300 })
    expect(JSON.stringify(settings)).not.toContain('secret')
  })

  it('follows the access rules, and is told while a page is open alone', async () => {
    const rules = [{ userName: 'anna', access: 'read', filter: '$SYS/#' }, { access: 'readwrite', filter: 'home/#' }]
    const broker = await brokerMake({ users: { anna: 'a', otto: 'o' }, accessRules: rules as never })
    const [port, plain] = [await broker.listen({ ...PAGE, port: 0 }), await broker.listen({ port: 0 })]
    const by = (name: string) => ({ username: name, password: name[0] })
    const otto = await connect(`ws://127.0.0.1:${port}`, 5, by('otto'))
    const anna = await connect(`mqtt://127.0.0.1:${plain}`, 5, by('anna'))
    for (const client of [otto, anna]) await client.subscribe('home/#', { qos: 0 })
    await expect(otto.subscribe('$SYS/broker/dashboard/#', { qos: 0 })).rejects.toThrow('Not authorized')
    await anna.subscribe('$SYS/broker/dashboard/#', { qos: 0 })
    await told(anna, 'clients')
    await otto.publish('home/x', '1', { qos: 1 })
    await until(() => otto.messages.length > 0)
    expect(otto.messages.map(({ topic }) => topic)).toEqual(['home/x'])
    // Nobody may tell in the broker's place.
    await expect(anna.publish('$SYS/broker/dashboard/clients', 'forged', { qos: 1 })).rejects.toThrow()
    await otto.end()
    await until(() => broker.clients().length === 1)
    const before = anna.messages.length
    await new Promise((resolve) => setTimeout(resolve, 6_500))
    // One report that was due when the page was left may still have come.
    expect(anna.messages.length).toBeLessThanOrEqual(before + 4)
  })
})

describe('the page is asked for', () => {
  it('by dashboard true at a listener of WebSockets, and then the log goes to its topics', () => {
    const { listeners } = load('listener 9001\nprotocol websockets\ndashboard true')
    expect(listeners).toMatchObject([{ port: 9_001, protocol: 'websockets', dashboard: true }])
    expect(() => load('listener 1883\ndashboard true')).toThrow(/m\.conf:1: this listener has a dashboard but no/)
    expect(() => load('listener 9001\nprotocol websockets\ndashboard perhaps')).toThrow(/m\.conf:3: dashboard is per/)
  })

  it('takes the users of the other listeners, and is refused where these differ', async () => {
    const folder = folderMake({
      'm.conf': 'listener 0\npassword_file @/users\n', 'two.conf': 'per_listener_settings true\nlistener 0\n'
        + 'allow_anonymous true\nlistener 0\nallow_anonymous false\n',
    })
    const path = (name: string): string => join(folder, name)
    writeFileSync(path('m.conf'), readFileSync(path('m.conf'), 'utf8').replace('@', folder))
    const made = new Program(process.execPath, [COMMAND_LINE, 'passwd', '-b', 'secret', path('users'), 'anna'])
    await made.end()
    const program = new Program(process.execPath, [COMMAND_LINE, '-c', path('m.conf'), '--dashboard', '0'])
    const [, port] = /WebSocket, listens on 127\.0\.0\.1 port (\d+)/.exec(await program.line(/WebSocket/))!
    await expect(connect(`ws://127.0.0.1:${port}`, 5)).rejects.toThrow()
    await connect(`ws://127.0.0.1:${port}`, 5, { username: 'anna', password: 'secret' })
    const other = await new Program(process.execPath, [COMMAND_LINE, '-c', path('two.conf'), '--dashboard', '0']).end()
    expect(other).toMatchObject({ code: 1, errors: [expect.stringMatching(/^midge: --dashboard needs listeners/)] })
  })

  it('by an option, which is a sentence where it is wrong', async () => {
    const broker = await brokerMake()
    await expect(broker.listen({ dashboard: true })).rejects.toThrow('protocol is not websockets')
    await expect(broker.listen({ ...PAGE, dashboard: 1 } as never)).rejects.toThrow(TypeError)
  })

  it('by --dashboard, where the log is on its topics', async () => {
    const program = new Program(process.execPath, [COMMAND_LINE, '--port', '0', '--dashboard', '0'])
    const [, port] = /WebSocket, listens on 127\.0\.0\.1 port (\d+)/.exec(await program.line(/WebSocket/))!
    expect((await ask(Number(port))).status).toBe(200)
    const page = await connect(`ws://127.0.0.1:${port}`, 5)
    await page.subscribe('$SYS/broker/log/#', { qos: 0 })
    program.signal('SIGHUP')
    await until(() => page.messages.some(({ topic, payload }) =>
      topic === '$SYS/broker/log/I' && payload.toString().includes('SIGHUP')))
  })
})
