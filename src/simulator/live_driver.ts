// A board in real time, or in another one at another speed: its listeners are bridged to ports of this computer, its
// own connections and datagrams go out for real. Of another time it asks nobody but the desk.

import { connect, createServer } from 'node:net'
import { connect as connectSecure } from 'node:tls'
import type { AddressInfo, Server, Socket } from 'node:net'
import { SimulatedBoard } from './board'
import { LiveClock } from './clock'
import { LiveDatagrams } from './live_datagrams'
import type { Datagram } from './net_module'
import type { BoardOptions } from './options'
import { TIME_PORT, timeAnswer } from './time_server'
import { Wire } from './wire'

/** Between two passes of a board that has nothing to do, milliseconds: a timer is late by at most this. */
const IDLE_PASS_MS = 2
/** What runs for longer hangs: as long as the bundle's own watchdog waits, which it sets while it starts. */
const HANG_MS = 30_000
/** Bytes that wait for the board before the computer's socket is paused. */
const TO_BOARD_SIZE = 5_744

/** A time of the board's own: where it begins, milliseconds since 1970, and how many seconds of it one has. */
export interface OwnTime { startMs: number, speed: number }

interface Bridge { readonly wire: Wire, readonly socket: Socket }

export class LiveDriver {
  readonly board: SimulatedBoard
  private readonly clock: LiveClock
  private bridges: Bridge[] = []
  private servers: Server[] = []
  private timer: NodeJS.Timeout | NodeJS.Immediate | null = null
  private stopped = false
  private readonly datagrams = new LiveDatagrams((port, data, from) => this.board.datagrams.deliver(port, data, from))

  constructor (options: BoardOptions = {}, private readonly time: OwnTime | null = null) {
    this.clock = new LiveClock(time?.speed)
    this.board = new SimulatedBoard(this.clock, {
      dial: (host, port, isSecure) => this.dial(host, port, isSecure),
      datagramSent: datagram => this.sent(datagram), hangMs: HANG_MS,
      startMs: time?.startMs ?? 0, ...options,
    })
  }

  /** Switches the board on. */
  start (): void {
    this.board.start()
    this.loop()
  }

  /** Bridges a port of this computer to one of the board's; answers the port, chosen when 0 was asked for. */
  listen (boardPort: number, port = 0, host = '127.0.0.1'): Promise<number> {
    const server = createServer({ noDelay: true, allowHalfOpen: true }, socket => {
      const wire = this.board.tcp.accept(boardPort)
      if (wire) this.bridge(wire, socket)
      else socket.resetAndDestroy()
    })
    this.servers.push(server)
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
    })
  }

  /** Stops the loop and closes everything on this computer's side. */
  close (): void {
    this.stopped = true
    if (this.timer) {
      clearTimeout(this.timer as NodeJS.Timeout)
      clearImmediate(this.timer as NodeJS.Immediate)
    }
    for (const server of this.servers) server.close()
    for (const { socket } of this.bridges) socket.destroy()
    this.datagrams.close()
  }

  private sent (datagram: Datagram): void {
    const { data, from, host, port } = datagram
    if (!this.time || port !== TIME_PORT) {
      this.datagrams.send(datagram)
      return
    }
    const nowMs = this.time.startMs + this.board.clock.nowMs()
    this.board.datagrams.deliver(from, timeAnswer(data, nowMs), { address: host, port })
  }

  private loop (): void {
    if (this.stopped) return
    this.clock.step()
    const busy = this.board.pass()
    const moved = this.pump()
    const again = (): void => this.loop()
    this.timer = busy || moved ? setImmediate(again) : setTimeout(again, IDLE_PASS_MS)
  }

  private bridge (wire: Wire, socket: Socket): void {
    const bridge = { wire, socket }
    this.bridges.push(bridge)
    socket.on('data', (data: Buffer) => {
      wire.arrive(data)
      if (wire.toBoard.size > TO_BOARD_SIZE) socket.pause()
    })
    socket.on('end', () => { wire.peerEnded = true })
    socket.on('error', () => { wire.peerReset = true })
    socket.on('close', () => {
      wire.peerEnded = true
      this.bridges = this.bridges.filter(candidate => candidate !== bridge)
    })
  }

  /** Moves bytes from the wires to the computer's sockets; answers whether there were any. */
  private pump (): boolean {
    let moved = false
    for (const { wire, socket } of this.bridges) {
      if (!wire.linked) continue
      if (wire.toPeer.size > 0 && !socket.writableNeedDrain) {
        socket.write(wire.toPeer.take(wire.toPeer.size))
        moved = true
      }
      if (wire.toBoard.size <= TO_BOARD_SIZE && socket.isPaused()) socket.resume()
      if (wire.boardEnded && wire.toPeer.size === 0) this.release(wire, socket)
      moved ||= wire.toBoard.size > 0
    }
    return moved
  }

  /** As lwIP closes: a FIN behind what was sent, and then nobody is there to read; or a RST. */
  private release ({ boardReset }: Wire, socket: Socket): void {
    if (boardReset && socket.writableLength === 0) socket.resetAndDestroy()
    else if (socket.writableFinished) socket.destroy()
    else if (!boardReset) socket.end()
  }

  /** Whoever answers by TLS is taken for the one that is meant, as on a board. */
  private dial (host: string, port: number, isSecure: boolean): Wire {
    const wire = new Wire()
    wire.state = 'connecting'
    const options = { host, port, noDelay: true, allowHalfOpen: true }
    const socket = isSecure ? connectSecure({ ...options, rejectUnauthorized: false }) : connect(options)
    socket.once(isSecure ? 'secureConnect' : 'connect', () => { wire.state = 'open' })
    socket.once('error', () => { if (wire.state === 'connecting') wire.state = 'refused' })
    this.bridge(wire, socket)
    return wire
  }
}
