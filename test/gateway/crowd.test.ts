// Many clients, and bad ones among them: nobody else notices, and what they took is given back.
// MIDGE_CLIENTS=10000 says how many; a thousand unless told.
import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { Socket, connect as connectSocket } from 'node:net'
import { fileURLToPath } from 'node:url'
import * as v8 from 'node:v8'
import { afterEach, describe, expect, it } from 'vitest'
import type { Broker } from '../../src/port/node/library/api'
import { brokerListen, brokersEnd, until } from './library'

const CLIENTS = Number(process.env['MIDGE_CLIENTS'] ?? 1_000)
/** Files that a process opens besides its clients' sockets. */
const FILES_BESIDE = 200
const filesLimit = spawnSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).stdout.trim()
const filesMax = filesLimit === 'unlimited' ? Infinity : Number(filesLimit)

const MESSAGES = 20
const LARGE_SIZE = 50_000
const LARGE_COUNT = 600
/** Bytes of buffers that are kept for later, at most: src/port/node/buffer_pool.ts. */
const BUFFERS_KEPT_SIZE = 26_000_000

const sockets: Socket[] = []
const programs: ChildProcess[] = []

afterEach(async () => {
  for (const program of programs.splice(0)) program.kill('SIGKILL')
  for (const socket of sockets.splice(0)) socket.destroy()
  await brokersEnd()
})

/** Starts the crowd's program; answers what gives it an order and waits until it is done. */
function crowdStart(port: number): (what: string, number?: number) => Promise<unknown> {
  const program = fork(fileURLToPath(new URL('crowd_clients.mjs', import.meta.url)))
  programs.push(program)
  let fail: (error: Error) => void = () => undefined
  program.once('exit', () => fail(new Error('the crowd ended')))
  return (what, number = 0) => new Promise((resolve, reject) => {
    fail = reject
    program.once('message', (answer: { done: unknown }) => resolve(answer.done))
    program.send({ what, port, number })
  })
}

/** What of this process's memory belongs to connections: live sockets, and bytes of buffers. */
async function memoryInUse(): Promise<{ socketCount: number, bufferSize: number }> {
  // What a closed socket leaves behind is let go of in the turns that follow.
  for (let i = 0; i < 3; i++) await new Promise((resolve) => { setImmediate(resolve) })
  // It collects garbage first. A Link that is kept keeps its socket.
  const socketCount = v8.queryObjects(Socket, { format: 'count' })
  return { socketCount, bufferSize: process.memoryUsage().arrayBuffers }
}

/** Fills the slow client's credit; between the large messages everybody gets theirs. Answers how many it lost. */
async function publishAll(broker: Broker, crowd: ReturnType<typeof crowdStart>): Promise<number> {
  const large = Buffer.alloc(LARGE_SIZE, 1)
  const droppedBefore = broker.statistics()['publish/messages/dropped']
  for (let i = 0; i < MESSAGES; i++) {
    for (let j = 0; j < LARGE_COUNT / MESSAGES; j++) await broker.publish('large', large)
    await broker.publish('a', String(i).padStart(8, '0'))
    await crowd('received', i + 1)
  }
  return broker.statistics()['publish/messages/dropped'] - droppedBefore
}

/** A storm of clients and a slow one; everybody else gets every message, and all leave. */
async function round(broker: Broker, crowd: ReturnType<typeof crowdStart>): Promise<void> {
  const connected = (): number => broker.statistics()['clients/connected']
  // The program's own client is one too.
  const others = connected()
  await crowd('storm', CLIENTS)
  await crowd('slow')
  expect(connected()).toBe(others + CLIENTS + 1)
  const dropped = await publishAll(broker, crowd)
  expect(dropped).toBeGreaterThan(0)
  expect(dropped).toBeLessThan(LARGE_COUNT)
  // It reads again: what comes is whole packets, as many as were not dropped.
  const size = (LARGE_COUNT - dropped) * (LARGE_SIZE + 'large'.length + 6)
  expect(await crowd('resume', size)).toBe(size)
  expect(await crowd('standing')).toBe(CLIENTS + 1)
  await crowd('leave')
  await until(() => connected() === others)
  expect(broker.statistics()['clients/total']).toBe(others)
}

// Node counts objects from 20.13 on.
const canRun = filesMax >= CLIENTS + FILES_BESIDE && 'queryObjects' in v8

describe.skipIf(!canRun)(`${CLIENTS} clients (ulimit -n allows ${filesMax})`, () => {
  it('come in a storm; all but the slow one get all; memory returns to where it was', async () => {
    const { broker, port } = await brokerListen()
    const crowd = crowdStart(port)
    await broker.publish('a', 'nobody hears it')
    await round(broker, crowd)
    const before = await memoryInUse()
    await round(broker, crowd)
    await round(broker, crowd)
    const after = await memoryInUse()
    // The last ones may not have been let go of yet.
    expect(after.socketCount - before.socketCount).toBeLessThan(CLIENTS / 50)
    expect(after.bufferSize - before.bufferSize).toBeLessThan(BUFFERS_KEPT_SIZE)
  })
})

const field = (text: string): Buffer => Buffer.concat([Buffer.from([0, text.length]), Buffer.from(text)])

/** A raw 3.1.1 client behind its CONNACK. */
async function openRaw(port: number, client: string): Promise<Socket> {
  const socket = connectSocket({ port, host: '127.0.0.1' })
  sockets.push(socket)
  socket.on('error', () => undefined)
  const body = Buffer.concat([field('MQTT'), Buffer.from([4, 2, 0, 0]), field(client)])
  socket.write(Buffer.concat([Buffer.from([0x10, body.length]), body]))
  const [answer] = await once(socket, 'data') as [Buffer]
  expect(answer.toString('hex')).toBe('20020000')
  return socket
}

it('half-closed and broken streams end their connections alone', async () => {
  const { broker, port } = await brokerListen()
  const [ended, reset, stays] = await Promise.all(['a', 'b', 'c'].map((client) => openRaw(port, client)))
  ended.end()
  reset.resetAndDestroy()
  await until(() => broker.statistics()['clients/connected'] === 1)
  stays.write(Buffer.from([0xc0, 0]))
  expect((await once(stays, 'data'))[0]).toEqual(Buffer.from([0xd0, 0]))
})
