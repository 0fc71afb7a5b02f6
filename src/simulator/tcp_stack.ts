// The board's TCP: lwIP's sockets, of which there are ten in all, and the engine's pass over them.

import type { BoardObject, Listener } from './event_queue'
import { bytesOfText } from './latin1'
import type { Runtime } from './runtime'
import { connectionPass, socketMethods } from './socket'
import type { Connection } from './socket'
import { Wire } from './wire'

interface Listening { readonly server: BoardObject, readonly port: number, readonly arrived: Wire[] }

export interface TcpOptions {
  /** Sockets of every kind: listeners and connections. */
  socketsMax: number
  /**
   * Connects outwards, by TLS where it is to be secure. Answers at once a wire, whose state may be 'connecting', or
   * null when nobody is there.
   */
  dial (host: string, port: number, isSecure: boolean): Wire | null
}

const TELNET_PORT = 23

/** Bytes that one socket receives and sends in one pass. */
const CHUNK_SIZE_DEFAULT = 536

export class TcpStack {
  chunkSize = CHUNK_SIZE_DEFAULT
  /** The firmware's own listener for its console. */
  telnetOn = true
  /** Peers can reach the board. */
  isLinked = true
  /** Peers in the board's own network can, whether or not others do. */
  isPointOpen = false
  private connections: Connection[] = []
  private listening: Listening[] = []
  private socketPrototype: BoardObject
  private serverPrototype: BoardObject
  private numbers = 0

  constructor (private readonly runtime: Runtime, private readonly options: TcpOptions) {
    this.socketPrototype = Object.assign(runtime.createObject(), socketMethods(runtime, socket => this.find(socket)))
    this.serverPrototype = Object.assign(runtime.createObject(), this.serverMethods())
  }

  /** Sockets of lwIP in use. */
  get socketsUsed (): number {
    const waiting = this.listening.reduce((sum, { arrived }) => sum + arrived.length, 0)
    return this.connections.length + this.listening.length + waiting + (this.telnetOn ? 1 : 0)
  }

  get ports (): number[] {
    return this.listening.map(({ port }) => port)
  }

  /** A peer connects. Null, when nobody listens, no socket is left or the link is gone: the board sees nothing. */
  accept (port: number): Wire | null {
    const listening = this.listening.find(candidate => candidate.port === port)
    if (!this.isLinked && !this.isPointOpen || !listening || this.socketsUsed >= this.options.socketsMax) return null
    const wire = new Wire()
    wire.isOfPoint = !this.isLinked
    listening.arrived.push(wire)
    return wire
  }

  createServer (onConnect: Listener): BoardObject {
    const server = this.runtime.createObject(this.serverPrototype)
    server.type = 0
    server['#onconnect'] = onConnect
    return server
  }

  connect (host: string, port: number, onConnect?: Listener, isSecure = false): BoardObject {
    const socket = this.createSocket()
    if (onConnect) socket['#onconnect'] = onConnect
    const wire = this.socketsUsed < this.options.socketsMax ? this.options.dial(host, port, isSecure) : null
    this.connections.push({ socket, wire, closeNow: false })
    if (wire) socket.sckt = ++this.numbers
    return socket
  }

  /** One pass: accept, then each connection in the order in which they came. Answers whether anything is open. */
  pass (): boolean {
    for (const { server, arrived } of this.listening) {
      const wire = arrived.shift()
      if (!wire) continue
      const socket = this.createSocket()
      socket.sckt = ++this.numbers
      this.connections.push({ socket, wire, closeNow: false })
      this.runtime.events.push(server, 'connect', [socket])
    }
    for (const connection of [...this.connections]) {
      if (!connectionPass(this.runtime, connection, this.chunkSize)) continue
      this.connections = this.connections.filter(candidate => candidate !== connection)
    }
    return this.connections.length > 0
  }

  /** What the program has written to a connection and the stack has not taken. */
  queued (wire: Wire): Uint8Array {
    const connection = this.connections.find(candidate => candidate.wire === wire)
    return bytesOfText(String(connection?.socket.dSnd ?? ''))
  }

  /** The program has ended its side, or the connection is over. */
  isEnding (wire: Wire): boolean {
    const connection = this.connections.find(candidate => candidate.wire === wire)
    return wire.boardEnded || wire.boardLost || connection?.socket.cls === true
  }

  /** The link under all connections is gone, or is back; no socket is told. */
  setLinked (linked: boolean): void {
    this.isLinked = linked
    for (const wire of this.wires()) if (!wire.isOfPoint) wire.linked = linked
  }

  /** The board's own network opens or closes. */
  setPointOpen (isOpen: boolean): void {
    this.isPointOpen = isOpen
    for (const wire of this.wires()) if (wire.isOfPoint) wire.linked = isOpen
  }

  /** The board starts again: peers hear nothing, as from a board that was switched off. */
  clear (): void {
    for (const wire of this.wires()) wire.boardLost = true
    this.isLinked = true
    this.isPointOpen = false
    this.connections = []
    this.listening = []
  }

  /** Of all connections, also those that are not accepted yet. */
  private wires (): Wire[] {
    const accepted = this.connections.flatMap(({ wire }) => wire ?? [])
    return [...accepted, ...this.listening.flatMap(({ arrived }) => arrived)]
  }

  private createSocket (): BoardObject {
    const socket = this.runtime.createObject(this.socketPrototype)
    socket.type = 0
    return socket
  }

  private find (socket: BoardObject): Connection {
    const connection = this.connections.find(candidate => candidate.socket === socket)
    return connection ?? { socket, wire: null, closeNow: true }
  }

  private serverMethods (): Record<string, (this: BoardObject, ...args: unknown[]) => unknown> {
    const listen = (server: BoardObject, port: number): void => {
      const taken = this.ports.includes(port) || (this.telnetOn && port === TELNET_PORT)
      if (taken || this.socketsUsed >= this.options.socketsMax) throw new Error('Unable to create socket')
      this.listening.push({ server, port, arrived: [] })
      server.port = port
      server.sckt = ++this.numbers
    }
    const close = (server: BoardObject): void => {
      for (const { arrived } of this.listening.filter(candidate => candidate.server === server)) {
        for (const wire of arrived) wire.end()
      }
      this.listening = this.listening.filter(candidate => candidate.server !== server)
    }
    return {
      listen (port) { listen(this, Number(port)) },
      close () { close(this) },
    }
  }
}
