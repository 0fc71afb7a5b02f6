// Clients for large payloads: MQTT.js ones, and raw ones that read as slowly as a test wants.
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { type Socket, connect as connectSocket } from 'node:net'
import { type IClientOptions, type MqttClient, connectAsync } from 'mqtt'
import { type Packet, generate, parser } from 'mqtt-packet'

/** More than the broker has in memory. */
export const LARGE_SIZE = 5_000_000
export const LARGE = randomBytes(LARGE_SIZE)

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
export const LARGE_HASH = hashOf(LARGE)

const clients: MqttClient[] = []
const sockets: Socket[] = []

export interface Got { topic: string, hash: string, qos: number, retain: boolean }

/** A client, and what it was sent. */
export async function clientMake(
  url: string, options: IClientOptions = {},
): Promise<{ client: MqttClient, got: Got[] }> {
  const got: Got[] = []
  const client = await connectAsync(url, {
    reconnectPeriod: 0, keepalive: 0, rejectUnauthorized: false, ...options,
  })
  clients.push(client)
  client.on('error', () => undefined)
  client.on('message', (topic, payload, { qos, retain }) => {
    got.push({ topic, hash: hashOf(payload), qos, retain })
  })
  return { client, got }
}

export interface RawClient {
  socket: Socket
  packets: Packet[]
  send(packet: Packet): void
}

/** A client that nobody reads for unless told; once CONNACK has come. */
export async function rawClient(port: number, protocolVersion: 4 | 5, clientId: string): Promise<RawClient> {
  const socket = connectSocket(port, '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  const packets: Packet[] = []
  const reader = parser({ protocolVersion })
  socket.on('data', (data) => reader.parse(data))
  reader.on('packet', (packet) => packets.push(packet))
  const send = (packet: Packet): void => void socket.write(generate(packet, { protocolVersion }))
  send({ cmd: 'connect', protocolId: 'MQTT', protocolVersion, clientId, clean: true, keepalive: 0 })
  await once(reader, 'packet')
  return { socket, packets, send }
}

export const publishOf = (topic: string, qos: 0 | 1 | 2, payload: Buffer = LARGE, retain = false): Packet => ({
  cmd: 'publish', topic, payload, qos, dup: false, retain, messageId: qos ? 7 : undefined,
})

/** Files of a spool. */
export const filesOf = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

export async function clientsEnd(): Promise<void> {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)))
}
