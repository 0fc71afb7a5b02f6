// Hooks that never answer, and clients that go on sending: what the broker takes of them is bounded.
import { type Socket, connect as connectSocket, createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { brokerListen, brokerMake, brokersEnd, until } from './library'
import { clientsEnd } from '../interop/mqttjs_client'
import type { BrokerOptions, ListenerOptions } from '../../src/port/node/library/api'

const sockets: Socket[] = []
const servers: Server[] = []

afterEach(async () => {
  vi.useRealTimers()
  await clientsEnd()
  for (const socket of sockets.splice(0)) socket.destroy()
  await brokersEnd()
  for (const server of servers.splice(0)) server.close()
})

const never = (): Promise<boolean> => new Promise(() => undefined)

function connectBytes(name: string): Buffer {
  const size = Buffer.byteLength(name)
  return Buffer.concat([
    // A User Name: some listeners want one.
    Buffer.from([0x10, 12 + size + 3]),
    Buffer.from('00044d51545404820000', 'hex'), Buffer.from([0, size]), Buffer.from(name), Buffer.from([0, 1, 0x75]),
  ])
}

/** PUBLISH at QoS 0 to `a` with a payload of so many bytes. */
function publishBytes(size: number): Buffer {
  const rest = size + 3
  const head = rest < 128 ? [rest] : [rest & 127 | 128, rest >> 7 & 127 | 128, rest >> 14]
  return Buffer.concat([Buffer.from([0x30, ...head, 0, 1, 0x61]), Buffer.alloc(size)])
}

function socketTo(port: number): Socket {
  const socket = connectSocket(port, '127.0.0.1').on('error', () => undefined).resume()
  sockets.push(socket)
  return socket
}

const MEGABYTE = 1_048_576
/** What a client wants to send, and what may leave it: some 10 MB are in the system's buffers of a connection. */
const FLOOD = 64 * MEGABYTE
const TAKEN_MAX = 24 * MEGABYTE

/** Waits until no more bytes leave. */
async function untilStill(bytes: () => number): Promise<number> {
  let before = -1
  while (bytes() !== before) {
    before = bytes()
    await sleep(300)
  }
  return before
}

/** Floods a listener; answers the bytes that were taken. */
async function floodTcp(port: number): Promise<number> {
  const socket = socketTo(port)
  socket.write(connectBytes('flood'))
  const chunk = Buffer.concat(Array.from({ length: 100 }, () => publishBytes(20_000)))
  for (let sent = 0; sent < FLOOD; sent += chunk.length) socket.write(chunk)
  return untilStill(() => socket.bytesWritten - socket.writableLength)
}

async function floodWebSocket(port: number): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, 'mqtt')
  await new Promise((resolve) => socket.once('open', resolve))
  socket.send(connectBytes('flood'))
  const chunk = publishBytes(20_000)
  for (let sent = 0; sent < FLOOD; sent += chunk.length) socket.send(chunk)
  const left = await untilStill(() => socket.bufferedAmount)
  socket.terminate()
  return FLOOD - left
}

const hooks: [string, BrokerOptions][] =
  [['authorize', { authorize: never }], ['authenticate', { authenticate: never }]]
const listeners: [string, ListenerOptions, (port: number) => Promise<number>][] = [
  ['TCP', {}, floodTcp],
  ['WebSocket', { protocol: 'websockets' }, floodWebSocket],
  ['a mount point', { mountPoint: 'here/' }, floodTcp],
  ['a User Name for a Client Identifier', { userNameAsClientIdentifier: true }, floodTcp],
]

describe.each(hooks)('a client that floods %s that never answers', (_hook, options) => {
  it.each(listeners)('is not read, over %s', async (_name, listener, flood) => {
    const { port } = await brokerListen({ ...options, allowAnonymous: true }, listener)
    expect(await flood(port)).toBeLessThan(TAKEN_MAX)
  })
})

it('small packets that come at once are asked for one at a time', async () => {
  let asked = 0
  const broker = await brokerMake({
    authorize: () => {
      asked++
      return never()
    },
  })
  let taken: Socket | undefined
  const server = createServer((socket) => broker.attach(taken = socket, '127.0.0.1'))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const socket = socketTo((server.address() as AddressInfo).port)
  socket.write(connectBytes('c'))
  const chunk = Buffer.concat(Array.from({ length: 100_000 }, () => publishBytes(0)))
  for (let i = 0; i < 20; i++) socket.write(chunk)
  await until(() => asked > 0)
  await untilStill(() => taken!.bytesRead)
  expect(asked).toBe(1)
  expect(taken!.bytesRead).toBeLessThan(MEGABYTE)
})

describe('clients that come, ask and go', () => {
  it('leave no more behind than some that wait for their answers', async () => {
    let asked = 0
    const { broker, port } = await brokerListen({
      authorize: () => {
        asked++
        return never()
      },
    })
    const bytes = Buffer.concat(Array.from({ length: 10 }, () => publishBytes(5_000)))
    const connected = (): number => broker.statistics()['clients/connected']
    for (let i = 0; i < 400; i++) {
      const socket = socketTo(port)
      socket.write(Buffer.concat([connectBytes(`c${i}`), bytes]))
      await until(() => asked === i + 1)
      socket.resetAndDestroy()
      await new Promise((resolve) => socket.once('close', resolve))
    }
    await until(() => connected() <= 256)
    expect(asked).toBe(400)
    expect(connected()).toBe(256)
  })

  it('with packets that nobody judges in 30 seconds are through then', async () => {
    let asked = 0
    const { broker, port } = await brokerListen({
      authorize: () => {
        asked++
        return never()
      },
    })
    const socket = socketTo(port)
    socket.write(Buffer.concat([connectBytes('c'), ...Array.from({ length: 100 }, () => publishBytes(10))]))
    await until(() => asked === 1)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    socket.resetAndDestroy()
    // The broker has to hear of it first: a turn of the event loop or two.
    for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve))
    for (let i = 0; i < 3; i++) {
      vi.advanceTimersByTime(30_000)
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
    vi.useRealTimers()
    await until(() => broker.statistics()['clients/connected'] === 0)
    expect(asked).toBeLessThan(5)
  })
})

it('authenticate that never answers has refused after 30 seconds', async () => {
  let asked = 0
  const { port } = await brokerListen({
    authenticate: () => {
      asked++
      return never()
    },
  })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const socket = socketTo(port)
  const answers: Buffer[] = []
  socket.on('data', (chunk: Buffer) => answers.push(chunk))
  socket.write(connectBytes('c'))
  while (!asked) await new Promise((resolve) => setImmediate(resolve))
  while (!answers.length) {
    vi.advanceTimersByTime(30_000)
    await new Promise((resolve) => setImmediate(resolve))
  }
  // In 3.1.1's words: the Server is unavailable.
  expect([...answers[0]]).toEqual([0x20, 2, 0, 3])
})
