// A client that reads slowly, but reads, over sockets of this computer: messages of 3 MB are on their way to it while
// it asks, publishes, and is sent small ones. Nothing waits for a time.
import { once } from 'node:events'
import { type Socket, connect } from 'node:net'
import { generate, parser, type Packet } from 'mqtt-packet'
import { afterEach, expect, it } from 'vitest'
import { brokerListen, brokersEnd } from './library'

const LARGE = Buffer.alloc(3_000_000)
const ROUNDS = 4
const SMALL = 50

/** A raw client; `packets` are all that it has read. */
interface Client {
  socket: Socket
  packets: Packet[]
  send(packet: Packet): void
  until(done: () => boolean): Promise<void>
}

afterEach(brokersEnd)

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

async function dial(port: number, protocolVersion: 4 | 5, clientId: string): Promise<Client> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const packets: Packet[] = []
  const reader = parser({ protocolVersion })
  reader.on('packet', (packet) => packets.push(packet))
  socket.on('data', (data) => reader.parse(data))
  const until = async (done: () => boolean): Promise<void> => {
    while (!done() && !socket.destroyed) await turn()
    if (!done()) throw new Error(`${clientId}: closed after ${JSON.stringify(packets.at(-1))}`)
  }
  const send = (packet: Packet): void => void socket.write(generate(packet, { protocolVersion }))
  send({ cmd: 'connect', protocolId: 'MQTT', protocolVersion, clientId, clean: true, keepalive: 0 })
  await until(() => packets.length > 0)
  return { socket, packets, send, until }
}

const publish = (topic: string, payload: Buffer | string): Packet =>
  ({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false })

/** The answer says that everything before it was handled. */
async function sync({ send, packets, until }: Client): Promise<void> {
  const before = packets.length
  send({ cmd: 'pingreq' })
  await until(() => packets.length > before)
}

it.each([4, 5] as const)('it is not closed, and loses nothing that is small (version %i)', async (version) => {
  const { port } = await brokerListen()
  const reader = await dial(port, version, 'reader')
  const sender = await dial(port, version, 'sender')
  reader.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '#', qos: 0 }] })
  await reader.until(() => reader.packets.length > 1)
  reader.socket.pause()
  // More than the system's buffers hold, its own among it.
  for (let round = 0; round < ROUNDS; round++) {
    (round % 2 ? sender : reader).send(publish('large', LARGE))
    await sync(sender)
  }
  reader.send({ cmd: 'pingreq' })
  const counted = (test: (packet: Packet) => boolean): number => reader.packets.filter(test).length
  for (let number = 0; number < SMALL; number++) {
    sender.send(publish('small', `${number}`))
    await sync(sender)
    reader.send({ cmd: 'pingreq' })
    // One chunk at a time.
    reader.socket.once('data', () => reader.socket.pause())
    reader.socket.resume()
    await turn()
  }
  reader.socket.resume()
  await reader.until(() => counted(({ cmd }) => cmd === 'pingresp') === SMALL + 1)
  await reader.until(() => counted((packet) => packet.cmd === 'publish' && packet.topic === 'small') === SMALL)
  expect(counted((packet) => packet.cmd === 'publish' && packet.topic === 'large')).toBeGreaterThan(1)
  expect(reader.socket.destroyed).toBe(false)
  reader.socket.destroy()
  sender.socket.destroy()
})
