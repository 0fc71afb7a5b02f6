// The log at the end of a pipe: whoever does not read it holds up no client.
import { type ChildProcess, spawn } from 'node:child_process'
import { connect as connectSocket } from 'node:net'
import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { freePort } from '../../scripts/lib/free_port.mjs'
import { COMMAND_LINE } from '../interop/gateway_build'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { until } from './library'

const children = new Set<ChildProcess>()

afterEach(async () => {
  await clientsEnd()
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})

/** Lines that tell of connections are this many at the least when a pipe and 1 MiB of memory are full of them. */
const LINES = 12_000
const CLIENT_IDENTIFIER = 'c'.repeat(150)

/** Starts the gateway and reads nothing of what it writes. */
async function startUnread(...parameters: string[]): Promise<{ child: ChildProcess, port: number }> {
  const port = await freePort()
  const child = spawn(process.execPath, [COMMAND_LINE, '-v', '--port', String(port), ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.add(child)
  const isThere = async (): Promise<boolean> => {
    const socket = connectSocket(port, '127.0.0.1')
    const there = await once(socket, 'connect').then(() => true, () => false)
    socket.destroy()
    return there
  }
  while (!await isThere()) await new Promise((resolve) => setTimeout(resolve, 50))
  return { child, port }
}

/** Connects and goes, so that there are two lines, one connection behind the other; answers when all have gone. */
async function comeAndGo(port: number, count: number): Promise<void> {
  const size = CLIENT_IDENTIFIER.length
  const connectPacket = Buffer.concat([
    Buffer.from([0x10, 0x80 | (12 + size) & 127, (12 + size) >> 7, 0, 4]), Buffer.from('MQTT'),
    Buffer.from([4, 2, 0, 60, 0, size]), Buffer.from(CLIENT_IDENTIFIER), Buffer.from([0xe0, 0]),
  ])
  const one = async (): Promise<void> => {
    const socket = connectSocket(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.end(connectPacket)
    socket.resume()
    await once(socket, 'close')
  }
  const lane = async (): Promise<void> => { for (let i = 0; i < count / 20; i++) await one() }
  await Promise.all(Array.from({ length: 20 }, lane))
}

async function readToEnd(child: ChildProcess): Promise<string[]> {
  let text = ''
  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => { text += chunk })
  child.kill('SIGTERM')
  await once(child, 'close')
  return text.split('\n').slice(0, -1)
}

it('is never waited for: clients are served, and the log says how many lines are missing', async () => {
  const { child, port } = await startUnread('--log-format', 'json')
  await comeAndGo(port, LINES / 2)
  const client = await connect(`mqtt://127.0.0.1:${port}`, 5)
  await client.subscribe('#', { qos: 1 })
  await client.publish('a', 'x', { qos: 1 })
  await until(() => client.texts.includes('x'))
  await client.mqtt.endAsync()
  const lines = (await readToEnd(child)).map((line) => JSON.parse(line) as { message: string, count?: number })
  const dropped = lines.find(({ message }) => /lines of the log were dropped/.test(message))
  const told = lines.filter(({ message }) => /^client (dis)?connected$/.test(message)).length
  expect(dropped!.count).toBeGreaterThan(0)
  // One of the look whether the gateway is there, two of the client, and that it closes where that was dropped.
  expect(told + dropped!.count!).toBeGreaterThanOrEqual(LINES + 3)
  expect(told + dropped!.count!).toBeLessThanOrEqual(LINES + 4)
})

it('is written to its end when the program ends', async () => {
  const { child, port } = await startUnread()
  await comeAndGo(port, 1_000)
  const lines = await readToEnd(child)
  expect(lines.filter((line) => /c \(127\.0\.0\.1\) disconnected/.test(line))).toHaveLength(1_000)
  expect(lines.at(-1)).toMatch(/SIGTERM: closing/)
})

it('may have lost its reader', async () => {
  const { child, port } = await startUnread()
  child.stdout!.destroy()
  await comeAndGo(port, 1_000)
  const client = await connect(`mqtt://127.0.0.1:${port}`, 5)
  await client.publish('a', 'x', { qos: 1 })
  child.kill('SIGTERM')
  expect(await once(child, 'close')).toEqual([0, null])
})
