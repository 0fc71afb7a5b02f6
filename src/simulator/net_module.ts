// require('net'), require('tls'), which is a client and no server and asks for no certificate, as the firmware's, and
// require('dgram'), with the side effect of its receive buffer on the size of all sockets' chunks.

import type { BoardObject, Listener } from './event_queue'
import type { Runtime } from './runtime'
import type { TcpStack } from './tcp_stack'

const connectOf = (stack: TcpStack, isSecure: boolean) => (target: unknown, onConnect?: Listener): BoardObject => {
  const options = (typeof target === 'object' && target !== null ? target : { port: target }) as BoardObject
  return stack.connect(String(options.host ?? '127.0.0.1'), Number(options.port), onConnect, isSecure)
}

export const createNetModule = (runtime: Runtime, stack: TcpStack): BoardObject =>
  Object.assign(runtime.createObject(), {
    createServer: (onConnect: Listener) => stack.createServer(onConnect), connect: connectOf(stack, false),
  })

export const createTlsModule = (runtime: Runtime, stack: TcpStack): BoardObject =>
  Object.assign(runtime.createObject(), { connect: connectOf(stack, true) })

/** The first port of sockets that are not bound, as lwIP has it. */
const EPHEMERAL_PORT = 49_152

/** A datagram that the board has sent, `from` a port of its own. */
export interface Datagram { data: string, host: string, port: number, from: number }

export class DatagramModule {
  readonly sent: Datagram[] = []
  /** Ports that the firmware has taken for itself. */
  readonly taken = new Set<number>()
  readonly module: BoardObject
  private sockets: BoardObject[] = []
  private opened = 0

  constructor (
    private readonly runtime: Runtime, stack: TcpStack, private readonly onSend: (datagram: Datagram) => void,
  ) {
    this.module = Object.assign(runtime.createObject(), {
      createSocket: (options: unknown, onMessage?: Listener) => {
        const size = Number((options as BoardObject | undefined)?.recvBufferSize)
        if (size > 0) stack.chunkSize = size
        return this.createSocket(onMessage, Boolean((options as BoardObject | undefined)?.reuseAddr))
      },
    })
  }

  /** How many of its sockets are open. */
  get open (): number {
    return this.sockets.length
  }

  /** A datagram arrives for a port of the board. */
  deliver (port: number, data: string, from: { address: string, port: number }): void {
    const info = { ...from, size: data.length }
    for (const socket of this.sockets) {
      if (socket.port === port) this.runtime.events.push(socket, 'message', [data, info])
    }
  }

  /** Groups that a socket of a port is in. */
  groups (port: number): unknown[] {
    return this.sockets.filter(socket => socket.port === port).flatMap(({ group }) => group ?? [])
  }

  private bind (socket: BoardObject, port: number): void {
    const others = this.sockets.filter(other => other !== socket && other.port === port)
    if (this.taken.has(port) || others.some(other => !(other.reuses && socket.reuses))) {
      throw new Error('Unable to create socket')
    }
    socket.port = port
  }

  private createSocket (onMessage: Listener | undefined, reuses: boolean): BoardObject {
    const socket = this.runtime.createObject()
    if (onMessage) socket['#onmessage'] = onMessage
    socket.reuses = reuses
    this.sockets.push(socket)
    return Object.assign(socket, {
      bind: (port: number, onBind?: Listener) => {
        this.bind(socket, port)
        if (onBind) this.runtime.events.pushListeners([onBind], socket, [socket])
        return socket
      },
      send: (data: string, ...target: unknown[]) => {
        if (!this.sockets.includes(socket)) throw new Error('This socket is closed')
        socket.port ??= EPHEMERAL_PORT + this.opened++
        const [port, host] = target.slice(-2)
        const datagram = { data: String(data), port: Number(port), host: String(host), from: Number(socket.port) }
        this.sent.push(datagram)
        this.onSend(datagram)
      },
      // The engine joins when it binds.
      addMembership: (group: string) => { if (socket.port === undefined) socket.group = group },
      close: () => { this.sockets = this.sockets.filter(candidate => candidate !== socket) },
    })
  }
}
