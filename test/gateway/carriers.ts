// What a client's bytes travel in: TCP, TLS and WebSocket. A client opens its own TCP socket below it, so that a test
// can count what the network has carried.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type Socket, connect as connectSocket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, createSecureContext } from 'node:tls'
import { WebSocket, createWebSocketStream } from 'ws'
import type { ListenerOptions } from '../../src/port/node/library/api'

export interface Line {
  /** What the client writes and reads. */
  stream: Duplex
  /** The socket below, which counts the bytes on the wire. */
  network: Socket
}

export interface Carrier {
  listener: ListenerOptions
  dial: (port: number) => Promise<Line>
}

async function openNetwork(port: number): Promise<Socket> {
  const network = connectSocket({ port, host: '127.0.0.1', noDelay: true })
  network.on('error', () => undefined)
  await once(network, 'connect')
  return network
}

async function upgrade(url: string, below: Duplex): Promise<Duplex> {
  const webSocket = new WebSocket(url, 'mqtt', { createConnection: (() => below) as never })
  const stream = createWebSocketStream(webSocket)
  stream.on('error', () => undefined)
  // A socket does this by itself.
  stream.on('end', () => stream.end())
  await once(webSocket, 'open')
  return stream
}

export const tcp: Carrier = {
  listener: {},
  dial: async (port) => {
    const network = await openNetwork(port)
    return { stream: network, network }
  },
}

export const webSocket: Carrier = {
  listener: { protocol: 'websockets' },
  dial: async (port) => {
    const network = await openNetwork(port)
    return { stream: await upgrade(`ws://127.0.0.1:${port}`, network), network }
  },
}

/** TLS, by the certificates of a folder. */
export function tlsBy(path: (name: string) => string): Carrier {
  const secureContext = createSecureContext({ ca: readFileSync(path('ca.crt')) })
  return {
    listener: { tls: { certfile: path('server.crt'), keyfile: path('server.key') } },
    dial: async (port) => {
      const network = await openNetwork(port)
      const stream = connectTls({ socket: network, secureContext, servername: 'localhost' })
      stream.on('error', () => undefined)
      await once(stream, 'secureConnect')
      return { stream, network }
    },
  }
}
