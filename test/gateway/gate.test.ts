// An authorisation that takes its time: nothing is lost or out of order meanwhile, and nothing grows.
import { type Socket, connect as connectSocket, createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it, vi } from 'vitest'
import { brokerListen, brokerMake, brokersEnd, until } from './library'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import type { AccessRequest, Broker, ClientEvent } from '../../src/port/node/library/api'

const servers: Server[] = []
const sockets: Socket[] = []

afterEach(async () => {
  vi.useRealTimers()
  await clientsEnd()
  for (const socket of sockets.splice(0)) socket.destroy()
  await brokersEnd()
  for (const server of servers.splice(0)) server.close()
})

const text = (value: string): Buffer => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)])
const packet = (first: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  const size = body.length < 128 ? [body.length] : [body.length & 127 | 128, body.length >> 7]
  return Buffer.concat([Buffer.from([first, ...size]), body])
}

/** CONNECT of 3.1.1 with a Clean Session and a Will on `will`. */
const connectBytes = (clientId: string, keepAlive: number): Buffer => packet(
  0x10, text('MQTT'), Buffer.from([4, 6, 0, keepAlive]), text(clientId), text('will'), text('gone'))
const publishBytes = (payload: Buffer): Buffer => packet(0x30, text('a'), payload)
const DISCONNECT = Buffer.from([0xe0, 0])

/** An authorisation that answers when it is let. */
class Judge {
  requests: AccessRequest[] = []
  private waiting: (() => void)[] = []
  private isFree = false

  readonly authorize = (request: AccessRequest): Promise<boolean> => {
    this.requests.push(request)
    return new Promise((resolve) => {
      if (this.isFree) setImmediate(resolve, true)
      else this.waiting.push(() => resolve(true))
    })
  }

  free(): void {
    this.isFree = true
    for (const answer of this.waiting.splice(0)) answer()
  }
}

function socketTo(port: number): Socket {
  const socket = connectSocket(port, '127.0.0.1').on('error', () => undefined).resume()
  sockets.push(socket)
  return socket
}

/** A listener of the test's own, that sees how much the broker takes of a connection. */
async function countedListener(broker: Broker): Promise<{ port: number, taken: Socket[] }> {
  const taken: Socket[] = []
  const server = createServer((socket) => {
    taken.push(socket)
    broker.attach(socket, '127.0.0.1')
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, taken }
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}

it('nothing more is read while packets wait for the answer, and all of it afterwards', async () => {
  const judge = new Judge()
  const broker = await brokerMake({ authorize: judge.authorize })
  const heard: number[] = []
  await broker.subscribe('a', ({ payload }) => heard.push(Buffer.from(payload).readUInt16BE(0)))
  const { port, taken } = await countedListener(broker)
  const socket = socketTo(port)
  socket.write(connectBytes('c', 0))
  for (let i = 0; i < 2_000; i++) {
    const payload = Buffer.alloc(16_000)
    payload.writeUInt16BE(i, 0)
    socket.write(publishBytes(payload))
  }
  await until(() => judge.requests.length === 1)
  await turns(3_000)
  expect(taken[0].bytesRead).toBeLessThan(512 * 1_024)
  judge.free()
  await until(() => heard.length === 2_000)
  expect(heard).toEqual(heard.map((_, i) => i))
})

it.each<[string, (client: Socket, taken: Socket) => Promise<unknown>]>([
  ['ends', async (client) => client.end()],
  ['is reset', (client, taken) => until(() => client.resetAndDestroy() && taken.closed)],
])(
  'what came before a connection %s is handed over, and DISCONNECT takes the Will along', async (_name, end) => {
    const judge = new Judge()
    const broker = await brokerMake({ authorize: judge.authorize })
    const heard: string[] = []
    await broker.subscribe('#', ({ topic, payload }) => heard.push(`${topic} ${Buffer.from(payload).toString()}`))
    const closed: ClientEvent[] = []
    broker.on('disconnect', (event) => closed.push(event))
    const { port, taken } = await countedListener(broker)
    const socket = socketTo(port)
    const messages = Array.from({ length: 100 }, (_, i) => publishBytes(Buffer.from(`${i}`)))
    socket.write(Buffer.concat([connectBytes('c', 0), ...messages.slice(0, 50)]))
    await until(() => judge.requests.length === 1)
    socket.write(Buffer.concat([...messages.slice(50), DISCONNECT]))
    await until(() => taken[0].bytesRead === socket.bytesWritten)
    await end(socket, taken[0])
    expect(closed).toEqual([])
    judge.free()
    await until(() => closed.length === 1)
    await broker.publish('end', '')
    await until(() => heard.at(-1) === 'end ')
    expect(heard).toEqual([...Array.from({ length: 100 }, (_, i) => `a ${i}`), 'end '])
  })

it('a client is alive while its packets wait, and while they come', async () => {
  let answer = (): void => undefined
  const { broker, port } = await brokerListen({
    authorize: ({ topic }) => topic !== 'a' || new Promise((resolve) => { answer = () => resolve(true) }),
  })
  const heard: string[] = []
  await broker.subscribe('#', ({ topic, payload }) => heard.push(`${topic} ${Buffer.from(payload).toString()}`))
  const socket = socketTo(port)
  const bytes = publishBytes(Buffer.from('x'.repeat(10)))
  socket.write(connectBytes('c', 1))
  for (const byte of bytes) {
    socket.write(Buffer.from([byte]))
    await sleep(200)
  }
  // Keep Alive is 1: what waits longer than 1.5 s is closed where it does not count.
  await sleep(3_000)
  expect(heard).toEqual([])
  answer()
  await until(() => heard.length > 0)
  expect(heard).toEqual(['a xxxxxxxxxx'])
})

it('a client that is judged late as well is read on, whoever stopped the reading', async () => {
  const later = (): Promise<boolean> => new Promise((resolve) => setImmediate(resolve, true))
  const { broker, port } = await brokerListen({ authenticate: () => sleep(50, true), authorize: later })
  const heard: number[] = []
  await broker.subscribe('a', ({ payload }) => heard.push(Buffer.from(payload).readUInt16BE(0)))
  const socket = socketTo(port)
  socket.write(connectBytes('c', 0))
  for (let i = 0; i < 200; i++) socket.write(publishBytes(Buffer.from([0, i, ...Buffer.alloc(5_000)])))
  await until(() => heard.length === 200)
  expect(heard).toEqual(heard.map((_, i) => i))
})

it('a judgement that never comes is none after 30 seconds', async () => {
  const asked: string[] = []
  const { port } = await brokerListen({
    authorize: ({ topic }) => topic === 'will' || new Promise(() => asked.push(topic)),
  })
  const socket = socketTo(port)
  let bytes = Buffer.alloc(0)
  socket.on('data', (chunk) => { bytes = Buffer.concat([bytes, chunk]) })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  socket.write(Buffer.concat([connectBytes('c', 0), Buffer.from('820a00010001610000016200', 'hex')]))
  while (!asked.length) await turns(1)
  // The broker's own clock is not faked: what has passed by it is taken off.
  vi.advanceTimersByTime(5_000)
  await turns(100)
  expect(asked).toEqual(['a'])
  while (bytes.length < 10) {
    vi.advanceTimersByTime(30_000)
    await turns(1)
  }
  vi.useRealTimers()
  expect(bytes.toString('hex')).toBe('20020000' + '900400018080')
})

it('is asked for the filter of a shared subscription', async () => {
  const requests: AccessRequest[] = []
  const { url } = await brokerListen({
    authorize: (request) => {
      requests.push(request)
      return request.topic === 'f/#'
    },
  })
  const client = await connect(url, 5)
  await client.mqtt.subscribeAsync('$share/g/f/#', { qos: 1 })
  await expect(client.mqtt.subscribeAsync('$share/g/other')).rejects.toThrow()
  expect(requests.map(({ topic }) => topic)).toEqual(['f/#', 'other'])
})

it.each([4, 5] as const)('is told an assigned Client Identifier, and so are events, in version %i', async (version) => {
  const requests: AccessRequest[] = []
  const { broker, url } = await brokerListen({
    authorize: (request) => requests.push(request) > 0,
  })
  const events: ClientEvent[] = []
  broker.on('connect', (event) => events.push(event))
  broker.on('disconnect', (event) => events.push(event))
  const client = await connect(url, version, { clientId: '' })
  await client.publish('a', 'x', { qos: 1 })
  const [{ clientIdentifier }] = requests
  expect(clientIdentifier).toMatch(/^midge-\d{22}$/)
  await client.mqtt.endAsync()
  await until(() => events.length === 2)
  expect(events.map((event) => event.clientIdentifier)).toEqual([clientIdentifier, clientIdentifier])
})
